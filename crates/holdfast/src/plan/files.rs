//! Files that the configuration is made of, and what they hold.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;

use haproxy_cfg::Host as _;

use super::{Grade, Item};
use crate::host::{Otherwise, SystemHost};

/// This machine, which keeps in mind what files were asked for.
#[derive(Debug, Default)]
pub(super) struct Noting {
    /// By path: how large it is, or why it could not be read.
    files: RefCell<BTreeMap<String, Result<usize, String>>>,
    /// By name: its first address.
    names: RefCell<BTreeMap<String, Option<IpAddr>>>,
}

impl Otherwise for Noting {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        let read = SystemHost.read_file(path);
        let noted = read.as_ref().map(Vec::len).map_err(ToString::to_string);
        self.files.borrow_mut().insert(path.to_owned(), noted);
        read
    }

    fn resolve(&self, host: &str) -> Option<IpAddr> {
        let address = SystemHost.resolve(host);
        self.names.borrow_mut().insert(host.to_owned(), address);
        address
    }
}

/// Files, names, and what is wrong with certificates.
pub(super) fn look(host: &Noting, certificates: &[Item]) -> Vec<Item> {
    let files = host.files.borrow();
    let files = files.iter().map(|(path, read)| match read {
        Ok(size) => Item::new(Grade::Fine, path, format!("read, {size} bytes")),
        // Some may be missing: the reading has said which may not.
        Err(reason) => Item::new(Grade::Note, path, format!("not read: {reason}")),
    });
    let names = host.names.borrow();
    let names = names.iter().map(|(name, address)| match address {
        Some(address) => Item::new(Grade::Fine, format!("name {name}"), address.to_string()),
        None => Item::new(Grade::Note, format!("name {name}"), "has no address now"),
    });
    files.chain(names).chain(certificates.iter().cloned()).collect()
}
