//! A haproxy.cfg as sections and lines with their places, for those who change it. It is no reading: what a line means is for
//! the grammar, and here is only where things stand.

use haproxy_cfg::keywords::{Table, row};
use haproxy_cfg::tree::Tree;
use haproxy_cfg::{Token, TokenKind};

use super::word::{Word, meaning};

/// A line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: u32,
    /// Offset of its first byte.
    pub(super) start: u32,
    /// Offset behind its end of line.
    pub(super) end: u32,
    /// Its end of line as written; empty on a last line without one.
    pub(super) newline: &'static str,
    /// What stands before its first word.
    pub(super) indent: String,
    /// Its words.
    pub(super) words: Vec<Word>,
    /// Whether a comment stands behind the words, or alone.
    pub(super) comment: bool,
    /// Its section, as an index; none before the first.
    pub(super) section: Option<usize>,
}

impl Line {
    /// The meaning of word `at`; empty when there is none.
    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &word.text)
    }

    /// Its keyword without `no` and `default` in front, and where the arguments begin.
    pub(super) fn keyword(&self) -> (&str, usize) {
        match self.word(0) {
            "no" | "default" if self.words.len() > 1 => (self.word(1), 2),
            word => (word, 1),
        }
    }

    /// Whether it begins with `no`.
    pub(super) fn negated(&self) -> bool {
        self.word(0) == "no" && self.words.len() > 1
    }

    /// Meanings of the words from `at` on.
    pub(super) fn rest(&self, at: usize) -> impl Iterator<Item = &str> {
        self.words.iter().skip(at).map(|word| word.text.as_str())
    }

    /// Whether one of the words from `at` on is `text`.
    pub(super) fn has(&self, at: usize, text: &str) -> bool {
        self.rest(at).any(|word| word == text)
    }

    /// The word behind the first that is `text`.
    pub(super) fn value_of(&self, text: &str) -> Option<&str> {
        let at = self.words.iter().position(|word| word.text == text)?;
        self.words.get(at + 1).map(|word| word.text.as_str())
    }
}

/// A section.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Its first word.
    pub(super) kind: String,
    /// Its name; empty when it has none.
    pub(super) name: String,
    /// Its header, as an index of a line.
    pub(super) header: usize,
    /// Its lines behind the header, as indexes.
    pub(super) body: std::ops::Range<usize>,
    /// The `defaults` section that it inherits from.
    pub(super) defaults: Option<usize>,
}

impl Section {
    /// Whether it takes connections.
    pub(super) fn is_frontend(&self) -> bool {
        matches!(self.kind.as_str(), "frontend" | "listen")
    }

    /// Whether it has servers.
    pub(super) fn is_backend(&self) -> bool {
        matches!(self.kind.as_str(), "backend" | "listen")
    }

    /// Whether it is one of those.
    pub(super) fn is_proxy(&self) -> bool {
        self.is_frontend() || self.is_backend()
    }

    /// As a reader knows it: `listen web`.
    pub(super) fn title(&self) -> String {
        if self.name.is_empty() {
            self.kind.clone()
        } else {
            format!("{} {}", self.kind, self.name)
        }
    }
}

/// A file.
#[derive(Clone, Debug)]
pub(super) struct File<'t> {
    /// Its bytes.
    pub(super) text: &'t [u8],
    /// All of its lines.
    pub(super) lines: Vec<Line>,
    /// All of its sections.
    pub(super) sections: Vec<Section>,
}

impl<'t> File<'t> {
    /// Cuts a text.
    pub(super) fn new(text: &'t [u8]) -> Self {
        let mut file = Self {
            text,
            lines: Vec::new(),
            sections: Vec::new(),
        };
        let mut last_defaults = None;
        for (at, tokens) in Tree::new(text).lines.into_iter().enumerate() {
            let mut line = line_of(text, at, &tokens.tokens);
            let opens = row(Table::Section, line.word(0)).is_some();
            if opens {
                let defaults = file.defaults_of(&line, last_defaults);
                let index = file.sections.len();
                if line.word(0) == "defaults" {
                    last_defaults = Some(index);
                }
                let name = match line.word(1) {
                    "from" if line.word(0) == "defaults" => "",
                    name => name,
                };
                file.sections.push(Section {
                    kind: line.word(0).to_owned(),
                    name: name.to_owned(),
                    header: at,
                    body: at + 1..at + 1,
                    defaults,
                });
            } else if let Some(section) = file.sections.last_mut() {
                section.body.end = at + 1;
            }
            line.section = file.sections.len().checked_sub(1);
            file.lines.push(line);
        }
        file
    }

    fn defaults_of(&self, header: &Line, last: Option<usize>) -> Option<usize> {
        match header.word(0) {
            "frontend" | "listen" | "backend" | "defaults" => {}
            _ => return None,
        }
        match header.value_of("from") {
            Some(name) => self
                .sections
                .iter()
                .position(|section| section.kind == "defaults" && section.name == name),
            None if header.word(0) == "defaults" => None,
            None => last,
        }
    }

