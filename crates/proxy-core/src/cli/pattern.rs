//! Commands about maps and the patterns of ACLs (management guide, `show map` and its kin). Entries are known by the number that
//! `show map` puts in front of each.

use std::sync::Arc;

use haproxy_cfg::model::{MapOutput, MatchKind, PatternExpression};

use crate::pattern::{EditError, Entries, Found, Key, Reference};

use super::ongoing::{Next, PART, Part};
use super::{Call, Reply};

/// Whether a command speaks of maps or of ACLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Map,
    Acl,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Acl => "acl",
        }
    }

    /// What messages call it.
    fn title(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Acl => "ACL",
        }
    }

    fn has(self, reference: &Reference) -> bool {
        match self {
            Self::Map => reference.of_map(),
            Self::Acl => reference.of_acl(),
        }
    }

    fn unknown(self) -> Reply {
        Reply::Error(format!(
            "Unknown {} identifier. Please use #<id> or <file>.\n",
            self.title()
        ))
    }

    fn missing(self) -> Reply {
        Reply::Error(format!("Missing {} identifier.\n", self.title()))
    }
}

pub(super) fn show_map(call: &mut Call<'_, '_>) -> Reply {
    show(call, Kind::Map)
}

pub(super) fn show_acl(call: &mut Call<'_, '_>) -> Reply {
    show(call, Kind::Acl)
}

pub(super) fn get_map(call: &mut Call<'_, '_>) -> Reply {
    get(call, Kind::Map)
}

pub(super) fn get_acl(call: &mut Call<'_, '_>) -> Reply {
    get(call, Kind::Acl)
}

pub(super) fn add_map(call: &mut Call<'_, '_>) -> Reply {
    let (version, at) = version(call);
    let payload = call.payload;
    let lacks = match payload {
        Some(_) => call.argument(at).is_empty(),
        None => call.argument(at + 2).is_empty(),
    };
    if lacks {
        return Reply::error(
            "'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a \
             payload",
        );
    }
    let Some(reference) = call.reference(at) else {
        return Kind::Map.unknown();
    };
    if version.is_some_and(|version| !reference.takes_version(version)) {
        return future(Kind::Map);
    }
    match payload {
        Some(lines) => add_lines(reference, version, lines),
        None => added(
            reference.add(version, call.argument(at + 1), Some(call.argument(at + 2))),
            Kind::Map,
        ),
    }
}

/// Adds the entries of a payload: a key up to a blank, and what follows the blanks up to the line's end.
fn add_lines(reference: &Reference, version: Option<u32>, lines: &[u8]) -> Reply {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut rest = lines;
    while !rest.is_empty() {
        let Some(end) = rest.iter().position(blank) else {
            let key = String::from_utf8_lossy(rest);
            return Reply::Error(format!("Missing value for key '{key}'.\n"));
        };
        let (key, behind) = rest.split_at(end);
        let blanks = behind.iter().take_while(|byte| blank(byte)).count();
        let behind = &behind[blanks..];
        let end = behind
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(behind.len());
        match added(reference.add(version, key, Some(&behind[..end])), Kind::Map) {
            Reply::Done => {}
            refused => return refused,
        }
        rest = behind.get(end + 1..).unwrap_or_default();
    }
    Reply::Done
}

pub(super) fn add_acl(call: &mut Call<'_, '_>) -> Reply {
    let (version, at) = version(call);
    if call.argument(at + 1).is_empty() {
        return Reply::error("'add acl' expects two parameters: ACL identifier and pattern.");
    }
    let Some(reference) = call.reference(at) else {
        return Kind::Acl.unknown();
    };
    if version.is_some_and(|version| !reference.takes_version(version)) {
        return future(Kind::Acl);
    }
    if reference.has_values() {
        return Reply::error(
            "This ACL is shared with a map containing samples. You must use the command 'add map' to add values.",
        );
    }
    added(reference.add(version, call.argument(at + 1), None), Kind::Acl)
}

fn added(result: Result<(), EditError>, kind: Kind) -> Reply {
    match result {
        Ok(()) | Err(EditError::Missing) => Reply::Done,
        Err(EditError::Unfit(fault)) => Reply::Error(format!("{fault}.\n")),
        Err(EditError::Version) => future(kind),
    }
}

fn future(kind: Kind) -> Reply {
    Reply::Error(format!(
        "Version number in the future, please use 'prepare {}' before.\n",
        kind.word()
    ))
}

