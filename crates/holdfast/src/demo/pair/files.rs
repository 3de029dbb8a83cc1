//! The document's keepalived files, and a machine for each of them that has what they ask for.

use std::io;
use std::net::IpAddr;

use keepalived_conf::{FileStatus, Host};

/// The files' names, lb1's first.
pub(super) const NAMES: [&str; 2] = ["lb1.conf", "lb2.conf"];

/// The files, as they stand in the document.
const TEXTS: [&str; 2] = [
    include_str!("../../../../../compat-fixtures/documents/keepalived/001-lb1-master.conf"),
    include_str!("../../../../../compat-fixtures/documents/keepalived/001-lb2-backup.conf"),
];

/// A machine that exists only here: it has the files, any interface, and any program that a file names.
#[derive(Debug)]
pub(super) struct Embedded;

impl Host for Embedded {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        let at = NAMES.iter().position(|name| path.ends_with(name));
        let text = at.map(|at| TEXTS[at].as_bytes().to_vec());
        text.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list_folder(&self, _path: &str) -> io::Result<Vec<String>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn file_status(&self, _path: &str) -> io::Result<FileStatus> {
        Ok(FileStatus {
            folder: false,
            regular: true,
            mode: 0o755,
            uid: 0,
            gid: 0,
        })
    }

    fn canonical_path(&self, path: &str) -> io::Result<String> {
        Ok(path.to_owned())
    }

    fn current_folder(&self) -> String {
        String::new()
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        (name == "PATH").then(|| b"/usr/bin".to_vec())
    }

    fn resolve(&self, _host: &str) -> Option<IpAddr> {
        None
    }

    fn user(&self, _name: &str) -> Option<(u32, u32)> {
        Some((1000, 1000))
    }

    fn group(&self, _name: &str) -> Option<u32> {
        Some(1000)
    }

    fn own_ids(&self) -> (u32, u32) {
        (0, 0)
    }

    fn hostname(&self) -> String {
        "demo".to_owned()
    }

    fn has_interface(&self, _name: &str) -> bool {
        true
    }

    fn random(&self, _seed: Option<u32>, _count: u32, low: u32, _high: u32) -> u32 {
        low
    }
}
