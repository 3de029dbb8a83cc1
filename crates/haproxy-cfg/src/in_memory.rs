//! The machine as a line sees it that comes while the process runs: names of hosts are not looked up, and whether a file of certificates
//! is in memory is for others to say, as nothing is read any more.

use std::io;
use std::net::IpAddr;

use crate::{Host, PathKind};

/// Such a machine.
#[derive(Default)]
pub(crate) struct InMemory<'a> {
    /// The one file that is at hand, by its name.
    pub(crate) file: Option<(&'a str, &'a [u8])>,
}

/// As much of a certificate and its key as a reading looks at.
const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n";

fn missing<T>() -> io::Result<T> {
    Err(io::ErrorKind::NotFound.into())
}

/// A machine on which there is nothing.
pub(crate) struct Nowhere;

impl Host for Nowhere {
    fn read_file(&self, _: &str) -> io::Result<Vec<u8>> {
        missing()
    }

    fn list_folder(&self, _: &str) -> io::Result<Vec<String>> {
        missing()
    }

    fn path_kind(&self, _: &str) -> io::Result<PathKind> {
        missing()
    }

    fn env(&self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn resolve(&self, _: &str) -> Option<IpAddr> {
        None
    }

    fn user_id(&self, _: &str) -> Option<u32> {
        None
    }

    fn group_id(&self, _: &str) -> Option<u32> {
        None
    }

    fn hostname(&self) -> String {
        String::new()
    }

    fn descriptor(&self, _: i32) -> io::Result<()> {
        missing()
    }
}

impl Host for InMemory<'_> {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        let at_hand = self.file.filter(|(name, _)| *name == path);
        Ok(at_hand.map_or(CERTIFICATE, |(_, content)| content).to_vec())
    }

    fn list_folder(&self, name: &str) -> io::Result<Vec<String>> {
        Nowhere.list_folder(name)
    }

    fn path_kind(&self, _: &str) -> io::Result<PathKind> {
        Ok(PathKind::File)
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        Nowhere.env(name)
    }

    fn resolve(&self, name: &str) -> Option<IpAddr> {
        Nowhere.resolve(name)
    }

    fn user_id(&self, name: &str) -> Option<u32> {
        Nowhere.user_id(name)
    }

    fn group_id(&self, name: &str) -> Option<u32> {
        Nowhere.group_id(name)
    }

    fn hostname(&self) -> String {
        Nowhere.hostname()
    }

    fn descriptor(&self, number: i32) -> io::Result<()> {
        Nowhere.descriptor(number)
    }
}
