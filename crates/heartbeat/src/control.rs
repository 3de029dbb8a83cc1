//! Requests from the machine itself: a named pipe, as the original has it, so that its `hb_standby` and `hb_takeover` work as well.
//! A request stands between `>>>` and `<<<`, a field each line.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::Path;

use heartbeat_proto::Share;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use tokio::net::unix::pipe;

/// The most octets of a request.
const LARGEST: usize = 4096;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Hand over to the other node (`hb_standby`).
    Standby(Share),
    /// Take from the other node (`hb_takeover`).
    Takeover(Share),
}

/// A request, or what could not be understood.
pub type Asked = Result<Request, String>;

/// Writes a request into the pipe of a running program.
///
/// # Errors
/// What the system says; [`io::ErrorKind::NotFound`] or `ENXIO` when nothing runs.
pub fn ask(pipe: &Path, request: Request) -> io::Result<()> {
    let (kind, share, more) = match request {
        Request::Standby(share) => ("ask_resources", share, "info=me\n"),
        Request::Takeover(share) => ("hb_takeover", share, ""),
    };
    let mut file = OpenOptions::new()
        .write(true)
        .custom_flags(nix::libc::O_NONBLOCK)
        .open(pipe)?;
    file.write_all(format!(">>>\nt={kind}\nrsc_hold={}\n{more}<<<\n", share.name()).as_bytes())
}

/// The end of the pipe that requests come out of.
#[derive(Debug)]
pub(crate) struct Control {
    receiver: pipe::Receiver,
    /// Held open, so that the pipe does not end with each who writes.
    _sender: File,
    pending: Vec<u8>,
}

impl Control {
    /// Makes the pipe anew. To be called within a runtime.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        match fs::symlink_metadata(path) {
            Ok(found) if found.file_type().is_fifo() => {}
            Ok(_) => {
                return Err(io::Error::other(format!("{} is no pipe", path.display())));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR)?;
            }
            Err(error) => return Err(error),
        }
        let receiver = pipe::OpenOptions::new().open_receiver(path)?;
        let sender = OpenOptions::new()
            .write(true)
            .custom_flags(nix::libc::O_NONBLOCK)
            .open(path)?;
        Ok(Self {
            receiver,
            _sender: sender,
            pending: Vec::new(),
        })
    }

    /// The next request. May be given up and called again.
    pub(crate) async fn next(&mut self) -> io::Result<Asked> {
        loop {
            if let Some(asked) = take(&mut self.pending) {
                return Ok(asked);
            }
            self.receiver.readable().await?;
            let mut octets = [0; 512];
            match self.receiver.try_read(&mut octets) {
                Ok(length) => self
                    .pending
                    .extend_from_slice(octets.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Takes the first whole request.
fn take(pending: &mut Vec<u8>) -> Option<Asked> {
    const END: &[u8] = b"<<<\n";
    let end = pending.windows(END.len()).position(|part| part == END);
    let Some(end) = end else {
        if pending.len() > LARGEST {
            pending.clear();
            return Some(Err("a request without an end".to_owned()));
        }
        return None;
    };
    let request: Vec<u8> = pending.drain(..end + END.len()).collect();
    let text = String::from_utf8_lossy(&request);
    let field = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    };
    let share = field("rsc_hold").and_then(Share::of);
    Some(match (field("t"), share, field("info")) {
        (Some("ask_resources"), Some(share), Some("me")) => Ok(Request::Standby(share)),
        (Some("hb_takeover"), Some(share), _) => Ok(Request::Takeover(share)),
        (kind, ..) => Err(format!(
            "a request that is not known: {}",
            kind.unwrap_or("no type")
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_taken_one_by_one() {
        let mut pending = b">>>\nt=ask_resources\nrsc_hold=foreign\ninfo=me\n<<<\n>>>\nt=hb_takeover\nrsc_hold=all\n<<<\n>>>\nt=x\n<<<\n>>>".to_vec();
        assert_eq!(take(&mut pending), Some(Ok(Request::Standby(Share::Foreign))));
        assert_eq!(take(&mut pending), Some(Ok(Request::Takeover(Share::All))));
        assert!(take(&mut pending).is_some_and(|asked| asked.is_err()));
        assert_eq!(take(&mut pending), None);
        pending.resize(LARGEST + 1, b'x');
        assert!(take(&mut pending).is_some_and(|asked| asked.is_err()));
        assert!(pending.is_empty());
    }
}
