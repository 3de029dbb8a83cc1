//! The recorded verdicts beside a corpus, `VERDICTS.tsv`: file, oracle, exit status and first messages, by tabs.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::Context;

/// The file's name in the corpus.
const FILE: &str = "VERDICTS.tsv";

/// Exit statuses by file and oracle.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Record(HashMap<(String, String), i32>);

impl Record {
    /// Reads the record in a folder; one without a record has an empty one.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut all = HashMap::new();
        for (number, line) in text.lines().enumerate().skip(1) {
            let mut fields = line.split('\t');
            let (Some(file), Some(oracle), Some(exit)) = (fields.next(), fields.next(), fields.next()) else {
                anyhow::bail!("line {}: fewer than three fields", number + 1);
            };
            let exit = exit
                .parse()
                .with_context(|| format!("line {}: '{exit}' is no exit status", number + 1))?;
            all.insert((file.to_owned(), oracle.to_owned()), exit);
        }
        Ok(Self(all))
    }

    /// What an oracle's exit status was for a file, named by its path in the corpus.
    pub(super) fn exit(&self, file: &str, oracle: &str) -> Option<i32> {
        self.0.get(&(file.to_owned(), oracle.to_owned())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_found_by_file_and_oracle() {
        let text = "file\toracle\texit\tfirst_messages\na/1.cfg\thaproxy26\t1\tsome words\na/1.cfg\thaproxy35\t0\t\n";
        let record = Record::parse(text).expect("a record");
        assert_eq!(record.exit("a/1.cfg", "haproxy26"), Some(1));
        assert_eq!(record.exit("a/1.cfg", "haproxy35"), Some(0));
        assert_eq!(record.exit("a/2.cfg", "haproxy35"), None);
    }

    #[test]
    fn a_broken_record_is_an_error_and_a_missing_one_is_empty() {
        assert!(Record::parse("file\toracle\texit\na\tb\n").is_err());
        assert!(Record::parse("file\toracle\texit\na\tb\tc\n").is_err());
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(Record::read(folder.path()).expect("none"), Record::default());
    }
}
