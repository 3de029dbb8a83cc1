//! Unix stream listeners. A path is bound beside its place and moved there, so that clients find the old socket or the new
//! one and never none.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use haproxy_cfg::model::{AbstractName, Bind, Word};
use nix::unistd::{Group, User};
use socket2::{Domain, SockAddr, Socket, Type};

use super::{ListenSocket, system_words};

/// Binds a path with the line's mode, user and group.
pub(super) fn open(
    bind: &Bind,
    path: &Word,
    backlog: i32,
    fault: &mut dyn FnMut(bool, bool, String),
) -> Option<ListenSocket> {
    match open_path(bind, Path::new(OsStr::from_bytes(path)), backlog) {
        Ok(socket) => Some(ListenSocket::Unix(socket.into())),
        Err((doing, error)) => {
            let in_use = error.kind() == io::ErrorKind::AddrInUse;
            fault(
                true,
                in_use,
                format!("{doing} ({}) [{path}]", system_words(&error)),
            );
            None
        }
    }
}

/// Binds a name in the abstract namespace.
pub(super) fn open_abstract(
    name: &AbstractName,
    backlog: i32,
    fault: &mut dyn FnMut(bool, bool, String),
) -> Option<ListenSocket> {
    match listen_at(Path::new(OsStr::from_bytes(&name.path())), backlog) {
        Ok(socket) => Some(ListenSocket::Unix(socket.into())),
        Err((doing, error)) => {
            let in_use = error.kind() == io::ErrorKind::AddrInUse;
            fault(
                true,
                in_use,
                format!(
                    "{doing} ({}) [{}{}]",
                    system_words(&error),
                    name.prefix(),
                    name.name
                ),
            );
            None
        }
    }
}

type Failure = (&'static str, io::Error);

fn open_path(bind: &Bind, path: &Path, backlog: i32) -> Result<Socket, Failure> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = PathBuf::from(temporary);
    remove_if_there(&temporary).map_err(|error| ("cannot remove old UNIX socket", error))?;
    let socket = listen_at(&temporary, backlog)?;
    let place = || -> Result<(), Failure> {
        let user = owner_id(bind.unix_user.as_ref(), |name| {
            Ok(User::from_name(name)?.map(|user| user.uid.as_raw()))
        });
        let group = owner_id(bind.unix_group.as_ref(), |name| {
            Ok(Group::from_name(name)?.map(|group| group.gid.as_raw()))
        });
        let user = user.map_err(|error| ("cannot find UNIX socket's user", error))?;
        let group = group.map_err(|error| ("cannot find UNIX socket's group", error))?;
        if user.is_some() || group.is_some() {
            std::os::unix::fs::chown(&temporary, user, group)
                .map_err(|error| ("cannot change UNIX socket ownership", error))?;
        }
        if let Some(mode) = bind.unix_mode {
            fs::set_permissions(&temporary, Permissions::from_mode(mode))
                .map_err(|error| ("cannot change UNIX socket permissions", error))?;
        }
        fs::rename(&temporary, path)
            .map_err(|error| ("cannot switch final and temporary UNIX sockets", error))
    };
    if let Err(failure) = place() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
        return Err(failure);
    }
    Ok(socket)
}

fn listen_at(path: &Path, backlog: i32) -> Result<Socket, Failure> {
    let address = SockAddr::unix(path).map_err(|error| ("socket path too long", error))?;
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)
        .map_err(|error| ("cannot create UNIX socket", error))?;
    socket
        .set_nonblocking(true)
        .map_err(|error| ("cannot make UNIX socket non-blocking", error))?;
    socket
        .bind(&address)
        .map_err(|error| ("cannot bind UNIX socket", error))?;
    socket
        .listen(backlog)
        .map_err(|error| ("cannot listen to UNIX socket", error))?;
    Ok(socket)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The number of a user or group that is given as a number or as a name.
fn owner_id(
    given: Option<&Word>,
    find: impl Fn(&str) -> nix::Result<Option<u32>>,
) -> io::Result<Option<u32>> {
    let Some(given) = given else { return Ok(None) };
    let name = String::from_utf8_lossy(given);
    if let Ok(id) = name.parse() {
        return Ok(Some(id));
    }
    find(&name)?
        .map(Some)
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no '{name}' on this machine")))
}
