//! What the originals answered, as it was recorded (`compat-fixtures/http2/answers.txt`): for machines without them, and for review.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::case::Outcome;

/// What stands above the table.
const HEAD: &str = "\
# What is answered to each case of crates/holdfast/tests/http2 (what it sends stands there): by haproxy 2.6.12, by haproxy 3.4 and by
# Holdfast. Written by HOLDFAST_OTHER_HAPROXY=PATH-OF-3.4 HOLDFAST_RECORD=1 cargo test -p holdfast --test http2
";

/// The answers of haproxy 2.6, of 3.4, and of Holdfast.
pub(crate) type Answers = [String; 3];

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/http2/answers.txt")
}

/// The rows by the names of their cases.
pub(crate) fn read() -> anyhow::Result<BTreeMap<String, Answers>> {
    let mut rows = BTreeMap::new();
    for line in std::fs::read_to_string(path())?.lines() {
        let mut parts = line.split(" | ").map(str::trim);
        if let (Some(name), Some(old), Some(new), Some(ours)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        {
            rows.insert(name.to_owned(), [old.to_owned(), new.to_owned(), ours.to_owned()]);
        }
    }
    Ok(rows)
}

/// Writes the rows.
pub(crate) fn write(rows: &[(&str, [Outcome; 3])]) -> anyhow::Result<()> {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut out = HEAD.to_owned();
    for (name, answers) in rows {
        let [old, new, ours] = answers.map(Outcome::text);
        writeln!(out, "{name:width$} | {old:10} | {new:10} | {ours}")?;
    }
    let path = path();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, out)?;
    Ok(())
}
