//! A reference: its entries as they are now, versions that are prepared, and edits.
//!
//! Who looks something up loads one pointer ([`ArcSwap`]: no lock and no shared counter) and works on a [`Set`] that never
//! changes. Who edits takes the lock of the writers, makes a copy of the set, which shares all its nodes, changes that, and
//! swaps the pointer. A commit is such a swap too, so all that it brings is seen at once.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use haproxy_cfg::model::{PatternExpression, PatternReference};

use super::entry::Entry;
use super::index::{Read, check_value, read_pattern};
use super::key::{Found, Key};
use super::set::Set;

/// Why an edit was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// A pattern or a value that an expression cannot take; the original's words, without a full stop.
    #[error("{0}")]
    Unfit(String),
    /// There is no entry with that pattern or number.
    #[error("no such entry")]
    Missing,
    /// That version was not prepared, or another took its place.
    #[error("no such version")]
    Version,
}

/// A file of patterns, or the patterns of an ACL line.
#[derive(Debug)]
pub struct Reference {
    id: u32,
    file: Option<Vec<u8>>,
    description: String,
    of_acl: bool,
    of_map: bool,
    two_columns: bool,
    expressions: Box<[PatternExpression]>,
    names: Arc<BTreeMap<String, IpAddr>>,
    current: ArcSwap<Set>,
    writer: Mutex<Writer>,
    edited: AtomicBool,
    /// One of all was edited, so that those who look need not ask each.
    any_edited: Arc<AtomicBool>,
}

/// What only those who edit look at.
#[derive(Debug)]
struct Writer {
    /// That of the next entry.
    number: u64,
    /// The version that is looked up. Numbers of versions go round at their end.
    version: u32,
    /// The last that was prepared.
    newest: u32,
    /// Versions under preparation that hold something.
    prepared: Vec<(u32, Set)>,
}

impl Writer {
    /// How far a version is ahead of the one that is looked up.
    fn ahead(&self, version: u32) -> u32 {
        version.wrapping_sub(self.version)
    }

    fn place(&self, version: u32) -> Option<usize> {
        self.prepared.iter().position(|(known, _)| *known == version)
    }
}

/// What `show map` and `show acl` say of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The one that is looked up.
    pub current: u32,
    /// The last that was prepared.
    pub next: u32,
    /// Patterns of all versions, counted for each expression.
    pub patterns: usize,
}

/// The entries of a version, gone through in order.
#[derive(Clone, Debug)]
pub struct Entries {
    set: Arc<Set>,
    /// No entry with a lower number is left.
    next: u64,
}

impl Entries {
    /// Gives `each` the number, pattern and value of the next entries, until it says that this is enough. Gives whether there
    /// are more.
    pub fn some(&mut self, mut each: impl FnMut(u64, &[u8], Option<&[u8]>) -> bool) -> bool {
        for entry in self.set.entries_from(self.next) {
            self.next = entry.number() + 1;
            if !each(entry.number(), entry.pattern(), entry.value()) {
                return true;
            }
        }
        false
    }
}

impl Reference {
    pub(super) fn new(
        model: &PatternReference,
        names: Arc<BTreeMap<String, IpAddr>>,
        entries: Vec<Entry>,
        any_edited: Arc<AtomicBool>,
    ) -> Result<Self, super::set::Unread> {
        let number = entries.len() as u64;
        let set = Set::new(&model.expressions, entries, &|name| names.get(name).copied())?;
        Ok(Self {
            id: model.id,
            file: model.file.as_ref().map(|file| file.to_vec()),
            description: describe(model),
            of_acl: model.of_acl,
            of_map: model.of_map,
            two_columns: model.two_columns,
            expressions: model.expressions.clone().into(),
            names,
            current: ArcSwap::from_pointee(set),
            writer: Mutex::new(Writer {
                number,
                version: 0,
                newest: 0,
                prepared: Vec::new(),
            }),
            edited: AtomicBool::new(false),
            any_edited,
        })
    }

