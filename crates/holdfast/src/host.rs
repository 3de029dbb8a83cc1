//! The machine that a configuration is read on: its files, names, users and descriptors.

use std::ffi::OsStr;
use std::io;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::os::unix::ffi::OsStringExt;

use haproxy_cfg::{Host, PathKind};
use nix::unistd::{Group, User};

use crate::kernel;

/// This machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemHost;

/// The machine's name, empty when it has none.
pub(crate) fn hostname() -> String {
    nix::unistd::gethostname()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// What somebody says otherwise than this machine: the rest is as it is here. To be looked at through [`But`].
pub(crate) trait Otherwise {
    /// As [`Host::read_file`].
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        SystemHost.read_file(path)
    }

    /// As [`Host::resolve`].
    fn resolve(&self, host: &str) -> Option<IpAddr> {
        SystemHost.resolve(host)
    }

    /// As [`Host::user_id`].
    fn user_id(&self, name: &str) -> Option<u32> {
        SystemHost.user_id(name)
    }

    /// As [`Host::group_id`].
    fn group_id(&self, name: &str) -> Option<u32> {
        SystemHost.group_id(name)
    }
}

/// This machine, but for what another says. Nothing is handed over to who only looks at a file: inherited descriptors count as there.
#[derive(Debug)]
pub(crate) struct But<'a, T>(pub(crate) &'a T);

impl<T: Otherwise> Host for But<'_, T> {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.read_file(path)
    }

    fn list_folder(&self, path: &str) -> io::Result<Vec<String>> {
        SystemHost.list_folder(path)
    }

    fn path_kind(&self, path: &str) -> io::Result<PathKind> {
        SystemHost.path_kind(path)
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        SystemHost.env(name)
    }

    fn resolve(&self, host: &str) -> Option<IpAddr> {
        self.0.resolve(host)
    }

    fn user_id(&self, name: &str) -> Option<u32> {
        self.0.user_id(name)
    }

    fn group_id(&self, name: &str) -> Option<u32> {
        self.0.group_id(name)
    }

    fn hostname(&self) -> String {
        SystemHost.hostname()
    }

    fn key_belongs(&self, certificate: &[u8], key: &[u8]) -> Option<bool> {
        SystemHost.key_belongs(certificate, key)
    }

    fn descriptor(&self, _fd: i32) -> io::Result<()> {
        Ok(())
    }
}

impl Host for SystemHost {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn list_folder(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            // A name that is not UTF-8 cannot be asked for later; no configuration has one.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn path_kind(&self, path: &str) -> io::Result<PathKind> {
        let meta = std::fs::metadata(path)?;
        Ok(if meta.is_dir() {
            PathKind::Folder
        } else {
            PathKind::File
        })
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        // A name with these cannot be in an environment, and asking for it would panic.
        if name.is_empty() || name.contains(['=', '\0']) {
            return None;
        }
        std::env::var_os(OsStr::new(name)).map(OsStringExt::into_vec)
    }

    fn resolve(&self, host: &str) -> Option<IpAddr> {
        let mut found: Vec<IpAddr> = (host, 0)
            .to_socket_addrs()
            .ok()?
            .map(|address| address.ip())
            .collect();
        // Like the original, the first IPv4 address where there is one.
        found.sort_by_key(IpAddr::is_ipv6);
        found.first().copied()
    }

    fn user_id(&self, name: &str) -> Option<u32> {
        Some(User::from_name(name).ok()??.uid.as_raw())
    }

    fn group_id(&self, name: &str) -> Option<u32> {
        Some(Group::from_name(name).ok()??.gid.as_raw())
    }

    fn hostname(&self) -> String {
        hostname()
    }

    fn descriptor(&self, fd: i32) -> io::Result<()> {
        kernel::check_socket(fd)
    }
}
