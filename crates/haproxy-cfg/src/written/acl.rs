//! The ACL lines of a section, gathered by name.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::keywords::Source;
use crate::model::{Acl, Word};

/// Sources that something looks at, each with the first line that does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looks(SmallVec<[(Source, u32); 2]>);

impl Looks {
    fn add(&mut self, source: Source, line: u32) {
        if !self.0.iter().any(|(known, _)| *known == source) {
            self.0.push((source, line));
        }
    }

    /// Takes in what another looks at.
    pub(crate) fn join(&mut self, other: &Self) {
        for (source, line) in &other.0 {
            self.add(*source, *line);
        }
    }

    /// Whether one of them is bytes below HTTP.
    pub(crate) fn layer6(&self) -> bool {
        self.0.iter().any(|(source, _)| source.is_layer6())
    }
}

/// The lines of one ACL name; indexes into the section's ACLs.
#[derive(Clone, Debug)]
pub(crate) struct AclGroup {
    pub(crate) name: Word,
    pub(crate) lines: SmallVec<[u32; 4]>,
    /// One of its lines uses what is only read.
    pub(crate) inert: bool,
    /// What its lines look at.
    pub(crate) looks: Looks,
}

/// A line that cannot hold somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Incompatible {
    /// The ACL's name; empty for an anonymous one.
    pub(crate) name: Word,
    /// What the line looks at, as written.
    pub(crate) keyword: Word,
    /// All of the ACL's lines are like this.
    pub(crate) all: bool,
}

/// The ACLs of a section.
#[derive(Debug, Default)]
pub(crate) struct Acls {
    /// All lines, anonymous ones as well.
    pub(crate) lines: Vec<Acl>,
    /// By number.
    pub(crate) groups: Vec<AclGroup>,
    by_name: FxHashMap<Word, u32>,
}

impl Acls {
    /// The group of that name.
    pub(crate) fn find(&self, name: &[u8]) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn get(&self, group: u32) -> Option<&AclGroup> {
        self.groups.get(group as usize)
    }

    /// The group of that name, made where there is none. An empty name is an anonymous ACL, each of which stands by itself.
    pub(crate) fn group(&mut self, name: &[u8]) -> u32 {
        if let Some(known) = self.find(name) {
            return known;
        }
        let number = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.groups.push(AclGroup {
            name: name.into(),
            lines: SmallVec::new(),
            inert: false,
            looks: Looks::default(),
        });
        if !name.is_empty() {
            self.by_name.insert(name.into(), number);
        }
        number
    }

    /// Puts a line, which looks at `source`, to the group of its name; gives that.
    pub(crate) fn add(&mut self, acl: Acl, source: Source) -> u32 {
        let number = self.group(&acl.name);
        let line = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        if let Some(group) = self.groups.get_mut(number as usize) {
            group.lines.push(line);
            group.inert |= !acl.is_evaluated();
            group.looks.add(source, line);
        }
        self.lines.push(acl);
        number
    }

    /// The first line of a group that looks at what none of `columns` has.
    pub(crate) fn incompatible(&self, group: u32, columns: u32) -> Option<Incompatible> {
        let group = self.get(group)?;
        let cannot = |source: &Source| source.contexts() & columns == 0;
        let first = group
            .looks
            .0
            .iter()
            .filter(|(source, _)| cannot(source))
            .min_by_key(|(_, line)| *line)?;
        Some(Incompatible {
            name: group.name.clone(),
            keyword: self.lines.get(first.1 as usize)?.sample.name.clone(),
            all: group.looks.0.iter().all(|(source, _)| cannot(source)),
        })
    }

    /// Names that conditions may use.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name
            .keys()
            .filter_map(|name| std::str::from_utf8(name).ok())
    }
}
