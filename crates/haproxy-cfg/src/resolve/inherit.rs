//! What a section says itself, or else its `defaults`, or else theirs.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::model::Mode;
use crate::parse::Reading;
use crate::signature::Given;
use crate::written::{Blank as _, DefaultsSection, LogEntry, ProxySection, ServerParams, Set, Settings};

/// Sections in the order in which they are asked.
#[derive(Clone, Copy)]
pub(super) struct Inherited<'w> {
    own: &'w Settings,
    /// The index of the nearest of `defaults`.
    nearest: Option<usize>,
    defaults: &'w [DefaultsSection],
}

impl<'w> Inherited<'w> {
    pub(super) fn new(reading: &'w Reading<'_>, section: &'w ProxySection) -> Self {
        Self {
            own: &section.settings,
            nearest: section.defaults,
            defaults: &reading.written.defaults,
        }
    }

    /// Settings, nearest first.
    pub(super) fn all(self) -> impl Iterator<Item = &'w Settings> {
        std::iter::once(self.own).chain(self.defaults().map(|defaults| &defaults.settings))
    }

    /// Those that say what `tells` asks for, nearest first: for a family of settings of which most proxies say nothing.
    pub(super) fn telling(self, tells: impl Fn(&Settings) -> bool) -> SmallVec<[&'w Settings; 4]> {
        let mut out = SmallVec::new();
        let mut settings = self.own;
        let mut next = self.nearest;
        loop {
            if tells(settings) {
                out.push(settings);
            }
            let Some(defaults) = next.and_then(|index| self.defaults.get(index)) else {
                return out;
            };
            settings = &defaults.settings;
            next = defaults.parent;
        }
    }

    /// Settings, nearest first, or the section's own alone where the kind of proxy has no use for what defaults give: what it
    /// says itself is judged all the same.
    pub(super) fn of(self, used: bool) -> impl Iterator<Item = &'w Settings> {
        self.all().take(if used { usize::MAX } else { 1 })
    }

    /// Settings, those of the farthest defaults first.
    pub(super) fn farthest_first(self) -> impl Iterator<Item = &'w Settings> {
        let all: SmallVec<[_; 4]> = self.all().collect();
        all.into_iter().rev()
    }

    /// The `defaults` sections, nearest first. A parent is declared before its child, so they come to an end.
    pub(super) fn defaults(self) -> impl Iterator<Item = &'w DefaultsSection> {
        let at = move |index: Option<usize>| index.and_then(|index| self.defaults.get(index));
        std::iter::successors(at(self.nearest), move |defaults| at(defaults.parent))
    }

    /// The lines that are kept of the section itself and of its defaults, nearest first.
    pub(super) fn lines(
        &self,
        reading: &'w Reading<'_>,
        section: &ProxySection,
    ) -> impl Iterator<Item = &'w Given> + '_ {
        let sections = &reading.written.sections;
        std::iter::once(section.lines)
            .chain(self.defaults().map(|defaults| defaults.lines))
            .filter_map(|index| sections.get(index))
            .flat_map(|section| section.lines.iter())
    }

    /// The line of that name that counts: the last one of the nearest section that has one.
    pub(super) fn last_line(
        &self,
        reading: &'w Reading<'_>,
        section: &ProxySection,
        name: &str,
    ) -> Option<&'w Given> {
        // Asked a dozen times for each proxy: plain loops are far cheaper than iterators in each other.
        let last = |section: usize| {
            let section = reading.written.sections.get(section)?;
            section.lines.iter().rev().find(|given| given.name == name)
        };
        let mut found = last(section.lines);
        let mut next = self.nearest;
        while found.is_none()
            && let Some(defaults) = next.and_then(|index| self.defaults.get(index))
        {
            found = last(defaults.lines);
            next = defaults.parent;
        }
        found
    }

    /// The first section that gives a value.
    pub(super) fn find<T>(&self, pick: impl Fn(&'w Settings) -> Option<T>) -> Option<T> {
        // Asked for each setting of each proxy: a plain loop is far cheaper than the iterators.
        if let Some(found) = pick(self.own) {
            return Some(found);
        }
        let mut next = self.nearest;
        while let Some(defaults) = next.and_then(|index| self.defaults.get(index)) {
            if let Some(found) = pick(&defaults.settings) {
                return Some(found);
            }
            next = defaults.parent;
        }
        None
    }

    /// The value of the first section that gives one.
    pub(super) fn value<T: Clone + 'w>(
        &self,
        pick: impl Fn(&'w Settings) -> &'w Option<Set<T>>,
    ) -> Option<T> {
        self.find(|settings| pick(settings).as_ref().map(|set| set.value.clone()))
    }

    pub(super) fn mode(&self) -> Mode {
        self.value(|settings| &settings.mode).unwrap_or_default()
    }

    /// All log lines, those of the farthest defaults first.
    pub(super) fn logs(&self) -> Vec<&'w LogEntry> {
        let mut out = Vec::new();
        for settings in self.farthest_first() {
            if settings.logs_reset {
                out.clear();
            }
            out.extend(settings.logs.iter().map(|entry| &entry.value));
        }
        out
    }

    /// What `default-server` lines of the defaults give.
    pub(super) fn default_server(&self) -> Cow<'w, ServerParams> {
        let mut all = self
            .defaults()
            .filter_map(|defaults| defaults.settings.default_server.written());
        let Some(nearest) = all.next() else {
            return Cow::Borrowed(ServerParams::blank());
        };
        all.fold(Cow::Borrowed(nearest), |params, below| {
            Cow::Owned(params.into_owned().over(below))
        })
    }
}
