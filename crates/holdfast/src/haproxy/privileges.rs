//! Giving up root: the cage first, then group, then user, so that each step is still allowed.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use haproxy_cfg::model::Global;
use nix::sys::prctl::set_dumpable;
use nix::unistd::{Gid, Uid, chdir, chroot, getegid, geteuid, setgid, setgroups, setuid};

/// Gives up what the `global` section says. The text to tell when that is not possible: running on with more rights than asked for
/// is not an option.
pub(crate) fn give_up(global: &Global) -> Result<(), String> {
    if let Some(folder) = &global.chroot {
        let path = Path::new(OsStr::from_bytes(folder));
        // The original's words, with the reason behind.
        chroot(path)
            .and_then(|()| chdir("/"))
            .map_err(|error| format!("Cannot chroot({folder}). ({})", error.desc()))?;
    }
    if global.uid.is_some() && geteuid().is_root() {
        // Root's other groups must not stay. Only root may, and only root has to, change them.
        let groups = global.gid.map(Gid::from_raw).into_iter().collect::<Vec<_>>();
        setgroups(&groups)
            .map_err(|error| format!("Cannot drop supplementary groups ({}).", error.desc()))?;
    }
    if let Some(gid) = global.gid.map(Gid::from_raw)
        && gid != getegid()
    {
        setgid(gid).map_err(|error| {
            format!(
                "Cannot set gid {}. ({})",
                gid.as_raw().cast_signed(),
                error.desc()
            )
        })?;
    }
    if let Some(uid) = global.uid.map(Uid::from_raw)
        && uid != geteuid()
    {
        setuid(uid).map_err(|error| {
            format!(
                "Cannot set uid {}. ({})",
                uid.as_raw().cast_signed(),
                error.desc()
            )
        })?;
    }
    if global.dumpable {
        // The system has taken that back with the rights.
        set_dumpable(true).map_err(|error| format!("Cannot set the dumpable flag ({}).", error.desc()))?;
    }
    Ok(())
}
