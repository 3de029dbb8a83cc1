//! The machine that a file is for, which is not this one: files are read here, but interfaces, users and programs are taken to be
//! there.

use std::io;
use std::net::IpAddr;

use keepalived_conf::{FileStatus, Host};

use super::host::Machine;

/// Some other machine.
#[derive(Debug)]
pub(crate) struct Elsewhere;

impl Host for Elsewhere {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        Machine.read_file(path)
    }

    fn list_folder(&self, path: &str) -> io::Result<Vec<String>> {
        Machine.list_folder(path)
    }

    fn file_status(&self, path: &str) -> io::Result<FileStatus> {
        let folder = Machine.file_status(path).is_ok_and(|status| status.folder);
        Ok(FileStatus {
            folder,
            regular: !folder,
            mode: 0o755,
            uid: 0,
            gid: 0,
        })
    }

    fn canonical_path(&self, path: &str) -> io::Result<String> {
        Ok(path.to_owned())
    }

    fn current_folder(&self) -> String {
        Machine.current_folder()
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        Machine.env(name)
    }

    fn resolve(&self, host: &str) -> Option<IpAddr> {
        Machine.resolve(host)
    }

    fn user(&self, name: &str) -> Option<(u32, u32)> {
        Machine.user(name).or(Some((1000, 1000)))
    }

    fn group(&self, name: &str) -> Option<u32> {
        Machine.group(name).or(Some(1000))
    }

    fn own_ids(&self) -> (u32, u32) {
        (0, 0)
    }

    fn hostname(&self) -> String {
        Machine.hostname()
    }

    fn has_interface(&self, _name: &str) -> bool {
        true
    }

    fn is_loopback(&self, name: &str) -> bool {
        name == "lo"
    }

    fn random(&self, seed: Option<u32>, count: u32, low: u32, high: u32) -> u32 {
        Machine.random(seed, count, low, high)
    }
}
