//! The calls to the system that the compiler cannot check: fork, and descriptors that are given by their number. All `unsafe`
//! code of this crate is here.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd};

use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction};
use nix::sys::socket::{getsockopt, sockopt};
use nix::unistd::{ForkResult, Pid, fork};

/// What [`split`] made of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Split {
    /// The process that called; the new one's number.
    Parent(Pid),
    /// The new one.
    Child,
}

/// Makes a second process.
///
/// # Errors
/// What the system says, or when the process has more than one thread already.
pub(crate) fn split() -> io::Result<Split> {
    if threads()? != 1 {
        return Err(io::Error::other("the process has several threads already"));
    }
    // SAFETY: fork is sound in a process of one thread, which was just made sure of: no lock can be held by another one.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(Split::Parent(child)),
        ForkResult::Child => Ok(Split::Child),
    }
}

/// How many threads the process has.
fn threads() -> io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/task")?.count())
}

/// A new handle of an inherited descriptor, closed on exec; the inherited one stays open.
///
/// # Errors
/// What the system says when nothing is open under that number.
pub(crate) fn inherit(fd: i32) -> io::Result<OwnedFd> {
    borrow(fd)?.try_clone_to_owned()
}

/// Takes an inherited descriptor as this process's own: it is closed with what is given. For one that nothing else here uses.
///
/// # Errors
/// What the system says when nothing is open under that number.
pub(crate) fn adopt(fd: i32) -> io::Result<OwnedFd> {
    fcntl(borrow(fd)?, FcntlArg::F_GETFD)?;
    // SAFETY: it is open, as was just seen. The caller has the number from the process that this one was before exec, which
    // kept it for this use alone, and gives each number once.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Whether an inherited descriptor is a socket.
///
/// # Errors
/// What the system says when it is not one, or not open.
pub(crate) fn check_socket(fd: i32) -> io::Result<()> {
    getsockopt(&borrow(fd)?, sockopt::SockType)?;
    Ok(())
}

fn borrow(fd: i32) -> io::Result<BorrowedFd<'static>> {
    if fd < 0 {
        return Err(io::Error::from(nix::errno::Errno::EBADF));
    }
    // SAFETY: the number is not -1. It is used for a single call while nothing else runs that could close it: configurations
    // are read before threads are made. A number under which nothing is open makes that call fail, which is harmless.
    Ok(unsafe { BorrowedFd::borrow_raw(fd) })
}

/// Octets of the headers of a connection's first packet at most: those of the link, of IP with extensions, of TCP with options.
const SYN_ROOM: usize = 1024;

/// The packet that a TCP connection began with (`TCP_SAVED_SYN`); none where the system kept none, or gave it before.
pub(crate) fn saved_syn(connection: BorrowedFd<'_>) -> Option<Box<[u8]>> {
    let mut packet = [0_u8; SYN_ROOM];
    let mut len = SYN_ROOM as nix::libc::socklen_t;
    // SAFETY: the descriptor is open as long as it is borrowed; the call writes at most `len` octets to `packet`, which has as many,
    // and to `len` how many these are.
    let asked = unsafe {
        nix::libc::getsockopt(
            connection.as_raw_fd(),
            nix::libc::IPPROTO_TCP,
            nix::libc::TCP_SAVED_SYN,
            packet.as_mut_ptr().cast(),
            &raw mut len,
        )
    };
    let kept = packet.get(..len as usize)?;
    (asked == 0 && !kept.is_empty()).then(|| kept.into())
}

/// Sends a signal that has a number only, as the real-time ones do.
///
/// # Errors
/// What the system says.
pub(crate) fn send_signal(pid: Pid, number: i32) -> io::Result<()> {
    // SAFETY: the call takes two numbers and touches no memory of this process.
    let sent = unsafe { nix::libc::kill(pid.as_raw(), number) };
    if sent == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Ends the process by a signal, as if it had never been handled, so that whoever waits for it sees that.
pub(crate) fn die_by(signal: Signal) -> ! {
    let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: the default action runs no code of this process.
    let reset = unsafe { sigaction(signal, &default) };
    if reset.is_ok() {
        // Either ends the process, or is not let through to process 1, which then exits below.
        let _ = raise(signal);
    }
    std::process::exit(128 + signal as i32);
}
