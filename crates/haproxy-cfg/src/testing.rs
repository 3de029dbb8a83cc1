//! An in-memory [`Host`] and short ways to read a text, for tests.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;

use crate::{Dialect, Host, Input, LoadOptions, Loaded, PathKind, load};

/// A machine that holds what it is told to hold. It has the user and the group `haproxy` (number 106) and `root`, and the
/// folder `/`; descriptors up to 63 are open.
#[derive(Clone, Debug, Default)]
pub struct FakeHost {
    files: BTreeMap<String, Vec<u8>>,
    env: BTreeMap<String, Vec<u8>>,
    names: BTreeMap<String, IpAddr>,
}

impl FakeHost {
    /// A machine without files, names and variables.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    #[must_use]
    pub fn with_file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), content.into());
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn with_env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.as_bytes().to_vec());
        self
    }

    /// Makes a host name resolve.
    #[must_use]
    pub fn with_name(mut self, name: &str, address: IpAddr) -> Self {
        self.names.insert(name.to_owned(), address);
        self
    }

    fn folder(path: &str) -> String {
        format!("{}/", path.trim_end_matches('/'))
    }
}

impl Host for FakeHost {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        self.files.get(path).cloned().ok_or_else(missing)
    }

    fn list_folder(&self, path: &str) -> io::Result<Vec<String>> {
        let folder = Self::folder(path);
        let names: Vec<String> = self
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(&folder))
            .filter(|name| !name.contains('/'))
            .map(str::to_owned)
            .collect();
        if names.is_empty() {
            Err(missing())
        } else {
            Ok(names)
        }
    }

    fn path_kind(&self, path: &str) -> io::Result<PathKind> {
        if self.files.contains_key(path) {
            return Ok(PathKind::File);
        }
        let folder = Self::folder(path);
        let holds = folder == "/" || self.files.keys().any(|file| file.starts_with(&folder));
        if holds {
            Ok(PathKind::Folder)
        } else {
            Err(missing())
        }
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        self.env.get(name).cloned()
    }

    fn resolve(&self, host: &str) -> Option<IpAddr> {
        self.names.get(host).copied()
    }

    fn user_id(&self, name: &str) -> Option<u32> {
        match name {
            "root" => Some(0),
            "haproxy" => Some(106),
            _ => None,
        }
    }

    fn group_id(&self, name: &str) -> Option<u32> {
        self.user_id(name)
    }

    fn hostname(&self) -> String {
        "lb1".to_owned()
    }

    fn descriptor(&self, fd: i32) -> io::Result<()> {
        if fd < 64 {
            Ok(())
        } else {
            Err(io::Error::other("Bad file descriptor"))
        }
    }
}

fn missing() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "No such file or directory")
}

/// Reads `text` as the file `test.cfg` on an empty [`FakeHost`], in the default dialect.
#[must_use]
pub fn load_str(text: &str) -> Loaded {
    load_on(text, Dialect::default(), &FakeHost::new())
}

/// Reads `text` as the file `test.cfg` on that machine in that dialect.
#[must_use]
pub fn load_on(text: &str, dialect: Dialect, host: &dyn Host) -> Loaded {
    let input = Input::Text {
        name: "test.cfg".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    load(&[input], dialect, host, LoadOptions::default())
}
