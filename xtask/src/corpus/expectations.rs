//! tests/corpus/expectations.toml: where Holdfast's verdict is not the original's, and which files it refuses for what
//! stands in them, each with its reason. What is not listed must agree, and what is listed must still be so.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

/// In which room a file was judged.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(super) enum Room {
    /// An empty folder.
    Empty,
    /// Among stubs of what it asks for.
    Stubs,
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    differs: Vec<Differs>,
    #[serde(default)]
    refused: Vec<Refused>,
}

/// A verdict that is not the original's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differs {
    file: String,
    room: Room,
    reason: String,
}

/// A file that is refused in the default dialect for what stands in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    file: String,
    /// Part of the message that refuses it.
    says: String,
    reason: String,
}

/// All that is expected.
#[derive(Debug, Default)]
pub(super) struct Expectations {
    differs: BTreeMap<(String, Room), String>,
    refused: BTreeMap<String, (String, String)>,
}

impl Expectations {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let file: File = toml::from_str(text)?;
        let mut all = Self::default();
        for Differs { file, room, reason } in file.differs {
            if reason.trim().is_empty() {
                bail!("{file}: a difference needs a reason");
            }
            if all.differs.insert((file.clone(), room), reason).is_some() {
                bail!("{file} has two entries for one room");
            }
        }
        for Refused { file, says, reason } in file.refused {
            if reason.trim().is_empty() || says.trim().is_empty() {
                bail!("{file}: a refusal needs a reason and what is said");
            }
            if all.refused.insert(file.clone(), (says, reason)).is_some() {
                bail!("{file} is refused twice");
            }
        }
        Ok(all)
    }

    /// Why the verdict of a file differs, where that is expected.
    pub(super) fn difference(&self, file: &str, room: Room) -> Option<&str> {
        self.differs.get(&(file.to_owned(), room)).map(String::as_str)
    }

    /// What the refusal of a file says, and why it is right, where that is expected.
    pub(super) fn refusal(&self, file: &str) -> Option<(&str, &str)> {
        self.refused
            .get(file)
            .map(|(says, reason)| (says.as_str(), reason.as_str()))
    }

    /// The files that entries speak of and that are not among `seen`.
    pub(super) fn gone<'e>(&'e self, seen: &[String]) -> Vec<&'e str> {
        let mut gone: Vec<&str> = self
            .differs
            .keys()
            .map(|(file, _)| file)
            .chain(self.refused.keys())
            .filter(|file| !seen.contains(file))
            .map(String::as_str)
            .collect();
        gone.dedup();
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRIES: &str = r#"
        [[differs]]
        file = "a.cfg"
        room = "stubs"
        reason = "a known flaw of that version"

        [[refused]]
        file = "b.cfg"
        says = "unknown keyword"
        reason = "a mistyped word"
    "#;

    #[test]
    fn an_entry_speaks_of_its_file_and_room_alone() {
        let all = Expectations::parse(ENTRIES).expect("entries");
        assert_eq!(
            all.difference("a.cfg", Room::Stubs),
            Some("a known flaw of that version")
        );
        assert_eq!(all.difference("a.cfg", Room::Empty), None);
        assert_eq!(all.refusal("b.cfg"), Some(("unknown keyword", "a mistyped word")));
        assert_eq!(all.refusal("a.cfg"), None);
        assert_eq!(all.gone(&["a.cfg".to_owned()]), ["b.cfg"]);
    }

    #[test]
    fn entries_without_a_reason_or_twice_are_refused() {
        assert!(Expectations::parse(&ENTRIES.replace("a known flaw of that version", " ")).is_err());
        assert!(Expectations::parse(&ENTRIES.replace("a mistyped word", "")).is_err());
        assert!(Expectations::parse(&ENTRIES.replace("unknown keyword", "")).is_err());
        assert!(Expectations::parse(&format!("{ENTRIES}{ENTRIES}")).is_err());
        assert!(Expectations::parse(&ENTRIES.replace("stubs", "elsewhere")).is_err());
    }
}
