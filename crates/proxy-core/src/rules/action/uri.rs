//! Actions on the method and the target of a request.

use super::{Action, Compile, Make, edited};
use crate::format::FormatPlan;
use crate::http1::NoRoom;
use crate::rules::{Capturing, Exec, Step, substitute};
use crate::sample::path_start;

pub(super) const ROWS: &[(&str, Make)] = &[
    ("set-method", |at| {
        Ok(Box::new(SetMethod {
            method: at.format_in_head("format")?,
        }))
    }),
    ("set-path", |at| set(at, Part::Path)),
    ("set-pathq", |at| set(at, Part::PathAndQuery)),
    ("set-query", |at| set(at, Part::Query)),
    ("set-uri", |at| set(at, Part::Whole)),
    ("replace-path", |at| replace(at, Part::Path)),
    ("replace-pathq", |at| replace(at, Part::PathAndQuery)),
    ("replace-uri", |at| replace(at, Part::Whole)),
];

/// Which part of a target an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Path,
    PathAndQuery,
    Query,
    Whole,
}

impl Part {
    /// Where it stands in a target. A target without a path, such as `*`, is one as a whole.
    fn of(self, uri: &[u8]) -> std::ops::Range<usize> {
        let path = path_start(uri).unwrap_or(0);
        let question = memchr::memchr(b'?', uri).unwrap_or(uri.len());
        match self {
            Self::Path => path.min(question)..question,
            Self::PathAndQuery => path..uri.len(),
            Self::Query => (question + 1).min(uri.len())..uri.len(),
            Self::Whole => 0..uri.len(),
        }
    }
}

fn set(at: Compile<'_>, part: Part) -> Result<Box<dyn Action>, String> {
    Ok(Box::new(Set {
        part,
        value: at.format_in_head("format")?,
    }))
}

fn replace(at: Compile<'_>, part: Part) -> Result<Box<dyn Action>, String> {
    Ok(Box::new(Replace {
        part,
        matching: at.regex("match")?,
        value: at.format_in_head("format")?,
    }))
}

/// `set-path`, `set-pathq`, `set-query`, `set-uri`.
#[derive(Debug)]
struct Set {
    part: Part,
    value: FormatPlan,
}

impl Action for Set {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let value = exec.text(&self.value);
        let result = put(exec, self.part, value);
        edited(result, exec)
    }
}

/// `replace-path`, `replace-pathq`, `replace-uri`: a part that matches becomes another text altogether.
#[derive(Debug)]
struct Replace {
    part: Part,
    matching: Capturing,
    value: FormatPlan,
}

impl Action for Replace {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let substitution = exec.text(&self.value);
        let Some(request) = exec.context().request else {
            return Step::Next;
        };
        let uri = request.uri();
        let old = exec.arena.copy(&uri[self.part.of(uri)]);
        let Some(groups) = self.matching.find(old, 0) else {
            return Step::Next;
        };
        let mut new = exec.arena.bytes(old.len());
        substitute(substitution, old, &groups, &mut new);
        let result = put(exec, self.part, new.into_bump_slice());
        edited(result, exec)
    }
}

/// Puts `value` in the place of a part of the target. A new authority is that of `Host` as well.
fn put(exec: &mut Exec<'_>, part: Part, value: &[u8]) -> Result<(), NoRoom> {
    let Some((buf, head)) = &mut exec.request else {
        return Ok(());
    };
    let request = crate::http1::RequestRef { buf, head };
    let uri = exec.arena.copy(request.uri());
    let range = part.of(uri);
    // A query that is emptied keeps its question mark, and none gets one.
    let joint: &[u8] = if part == Part::Query && !uri.contains(&b'?') && !value.is_empty() {
        b"?"
    } else {
        b""
    };
    let mut edit = head.edit(buf, exec.room);
    let slice = edit.store(&[&uri[..range.start], joint, value, &uri[range.end..]])?;
    head.uri = slice;
    if part == Part::Whole
        && let Some(authority) = authority(value)
    {
        let authority = &value[authority];
        let mut headers = head.edit(buf, exec.room);
        headers.remove(b"host");
        headers.add(b"host", &[authority])?;
    }
    Ok(())
}

/// Where the authority of a target stands, if it has one.
fn authority(uri: &[u8]) -> Option<std::ops::Range<usize>> {
    if matches!(uri.first(), None | Some(b'/' | b'*' | b'?')) {
        return None;
    }
    let start = memchr::memmem::find(uri, b"://").map_or(0, |at| at + 3);
    let len = memchr::memchr3(b'/', b'?', b'#', &uri[start..]);
    let end = len.map_or(uri.len(), |len| start + len);
    (end > start).then_some(start..end)
}

/// Puts `host` in the place of the target's authority, where it has one.
pub(super) fn set_authority(exec: &mut Exec<'_>, host: &[u8]) -> Result<(), NoRoom> {
    let Some((buf, head)) = &mut exec.request else {
        return Ok(());
    };
    let request = crate::http1::RequestRef { buf, head };
    let uri = exec.arena.copy(request.uri());
    let Some(range) = authority(uri) else {
        return Ok(());
    };
    let slice = head
        .edit(buf, exec.room)
        .store(&[&uri[..range.start], host, &uri[range.end..]])?;
    head.uri = slice;
    Ok(())
}

/// `set-method`.
#[derive(Debug)]
struct SetMethod {
    method: FormatPlan,
}

impl Action for SetMethod {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let method = exec.text(&self.method);
        let Some((buf, head)) = &mut exec.request else {
            return Step::Next;
        };
        let result = head
            .edit(buf, exec.room)
            .store(&[method])
            .map(|slice| head.method = slice);
        edited(result, exec)
    }
}
