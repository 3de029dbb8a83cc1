//! Who the node is across its starts: an identity that is made once, and a count of its starts. Both are kept in files.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
pub(crate) fn epoch() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Octets from the system's chance.
pub(crate) fn chance<const N: usize>() -> io::Result<[u8; N]> {
    let mut octets = [0; N];
    File::open("/dev/urandom")?.read_exact(&mut octets)?;
    Ok(octets)
}

/// The node's identity, kept in `file`: 16 octets, as the original keeps it. Whether it is new.
pub(crate) fn uuid(file: &Path) -> io::Result<([u8; 16], bool)> {
    match fs::read(file) {
        Ok(octets) => {
            if let Ok(uuid) = <[u8; 16]>::try_from(octets.as_slice()) {
                return Ok((uuid, false));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut uuid: [u8; 16] = chance()?;
    // A random one, by RFC 9562.
    uuid[6] = (uuid[6] & 0x0f) | 0x40;
    uuid[8] = (uuid[8] & 0x3f) | 0x80;
    keep(file, &uuid)?;
    Ok((uuid, true))
}

/// The number of this start, one more than the last one that `file` has; the time when it has none. Whether there was none.
pub(crate) fn generation(file: &Path) -> io::Result<(u32, bool)> {
    let last = match fs::read_to_string(file) {
        Ok(text) => text.trim().parse::<u32>().ok(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let now = u32::try_from(epoch()).unwrap_or(u32::MAX);
    let next = last.map_or(now, |last| last.saturating_add(1));
    keep(file, format!("{next}\n").as_bytes())?;
    Ok((next, last.is_none()))
}

/// Writes a file whole: after a power cut there is the old one or the new one.
fn keep(file: &Path, octets: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut new = file.as_os_str().to_owned();
    new.push(".new");
    let mut out = File::create(&new)?;
    out.write_all(octets)?;
    out.sync_all()?;
    fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_stays_and_a_generation_grows() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib/hb_uuid");
        let (first, new) = uuid(&file).unwrap();
        assert!(new);
        assert_eq!(uuid(&file).unwrap(), (first, false));
        let file = folder.path().join("lib/hb_generation");
        let (first, new) = generation(&file).unwrap();
        assert!(new && first > 1_700_000_000);
        assert_eq!(generation(&file).unwrap(), (first + 1, false));
    }
}
