//! Targets that are open already: `stdout`, `stderr`, `fd@N`. Their handles are opened before the process gives up root and its
//! root folder: behind that they cannot be had.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};

use haproxy_cfg::model::{Config, LogTransport};

use super::Backings;

/// Linux's number for `O_NONBLOCK`, which std has no name for.
const O_NONBLOCK: i32 = 0o4000;

/// The handles, which all threads share.
#[derive(Debug, Default)]
pub struct Files {
    /// By descriptor; none where it cannot be had a second time.
    open: Vec<(i32, Option<File>)>,
    /// Those of rings, until the rings are there.
    pub(super) backings: Backings,
}

impl Files {
    /// Those of all targets of a configuration. Standard output and standard errors are left to whoever closes them later where
    /// the process does not keep its terminal. `backings` are those of rings.
    #[must_use]
    pub fn open(config: &Config, keeps_terminal: bool, backings: Backings) -> Self {
        let mut files = Self {
            backings,
            ..Self::default()
        };
        for target in super::targets(config) {
            match target.transport {
                LogTransport::Stdout if keeps_terminal => files.add(1),
                LogTransport::Stderr if keeps_terminal => files.add(2),
                LogTransport::Fd(fd) if keeps_terminal || fd > 2 => files.add(fd),
                _ => {}
            }
        }
        files
    }

    fn add(&mut self, fd: i32) {
        if self.open.iter().all(|(open, _)| *open != fd) {
            self.open.push((fd, reopen(fd)));
        }
    }

    /// Writes a line; an error where the reader has no room for it now.
    pub(super) fn write(&self, fd: i32, message: &[u8]) -> io::Result<()> {
        let opened = self.open.iter().find(|(open, _)| *open == fd);
        match (opened.and_then(|(_, file)| file.as_ref()), fd) {
            (Some(mut file), _) => whole(file.write(message), message.len()),
            (None, 1) => {
                let mut out = io::stdout();
                out.write_all(message).and_then(|()| out.flush())
            }
            (None, 2) => io::stderr().write_all(message),
            (None, _) => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// The same open file without what blocks: a pipe whose reader sleeps must not hold traffic back. The flag is one of all handles
/// of an open file, so it is opened anew; a file of the disk never blocks, and its position is left as it is.
fn reopen(fd: i32) -> Option<File> {
    let path = format!("/proc/self/fd/{fd}");
    let kind = fs::metadata(&path).ok()?.file_type();
    let blocks = kind.is_fifo() || kind.is_char_device();
    if !blocks && fd <= 2 {
        return None;
    }
    let mut options = File::options();
    options.append(true);
    if blocks {
        options.custom_flags(O_NONBLOCK);
    }
    options.open(path).ok()
}

fn whole(written: io::Result<usize>, length: usize) -> io::Result<()> {
    match written {
        Ok(written) if written == length => Ok(()),
        Ok(_) => Err(io::ErrorKind::WriteZero.into()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_pipe_that_nobody_reads_loses_lines_and_blocks_nothing() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut files = Files::default();
        files.add(writer.as_raw_fd());
        let line = [b'x'; 1000];
        let mut taken = 0;
        while files.write(writer.as_raw_fd(), &line).is_ok() {
            taken += 1;
            assert!(taken < 10_000, "a pipe has an end");
        }
        assert!(taken > 0);
        let mut room = vec![0; 1000];
        io::Read::read_exact(&mut reader, &mut room).unwrap();
        assert_eq!(room, line);
    }
}
