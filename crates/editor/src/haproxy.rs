//! haproxy.cfg: which names stand where, and what may be written at a place.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use haproxy_cfg::TokenKind;
use haproxy_cfg::keywords::{
    ArgType, Described, DescribedSample, Table, described, place, row, rule_set, samples,
};
use haproxy_cfg::tree::Tree;

use crate::document::Document;
use crate::name::{Kind, Occurrence, occurrences as all_occurrences};
use crate::{Wanted, wanted};

/// Sample fetches and converters by name; a fetch goes before a converter of the same name.
static SAMPLES: LazyLock<BTreeMap<&'static str, DescribedSample>> = LazyLock::new(|| {
    let mut out = BTreeMap::new();
    for sample in samples() {
        out.entry(sample.name).or_insert(sample);
    }
    out
});

/// Sections whose names are used elsewhere, beside proxies.
const NAMED: &[&str] = &[
    "userlist",
    "peers",
    "resolvers",
    "cache",
    "mailers",
    "http-errors",
    "ring",
    "fcgi-app",
    "log-forward",
    "crt-store",
    "traces",
    "acme",
    "log-profile",
];

/// Words behind which stands the name of a section: the word, the first words of lines that it means that in (none: all), the kind.
const BEHIND: &[(&str, &[&str], Kind)] = &[
    ("use_backend", &["use_backend"], Kind::Backend),
    ("default_backend", &["default_backend"], Kind::Backend),
    (
        "table",
        &[
            "stick",
            "http-request",
            "tcp-request",
            "http-response",
            "tcp-response",
            "http-after-response",
        ],
        Kind::Backend,
    ),
    (
        "resolvers",
        &["server", "server-template", "default-server"],
        Kind::Other("resolvers"),
    ),
    ("do-resolve", &[], Kind::Other("resolvers")),
    ("peers", &["stick-table"], Kind::Other("peers")),
    ("mailers", &["email-alert"], Kind::Other("mailers")),
    ("cache-use", &["http-request"], Kind::Other("cache")),
    ("cache-store", &["http-response"], Kind::Other("cache")),
    ("cache", &["filter"], Kind::Other("cache")),
    ("errorfiles", &["errorfiles"], Kind::Other("http-errors")),
    ("use-fcgi-app", &["use-fcgi-app"], Kind::Other("fcgi-app")),
    ("log-profile", &[], Kind::Other("log-profile")),
];

/// A word of a line.
struct Word<'t> {
    start: usize,
    raw: &'t str,
}

impl<'t> Word<'t> {
    /// What it says where it is written plainly, or as a whole between quotes, and where that begins.
    fn plain(&self) -> (&'t str, usize) {
        for quote in ['"', '\''] {
            let inner = self
                .raw
                .strip_prefix(quote)
                .and_then(|rest| rest.strip_suffix(quote));
            if let Some(inner) = inner.filter(|inner| !inner.contains(['"', '\''])) {
                return (inner, self.start + 1);
            }
        }
        (self.raw, self.start)
    }

    fn text(&self) -> &'t str {
        self.plain().0
    }
}

/// Lines as words; empty ones are left out.
fn lines(text: &str) -> Vec<Vec<Word<'_>>> {
    let tree = Tree::new(text.as_bytes());
    let of = |line: &haproxy_cfg::tree::Line| -> Vec<Word<'_>> {
        let words = line.tokens.iter().filter(|token| token.kind == TokenKind::Word);
        words
            .filter_map(|token| {
                let raw = text.get(token.start as usize..token.end as usize)?;
                Some(Word {
                    start: token.start as usize,
                    raw,
                })
            })
            .collect()
    };
    tree.lines
        .iter()
        .map(of)
        .filter(|words| !words.is_empty())
        .collect()
}

/// Gathers names.
struct Gather {
    out: Vec<Occurrence>,
    /// The section's title.
    section: String,
    /// Its name, if it is a backend.
    backend: String,
}

impl Gather {
    fn add(&mut self, kind: Kind, scope: &str, name: &str, start: usize, definition: bool) {
        if name.is_empty() || name.contains("%[") || name.contains('$') {
            return;
        }
        self.out.push(Occurrence {
            kind,
            scope: scope.to_owned(),
            name: name.to_owned(),
            span: start..start + name.len(),
            definition,
        });
    }