pub(super) fn set_map(call: &mut Call<'_, '_>) -> Reply {
    if call.argument(2).is_empty() {
        return Reply::error("'set map' expects three parameters: map identifier, key and value.");
    }
    let Some(reference) = call.reference(0) else {
        return Kind::Map.unknown();
    };
    let (key, value) = (call.argument(1), call.argument(2));
    let (result, missing) = match number(key) {
        Some(number) => (reference.set_entry(number, value), "key or pattern not found."),
        None => (reference.set(key, value), "entry not found."),
    };
    match result {
        Err(EditError::Missing) => Reply::error(missing),
        // The original says nothing of a value that a map cannot take, and leaves the old one.
        Ok(()) | Err(_) => Reply::Done,
    }
}

pub(super) fn del_map(call: &mut Call<'_, '_>) -> Reply {
    del(call, Kind::Map)
}

pub(super) fn del_acl(call: &mut Call<'_, '_>) -> Reply {
    del(call, Kind::Acl)
}

fn del(call: &mut Call<'_, '_>, kind: Kind) -> Reply {
    let key = call.argument(1);
    if key.is_empty() {
        return Reply::Error(format!(
            "This command expects two parameters: {} identifier and key.\n",
            kind.title()
        ));
    }
    let Some(reference) = call.reference(0).filter(|reference| kind.has(reference)) else {
        return Kind::Map.unknown();
    };
    let result = match number(key) {
        Some(number) => reference.delete_entry(number),
        None => reference.delete(key),
    };
    match result {
        Ok(()) => Reply::Done,
        Err(_) => Reply::error("Key not found."),
    }
}

pub(super) fn clear_map(call: &mut Call<'_, '_>) -> Reply {
    clear(call, Kind::Map)
}

pub(super) fn clear_acl(call: &mut Call<'_, '_>) -> Reply {
    clear(call, Kind::Acl)
}

fn clear(call: &mut Call<'_, '_>, kind: Kind) -> Reply {
    let (version, at) = version(call);
    if call.argument(at).is_empty() {
        return kind.missing();
    }
    let Some(reference) = call.reference(at).filter(|reference| kind.has(reference)) else {
        return kind.unknown();
    };
    reference.clear(version);
    Reply::Done
}

pub(super) fn prepare_map(call: &mut Call<'_, '_>) -> Reply {
    prepare(call, Kind::Map)
}

pub(super) fn prepare_acl(call: &mut Call<'_, '_>) -> Reply {
    prepare(call, Kind::Acl)
}

fn prepare(call: &mut Call<'_, '_>, kind: Kind) -> Reply {
    match call.reference(0).filter(|reference| kind.has(reference)) {
        None => kind.unknown(),
        Some(reference) => Reply::Info(format!("New version created: {}\n", reference.prepare())),
    }
}

pub(super) fn commit_map(call: &mut Call<'_, '_>) -> Reply {
    commit(call, Kind::Map)
}

pub(super) fn commit_acl(call: &mut Call<'_, '_>) -> Reply {
    commit(call, Kind::Acl)
}

fn commit(call: &mut Call<'_, '_>, kind: Kind) -> Reply {
    let (Some(version), at) = version(call) else {
        return Reply::error("Missing version number.");
    };
    if call.argument(at).is_empty() {
        return kind.missing();
    }
    let Some(reference) = call.reference(at).filter(|reference| kind.has(reference)) else {
        return kind.unknown();
    };
    match reference.commit(version) {
        Ok(()) => Reply::Done,
        Err(_) => Reply::error("Version number out of range."),
    }
}

fn show(call: &mut Call<'_, '_>, kind: Kind) -> Reply {
    let (version, at) = version(call);
    if call.argument(0).is_empty() {
        list(call, kind);
        return Reply::Done;
    }
    let Some(reference) = call.reference(at).filter(|reference| kind.has(reference)) else {
        return kind.unknown();
    };
    match reference.entries(version) {
        Some(entries) => Box::new(Shown(entries)).write(call),
        None => Reply::Done,
    }
}

/// The entries that were not shown yet.
#[derive(Debug)]
struct Shown(Entries);

impl Part for Shown {
    fn write(mut self: Box<Self>, call: &mut Call<'_, '_>) -> Reply {
        let until = call.out.len() + PART;
        let more = self.0.some(|number, pattern, value| {
            call.out
                .extend_from_slice(format!("{:#x} ", shown(number)).as_bytes());
            call.out.extend_from_slice(pattern);
            if let Some(value) = value {
                call.out.push(b' ');
                call.out.extend_from_slice(value);
            }
            call.out.push(b'\n');
            call.out.len() < until
        });
        if more {
            return Reply::Later(Next::Part(self));
        }
        Reply::Done
    }
}

