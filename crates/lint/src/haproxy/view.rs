//! A configuration as rules see it: sections and lines as words with their places, beside the resolved model and the machine.

use std::cell::OnceCell;

use haproxy_cfg::keywords::{Table, row};
use haproxy_cfg::model::{Bind, Config, Proxy, ProxyId};
use haproxy_cfg::{Host, Loaded, ReadWord};
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::{SourceMap, Span};

use crate::facts::Facts;

/// A line: its words, of which there is at least one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) words: &'a [ReadWord],
}

impl<'a> Line<'a> {
    /// The text of word `at`; empty where there is none.
    pub(super) fn word(self, at: usize) -> &'a [u8] {
        self.words.get(at).map_or(b"", |word| &word.text)
    }

    /// The same as text, with what is not UTF-8 replaced.
    pub(super) fn shown(self, at: usize) -> std::borrow::Cow<'a, str> {
        String::from_utf8_lossy(self.word(at))
    }

    /// Whether it begins with these words.
    pub(super) fn is(self, words: &[&str]) -> bool {
        self.words.len() >= words.len()
            && words
                .iter()
                .zip(self.words)
                .all(|(wanted, word)| *wanted.as_bytes() == *word.text)
    }

    /// Whether one of its words is that one.
    pub(super) fn has(self, word: &str) -> bool {
        self.position(word).is_some()
    }

    /// Where that word stands among its words.
    pub(super) fn position(self, word: &str) -> Option<usize> {
        self.words
            .iter()
            .position(|found| *found.text == *word.as_bytes())
    }

    /// All of it.
    pub(super) fn span(self) -> Span {
        let last = self.words.len() - 1;
        self.words[0].span.to(self.words[last].span)
    }

    /// Word `at`; the line where there is none.
    pub(super) fn span_of(self, at: usize) -> Span {
        self.words.get(at).map_or_else(|| self.span(), |word| word.span)
    }

    /// From the keyword to the word behind it, or the line where neither stands in it.
    pub(super) fn option_span(self, word: &str) -> Span {
        match self.position(word) {
            Some(at) => self.span_of(at).to(self.span_of(at + 1)),
            None => self.span(),
        }
    }

    /// Of a `server`, `server-template` or `default-server` line the index of its first option; none of other lines.
    pub(super) fn server_options(self) -> Option<usize> {
        let at = match self.word(0) {
            b"server" => 3,
            b"server-template" => 4,
            b"default-server" => 1,
            _ => return None,
        };
        Some(at.min(self.words.len()))
    }

    /// The index of that option of a server's line, and of what stands behind it.
    pub(super) fn server_option(self, name: &str) -> Option<usize> {
        let from = self.server_options()?;
        let at = self.words[from..]
            .iter()
            .position(|word| *word.text == *name.as_bytes())?;
        Some(from + at)
    }

    /// The value of that option of a server's line.
    pub(super) fn server_value(self, name: &str) -> Option<&'a [u8]> {
        let at = self.server_option(name)?;
        self.words.get(at + 1).map(|word| &*word.text)
    }

    /// The index of `if` or `unless`, or of the end of the line.
    pub(super) fn condition(self) -> usize {
        self.words
            .iter()
            .position(|word| matches!(&*word.text, b"if" | b"unless"))
            .unwrap_or(self.words.len())
    }
}

/// A section with its lines.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// Its first line.
    pub(super) head: Line<'a>,
    /// The others.
    pub(super) lines: Vec<Line<'a>>,
    /// Its number among the proxies.
    pub(super) id: Option<ProxyId>,
    /// Index of the `defaults` section that it takes over.
    pub(super) defaults: Option<usize>,
}

impl<'a> Section<'a> {
    /// What it is.
    pub(super) fn keyword(&self) -> &'a [u8] {
        self.head.word(0)
    }

    /// Its name; empty where it has none.
    pub(super) fn name(&self) -> &'a [u8] {
        match self.head.word(1) {
            b"from" => b"",
            name => name,
        }
    }

    /// Where its keyword and its name stand.
    pub(super) fn span(&self) -> Span {
        let words = if self.name().is_empty() { 0 } else { 1 };
        self.head.span_of(0).to(self.head.span_of(words))
    }

    /// Its lines that begin with these words.
    pub(super) fn all<'s>(&'s self, words: &'s [&'s str]) -> impl Iterator<Item = Line<'a>> + 's {
        self.lines.iter().copied().filter(move |line| line.is(words))
    }

    /// The last of its lines that begins with these words, which is the one that counts.
    pub(super) fn last(&self, words: &[&str]) -> Option<Line<'a>> {
        self.lines.iter().rev().copied().find(|line| line.is(words))
    }

    /// Its `server`, `server-template` and `default-server` lines.
    pub(super) fn server_lines(&self) -> impl Iterator<Item = Line<'a>> + '_ {
        self.lines
            .iter()
            .copied()
            .filter(|line| line.server_options().is_some())
    }
}