    fn word(&mut self, kind: Kind, scope: &str, word: &Word<'_>, definition: bool) {
        let (name, start) = word.plain();
        self.add(kind, scope, name, start, definition);
    }

    /// `BACKEND/SERVER`, or `SERVER` of this section's own.
    fn server(&mut self, text: &str, start: usize) {
        match text.split_once('/') {
            Some((backend, server)) => {
                self.add(Kind::Backend, "", backend, start, false);
                self.add(Kind::Server, backend, server, start + backend.len() + 1, false);
            }
            None => {
                let backend = self.backend.clone();
                self.add(Kind::Server, &backend, text, start, false);
            }
        }
    }

    fn header(&mut self, words: &[Word<'_>]) {
        let kind = words[0].text();
        let name = words.get(1).filter(|word| word.text() != "from");
        let title = |name: &str| format!("{kind} {name}");
        self.section = name.map_or_else(|| kind.to_owned(), |word| title(word.text()));
        self.backend.clear();
        let own = match kind {
            "backend" | "listen" => Some(Kind::Backend),
            "frontend" => Some(Kind::Frontend),
            "defaults" => Some(Kind::Defaults),
            _ => NAMED
                .iter()
                .find(|known| **known == kind)
                .map(|known| Kind::Other(known)),
        };
        if let Some((kind, word)) = own.zip(name) {
            self.word(kind, "", word, true);
            if kind == Kind::Backend {
                word.text().clone_into(&mut self.backend);
            }
        }
        let from = words.iter().position(|word| word.text() == "from");
        if let Some(word) = from.and_then(|from| words.get(from + 1)) {
            self.word(Kind::Defaults, "", word, false);
        }
    }

    fn line(&mut self, words: &[Word<'_>]) {
        let negated = usize::from(words[0].text() == "no" && words.len() > 1);
        let words = &words[negated..];
        let first = words[0].text();
        let section = self.section.clone();
        let backend = self.backend.clone();
        match first {
            "acl" => {
                if let Some(word) = words.get(1) {
                    self.word(Kind::Acl, &section, word, true);
                }
            }
            "server" | "server-template" => {
                if let Some(word) = words.get(1) {
                    self.word(Kind::Server, &backend, word, true);
                }
                let track = words.iter().position(|word| word.text() == "track");
                if let Some(word) = track.and_then(|at| words.get(at + 1)) {
                    let (text, start) = word.plain();
                    self.server(text, start);
                }
            }
            "use-server" => {
                if let Some(word) = words.get(1) {
                    self.word(Kind::Server, &backend, word, false);
                }
            }
            _ => {}
        }
        for (at, word) in words.iter().enumerate() {
            let behind = BEHIND.iter().filter(|(before, lines, _)| {
                let resolves = *before == "do-resolve" && word.text().starts_with("do-resolve(");
                (word.text() == *before || resolves) && (lines.is_empty() || lines.contains(&first))
            });
            for (before, _, kind) in behind {
                if *before == "do-resolve" {
                    let (text, start) = word.plain();
                    let parts: Vec<&str> = text.split([',', '(', ')']).collect();
                    if let Some(name) = parts.get(2) {
                        let offset = parts[..2].iter().map(|part| part.len() + 1).sum::<usize>();
                        self.add(*kind, "", name, start + offset, false);
                    }
                } else if let Some(next) = words.get(at + 1) {
                    self.word(*kind, "", next, false);
                }
            }
            if let Some(next) = words.get(at + 1).filter(|_| word.text() == "-f") {
                self.word(Kind::File, "", next, false);
            }
            self.expression(word);
        }
        self.condition(words, &section);
    }

    /// Names in the arguments of fetches and converters.
    fn expression(&mut self, word: &Word<'_>) {
        let mut from = 0;
        while let Some(open) = word
            .raw
            .get(from..)
            .and_then(|rest| rest.find('('))
            .map(|at| from + at)
        {
            let before = word.raw.get(..open).unwrap_or_default();
            let letter =
                |letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'));
            let name = before.rsplit(letter).next().unwrap_or_default();
            from = open + 1;
            let inside = word.raw.get(from..).unwrap_or_default();
            let end = inside.find(')').unwrap_or(inside.len());
            let inside = inside.get(..end).unwrap_or_default();
            let is_map = name == "map" || name.starts_with("map_");
            let types = SAMPLES.get(name).map_or(&[][..], |sample| sample.arguments);
            let mut start = word.start + from;
            for (at, argument) in inside.split(',').enumerate() {
                match types.get(at) {
                    _ if is_map && at == 0 => self.add(Kind::File, "", argument, start, false),
                    Some(ArgType::Backend | ArgType::Table) => {
                        self.add(Kind::Backend, "", argument, start, false);
                    }
                    Some(ArgType::Frontend) => self.add(Kind::Frontend, "", argument, start, false),
                    Some(ArgType::Userlist) => self.add(Kind::Other("userlist"), "", argument, start, false),
                    Some(ArgType::Server) if !argument.is_empty() => self.server(argument, start),
                    Some(ArgType::AclName) => {
                        let section = self.section.clone();
                        let name = argument.trim_start_matches('!');
                        self.add(
                            Kind::Acl,
                            &section,
                            name,
                            start + argument.len() - name.len(),
                            false,
                        );
                    }
                    _ => {}
                }
                start += argument.len() + 1;
            }
        }
    }

    /// ACLs behind `if` and `unless`.
    fn condition(&mut self, words: &[Word<'_>], section: &str) {
        let Some(at) = words
            .iter()
            .skip(1)
            .position(|word| matches!(word.text(), "if" | "unless"))
        else {
            return;
        };
        let mut anonymous = false;
        for word in &words[at + 2..] {
            match word.raw {
                "{" | "!{" => anonymous = true,
                "}" => anonymous = false,
                "!" | "or" | "||" => {}
                _ if anonymous => {}
                raw => {
                    let name = raw.trim_start_matches('!');
                    self.add(
                        Kind::Acl,
                        section,
                        name,
                        word.start + raw.len() - name.len(),
                        false,
                    );
                }
            }
        }
    }
}

/// All names of a file.
pub(crate) fn occurrences(text: &str) -> Vec<Occurrence> {
    let mut gather = Gather {
        out: Vec::new(),
        section: String::new(),
        backend: String::new(),
    };
    for words in lines(text) {
        if row(Table::Section, words[0].text()).is_some() {
            gather.header(&words);
        } else {
            gather.line(&words);
        }
    }
    gather.out
}

/// Where in a file a byte stands.
pub(crate) struct Place<'t> {
    /// The section's first word.
    section: String,
    title: String,
    backend: String,
    /// The words of the line before the one at the byte.
    before: Vec<&'t str>,
}

/// The place of a byte.
pub(crate) fn place_of(text: &str, at: usize) -> Place<'_> {
    let line_start = text
        .get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |end| end + 1);
    let mut place = Place {
        section: String::new(),
        title: String::new(),
        backend: String::new(),
        before: Vec::new(),
    };
    for words in lines(text) {
        if words[0].start >= line_start {
            break;
        }
        if row(Table::Section, words[0].text()).is_some() {
            let (kind, name) = (words[0].text(), words.get(1).map_or("", Word::text));
            kind.clone_into(&mut place.section);
            place.title = if name.is_empty() {
                kind.to_owned()
            } else {
                format!("{kind} {name}")
            };
            place.backend = if matches!(kind, "backend" | "listen") {
                name.to_owned()
            } else {
                String::new()
            };
        }
    }
    let line = text.get(line_start..at).unwrap_or_default();
    let mut before: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    if !line.ends_with([' ', '\t']) {
        before.pop();
    }
    if before.first() == Some(&"no") {
        before.remove(0);
    }
    place.before = before;
    place
}

