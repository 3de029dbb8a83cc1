//! This machine as a linting sees it.

use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{SystemTime, UNIX_EPOCH};

use ::lint::Facts;
use nix::sys::resource::{Resource, getrlimit};

use crate::host::Otherwise;

/// This machine.
pub(crate) struct Machine;

impl Otherwise for Machine {
    fn resolve(&self, _host: &str) -> Option<IpAddr> {
        None
    }
}

impl Facts for Machine {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn mode(&self, path: &str) -> Option<u32> {
        Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o7777)
    }

    fn descriptor_limit(&self) -> Option<u64> {
        // Root may go up to what the kernel allows to a process, others to their hard limit.
        let of_kernel = || {
            std::fs::read_to_string("/proc/sys/fs/nr_open")
                .ok()?
                .trim()
                .parse()
                .ok()
        };
        if nix::unistd::geteuid().is_root() {
            of_kernel()
        } else {
            getrlimit(Resource::RLIMIT_NOFILE).ok().map(|(_, hard)| hard)
        }
    }
}