    /// The lines of a section behind its header that have words.
    pub(super) fn body(&self, section: usize) -> impl Iterator<Item = &Line> {
        let range = self
            .sections
            .get(section)
            .map_or(0..0, |section| section.body.clone());
        self.lines
            .get(range)
            .unwrap_or_default()
            .iter()
            .filter(|line| !line.words.is_empty())
    }

    /// Its lines in `global` sections.
    pub(super) fn global(&self) -> impl Iterator<Item = &Line> {
        self.of_kind("global")
    }

    /// The lines of all sections of that kind.
    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Line> {
        let wanted = move |(_, section): &(usize, &Section)| section.kind == kind;
        self.sections
            .iter()
            .enumerate()
            .filter(wanted)
            .flat_map(|(at, _)| self.body(at))
    }

    /// The lines of `defaults` sections and proxies.
    pub(super) fn proxy_lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| {
            let section = line.section.and_then(|at| self.sections.get(at));
            section.is_some_and(|section| {
                (section.is_proxy() || section.kind == "defaults")
                    && !line.words.is_empty()
                    && line.number != self.lines[section.header].number
            })
        })
    }

    /// The proxies with their indexes.
    pub(super) fn proxies(&self) -> impl Iterator<Item = (usize, &Section)> {
        self.sections
            .iter()
            .enumerate()
            .filter(|(_, section)| section.is_proxy())
    }

    /// The section of a line.
    pub(super) fn section_of(&self, line: &Line) -> Option<&Section> {
        self.sections.get(line.section?)
    }

    /// The last line for which `test` holds among those that count for a section: its own before those of its defaults.
    pub(super) fn setting(&self, section: usize, test: impl Fn(&Line) -> bool) -> Option<&Line> {
        let mut at = Some(section);
        // Defaults may inherit from defaults; a chain that comes back to itself is refused by the original.
        for _ in 0..=self.sections.len() {
            let index = at?;
            if let Some(line) = self.body(index).filter(|line| test(line)).last() {
                return Some(line);
            }
            at = self.sections.get(index)?.defaults;
        }
        None
    }

    /// Whether `option NAME` is said for a section, by one of those names, negated or not.
    pub(super) fn option(&self, section: usize, names: &[&str]) -> Option<&Line> {
        self.setting(section, |line| {
            let (keyword, at) = line.keyword();
            keyword == "option" && names.contains(&line.word(at))
        })
    }

    /// Whether a proxy speaks HTTP.
    pub(super) fn is_http(&self, section: usize) -> bool {
        self.setting(section, |line| line.word(0) == "mode")
            .is_some_and(|line| line.word(1) == "http")
    }

    /// The bytes of the words `from..=to` of a line as they are written; empty when there are none.
    pub(super) fn raw(&self, line: &Line, from: usize, to: usize) -> String {
        let place = line.words.get(from).zip(line.words.get(to));
        let bytes = place.and_then(|(first, last)| self.text.get(first.start as usize..last.end as usize));
        String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
    }

    /// The same from word `from` to the end of the line's words.
    pub(super) fn raw_from(&self, line: &Line, from: usize) -> String {
        self.raw(line, from, line.words.len().saturating_sub(1))
    }

    /// Whether all bytes of a line are UTF-8, so that parts of it may be written again.
    pub(super) fn is_text(&self, line: &Line) -> bool {
        let bytes = self.text.get(line.start as usize..line.end as usize);
        bytes.is_some_and(|bytes| std::str::from_utf8(bytes).is_ok())
    }

    /// The end of line that this file has.
    pub(super) fn newline(&self) -> &'static str {
        self.lines.first().map_or("\n", |line| match line.newline {
            "" => "\n",
            newline => newline,
        })
    }

    /// The indentation of a section's lines.
    pub(super) fn indent(&self, section: usize) -> String {
        let of = |at: usize| self.body(at).next().map(|line| line.indent.clone());
        of(section)
            .or_else(|| (0..self.sections.len()).find_map(of))
            .unwrap_or_else(|| "    ".to_owned())
    }
}

fn line_of(text: &[u8], at: usize, tokens: &[Token]) -> Line {
    let slice = |token: &Token| {
        text.get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    };
    let words: Vec<Word> = tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Word)
        .map(|token| Word {
            start: token.start,
            end: token.end,
            text: meaning(slice(token)),
        })
        .collect();
    let newline = tokens.last().map_or("", |token| match slice(token) {
        b"\r\n" => "\r\n",
        b"\n" => "\n",
        _ => "",
    });
    let indent = tokens
        .iter()
        .find(|token| token.kind != TokenKind::ByteOrderMark)
        .filter(|token| token.kind == TokenKind::Blank)
        .map(|token| String::from_utf8_lossy(slice(token)).into_owned());
    Line {
        number: u32::try_from(at + 1).unwrap_or(u32::MAX),
        start: tokens.first().map_or(0, |token| token.start),
        end: tokens.last().map_or(0, |token| token.end),
        newline,
        indent: indent.unwrap_or_default(),
        words,
        comment: tokens.iter().any(|token| token.kind == TokenKind::Comment),
        section: None,
    }
}