fn keywords(table: Table<'_>, keep: impl Fn(&Described) -> bool) -> Vec<Wanted> {
    let rows = described(table);
    rows.iter()
        .filter(|row| keep(row))
        .map(|row| wanted(&row.row, &row.arguments))
        .collect()
}

fn section_bits(section: &str) -> u32 {
    match section {
        "defaults" => place::DEFAULTS,
        "frontend" => place::FRONTEND,
        "listen" => place::LISTEN,
        "backend" => place::BACKEND,
        _ => 0,
    }
}

/// What may be written at a byte.
pub(crate) fn wanted_at(document: &Document, at: usize) -> Vec<Wanted> {
    let place = place_of(document.text(), at);
    let bits = section_bits(&place.section);
    let here = |row: &Described| row.row.places & bits != 0;
    let names = |kind: Kind, scope: &str| names(document, kind, scope);
    let Some((first, rest)) = place.before.split_first() else {
        let mut out = first_words(&place.section, bits);
        out.extend(keywords(Table::Section, |_| true));
        return out;
    };
    if let Some(at) = rest.iter().rposition(|word| matches!(*word, "if" | "unless")) {
        // Within braces stands an expression.
        let braces: i32 = rest[at..]
            .iter()
            .map(|word| i32::from(word.ends_with('{')) - i32::from(*word == "}"))
            .sum();
        return if braces > 0 {
            all_samples()
        } else {
            names(Kind::Acl, &place.title)
        };
    }
    let previous = rest.last().copied().unwrap_or(first);
    let behind = BEHIND
        .iter()
        .find(|(before, lines, _)| *before == previous && (lines.is_empty() || lines.contains(first)));
    if let Some((_, _, kind)) = behind {
        return names(*kind, "");
    }
    match (*first, rest.len()) {
        ("option", 0) => keywords(Table::Option, here),
        ("timeout", 0) => keywords(Table::Timeout, |_| true),
        ("use-server", 0) => names(Kind::Server, &place.backend),
        ("bind", 1..) => keywords(Table::Bind, |_| true),
        ("server", 2..) => keywords(Table::Server, |_| true),
        ("default-server", _) => keywords(Table::Server, |_| true),
        ("acl", 1) => all_samples(),
        ("mode", 0) => words(&["http", "tcp", "log"]),
        ("balance", 0) => words(&[
            "roundrobin",
            "static-rr",
            "leastconn",
            "first",
            "random",
            "source",
            "uri",
            "url_param",
            "hdr",
            "hash",
            "rdp-cookie",
        ]),
        ("tcp-request", 0) => words(&["connection", "session", "content", "inspect-delay"]),
        ("tcp-response", 0) => words(&["content", "inspect-delay"]),
        (first, count) => {
            let set = rest
                .first()
                .map_or(first.to_owned(), |second| format!("{first} {second}"));
            let set = rule_set::NAMES
                .iter()
                .find(|(_, name)| (count == 0 && *name == first) || (count == 1 && *name == set));
            match set {
                Some((bit, _)) => keywords(Table::Action, |row| row.row.places & bit != 0),
                None => {
                    let mut out = words(&["if", "unless"]);
                    out.retain(|_| count > 0);
                    out
                }
            }
        }
    }
}

