//! What is to be heard on a segment of the lab, recorded by tcpdump with the kernel's time of each frame.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use super::network::{BRIDGE, Network};
use super::pacing::until;
use super::programs::Foreground;

/// The recording, in the switch's folder: to be read with tcpdump or Wireshark.
pub(super) const FILE: &str = "segment.pcap";

/// A recorded frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) at: SystemTime,
    /// From the header of the link on.
    pub(crate) bytes: Vec<u8>,
}

/// A recording that goes on until it is dropped.
pub(super) struct Capture {
    file: PathBuf,
    _running: Foreground,
}

impl Capture {
    /// Begins to record what passes `filter`, in tcpdump's words, and waits until nothing is missed any more.
    pub(super) fn start(network: &Network, filter: &str) -> Result<Self> {
        let switch = network.switch();
        let file = switch.folder().join(FILE);
        let said = switch.folder().join("tcpdump-said");
        let mut command = switch.command("tcpdump");
        record(&mut command, &["-i", BRIDGE], &file, filter)
            .stdout(std::process::Stdio::null())
            .stderr(File::create(&said)?);
        let mut running = Foreground::start(&mut command)?;
        until(Duration::from_secs(10), "tcpdump to listen", || {
            let text = fs::read_to_string(&said)?;
            if running.ended()?.is_some() {
                bail!("tcpdump ended: {}", text.trim());
            }
            Ok(
                (text.contains("listening on")
                    && fs::metadata(&file).is_ok_and(|f| f.len() >= HEADER as u64))
                .then_some(()),
            )
        })?;
        Ok(Self {
            file,
            _running: running,
        })
    }

    /// Everything recorded so far, in the order of its arrival.
    pub(super) fn frames(&self) -> Result<Vec<Frame>> {
        parse(&fs::read(&self.file)?)
    }
}

/// Has tcpdump write each packet down at once, from where `source` says, if it passes `filter`.
pub(crate) fn record<'c>(
    command: &'c mut Command,
    source: &[&str],
    file: &Path,
    filter: &str,
) -> &'c mut Command {
    command
        .args(source)
        .args(["-n", "-U", "--immediate-mode", "-B", "16384", "-Z", "root", "-w"])
        .arg(file)
        .arg(filter)
}

/// The length of the file's header, and of each record's.
const HEADER: usize = 24;
const RECORD: usize = 16;

/// The first word of a recording with microseconds in this machine's order of bytes.
const MAGIC: u32 = 0xa1b2_c3d4;

/// Takes a recording apart. A last record that is still being written is left out.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Frame>> {
    let word = |at: usize| -> Option<u32> {
        let four = bytes.get(at..at + 4)?;
        Some(u32::from_ne_bytes(four.try_into().ok()?))
    };
    if word(0) != Some(MAGIC) {
        bail!("the recording is none of this machine's");
    }
    let mut frames = Vec::new();
    let mut at = HEADER;
    while let (Some(seconds), Some(micros), Some(length)) = (word(at), word(at + 4), word(at + 8)) {
        let start = at + RECORD;
        let length = usize::try_from(length).context("a frame of impossible length")?;
        let Some(frame) = bytes.get(start..start + length) else {
            break;
        };
        let since = Duration::from_secs(seconds.into()) + Duration::from_micros(micros.into());
        frames.push(Frame {
            at: SystemTime::UNIX_EPOCH + since,
            bytes: frame.to_vec(),
        });
        at = start + length;
    }
    Ok(frames)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_is_still_being_written_is_left_out() {
        let mut file = MAGIC.to_ne_bytes().to_vec();
        file.resize(HEADER, 0);
        for word in [7_u32, 250_000, 2, 2] {
            file.extend(word.to_ne_bytes());
        }
        file.extend([1, 2]);
        let whole = vec![Frame {
            at: SystemTime::UNIX_EPOCH + Duration::from_millis(7250),
            bytes: vec![1, 2],
        }];
        assert_eq!(parse(&file).unwrap(), whole);
        for word in [8_u32, 0, 4, 4] {
            file.extend(word.to_ne_bytes());
        }
        file.push(1);
        assert_eq!(parse(&file).unwrap(), whole);
    }

    #[test]
    fn a_file_that_is_no_recording_is_an_error() {
        assert!(parse(b"").is_err());
        assert!(parse(&[0; 40]).is_err());
    }
}
