//! All references of a configuration, and how users find theirs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use haproxy_cfg::model::{
    MapOutput, MatchKind, PatternExpression, PatternPlace, PatternReference, PatternReferences,
};
use haproxy_cfg::pattern::{key_and_value, lines, map_expression};

use super::entry::Entry;
use super::key::{Found, Key};
use super::reference::Reference;

/// A pattern that passed as one of the original's, but that cannot be used here: a regular expression that asks for what the
/// engine does not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} in {place}")]
pub struct PatternError {
    /// What is wrong.
    pub fault: String,
    /// Where it stands.
    pub place: String,
}

/// The references of a configuration.
#[derive(Debug, Default)]
pub struct References {
    /// In the model's order.
    all: Vec<Arc<Reference>>,
    /// Places in that, by number.
    by_id: Vec<usize>,
    any_edited: Arc<AtomicBool>,
}

/// One expression of one reference.
#[derive(Clone, Debug)]
pub struct Lookup {
    reference: Arc<Reference>,
    expression: usize,
}

impl References {
    /// Reads the contents of files, which are gone from the model afterwards.
    ///
    /// # Errors
    /// The first pattern of each reference that cannot be used.
    pub fn load(model: &PatternReferences) -> Result<Self, Vec<PatternError>> {
        let names = Arc::new(model.names.clone());
        let any_edited = Arc::new(AtomicBool::new(false));
        let mut errors = Vec::new();
        let mut all = Vec::with_capacity(model.list.len());
        for reference in &model.list {
            let (entries, lines) = entries(reference);
            match Reference::new(reference, Arc::clone(&names), entries, Arc::clone(&any_edited)) {
                Ok(reference) => all.push(Arc::new(reference)),
                Err(unread) => {
                    let user = reference.users.first();
                    let place = match (&reference.file, lines.get(unread.entry), user) {
                        (Some(file), Some(line), _) => format!("line {line} of file '{file}'"),
                        (_, _, Some(user)) => format!("line {} of file '{}'", user.line, user.file),
                        _ => String::new(),
                    };
                    errors.push(PatternError {
                        fault: unread.fault,
                        place,
                    });
                }
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut by_id: Vec<usize> = (0..all.len()).collect();
        by_id.sort_by_key(|at| all[*at].id());
        Ok(Self {
            all,
            by_id,
            any_edited,
        })
    }

    /// Whether any of them may be something else than the configuration says.
    #[inline]
    #[must_use]
    pub fn are_edited(&self) -> bool {
        self.any_edited.load(Ordering::Acquire)
    }

    /// Whether what stands at that place may be something else than the configuration says.
    #[must_use]
    pub fn is_edited(&self, place: PatternPlace) -> bool {
        self.all
            .get(place.reference)
            .is_some_and(|reference| reference.is_edited())
    }

    /// Whether a sample matches what stands at that place now.
    #[must_use]
    pub fn matches(&self, place: PatternPlace, key: Key<'_>) -> bool {
        let reference = self.all.get(place.reference);
        reference.is_some_and(|reference| reference.look(place.expression, key, |found| found.is_some()))
    }

    /// All, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Reference>> {
        self.by_id.iter().map(|at| &self.all[*at])
    }

    /// The one that `#NUMBER` or the name of a file means.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<&Arc<Reference>> {
        if let Some(number) = name.strip_prefix(b"#") {
            let id: u32 = std::str::from_utf8(number).ok()?.parse().ok()?;
            return self.iter().find(|reference| reference.id() == id);
        }
        self.file(name)
    }

    /// The one of that file.
    #[must_use]
    pub fn file(&self, file: &[u8]) -> Option<&Arc<Reference>> {
        self.all.iter().find(|reference| reference.file() == Some(file))
    }

    /// What an ACL looks at ([`haproxy_cfg::model::Acl::references`]).
    #[must_use]
    pub fn at(&self, place: PatternPlace) -> Option<Lookup> {
        let reference = Arc::clone(self.all.get(place.reference)?);
        (place.expression < reference.expressions().len()).then_some(Lookup {
            reference,
            expression: place.expression,
        })
    }

    /// What the converter of that name (`map`, `map_beg_int`, …) looks at in that file.
    #[must_use]
    pub fn map(&self, converter: &str, file: &[u8]) -> Option<Lookup> {
        let wanted = map_expression(converter);
        let reference = Arc::clone(self.file(file)?);
        let expression = reference
            .expressions()
            .iter()
            .position(|known| *known == wanted)?;
        Some(Lookup {
            reference,
            expression,
        })
    }
}

/// The entries of a reference, and the number of each one's line.
fn entries(model: &PatternReference) -> (Vec<Entry>, Vec<usize>) {
    let Some(content) = model.file.as_ref().and_then(|_| model.content.take()) else {
        let entries = (0..)
            .zip(&model.patterns)
            .map(|(number, text)| Entry::new(number, text, None));
        return (entries.collect(), Vec::new());
    };
    let (mut entries, mut numbers) = (Vec::new(), Vec::new());
    for (number, line) in (0..).zip(lines(&content)) {
        entries.push(if model.two_columns {
            let (key, value) = key_and_value(line.text);
            Entry::new(number, key, Some(value))
        } else {
            Entry::new(number, line.text, None)
        });
        numbers.push(line.number);
    }
    (entries, numbers)
}

impl Lookup {
    /// The reference.
    #[must_use]
    pub fn reference(&self) -> &Arc<Reference> {
        &self.reference
    }

    /// How patterns are compared, and what comes of a match.
    #[must_use]
    pub fn expression(&self) -> &PatternExpression {
        &self.reference.expressions()[self.expression]
    }

    /// How patterns are compared.
    #[must_use]
    pub fn matcher(&self) -> MatchKind {
        self.expression().matcher
    }

    /// What a map gives; none for an ACL.
    #[must_use]
    pub fn gives(&self) -> Option<MapOutput> {
        self.expression().gives
    }

    /// Whether a sample matches.
    #[inline]
    #[must_use]
    pub fn matches(&self, key: Key<'_>) -> bool {
        self.look(key, |found| found.is_some())
    }

    /// Looks a sample up; `read` sees what is found.
    #[inline]
    pub fn look<R>(&self, key: Key<'_>, read: impl FnOnce(Option<Found<'_>>) -> R) -> R {
        self.reference.look(self.expression, key, read)
    }

    /// Appends the text that a map gives for a sample, with groups put in where the map does that; gives whether there is any.
    pub fn append(&self, key: Key<'_>, out: &mut Vec<u8>) -> bool {
        let substitutes = self.expression().substitutes;
        self.look(key, |found| {
            let Some(found) = found else { return false };
            if let (true, Key::Text(sample)) = (substitutes, key) {
                return match found.substituted(sample) {
                    Some(text) => {
                        out.extend_from_slice(&text);
                        true
                    }
                    None => false,
                };
            }
            found.value().is_some_and(|value| {
                out.extend_from_slice(value);
                true
            })
        })
    }
}
