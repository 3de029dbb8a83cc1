//! Fetches and converters by name: those of the tables that the dialect has, those of Lua scripts, and names of old.

use crate::keywords::{CONVERTER_INDEX, ConverterRow, FETCH_INDEX, FetchRow, LUA_CONVERTER, LUA_FETCH};
use crate::parse::Reading;
use crate::signature::Value;
use syntax::Version;

/// A fetch that had another name, which is gone.
#[derive(Clone, Copy, Debug)]
pub(super) struct OldFetch {
    name: &'static str,
    /// What to write instead.
    pub(super) now: &'static str,
    /// First version without it.
    pub(super) removed: Version,
}

const OLD_FETCHES: &[OldFetch] = &[OldFetch {
    name: "set-cookie",
    now: "res.cook",
    removed: Version::new(2, 5),
}];

/// The fetch of that name in the dialect at hand, and what it is called now where that is another name.
pub(super) fn fetch(
    reading: &Reading<'_>,
    name: &str,
) -> Option<(&'static FetchRow, Option<&'static OldFetch>)> {
    if let Some(row) = FETCH_INDEX.get(name).filter(|row| !row.too_new(reading.dialect)) {
        return Some((*row, None));
    }
    if let Some(own) = name.strip_prefix("lua.") {
        return registered(reading, own).then_some((&LUA_FETCH, None));
    }
    let old = OLD_FETCHES.iter().find(|old| old.name == name)?;
    let gone = reading.dialect.strict && reading.dialect.version >= old.removed;
    let row = FETCH_INDEX.get(old.now).filter(|_| !gone)?;
    let told = reading.dialect.version >= old.removed;
    Some((*row, told.then_some(old)))
}

/// The converter of that name in the dialect at hand.
pub(super) fn converter(reading: &Reading<'_>, name: &str) -> Option<&'static ConverterRow> {
    match name.strip_prefix("lua.") {
        Some(own) => registered(reading, own).then_some(&LUA_CONVERTER),
        None => CONVERTER_INDEX
            .get(name)
            .copied()
            .filter(|row| !row.too_new(reading.dialect)),
    }
}

/// Whether a Lua script registers that name. A strict dialect looks whether a script that is loaded speaks of it.
pub(crate) fn registered(reading: &Reading<'_>, name: &str) -> bool {
    if !reading.dialect.strict {
        return true;
    }
    let lines = reading.written.sections.iter().flat_map(|section| &section.lines);
    let mut files = lines
        .filter(|line| line.name.starts_with("lua-load"))
        .filter_map(|line| line.arguments.first());
    files.any(|file| match &file.value {
        Value::Text(path) => {
            let text = reading.host.read_file(&path.to_string()).unwrap_or_default();
            memchr::memmem::find(&text, name.as_bytes()).is_some()
        }
        _ => false,
    })
}
