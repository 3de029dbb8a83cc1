//! Files of rings (`backing-file`): their lines outlive the process. They are opened before it gives up root and its root folder.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};

use haproxy_cfg::model::sections::Ring;
use haproxy_cfg::model::{Config, Word};
use proxy_core::logline::{RING_HEADER, RingArea};
use syntax::Span;

/// The file of one ring.
#[derive(Debug)]
pub(super) struct Backing {
    file: File,
    area: RingArea,
}

impl Backing {
    /// Adds a line. One that the disk does not take is in memory all the same.
    pub(super) fn add(&mut self, line: &[u8]) {
        for (at, piece) in self.area.add(line) {
            if self.file.write_all_at(&piece, at).is_err() {
                return;
            }
        }
    }
}

/// The files of all rings that have one, by the names of the rings.
#[derive(Debug, Default)]
pub struct Backings(HashMap<Word, Backing>);

impl Backings {
    /// Makes them all; what a process before has left is kept beside as `PATH.bak`.
    ///
    /// # Errors
    /// The line of a ring and what is wrong with its file, in the original's words.
    pub fn open(config: &Config) -> Result<Self, (Span, String)> {
        let mut all = HashMap::new();
        for ring in &config.sections.rings {
            let Some(path) = &ring.backing_file else { continue };
            let path = path.to_string();
            let backing = open(&path, ring).map_err(|error| {
                let words = crate::listen::system_words(&error);
                let text = format!(
                    "cannot open backing-file '{path}' for ring '{}': {words}.",
                    ring.name
                );
                (ring.span, text)
            })?;
            all.insert(ring.name.clone(), backing);
        }
        Ok(Self(all))
    }

    pub(super) fn take(&mut self, ring: &Word) -> Option<Backing> {
        self.0.remove(ring)
    }
}

fn open(path: &str, ring: &Ring) -> io::Result<Backing> {
    let size = ring.size.unwrap_or(super::ring::DEFAULT_SIZE as u64);
    if has_lines(path)? {
        fs::rename(path, format!("{path}.bak"))?;
    }
    let area = RingArea::new(size);
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    let file = options.open(path)?;
    file.set_len(size)?;
    file.write_all_at(&area.header(), 0)?;
    Ok(Backing { file, area })
}

/// Whether there is a file that holds something, be it a ring with lines or what is no ring.
fn has_lines(path: &str) -> io::Result<bool> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut header = Vec::new();
    file.by_ref().take(RING_HEADER).read_to_end(&mut header)?;
    let empty = RingArea::new(file.metadata()?.len()).header();
    Ok(!header.is_empty() && header != empty)
}
