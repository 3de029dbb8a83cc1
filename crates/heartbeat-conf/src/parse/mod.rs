//! ha.cf: its lines carried out one after the other, as each stands upon those above it, then what only the whole shows.

pub(crate) mod log;
pub(crate) mod media;
pub(crate) mod members;
pub(crate) mod programs;
pub(crate) mod switches;
pub(crate) mod times;
mod value;
mod whole;

use std::collections::BTreeMap;

pub(crate) use value::leading_number;

use syntax::{Diagnostic, FileId, Span, closest};

use crate::host::Host;
use crate::keywords::{ROWS, Row, find};
use crate::line::{Form, lines};
use crate::model::Settings;
use crate::placeholder;

/// Carries out a line, or one value of it.
pub(crate) type Act = fn(&mut Reader<'_>, &Words);

/// A word with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// As it stands in the file.
    pub(crate) text: String,
    /// Where.
    pub(crate) span: Span,
}

/// A line: a directive and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// The directive.
    pub(crate) name: Word,
    /// The words behind it. An act of a directive of one value gets one at a time.
    pub(crate) args: Vec<Word>,
    /// The line from its first word to its last.
    pub(crate) span: Span,
}

impl Words {
    /// The value of a directive that takes one.
    pub(crate) fn value(&self) -> &Word {
        self.args.first().unwrap_or(&self.name)
    }

    /// All behind the directive, with one blank between words.
    pub(crate) fn rest(&self) -> String {
        let words: Vec<&str> = self.args.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }
}

/// What a reading knows and gathers.
pub(crate) struct Reader<'a> {
    pub(crate) settings: Settings,
    pub(crate) host: &'a dyn Host,
    /// What `baud` said last.
    baud: crate::model::Baud,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    pub(crate) fn tell(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Refuses the file for `span`.
    pub(crate) fn refuse(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        self.tell(Diagnostic::alert(code, message).at(span).help(help));
    }
}

/// Reads ha.cf. `name` is what messages call it.
pub(crate) fn settings(
    bytes: &[u8],
    file: FileId,
    name: &str,
    host: &dyn Host,
    diagnostics: &mut Vec<Diagnostic>,
) -> Settings {
    let mut reader = Reader {
        settings: Settings::for_host(host),
        host,
        baud: crate::model::Baud::default(),
        diagnostics,
    };
    let mut seen: BTreeMap<&'static str, Span> = BTreeMap::new();
    for line in lines(bytes, file, Form::HaCf) {
        let mut words = line.words.iter().map(|span| Word {
            text: text(bytes, *span),
            span: *span,
        });
        let Some(directive) = words.next() else {
            continue;
        };
        let args: Vec<Word> = words.collect();
        let span = args
            .last()
            .map_or(directive.span, |last| directive.span.to(last.span));
        let words = Words {
            name: directive,
            args,
            span,
        };
        if let Some(row) = find(words.name.text.as_bytes()) {
            carry_out(&mut reader, row, &words, &mut seen);
        } else {
            unknown(&mut reader, &words.name, name);
        }
    }
    whole::check(&mut reader);
    reader.settings
}

fn text(bytes: &[u8], span: Span) -> String {
    let bytes = bytes.get(span.start as usize..span.end as usize).unwrap_or(b"");
    String::from_utf8_lossy(bytes).into_owned()
}

fn unknown(reader: &mut Reader<'_>, name: &Word, file: &str) {
    let message = format!("Illegal directive [{}] in {file}", name.text);
    let mut diagnostic = Diagnostic::alert("unknown-directive", message).at(name.span);
    if placeholder::find(&name.text).is_some() {
        diagnostic = diagnostic.help("this is a placeholder of a template, whose value was not put in");
    } else if find(name.text.to_ascii_lowercase().as_bytes()).is_some() {
        diagnostic = diagnostic.help("directives are written in small letters");
    } else if let Some(near) = closest(name.text.as_bytes(), ROWS.iter().map(|row| row.row.name)) {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
    } else if name.text == "hbaping" {
        diagnostic = diagnostic.help("heartbeat 3 has no ping over Fibre Channel");
    }
    reader.tell(diagnostic);
}

/// Directives whose parameters may hold a dollar sign for what they are handed to.
const VERBATIM: &[&str] = &["respawn", "failfast", "stonith", "stonith_host", "env"];

/// Directives that say by themselves what they miss.
const OWN_WORDS: &[&str] = &[
    "apiauth",
    "failfast",
    "mcast",
    "mcast6",
    "ping_group",
    "respawn",
    "stonith",
    "stonith_host",
    "udp",
    "ucast",
    "ucast6",
];

fn carry_out(reader: &mut Reader<'_>, row: &Row, words: &Words, seen: &mut BTreeMap<&'static str, Span>) {
    let (name, arity) = (row.row.name, row.row.arity);
    if !VERBATIM.contains(&name) {
        let before = reader.diagnostics.len();
        for word in &words.args {
            reader.diagnostics.extend(placeholder::diagnostics(word));
        }
        if reader.diagnostics.len() > before {
            return;
        }
    }
    if words.args.len() < usize::from(arity.min) && !OWN_WORDS.contains(&name) {
        reader.tell(
            Diagnostic::warning(
                "missing-argument",
                format!("'{name}' without a value sets nothing"),
            )
            .at(words.span),
        );
        return;
    }
    if row.is_read_only() {
        let message = format!("'{name}' is read but not acted on yet.");
        reader.tell(Diagnostic::warning("read-only", message).at(words.name.span));
    }
    let Some(act) = row.act else {
        return;
    };
    if arity.max != 1 {
        if let Some(extra) = words.args.get(usize::from(arity.max)) {
            let message = format!("'{}' and what follows is not looked at", extra.text);
            reader.tell(Diagnostic::warning("extra-argument", message).at(extra.span));
        }
        act(reader, words);
        return;
    }
    for arg in &words.args {
        // What stands behind a port or a speed uses it; a second one is no mistake.
        let positional = name == "udpport" || name == "baud";
        if let Some(before) = seen.insert(name, arg.span).filter(|_| !positional) {
            reader.tell(
                Diagnostic::warning("overwritten", format!("'{name}' is set again; this value holds"))
                    .at(arg.span)
                    .label(before, "the value before"),
            );
        }
        let one = Words {
            name: words.name.clone(),
            args: vec![arg.clone()],
            span: arg.span,
        };
        act(reader, &one);
    }
}
