//! The environment variables that a reading sees: those of the machine, as changed by what was read so far, and the pseudo
//! variables of the place at hand (manual, section 2.3).

use std::collections::BTreeMap;

use crate::host::Host;
use crate::model;

/// Variables that differ from those of the machine.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    /// Set, or unset where there is no value.
    changed: BTreeMap<String, Option<Vec<u8>>>,
    /// The machine's own are not seen any more.
    detached: bool,
}

impl Variables {
    /// The value of `name`.
    pub(crate) fn get(&self, name: &str, host: &dyn Host) -> Option<Vec<u8>> {
        match self.changed.get(name) {
            Some(value) => value.clone(),
            None if self.detached => None,
            None => host.env(name),
        }
    }

    /// Sets `name`.
    pub(crate) fn set(&mut self, name: &str, value: Vec<u8>) {
        self.changed.insert(name.to_owned(), Some(value));
    }

    /// Unsets `name`.
    pub(crate) fn unset(&mut self, name: &str) {
        self.changed.insert(name.to_owned(), None);
    }

    /// Unsets all but `kept`.
    pub(crate) fn keep_only<'n>(&mut self, kept: impl Iterator<Item = &'n str>, host: &dyn Host) {
        let kept: Vec<(String, Vec<u8>)> = kept
            .filter_map(|name| Some((name.to_owned(), self.get(name, host)?)))
            .collect();
        self.detached = true;
        self.changed = kept
            .into_iter()
            .map(|(name, value)| (name, Some(value)))
            .collect();
    }

    /// The changes, for what runs.
    pub(crate) fn into_model(self) -> model::Environment {
        model::Environment {
            changed: self
                .changed
                .into_iter()
                .map(|(name, value)| (name.into_bytes().into(), value.map(model::Word::from)))
                .collect(),
            detached: self.detached,
        }
    }

    /// Whether the system takes `name` for the name of a variable.
    pub(crate) fn is_name(name: &str) -> bool {
        !name.is_empty() && !name.contains(['=', '\0'])
    }
}

/// The place at hand.
#[derive(Debug, Default)]
pub(crate) struct Here {
    /// The file as it was named.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The section: its name, or its keyword where it has none; empty before the first one of a file.
    pub(crate) section: String,
}

impl Here {
    /// The value of the pseudo variable `name`, which begins with a dot.
    pub(crate) fn pseudo(&self, name: &str) -> Option<Vec<u8>> {
        match name {
            ".FILE" => Some(self.file.clone().into_bytes()),
            ".LINE" => Some(self.line.to_string().into_bytes()),
            ".SECTION" => Some(self.section.clone().into_bytes()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeHost;

    #[test]
    fn variables_are_the_machines_until_they_are_changed() {
        let host = FakeHost::new().with_env("X", "x").with_env("Y", "y");
        let text = |variables: &Variables, name: &str| {
            variables
                .get(name, &host)
                .map(|value| String::from_utf8_lossy(&value).into_owned())
        };
        let mut variables = Variables::default();
        assert_eq!(text(&variables, "X").as_deref(), Some("x"));
        variables.set("X", b"z".to_vec());
        variables.unset("Y");
        assert_eq!(text(&variables, "X").as_deref(), Some("z"));
        assert_eq!(text(&variables, "Y"), None);
        let mut variables = Variables::default();
        variables.set("Z", b"z".to_vec());
        variables.keep_only(["Y", "Q"].into_iter(), &host);
        assert_eq!(text(&variables, "Y").as_deref(), Some("y"));
        assert_eq!(text(&variables, "X"), None);
        assert_eq!(text(&variables, "Z"), None);
    }
}
