//! The new process's side.

use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use socket2::Socket;

use super::{COMMAND, message, wire};

/// How long the old process may take for each answer, as the original has it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Bytes of the largest batch: each record at most two names of 255 bytes.
const LARGEST: usize = 253 * (2 * 256 + 4);

/// A listening socket of another process.
#[derive(Debug)]
pub struct Taken {
    /// The network namespace that it is bound in, empty for that of the process.
    pub namespace: Vec<u8>,
    /// The interface that it is bound to, if any.
    pub interface: Vec<u8>,
    /// The socket.
    pub socket: Socket,
}

/// Why there are none.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The old process closed the connection, as it does when the socket does not expose its listeners, or took too long.
    #[error("Failed to get the number of sockets to be transferred !")]
    NoCount,
    /// The number is none that a process can have.
    #[error("Got a bad number of sockets to be transferred !")]
    BadCount,
    /// What came does not belong to the descriptors beside it.
    #[error("Got sockets from the old process whose description cannot be read !")]
    BadRecord,
    /// The connection failed on the way.
    #[error("Failed to get the sockets ({0})")]
    Io(#[from] io::Error),
}

/// Asks for the listening sockets of the process at the other end.
///
/// # Errors
/// Why there are none.
pub fn take(mut stream: UnixStream) -> Result<Vec<Taken>, TakeError> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(COMMAND)?;
    stream.write_all(b"\n")?;
    let mut count = [0; 4];
    stream.read_exact(&mut count).map_err(|_| TakeError::NoCount)?;
    let count = usize::try_from(i32::from_ne_bytes(count)).map_err(|_| TakeError::BadCount)?;
    let mut taken = Vec::new();
    let mut buffer = vec![0; LARGEST];
    while taken.len() < count {
        let (received, descriptors) = message::receive(&stream, &mut buffer)?;
        if received == 0 || descriptors.is_empty() || taken.len() + descriptors.len() > count {
            return Err(TakeError::BadRecord);
        }
        taken.extend(describe(&buffer[..received], descriptors)?);
        // The process that sent the last batch may have gone.
        if let Err(error) = stream.write_all(&[0; 4])
            && taken.len() < count
        {
            return Err(error.into());
        }
    }
    Ok(taken)
}

/// Puts the records of a batch and its descriptors together.
fn describe(mut records: &[u8], descriptors: Vec<OwnedFd>) -> Result<Vec<Taken>, TakeError> {
    let mut taken = Vec::with_capacity(descriptors.len());
    for descriptor in descriptors {
        let (namespace, interface, rest) = wire::get(records).ok_or(TakeError::BadRecord)?;
        taken.push(Taken {
            namespace: namespace.to_vec(),
            interface: interface.to_vec(),
            socket: Socket::from(descriptor),
        });
        records = rest;
    }
    if records.is_empty() {
        Ok(taken)
    } else {
        Err(TakeError::BadRecord)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;
    use std::net::TcpListener;
    use std::sync::Arc;

    use super::super::{BATCH, Export, give};
    use super::*;
    use crate::listen::ListenOwner;

    /// Takes from an old process that is played by `old`, once the command has been read.
    fn taken_from(
        old: impl FnOnce(UnixStream) -> io::Result<()> + Send + 'static,
    ) -> Result<Vec<Taken>, TakeError> {
        let (here, there) = UnixStream::pair().unwrap();
        let player = std::thread::spawn(move || -> io::Result<()> {
            let mut line = Vec::new();
            io::BufReader::new(&there).read_until(b'\n', &mut line)?;
            assert_eq!(line, b"_getsocks\n");
            old(there)
        });
        let taken = take(here);
        player.join().unwrap().unwrap();
        taken
    }

    #[test]
    fn sockets_arrive_in_their_order_over_several_batches() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let number = 2 * BATCH + 1;
        let exports: Vec<_> = (0..number)
            .map(|index| {
                Arc::new(Export {
                    owner: ListenOwner::Stats(0),
                    namespace: Vec::new(),
                    interface: index.to_string().into_bytes(),
                    socket: listener.try_clone().unwrap().into(),
                })
            })
            .collect();
        let taken = taken_from(move |there| give(there, &exports)).unwrap();
        assert_eq!(taken.len(), number);
        for (index, taken) in taken.iter().enumerate() {
            assert_eq!(taken.interface, index.to_string().as_bytes());
            assert_eq!(taken.socket.local_addr().unwrap().as_socket(), Some(address));
        }
    }

    #[test]
    fn an_old_process_that_exposes_nothing_closes_the_connection() {
        assert!(matches!(taken_from(|_| Ok(())), Err(TakeError::NoCount)));
    }

    #[test]
    fn an_old_process_that_sends_nonsense_is_refused() {
        let bad_count = |mut there: UnixStream| there.write_all(&(-1_i32).to_ne_bytes());
        assert!(matches!(taken_from(bad_count), Err(TakeError::BadCount)));
        let no_descriptors = |mut there: UnixStream| {
            there.write_all(&1_i32.to_ne_bytes())?;
            there.write_all(&[0; 6])
        };
        assert!(matches!(taken_from(no_descriptors), Err(TakeError::BadRecord)));
        let cut = |there: UnixStream| {
            message::send(&there, &1_i32.to_ne_bytes(), &[])?;
            message::send(&there, &[0; 3], &[std::os::fd::AsFd::as_fd(&there)])
        };
        assert!(matches!(taken_from(cut), Err(TakeError::BadRecord)));
    }
}
