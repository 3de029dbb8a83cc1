//! Names of hosts while a file is judged: nobody is asked for them. A file is often judged where they mean nothing, and that a name does
//! not resolve there says nothing about the file.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use haproxy_cfg::{Host, PathKind};

/// A machine on which each name has an address of its own, of those that are reserved for no use (240.0.0.0/4).
pub(super) struct Nameless<'h>(pub(super) &'h dyn Host);

impl Host for Nameless<'_> {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.read_file(path)
    }

    fn list_folder(&self, path: &str) -> io::Result<Vec<String>> {
        self.0.list_folder(path)
    }

    fn path_kind(&self, path: &str) -> io::Result<PathKind> {
        self.0.path_kind(path)
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        self.0.env(name)
    }

    fn resolve(&self, host: &str) -> Option<IpAddr> {
        if host.eq_ignore_ascii_case("localhost") {
            return Some(Ipv4Addr::LOCALHOST.into());
        }
        // FNV-1a: the same name has the same address.
        let hash = host.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
        });
        Some(Ipv4Addr::from(0xf000_0000 | (hash >> 4)).into())
    }

    fn user_id(&self, name: &str) -> Option<u32> {
        self.0.user_id(name)
    }

    fn group_id(&self, name: &str) -> Option<u32> {
        self.0.group_id(name)
    }

    fn hostname(&self) -> String {
        self.0.hostname()
    }

    fn key_belongs(&self, certificate: &[u8], key: &[u8]) -> Option<bool> {
        self.0.key_belongs(certificate, key)
    }

    fn descriptor(&self, fd: i32) -> io::Result<()> {
        self.0.descriptor(fd)
    }
}
