//! The files that arguments name, and those that folders hold: haproxy's and keepalived's, which are migrated one by one, and
//! heartbeat's, which go another way.

use std::io;
use std::path::Path;

use ::lint::migrate::report::Cluster;
use ::lint::migrate_heartbeat::Row;
use haproxy_cfg::keywords::{Table, row as row_of};

use crate::language::is_keepalived;

/// Folders below folders are followed no deeper than this.
const MAX_DEPTH: usize = 8;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Files to migrate.
    pub(super) files: Vec<String>,
    /// Folders of heartbeat.
    pub(super) clusters: Vec<Cluster>,
    /// What was left, with the reason.
    pub(super) left: Vec<(String, String)>,
    /// Whether a folder was named.
    pub(super) folders: bool,
}

impl Found {
    /// Takes what an argument names.
    pub(super) fn take(&mut self, name: &str) -> io::Result<()> {
        if !std::fs::metadata(name)?.is_dir() {
            self.files.push(name.to_owned());
            return Ok(());
        }
        self.folders = true;
        let before = (self.files.len(), self.clusters.len());
        self.folder(Path::new(name), 0)?;
        if before == (self.files.len(), self.clusters.len()) {
            return Err(io::Error::other(
                "no file in it is of haproxy, keepalived or heartbeat",
            ));
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        if folder.join("ha.cf").is_file() {
            let name = folder.to_string_lossy().into_owned();
            match crate::migrate_heartbeat::look(folder) {
                Ok(migration) => self.clusters.push(Cluster {
                    blocking: migration.blocking().map(told).collect(),
                    by_hand: migration.by_hand().map(told).collect(),
                    name,
                }),
                Err(error) => self.clusters.push(Cluster {
                    name,
                    blocking: vec![error],
                    by_hand: Vec::new(),
                }),
            }
            return Ok(());
        }
        let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<io::Result<_>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                if depth < MAX_DEPTH && !entry.file_type()?.is_symlink() {
                    self.folder(&path, depth + 1)?;
                } else {
                    self.left
                        .push((name, "a link to a folder, or a folder too deep".to_owned()));
                }
                continue;
            }
            match kind(&path) {
                Ok(None) => self.files.push(name),
                Ok(Some(why)) => self.left.push((name, why.to_owned())),
                Err(error) => self.left.push((name, error.to_string())),
            }
        }
        Ok(())
    }
}

/// What a row says of what heartbeat had.
fn told(row: &Row) -> String {
    if row.note.is_empty() {
        row.before.clone()
    } else {
        format!("{}: {}", row.before, row.note)
    }
}

/// Why a file is not migrated; none when it is.
fn kind(path: &Path) -> io::Result<Option<&'static str>> {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    if !matches!(ending, "cfg" | "conf") {
        return Ok(Some("its name ends in neither .cfg nor .conf"));
    }
    let text = std::fs::read(path)?;
    let section = |line: &[u8]| {
        let word = line
            .trim_ascii_start()
            .split(u8::is_ascii_whitespace)
            .next()
            .unwrap_or_default();
        std::str::from_utf8(word).is_ok_and(|word| row_of(Table::Section, word).is_some())
    };
    let ours = is_keepalived(&text) || text.split(|byte| *byte == b'\n').any(section);
    Ok((!ours).then_some("it has no section of haproxy and no block of keepalived"))
}
