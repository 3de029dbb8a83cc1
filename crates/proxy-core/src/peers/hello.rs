//! Greetings: who connects says who it is and whom it takes the other for, in three lines, and gets a number in one.

/// What the protocol calls itself.
const PROTOCOL: &[u8] = b"HAProxyS";

/// The versions that are spoken: of the second, those up to this one.
const VERSION: (u32, u32) = (2, 1);

/// The longest line of a greeting, in bytes.
const LONGEST: usize = 256;

/// Who connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The minor number of the second version of the protocol.
    pub minor: u32,
    /// Whom it takes the other side for.
    pub remote: Box<[u8]>,
    /// Its own name among the peers.
    pub local: Box<[u8]>,
    /// The number of its process.
    pub pid: u32,
}

/// What is wrong with a greeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HelloError {
    /// It is none.
    #[error("it is no greeting of a peer")]
    Protocol,
    /// It is one of a version that is not spoken here.
    #[error("its version of the protocol is not spoken")]
    Version,
}

/// The answer to a greeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Messages may follow.
    Succeeded,
    /// Not now.
    TryAgain,
    /// It was no greeting.
    ProtocolError,
    /// Its version is not spoken.
    BadVersion,
    /// It was meant for somebody else.
    LocalMismatch,
    /// Nobody knows who it comes from.
    RemoteMismatch,
}

impl Hello {
    /// Appends it.
    pub fn write(&self, out: &mut Vec<u8>) {
        let version = format!(" {}.{}\n", VERSION.0, self.minor);
        // The last number is that of a process among several of one configuration, of which there is one.
        let end = format!(" {} 1\n", self.pid);
        let parts = [
            PROTOCOL,
            version.as_bytes(),
            &*self.remote,
            b"\n",
            &*self.local,
            end.as_bytes(),
        ];
        out.extend_from_slice(&parts.concat());
    }

    /// Reads one from the beginning of `from`, with how many bytes it has; none when its end is not there.
    ///
    /// # Errors
    /// What is wrong with it: nothing behind it can be made sense of.
    pub fn read(from: &[u8]) -> Result<Option<(Self, usize)>, HelloError> {
        let mut at = 0;
        let mut line = || -> Result<Option<&[u8]>, HelloError> {
            let rest = &from[at..];
            match memchr::memchr(b'\n', &rest[..rest.len().min(LONGEST)]) {
                Some(end) => {
                    at += end + 1;
                    let line = &rest[..end];
                    Ok(Some(line.strip_suffix(b"\r").unwrap_or(line)))
                }
                None if rest.len() >= LONGEST => Err(HelloError::Protocol),
                None => Ok(None),
            }
        };
        let Some(first) = line()? else { return Ok(None) };
        let version = first
            .strip_prefix(PROTOCOL)
            .and_then(|rest| rest.strip_prefix(b" "));
        let minor = minor(version.ok_or(HelloError::Protocol)?)?;
        let Some(remote) = line()? else { return Ok(None) };
        let Some(third) = line()? else { return Ok(None) };
        let mut words = third.split(|octet| *octet == b' ');
        let local = words.next().unwrap_or_default();
        let pid = words.next().and_then(number).ok_or(HelloError::Protocol)?;
        let hello = Self {
            minor,
            remote: remote.into(),
            local: local.into(),
            pid,
        };
        Ok(Some((hello, at)))
    }
}

/// The minor number of a version that is spoken.
fn minor(version: &[u8]) -> Result<u32, HelloError> {
    let mut numbers = version.split(|octet| *octet == b'.').map(number);
    match (numbers.next().flatten(), numbers.next().flatten(), numbers.next()) {
        (Some(major), Some(minor), None) if major == VERSION.0 && minor <= VERSION.1 => Ok(minor),
        _ => Err(HelloError::Version),
    }
}

fn number(text: &[u8]) -> Option<u32> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| is_number)?.parse().ok()
}

impl Status {
    const ALL: [(Self, &'static [u8; 4]); 6] = [
        (Self::Succeeded, b"200\n"),
        (Self::TryAgain, b"300\n"),
        (Self::ProtocolError, b"501\n"),
        (Self::BadVersion, b"502\n"),
        (Self::LocalMismatch, b"503\n"),
        (Self::RemoteMismatch, b"504\n"),
    ];

    /// The answer to `hello`, where this side is called `local` and `is_known` says who may come.
    #[must_use]
    pub fn to(hello: &Hello, local: &[u8], is_known: impl FnOnce(&[u8]) -> bool) -> Self {
        if *hello.remote != *local {
            Self::LocalMismatch
        } else if !is_known(&hello.local) {
            Self::RemoteMismatch
        } else {
            Self::Succeeded
        }
    }

    /// Appends it.
    pub fn write(self, out: &mut Vec<u8>) {
        for (status, line) in Self::ALL {
            if status == self {
                out.extend_from_slice(line);
            }
        }
    }

    /// Reads one from the beginning of `from`, with how many bytes it has; none when its end is not there.
    ///
    /// # Errors
    /// When it is no answer to a greeting.
    pub fn read(from: &[u8]) -> Result<Option<(Self, usize)>, HelloError> {
        let Some(end) = memchr::memchr(b'\n', &from[..from.len().min(LONGEST)]) else {
            return if from.len() >= LONGEST {
                Err(HelloError::Protocol)
            } else {
                Ok(None)
            };
        };
        let line = &from[..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let known = Self::ALL.iter().find(|(_, text)| text[..3] == *line);
        known
            .map(|(status, _)| Some((*status, end + 1)))
            .ok_or(HelloError::Protocol)
    }
}

impl From<HelloError> for Status {
    fn from(error: HelloError) -> Self {
        match error {
            HelloError::Protocol => Self::ProtocolError,
            HelloError::Version => Self::BadVersion,
        }
    }
}