/// A configuration.
pub struct View<'a> {
    pub(super) config: &'a Config,
    pub(super) sources: &'a SourceMap,
    pub(super) host: &'a dyn Host,
    pub(super) facts: &'a dyn Facts,
    pub(super) sections: Vec<Section<'a>>,
    /// Lines in the order of their places.
    lines: &'a [Vec<ReadWord>],
    /// Frontends that lead to a backend.
    users: FxHashMap<ProxyId, Vec<ProxyId>>,
    /// A rule computes the name of the backend: whichever may be used.
    pub(super) computed_targets: bool,
    /// Words that stand anywhere as an argument, and how often, for what is looked for by its name.
    arguments: FxHashMap<&'a [u8], u32>,
    /// What stands between brackets, commas and the like in them.
    parts: OnceCell<FxHashSet<&'a [u8]>>,
    /// What stands behind the word `table`.
    tables: OnceCell<FxHashSet<&'a [u8]>>,
    /// Words of lines that a condition leaves out.
    left_out: OnceCell<FxHashSet<&'a [u8]>>,
}

impl<'a> View<'a> {
    pub(super) fn new(loaded: &'a Loaded, host: &'a dyn Host, facts: &'a dyn Facts) -> Self {
        let config = &loaded.config;
        let by_place: FxHashMap<(u32, u32), u32> = (0..)
            .zip(&config.proxies)
            .map(|(id, proxy)| ((proxy.span.file.0, proxy.span.start), id))
            .collect();
        let mut sections: Vec<Section<'a>> = Vec::new();
        let mut arguments: FxHashMap<&[u8], u32> = FxHashMap::default();
        let mut last_defaults = None;
        let mut defaults_by_name: FxHashMap<&[u8], usize> = FxHashMap::default();
        for words in &loaded.lines {
            let line = Line { words };
            for word in words.iter().skip(1) {
                *arguments.entry(&word.text).or_default() += 1;
            }
            if !is_section(line.word(0)) {
                if let Some(section) = sections.last_mut() {
                    section.lines.push(line);
                }
                continue;
            }
            let at = sections.len();
            let start = words[0].span;
            let id = by_place.get(&(start.file.0, start.start)).map(|id| ProxyId(*id));
            let from = line.position("from").map(|at| line.word(at + 1));
            let is_defaults = line.word(0) == b"defaults";
            let defaults = match from {
                Some(name) => defaults_by_name.get(name).copied(),
                None if is_defaults => None,
                None => last_defaults,
            };
            let section = Section {
                head: line,
                lines: Vec::new(),
                id,
                defaults: defaults.filter(|_| id.is_some() || is_defaults),
            };
            if is_defaults {
                last_defaults = Some(at);
                defaults_by_name.insert(section.name(), at);
            }
            sections.push(section);
        }
        let mut view = Self {
            config,
            sources: &loaded.sources,
            host,
            facts,
            sections,
            lines: &loaded.lines,
            users: FxHashMap::default(),
            computed_targets: false,
            arguments,
            parts: OnceCell::new(),
            tables: OnceCell::new(),
            left_out: OnceCell::new(),
        };
        view.find_users();
        view
    }

    fn find_users(&mut self) {
        use haproxy_cfg::model::SwitchTarget;
        for (id, proxy) in (0..).map(ProxyId).zip(&self.config.proxies) {
            for rule in &proxy.use_backend {
                match &rule.backend {
                    SwitchTarget::Backend(target) => self.users.entry(*target).or_default().push(id),
                    SwitchTarget::Named(_) => self.computed_targets = true,
                }
            }
            if let Some(target) = proxy.default_backend {
                self.users.entry(target).or_default().push(id);
            }
            if proxy.kind.is_frontend() && proxy.kind.is_backend() {
                self.users.entry(id).or_default().push(id);
            }
        }
    }

    /// The proxies that are at work, each with its section.
    pub(super) fn proxies(&self) -> impl Iterator<Item = (ProxyId, &Section<'a>, &'a Proxy)> {
        self.sections.iter().filter_map(|section| {
            let id = section.id?;
            let proxy = self.config.proxies.get(id.0 as usize)?;
            (!proxy.disabled).then_some((id, section, proxy))
        })
    }

