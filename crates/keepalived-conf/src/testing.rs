//! An in-memory [`Host`] and short ways to read a text, for tests.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;

use crate::{Dialect, FileStatus, Host, LoadOptions, Loaded, load_bytes};

/// A machine that holds what it is told to hold. It runs as root, has the users and groups `root` and `nobody` (65534), the
/// interfaces `lo`, `eth0` and `eth1`, the programs `true`, `false`, `sh`, `killall` and `systemctl` in `/usr/bin`, and the
/// folder `/tmp`, where everybody may write.
#[derive(Clone, Debug)]
pub struct FakeHost {
    files: BTreeMap<String, (FileStatus, Vec<u8>)>,
    names: BTreeMap<String, IpAddr>,
    interfaces: Vec<String>,
}

impl Default for FakeHost {
    fn default() -> Self {
        let mut host = Self {
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            interfaces: ["lo", "eth0", "eth1"].map(str::to_owned).to_vec(),
        };
        for folder in ["/", "/usr", "/usr/bin", "/etc"] {
            host = host.with_status(folder, folder_status(0o755));
        }
        host = host.with_status("/tmp", folder_status(0o1777));
        for program in ["true", "false", "sh", "killall", "systemctl"] {
            host = host.with_status(&format!("/usr/bin/{program}"), file_status(0o755));
        }
        host
    }
}

fn folder_status(mode: u32) -> FileStatus {
    FileStatus {
        folder: true,
        regular: false,
        mode,
        uid: 0,
        gid: 0,
    }
}

fn file_status(mode: u32) -> FileStatus {
    FileStatus {
        folder: false,
        regular: true,
        mode,
        uid: 0,
        gid: 0,
    }
}

impl FakeHost {
    /// The machine as described above.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file that root owns.
    #[must_use]
    pub fn with_file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files
            .insert(path.to_owned(), (file_status(0o644), content.into()));
        self
    }

    /// Adds a path without content, of that status.
    #[must_use]
    pub fn with_status(mut self, path: &str, status: FileStatus) -> Self {
        self.files.insert(path.to_owned(), (status, Vec::new()));
        self
    }

    /// Adds a program of that mode and owner.
    #[must_use]
    pub fn with_program(self, path: &str, mode: u32, uid: u32, gid: u32) -> Self {
        let status = FileStatus {
            uid,
            gid,
            ..file_status(mode)
        };
        self.with_status(path, status)
    }

    /// Makes a host name resolve.
    #[must_use]
    pub fn with_name(mut self, name: &str, address: IpAddr) -> Self {
        self.names.insert(name.to_owned(), address);
        self
    }

    /// Adds an interface.
    #[must_use]
    pub fn with_interface(mut self, name: &str) -> Self {
        self.interfaces.push(name.to_owned());
        self
    }

    /// `/bin` is a link to `/usr/bin`.
    fn real(path: &str) -> String {
        match path.strip_prefix("/bin/") {
            Some(rest) => format!("/usr/bin/{rest}"),
            None => path.to_owned(),
        }
    }
}

impl Host for FakeHost {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        self.files
            .get(path)
            .map(|(_, content)| content.clone())
            .ok_or_else(missing)
    }

    fn list_folder(&self, path: &str) -> io::Result<Vec<String>> {
        let folder = format!("{}/", path.trim_end_matches('/'));
        Ok(self
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(&folder))
            .filter(|name| !name.is_empty() && !name.contains('/'))
            .map(str::to_owned)
            .collect())
    }

    fn file_status(&self, path: &str) -> io::Result<FileStatus> {
        self.files
            .get(&Self::real(path))
            .map(|(status, _)| *status)
            .ok_or_else(missing)
    }

    fn canonical_path(&self, path: &str) -> io::Result<String> {
        let real = Self::real(path);
        self.file_status(&real).map(|_| real)
    }

    fn current_folder(&self) -> String {
        "/etc/keepalived".to_owned()
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        (name == "PATH").then(|| b"/usr/sbin:/usr/bin".to_vec())
    }

    fn resolve(&self, host: &str) -> Option<IpAddr> {
        self.names.get(host).copied()
    }

    fn user(&self, name: &str) -> Option<(u32, u32)> {
        match name {
            "root" => Some((0, 0)),
            "nobody" => Some((65534, 65534)),
            _ => None,
        }
    }

    fn group(&self, name: &str) -> Option<u32> {
        self.user(name).map(|(_, gid)| gid)
    }

    fn own_ids(&self) -> (u32, u32) {
        (0, 0)
    }

    fn hostname(&self) -> String {
        "lb1.example.net".to_owned()
    }

    fn has_interface(&self, name: &str) -> bool {
        self.interfaces.iter().any(|known| known == name)
    }

    fn random(&self, _: Option<u32>, _: u32, low: u32, _: u32) -> u32 {
        low
    }
}

fn missing() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "No such file or directory")
}

/// Reads `text` as the file `/etc/keepalived/test.conf` on a [`FakeHost`], in the default dialect.
#[must_use]
pub fn load_str(text: &str) -> Loaded {
    load_on(text, Dialect::default(), &FakeHost::new())
}

/// Reads `text` as the file `/etc/keepalived/test.conf` on that machine in that dialect.
#[must_use]
pub fn load_on(text: &str, dialect: Dialect, host: &dyn Host) -> Loaded {
    load_bytes(
        "/etc/keepalived/test.conf",
        text.as_bytes().to_vec(),
        dialect,
        host,
        LoadOptions::default(),
    )
}
