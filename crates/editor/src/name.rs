//! Names that a file gives and uses: where each stands, so that one leads to the others.

use std::ops::Range;

use lsp_types::TextEdit;

use crate::document::Document;
use crate::language::Language;
use crate::{haproxy, heartbeat, keepalived};

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A backend or a `listen`, which also is a stick table's name.
    Backend,
    /// A frontend.
    Frontend,
    /// A named `defaults`.
    Defaults,
    /// A server of a backend.
    Server,
    /// An ACL of a section.
    Acl,
    /// A file of a map or of patterns.
    File,
    /// Another section with a name, or a block of keepalived.conf, by its keyword.
    Other(&'static str),
    /// A parameter of keepalived.conf (`$NAME`).
    Parameter,
    /// A node of heartbeat.
    Node,
}

/// A place where a name stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// What it is of.
    pub kind: Kind,
    /// The section that it is a name in (an ACL's section, a server's backend); empty for names of the whole file.
    pub scope: String,
    /// The name.
    pub name: String,
    /// Its bytes.
    pub span: Range<usize>,
    /// Whether the file gives the name here, and does not use it.
    pub definition: bool,
}

/// All names of a file, in their order.
#[must_use]
pub fn occurrences(document: &Document) -> Vec<Occurrence> {
    let mut out = match document.language() {
        Language::Haproxy => haproxy::occurrences(document.text()),
        Language::Keepalived => keepalived::occurrences(document.text()),
        language @ (Language::HeartbeatConfiguration
        | Language::HeartbeatResources
        | Language::HeartbeatKeys) => heartbeat::occurrences(language, document.text()),
    };
    out.sort_by_key(|occurrence| (occurrence.span.start, occurrence.span.end));
    out
}

/// The name that stands at a byte, or ends there.
#[must_use]
pub fn find(all: &[Occurrence], at: usize) -> Option<&Occurrence> {
    let around = |occurrence: &&Occurrence| occurrence.span.start <= at && at <= occurrence.span.end;
    all.iter()
        .filter(around)
        .min_by_key(|occurrence| occurrence.span.len())
}

/// All places of the same name.
pub fn same<'a>(all: &'a [Occurrence], one: &'a Occurrence) -> impl Iterator<Item = &'a Occurrence> {
    all.iter()
        .filter(|other| other.kind == one.kind && other.scope == one.scope && other.name == one.name)
}

/// Those that give the name.
pub fn definitions<'a>(all: &'a [Occurrence], one: &'a Occurrence) -> impl Iterator<Item = &'a Occurrence> {
    same(all, one).filter(|other| other.definition)
}

/// The edits that give another name to what stands at a byte; why not, when it cannot be.
///
/// # Errors
/// When there is no name, the file does not give it, or the new one is none or is taken.
pub fn rename(document: &Document, at: usize, new: &str) -> Result<Vec<TextEdit>, String> {
    let all = occurrences(document);
    let one = find(&all, at).ok_or("there is no name here")?;
    if one.kind == Kind::File {
        return Err("this is the name of a file: rename the file".to_owned());
    }
    if definitions(&all, one).next().is_none() {
        return Err(format!("'{}' is not given in this file", one.name));
    }
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':');
    if new.is_empty() || !new.chars().all(letter) {
        return Err(format!(
            "'{new}' is no name: letters, digits, '-', '_', '.' and ':' make one"
        ));
    }
    let taken = Occurrence {
        name: new.to_owned(),
        ..one.clone()
    };
    if new != one.name && definitions(&all, &taken).next().is_some() {
        return Err(format!("there is a '{new}' already"));
    }
    Ok(same(&all, one)
        .map(|place| TextEdit::new(document.range(place.span.clone()), new.to_owned()))
        .collect())
}