    /// The `global` sections.
    pub(super) fn globals(&self) -> impl Iterator<Item = &Section<'a>> {
        self.of_kind("global")
    }

    /// The sections of a kind.
    pub(super) fn of_kind(&self, keyword: &'static str) -> impl Iterator<Item = &Section<'a>> {
        self.sections
            .iter()
            .filter(move |section| section.keyword() == keyword.as_bytes())
    }

    /// The line that counts for a setting of a section: its own last one, or that of its `defaults`.
    pub(super) fn setting(&self, section: &Section<'a>, words: &[&str]) -> Option<Line<'a>> {
        let mut here = Some(section);
        // Each `defaults` stands before those that take it over.
        while let Some(section) = here {
            if let Some(line) = section.last(words) {
                return Some(line);
            }
            here = section.defaults.and_then(|at| self.sections.get(at));
        }
        None
    }

    /// The frontends that lead to a backend; a `listen` section leads to itself.
    pub(super) fn users(&self, backend: ProxyId) -> impl Iterator<Item = &'a Proxy> {
        self.users
            .get(&backend)
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .filter_map(|id| self.config.proxies.get(id.0 as usize))
    }

    /// How often a word stands as an argument anywhere; the name of a section is one of its first line. What stands on lines that
    /// a condition leaves out counts: elsewhere it may not.
    pub(super) fn mentions(&self, word: &[u8]) -> u32 {
        let left_out = u32::from(self.is_left_out(word));
        self.arguments.get(word).copied().unwrap_or(0) + left_out
    }

    /// Whether there are lines that a condition (`.if`) may leave out.
    pub(super) fn has_conditions(&self) -> bool {
        self.sources.files().any(|(_, file)| {
            file.bytes().starts_with(b".if") || memchr::memmem::find(file.bytes(), b"\n.if").is_some()
        })
    }

    /// Whether a word stands on a line that was not read, as a condition leaves it out here.
    pub(super) fn is_left_out(&self, word: &[u8]) -> bool {
        let words = self.left_out.get_or_init(|| {
            if !self.has_conditions() {
                return FxHashSet::default();
            }
            let start =
                |words: &Vec<ReadWord>| (words[0].span.file, self.sources.locate(words[0].span).1.line);
            let read: FxHashSet<_> = self.lines.iter().map(start).collect();
            let mut out = FxHashSet::default();
            for (id, file) in self.sources.files() {
                for (number, line) in (1..).zip(file.bytes().split(|byte| *byte == b'\n')) {
                    if !read.contains(&(id, number)) && !line.trim_ascii_start().starts_with(b"#") {
                        let letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
                        out.extend(line.split(|byte| !letter(byte)));
                    }
                }
            }
            out
        });
        words.contains(word)
    }

    /// Whether a line names a stick table so: `table NAME`.
    pub(super) fn is_table(&self, name: &[u8]) -> bool {
        let names = self.tables.get_or_init(|| {
            let pairs = self.lines.iter().flat_map(|words| words.windows(2));
            pairs
                .filter(|pair| *pair[0].text == *b"table")
                .map(|pair| &*pair[1].text)
                .collect()
        });
        names.contains(name)
    }

    /// Whether a name stands inside of an argument, cut off by brackets, commas, slashes, colons or an `@`: `nbsrv(NAME)`, `NAME/SERVER`.
    pub(super) fn is_named_inside(&self, name: &[u8]) -> bool {
        let parts = self.parts.get_or_init(|| {
            let cut = |byte: &u8| {
                matches!(
                    byte,
                    b'(' | b')' | b',' | b'/' | b'@' | b':' | b'[' | b']' | b'=' | b'%'
                )
            };
            self.arguments
                .keys()
                .filter(|word| word.iter().any(cut))
                .flat_map(|word| word.split(cut))
                .filter(|part| !part.is_empty())
                .collect()
        });
        parts.contains(name)
    }

    /// The line that a span of the model begins in.
    pub(super) fn line(&self, span: Span) -> Option<Line<'a>> {
        let key = (span.file.0, span.start);
        let behind = self.lines.partition_point(|words| {
            let start = words[0].span;
            (start.file.0, start.start) <= key
        });
        let words = self.lines.get(behind.checked_sub(1)?)?;
        let line = Line { words };
        let whole = line.span();
        (whole.file == span.file && span.start < whole.end).then_some(line)
    }

    /// Where a pattern stands in the line of an ACL; the line where it was written otherwise.
    pub(super) fn pattern(&self, acl: Span, text: &[u8]) -> Span {
        let found = self.line(acl).and_then(|line| {
            let inside = |word: &&ReadWord| word.span.start >= acl.start && word.span.end <= acl.end;
            line.words.iter().filter(inside).find(|word| *word.text == *text)
        });
        found.map_or(acl, |word| word.span)
    }

    /// The whole line with its end, to be taken out.
    pub(super) fn whole_line(&self, span: Span) -> Option<Span> {
        let file = self.sources.file(span.file)?;
        let at = file.position(span.start).line;
        Some(Span::new(span.file, file.line_start(at), file.line_start(at + 1)))
    }

    /// Whether a proxy takes connections over TLS.
    pub(super) fn speaks_tls(proxy: &Proxy) -> bool {
        proxy.binds.iter().any(|bind| bind.ssl.is_some())
    }

    /// Whether all of its listeners are out of reach for others: loopback, unix sockets and the like.
    pub(super) fn is_local(proxy: &Proxy) -> bool {
        proxy.binds.iter().all(bind_is_local)
    }
}

/// Whether nobody beyond this machine reaches a listener.
pub(super) fn bind_is_local(bind: &Bind) -> bool {
    use haproxy_cfg::model::Address;
    match &bind.address {
        Address::Inet(address) => address.ip().is_loopback(),
        _ => true,
    }
}

fn is_section(word: &[u8]) -> bool {
    std::str::from_utf8(word).is_ok_and(|name| row(Table::Section, name).is_some())
}
