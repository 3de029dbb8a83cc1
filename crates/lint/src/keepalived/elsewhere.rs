//! The machine while a file is judged that may be for another one: names are not looked up, and each interface is there.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use keepalived_conf::{FileStatus, Host};

/// A machine that has all interfaces, and on which each name is of an address that is reserved for no use (240.0.0.0/4).
pub(super) struct Elsewhere<'h>(pub(super) &'h dyn Host);

impl Host for Elsewhere<'_> {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.read_file(path)
    }

    fn list_folder(&self, path: &str) -> io::Result<Vec<String>> {
        self.0.list_folder(path)
    }

    fn file_status(&self, path: &str) -> io::Result<FileStatus> {
        self.0.file_status(path)
    }

    fn canonical_path(&self, path: &str) -> io::Result<String> {
        self.0.canonical_path(path)
    }

    fn current_folder(&self) -> String {
        self.0.current_folder()
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        self.0.env(name)
    }

    fn resolve(&self, _host: &str) -> Option<IpAddr> {
        Some(Ipv4Addr::new(240, 0, 0, 1).into())
    }

    fn user(&self, name: &str) -> Option<(u32, u32)> {
        self.0.user(name)
    }

    fn group(&self, name: &str) -> Option<u32> {
        self.0.group(name)
    }

    fn groups_of(&self, uid: u32, gid: u32) -> Vec<u32> {
        self.0.groups_of(uid, gid)
    }

    fn own_ids(&self) -> (u32, u32) {
        self.0.own_ids()
    }

    fn hostname(&self) -> String {
        self.0.hostname()
    }

    fn has_interface(&self, _name: &str) -> bool {
        true
    }

    fn processors(&self) -> u32 {
        self.0.processors()
    }

    fn random(&self, seed: Option<u32>, count: u32, low: u32, high: u32) -> u32 {
        self.0.random(seed, count, low, high)
    }
}
