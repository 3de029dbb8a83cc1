//! A configuration written down again as it was read (`-dC`): conditions decided, variables put in, comments gone, indented.
//! With a key, what tells whose configuration it is does not stand in it.

mod anonymous;

use std::fmt::Write as _;

use anonymous::Mask;

use crate::keywords::SECTION_INDEX;
use crate::lex::Word;

/// How a dump is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DumpOptions {
    /// Names and addresses are replaced by what this key makes of them, and lines end before their secrets; 0 leaves them.
    pub key: u32,
    /// Each line begins with the number that it has in its file.
    pub numbered: bool,
}

/// The lines of a reading that are to be written down.
#[derive(Debug)]
pub(crate) struct Dump {
    options: DumpOptions,
    lines: Vec<DumpLine>,
}

#[derive(Debug)]
struct DumpLine {
    number: u32,
    words: Vec<Vec<u8>>,
}

impl DumpLine {
    fn begins_section(&self) -> bool {
        SECTION_INDEX.find(&self.words[0]).is_some()
    }
}

impl Dump {
    /// Of no lines yet.
    pub(crate) fn new(options: DumpOptions) -> Self {
        Self {
            options,
            lines: Vec::new(),
        }
    }

    /// Takes line `number` of its file in; `words` is not empty.
    pub(crate) fn add(&mut self, number: u32, words: &[Word<'_>]) {
        let words = words.iter().map(|word| word.text.to_vec()).collect();
        self.lines.push(DumpLine { number, words });
    }

    /// All lines.
    pub(crate) fn written(&self) -> Vec<u8> {
        let mask = (self.options.key != 0).then(|| {
            let mut mask = Mask::new(self.options.key);
            for line in &self.lines {
                mask.declare(&line.words);
            }
            mask
        });
        let mut out = Vec::new();
        for line in &self.lines {
            let section = line.begins_section();
            if section && !out.is_empty() {
                out.push(b'\n');
            }
            if self.options.numbered {
                let mut number = String::new();
                // A string takes everything that is written to it.
                let _ = write!(number, "{:>5} ", line.number);
                out.extend_from_slice(number.as_bytes());
            }
            if !section {
                out.push(b'\t');
            }
            let words = match &mask {
                Some(mask) => mask.words(&line.words, section),
                None => line.words.clone(),
            };
            for (index, word) in words.iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                quote(&mut out, word);
            }
            out.push(b'\n');
        }
        out
    }
}

/// Writes a word so that it is read as that word.
fn quote(out: &mut Vec<u8>, word: &[u8]) {
    let special = |byte: &u8| {
        matches!(
            byte,
            b' ' | b'\t' | 0x0b | 0x0c | b'"' | b'\'' | b'#' | b'\\' | b'\r' | b'\n'
        )
    };
    if !word.is_empty() && !word.iter().any(special) {
        out.extend_from_slice(word);
    } else if !word.iter().any(|byte| matches!(byte, b'\'' | b'\r' | b'\n')) {
        out.push(b'\'');
        out.extend_from_slice(word);
        out.push(b'\'');
    } else {
        out.push(b'"');
        for byte in word {
            match byte {
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\n' => out.extend_from_slice(b"\\n"),
                b'"' | b'\\' | b'$' => out.extend_from_slice(&[b'\\', *byte]),
                _ => out.push(*byte),
            }
        }
        out.push(b'"');
    }
}