fn list(call: &mut Call<'_, '_>, kind: Kind) {
    call.out.extend_from_slice(b"# id (file) description\n");
    let references = &call.view.runtime.references;
    for reference in references.iter().filter(|reference| kind.has(reference)) {
        let versions = reference.versions();
        call.out
            .extend_from_slice(format!("{} (", reference.id()).as_bytes());
        call.out.extend_from_slice(reference.file().unwrap_or_default());
        let line = format!(
            ") {}. curr_ver={} next_ver={} entry_cnt={}\n",
            reference.description(),
            versions.current,
            versions.next,
            versions.patterns
        );
        call.out.extend_from_slice(line.as_bytes());
    }
}

fn get(call: &mut Call<'_, '_>, kind: Kind) -> Reply {
    let sample = call.argument(1);
    if sample.is_empty() {
        return Reply::Error(format!("Missing {} identifier and/or key.\n", kind.title()));
    }
    let Some(reference) = call.reference(0) else {
        return kind.unknown();
    };
    let reference = Arc::clone(reference);
    for (at, expression) in reference.expressions().iter().enumerate() {
        let name = if expression.substitutes {
            "regm"
        } else {
            expression.matcher.name()
        };
        let case = if expression.ignore_case {
            "insensitive"
        } else {
            "sensitive"
        };
        call.out
            .extend_from_slice(format!("type={name}, case={case}").as_bytes());
        let tree = if reference.is_tree(at) { "tree" } else { "list" };
        let out = &mut *call.out;
        let mut tell = |found: Option<Found<'_>>| match kind {
            Kind::Map => tell_of_map(out, found, expression, tree),
            Kind::Acl => tell_of_acl(out, found, tree),
        };
        match Key::of_text(expression.matcher, sample) {
            Some(key) => reference.look(at, key, tell),
            None => tell(None),
        }
        call.out.push(b'\n');
    }
    Reply::Done
}

fn tell_of_map(out: &mut Vec<u8>, found: Option<Found<'_>>, expression: &PatternExpression, index: &str) {
    let Some(found) = found else {
        return out.extend_from_slice(b", found=no");
    };
    out.extend_from_slice(format!(", found=yes, idx={index}, key=").as_bytes());
    quoted(out, found.pattern());
    out.extend_from_slice(b", value=");
    let Some((value, gives)) = found.value().zip(expression.gives) else {
        return out.extend_from_slice(b"none");
    };
    quoted(out, Some(value));
    let kind = match gives {
        MapOutput::Str => "str",
        MapOutput::Int => "sint",
        MapOutput::Ip if value.contains(&b':') => "ipv6",
        MapOutput::Ip => "ipv4",
    };
    out.extend_from_slice(format!(", type=\"{kind}\"").as_bytes());
}

fn tell_of_acl(out: &mut Vec<u8>, found: Option<Found<'_>>, index: &str) {
    let Some(found) = found else {
        return out.extend_from_slice(b", match=no");
    };
    out.extend_from_slice(format!(", match=yes, idx={index}, pattern=").as_bytes());
    quoted(out, found.pattern());
}

fn quoted(out: &mut Vec<u8>, text: Option<&[u8]>) {
    match text {
        Some(text) => {
            out.push(b'"');
            out.extend_from_slice(text);
            out.push(b'"');
        }
        None => out.extend_from_slice(b"unknown"),
    }
}

impl<'v> Call<'_, 'v> {
    /// The reference that an argument names.
    fn reference(&self, index: usize) -> Option<&'v Arc<Reference>> {
        self.view.runtime.references.find(self.argument(index))
    }
}

/// The version that the first argument names, and the place of the argument behind it.
fn version(call: &Call<'_, '_>) -> (Option<u32>, usize) {
    match call.argument(0).strip_prefix(b"@") {
        None => (None, 0),
        Some(digits) => match Key::of_text(MatchKind::Int, digits) {
            // What is no number counts as zero, and what is too large goes round.
            Some(Key::Int(number)) => (Some(number as u32), 1),
            _ => (Some(0), 1),
        },
    }
}

/// The number of an entry as it is shown: zero would look like none.
fn shown(number: u64) -> u64 {
    number + 1
}

/// The number of the entry that `#0x…` means; none for what is a key.
fn number(key: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(key.strip_prefix(b"#")?).ok()?;
    let number = u64::from_str_radix(text.strip_prefix("0x").unwrap_or(text), 16).ok()?;
    // One that is never shown is looked for in vain.
    Some(number.checked_sub(1).unwrap_or(u64::MAX))
}