/// Names that a file gives, each once.
fn names(document: &Document, kind: Kind, scope: &str) -> Vec<Wanted> {
    let mut seen = Vec::new();
    for one in all_occurrences(document) {
        if one.definition && one.kind == kind && one.scope == scope && !seen.contains(&one.name) {
            seen.push(one.name);
        }
    }
    seen.iter().map(|text| Wanted::name(text)).collect()
}

fn words(words: &[&str]) -> Vec<Wanted> {
    words.iter().map(|word| Wanted::word(word)).collect()
}

fn all_samples() -> Vec<Wanted> {
    SAMPLES
        .values()
        .map(|sample| Wanted {
            text: sample.name.to_owned(),
            arguments: String::new(),
            about: sample.about.clone(),
            name: false,
            old: false,
        })
        .collect()
}

fn first_words(section: &str, bits: u32) -> Vec<Wanted> {
    match section {
        "" => Vec::new(),
        "global" => keywords(Table::Global, |_| true),
        _ if bits != 0 => keywords(Table::Proxy, |row| row.row.places & bits != 0),
        other => keywords(Table::In(other), |_| true),
    }
}

/// What is known of the word at a byte, which begins at `start`.
pub(crate) fn known(document: &Document, start: usize, word: &str) -> Option<Wanted> {
    let place = place_of(document.text(), start);
    let plain = word.trim_matches(['"', '\'']);
    let find = |all: Vec<Wanted>| all.into_iter().find(|one| one.text == plain && !one.name);
    let at_place = find(wanted_at(document, start));
    let sample = || {
        let name = plain
            .trim_start_matches('!')
            .split(['(', ','])
            .next()
            .unwrap_or_default();
        find_sample(name)
    };
    at_place.or_else(|| if place.before.is_empty() { None } else { sample() })
}

/// A sample fetch or converter by its name.
pub(crate) fn find_sample(name: &str) -> Option<Wanted> {
    all_samples().into_iter().find(|one| one.text == name)
}