    /// The number that it is known by.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The file as it was named; none for the patterns of a line.
    #[must_use]
    pub fn file(&self) -> Option<&[u8]> {
        self.file.as_deref()
    }

    /// Where it comes from and who uses it, as the stats socket says it.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// An ACL uses it.
    #[must_use]
    pub fn of_acl(&self) -> bool {
        self.of_acl
    }

    /// A map uses it.
    #[must_use]
    pub fn of_map(&self) -> bool {
        self.of_map
    }

    /// Its patterns have values.
    #[must_use]
    pub fn has_values(&self) -> bool {
        self.two_columns
    }

    /// The ways in which its patterns are looked at.
    #[must_use]
    pub fn expressions(&self) -> &[PatternExpression] {
        &self.expressions
    }

    /// Whether it may be something else than the configuration says. While it is not, what was compiled from that holds.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.edited.load(Ordering::Acquire)
    }

    /// Looks a sample up for one of the expressions. What is found is seen by `read` alone; it should be quick, as what it looks
    /// at is kept for it.
    #[inline]
    pub fn look<R>(&self, expression: usize, key: Key<'_>, read: impl FnOnce(Option<Found<'_>>) -> R) -> R {
        let set = self.current.load();
        read(set.find(expression, key))
    }

    /// Whether the original keeps the patterns of an expression in a tree, which it tells.
    #[must_use]
    pub fn is_tree(&self, expression: usize) -> bool {
        let set = self.current.load();
        match (set.index(expression), self.expressions.get(expression)) {
            (Some(index), Some(expression)) => index.is_tree(expression),
            _ => false,
        }
    }

    /// The entries of a version as they are now, of the current one when none is named; none when there is no such version. Edits
    /// are not held up, and are not seen in it.
    #[must_use]
    pub fn entries(&self, version: Option<u32>) -> Option<Entries> {
        let writer = self.lock();
        let set = match version {
            Some(version) if version != writer.version => {
                Arc::new(writer.prepared[writer.place(version)?].1.clone())
            }
            _ => self.current.load_full(),
        };
        Some(Entries { set, next: 0 })
    }

    /// Versions and the number of patterns.
    #[must_use]
    pub fn versions(&self) -> Versions {
        let writer = self.lock();
        let prepared: usize = writer.prepared.iter().map(|(_, set)| set.len()).sum();
        Versions {
            current: writer.version,
            next: writer.newest,
            patterns: (self.current.load().len() + prepared) * self.expressions.len(),
        }
    }

    /// Whether an entry of the current version has that pattern.
    #[must_use]
    pub fn holds(&self, pattern: &[u8]) -> bool {
        !self.current.load().written(pattern).is_empty()
    }

    /// Adds an entry behind all others, to a prepared version when one is named.
    ///
    /// # Errors
    /// When an expression cannot take it, or the version is none.
    pub fn add(&self, version: Option<u32>, pattern: &[u8], value: Option<&[u8]>) -> Result<(), EditError> {
        let mut writer = self.lock();
        self.add_locked(&mut writer, version, pattern, value)
    }

    fn add_locked(
        &self,
        writer: &mut Writer,
        version: Option<u32>,
        pattern: &[u8],
        value: Option<&[u8]>,
    ) -> Result<(), EditError> {
        let version = version.unwrap_or(writer.version);
        if !self.may_add(writer, version) {
            return Err(EditError::Version);
        }
        let read = self.read(pattern, value)?;
        let entry = Entry::new(writer.number, pattern, value);
        writer.number += 1;
        if version == writer.version {
            self.edit(|set| set.insert(&entry, &read));
        } else {
            let at = writer.place(version).unwrap_or_else(|| {
                writer.prepared.push((version, Set::empty(&self.expressions)));
                writer.prepared.len() - 1
            });
            writer.prepared[at].1.insert(&entry, &read);
        }
        Ok(())
    }

    /// A past version is none that will be seen, but the original adds to it.
    fn may_add(&self, writer: &Writer, version: u32) -> bool {
        let ahead = writer.ahead(version);
        is_past(ahead) || ahead <= writer.ahead(writer.newest)
    }

    /// Whether entries may be added to that version.
    #[must_use]
    pub fn takes_version(&self, version: u32) -> bool {
        let writer = self.lock();
        self.may_add(&writer, version)
    }

    /// Adds a pattern unless there is one, as `add-acl` does.
    ///
    /// # Errors
    /// When an expression cannot take it.
    pub fn add_once(&self, pattern: &[u8]) -> Result<(), EditError> {
        // Mostly it is there.
        if self.holds(pattern) {
            return Ok(());
        }
        let mut writer = self.lock();
        if self.holds(pattern) {
            return Ok(());
        }
        self.add_locked(&mut writer, None, pattern, None)
    }

    /// Sets the value of a pattern, or adds it, as `set-map` does.
    ///
    /// # Errors
    /// When an expression cannot take it.
    pub fn put(&self, pattern: &[u8], value: &[u8]) -> Result<(), EditError> {
        let mut writer = self.lock();
        match self.set_locked(&mut writer, pattern, value) {
            Err(EditError::Missing) => self.add_locked(&mut writer, None, pattern, Some(value)),
            set => set,
        }
    }

    /// Sets the value of all entries of that pattern, in all versions.
    ///
    /// # Errors
    /// When there is none, or the value is not of the type that a map gives.
    pub fn set(&self, pattern: &[u8], value: &[u8]) -> Result<(), EditError> {
        self.set_locked(&mut self.lock(), pattern, value)
    }

    fn set_locked(&self, writer: &mut Writer, pattern: &[u8], value: &[u8]) -> Result<(), EditError> {
        self.each_version(
            writer,
            |set| set.written(pattern),
            |set, entry, read| {
                set.replace(&entry.with_value(value), read);
            },
            Some(value),
        )
    }

    /// Sets the value of the entry of that number.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn set_entry(&self, number: u64, value: &[u8]) -> Result<(), EditError> {
        let find = |set: &Set| set.numbered(number).cloned().into_iter().collect();
        self.each_version(
            &mut self.lock(),
            find,
            |set, entry, read| {
                set.replace(&entry.with_value(value), read);
            },
            Some(value),
        )
    }

    /// Deletes all entries of that pattern, in all versions.
    ///
    /// # Errors
    /// When there is none.
    pub fn delete(&self, pattern: &[u8]) -> Result<(), EditError> {
        self.each_version(&mut self.lock(), |set| set.written(pattern), Set::remove, None)
    }

    /// Deletes the entry of that number.
    ///
    /// # Errors
    /// When there is none.
    pub fn delete_entry(&self, number: u64) -> Result<(), EditError> {
        let find = |set: &Set| set.numbered(number).cloned().into_iter().collect();
        self.each_version(&mut self.lock(), find, Set::remove, None)
    }

    /// Changes the entries that are found in each version. `value` is what they are to have.
    fn each_version(
        &self,
        writer: &mut Writer,
        find: impl Fn(&Set) -> Vec<Entry>,
        change: impl Fn(&mut Set, &Entry, &[Read]),
        value: Option<&[u8]>,
    ) -> Result<(), EditError> {
        let in_current = find(&self.current.load());
        let in_prepared: Vec<Vec<Entry>> = writer.prepared.iter().map(|(_, set)| find(set)).collect();
        if in_current.is_empty() && in_prepared.iter().all(Vec::is_empty) {
            return Err(EditError::Missing);
        }
        if let Some(value) = value {
            self.check_value(value)?;
        }
        if !in_current.is_empty() {
            self.edit(|set| {
                for entry in &in_current {
                    change(set, entry, &self.places(entry));
                }
            });
        }
        for ((_, set), entries) in writer.prepared.iter_mut().zip(in_prepared) {
            for entry in &entries {
                change(set, entry, &self.places(entry));
            }
        }
        Ok(())
    }

    /// Deletes all entries of a version, of the current one when none is named.
    pub fn clear(&self, version: Option<u32>) {
        let mut writer = self.lock();
        let version = version.unwrap_or(writer.version);
        if version == writer.version {
            self.swap(Set::empty(&self.expressions));
        } else if let Some(at) = writer.place(version) {
            writer.prepared.remove(at);
        }
    }

    /// Makes a new version, which is empty; gives its number.
    #[must_use]
    pub fn prepare(&self) -> u32 {
        let mut writer = self.lock();
        writer.newest = writer.newest.wrapping_add(1);
        writer.newest
    }

    /// Puts a prepared version in the place of the current one. What was prepared before it is gone.
    ///
    /// # Errors
    /// When that version was not prepared, or is past.
    pub fn commit(&self, version: u32) -> Result<(), EditError> {
        let mut writer = self.lock();
        let ahead = writer.ahead(version);
        if ahead == 0 || ahead > writer.ahead(writer.newest) {
            return Err(EditError::Version);
        }
        let set = match writer.place(version) {
            Some(at) => writer.prepared.remove(at).1,
            None => Set::empty(&self.expressions),
        };
        writer
            .prepared
            .retain(|(other, _)| !is_past(other.wrapping_sub(version)));
        writer.version = version;
        self.swap(set);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Writer> {
        // Nothing is left half done: a set is swapped in once it is complete.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a copy of the current version and puts it in its place. The writers' lock is held.
    fn edit(&self, change: impl FnOnce(&mut Set)) {
        let mut set = Set::clone(&self.current.load());
        change(&mut set);
        self.swap(set);
    }

    fn swap(&self, set: Set) {
        self.edited.store(true, Ordering::Release);
        self.current.store(Arc::new(set));
        self.any_edited.store(true, Ordering::Release);
    }

    /// Reads a new pattern for each expression. Names are not resolved any more.
    fn read(&self, pattern: &[u8], value: Option<&[u8]>) -> Result<Vec<Read>, EditError> {
        let read = self
            .expressions
            .iter()
            .map(|expression| read_pattern(expression, None, pattern, true))
            .collect::<Result<_, _>>()
            .map_err(EditError::Unfit)?;
        if let Some(value) = value {
            self.check_value(value)?;
        }
        Ok(read)
    }

    fn check_value(&self, value: &[u8]) -> Result<(), EditError> {
        self.expressions
            .iter()
            .try_for_each(|expression| check_value(expression, value))
            .map_err(EditError::Unfit)
    }

    /// What leads to the place of a known entry in each index.
    fn places(&self, entry: &Entry) -> Vec<Read> {
        let names = |name: &str| self.names.get(name).copied();
        let read = |expression| read_pattern(expression, Some(&names), entry.pattern(), false);
        // It was read before, so it can be read again.
        self.expressions
            .iter()
            .map(|expression| read(expression).unwrap_or(Read::Text))
            .collect()
    }
}

/// Whether a distance between versions leads back, or nowhere: their numbers go round.
fn is_past(ahead: u32) -> bool {
    ahead == 0 || ahead > u32::MAX / 2
}

fn describe(model: &PatternReference) -> String {
    use std::fmt::Write as _;
    let Some(file) = &model.file else {
        let user = model.users.first();
        return format!(
            "acl '{}' file '{}' line {}",
            model.keyword,
            user.map_or("", |user| user.file.as_str()),
            user.map_or(0, |user| user.line)
        );
    };
    let mut text = format!("pattern loaded from file '{file}' used ");
    for (at, user) in model.users.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let kind = if user.as_map { "map" } else { "acl" };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "{comma}by {kind} at file '{}' line {}",
            user.file, user.line
        );
    }
    text
}
