//! The file of a `filter spoe` line: which of its lines belong to the engine, and which section reads each.
//!
//! The file has its own sections, in scopes: a filter with `engine NAME` reads those behind a line `[NAME]`, one without reads
//! those in front of any such line. What the sections say together is judged in [`engine`].

mod agent;
mod engine;
mod group;
mod message;

use syntax::{Context, Diagnostic, SourceFile, Span, closest};

use super::line::{Line, Prefix, shown};
use super::reading::Reading;
use super::section::not_negatable;
use crate::lex::Word;
use crate::model;
use crate::values::strip_os_code;
use crate::written::{Acls, Rule, Set, SpoeAgent, SpoeGroup, SpoeMessage};

use message::EVENTS;

/// What reads a line of a section.
type Act = fn(&mut Reading<'_>, &Line<'_>);

/// The section of the file that lines belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Agent,
    Message,
    Group,
}

impl Part {
    /// All of them, by their keywords.
    const ALL: [(&str, Self); 3] = [
        ("spoe-agent", Self::Agent),
        ("spoe-message", Self::Message),
        ("spoe-group", Self::Group),
    ];

    fn keyword(self) -> &'static str {
        match self {
            Self::Agent => "spoe-agent",
            Self::Message => "spoe-message",
            Self::Group => "spoe-group",
        }
    }

    /// The keywords of its lines.
    fn rows(self) -> &'static [(&'static str, Act)] {
        match self {
            Self::Agent => agent::ROWS,
            Self::Message => message::ROWS,
            Self::Group => group::ROWS,
        }
    }
}

/// A file of SPOE sections while it is read.
#[derive(Debug)]
pub(crate) struct SpoeReading {
    /// The scope that the filter asks for.
    engine: Option<model::Word>,
    /// The scope of the lines at hand.
    scope: Option<model::Word>,
    /// The section at hand.
    part: Option<Part>,
    /// Its own line was wrong: its lines are not complained about one by one.
    broken: bool,
    agent: Option<SpoeAgent>,
    messages: Vec<SpoeMessage>,
    groups: Vec<SpoeGroup>,
}

impl SpoeReading {
    /// ACLs of the message at hand, and where its rules would be.
    pub(super) fn ruled(&mut self) -> Option<(&mut Acls, &mut Vec<Rule>)> {
        if self.part != Some(Part::Message) {
            return None;
        }
        let SpoeMessage { acls, rules, .. } = self.messages.last_mut()?;
        Some((acls, rules))
    }
}

/// Reads the file `path` of the filter at `span` and judges it. Gives whether the filter can be used.
pub(super) fn configured(
    reading: &mut Reading<'_>,
    engine: Option<&Word<'_>>,
    path: &Word<'_>,
    span: Span,
) -> bool {
    let name = shown(path).into_owned();
    let bytes = match reading.host.read_file(&name) {
        Ok(bytes) => bytes,
        Err(error) => {
            let why = strip_os_code(&error);
            let message = format!("'filter' : 'Could not open configuration file {name} : {why}'");
            let told = Diagnostic::alert("missing-file", message).at(path.span);
            reading.tell(told.help("check the path, and that this user may read it"));
            return false;
        }
    };
    let id = reading.sources.add(SourceFile::new(name.clone(), bytes));
    let told = reading.diagnostics.len();
    reading.spoe = Some(Box::new(SpoeReading {
        engine: engine.map(|word| word.text.to_vec().into()),
        scope: None,
        part: None,
        broken: false,
        agent: None,
        messages: Vec::new(),
        groups: Vec::new(),
    }));
    crate::load::read_within(reading, id, line);
    let Some(read) = reading.spoe.take() else {
        return false;
    };
    if reading.diagnostics.iter().skip(told).any(|told| told.refuses) {
        let message = format!("'filter' : 'Error(s) found in configuration file {name}'");
        let told = Diagnostic::alert("errors-found", message).at(path.span);
        reading.tell(told.help("mend what is said of that file above"));
        return false;
    }
    engine::judge(reading, *read, path, span)
}

/// A line of the file.
fn line(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.prefix == Prefix::None && line.keyword().text.starts_with(b"[") {
        return scope(reading, line);
    }
    if line.prefix != Prefix::None && !matches!(&*line.keyword().text, b"option" | b"log") {
        not_negatable(reading, line);
    }
    if line.keyword().text.is_empty() {
        return;
    }
    let named = Part::ALL
        .iter()
        .find(|(keyword, _)| keyword.as_bytes() == &*line.keyword().text);
    let Some(spoe) = reading.spoe.as_deref_mut() else {
        return;
    };
    let ours = spoe.scope == spoe.engine;
    if let Some((_, part)) = named {
        spoe.part = Some(*part);
        spoe.broken = false;
        if ours {
            enter(reading, *part, line);
        } else {
            // Lines behind it, in our scope, would have no section of ours to go to.
            spoe.broken = true;
        }
        return;
    }
    let Some(part) = spoe.part else {
        return out_of_section(reading, line);
    };
    if !ours || spoe.broken {
        return;
    }
    let row = part
        .rows()
        .iter()
        .find(|(name, _)| name.as_bytes() == &*line.keyword().text);
    match row {
        Some((_, act)) => act(reading, line),
        None => unknown(reading, part, line),
    }
}

/// `[NAME]`: the scope of what follows.
fn scope(reading: &mut Reading<'_>, line: &Line<'_>) {
    let word = line.keyword();
    let inside = &word.text[1..];
    let length = inside
        .iter()
        .position(|byte| *byte == b']')
        .unwrap_or(inside.len());
    let (name, behind) = inside.split_at(length);
    let bad =
        |reading: &mut Reading<'_>, span: Span, message: String| {
            let told = Diagnostic::alert("bad-name", message).at(span);
            reading.tell(told.help(
                "write the scope alone on its line, as [NAME], of letters, digits, '-', '_', '.' and ':'",
            ));
        };
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if let Some(at) = name.iter().position(|byte| !allowed(byte)) {
        let wrong = String::from_utf8_lossy(&name[at..=at]).into_owned();
        let span = reading.part(word, at + 1..at + 2);
        return bad(
            reading,
            span,
            format!("character '{wrong}' is not permitted in a scope name."),
        );
    }
    if name.is_empty() || behind.is_empty() {
        return bad(reading, word.span, "empty scope name is forbidden.".to_owned());
    }
    let extra = match (&behind[1..], line.arg(0)) {
        ([first, ..], _) => Some((*first, reading.part(word, length + 2..word.text.len()))),
        ([], Some(extra)) => extra.text.first().map(|first| (*first, extra.span)),
        ([], None) => None,
    };
    if let Some((first, span)) = extra {
        let first = String::from_utf8_lossy(&[first]).into_owned();
        return bad(
            reading,
            span,
            format!("character '{first}' is not permitted after scope declaration."),
        );
    }
    if let Some(spoe) = &mut reading.spoe {
        spoe.scope = Some(name.into());
    }
}

/// The line that begins a section.
fn enter(reading: &mut Reading<'_>, part: Part, line: &Line<'_>) {
    let keyword = part.keyword();
    if let Some(spoe) = &mut reading.spoe {
        spoe.broken = true;
    }
    let Some(word) = line.arg(0) else {
        let message = format!("missing name for {keyword} section.");
        let told = Diagnostic::alert("missing-name", message).at(line.behind());
        return reading.tell(told.help(format!("write: {keyword} NAME")));
    };
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if let Some(at) = word.text.iter().position(|byte| !allowed(byte)) {
        let wrong = String::from_utf8_lossy(&word.text[at..=at]).into_owned();
        let message = format!(
            "character '{wrong}' is not permitted in '{keyword}' name '{}'.",
            shown(word)
        );
        let told = Diagnostic::alert("bad-name", message).at(reading.part(word, at..at + 1));
        return reading.tell(told.help("use letters, digits, '-', '_', '.' and ':'"));
    }
    if !reading.at_most(line, 1) {
        return;
    }
    let name: model::Word = word.text.to_vec().into();
    let span = line.span();
    let Some(spoe) = reading.spoe.as_deref_mut() else {
        return;
    };
    let before = match part {
        Part::Agent => spoe.agent.as_ref().map(|agent| agent.span),
        Part::Message => spoe
            .messages
            .iter()
            .find(|message| message.name == name)
            .map(|message| message.span),
        Part::Group => spoe
            .groups
            .iter()
            .find(|group| group.name == name)
            .map(|group| group.span),
    };
    spoe.broken = false;
    if let Some(before) = before {
        return again(reading, part, &name, span, before);
    }
    match part {
        Part::Agent => {
            spoe.agent = Some(SpoeAgent {
                name,
                span,
                backend: None,
                timeouts: [0; 3],
                messages: Vec::new(),
                groups: Vec::new(),
            });
        }
        Part::Message => spoe.messages.push(SpoeMessage {
            name,
            span,
            acls: Acls::default(),
            rules: Vec::new(),
            args: Vec::new(),
            event: None,
        }),
        Part::Group => spoe.groups.push(SpoeGroup {
            name,
            span,
            messages: Vec::new(),
        }),
    }
}

/// Tells a section that is there already; its lines go to the last one of its kind.
fn again(reading: &mut Reading<'_>, part: Part, name: &model::Word, span: Span, before: Span) {
    let keyword = part.keyword();
    let (file, place) = reading.sources.locate(before);
    let (message, context) = match part {
        Part::Agent => (
            "another spoe-agent section previously defined.".to_owned(),
            Context::Parsing,
        ),
        _ => (
            format!(
                "{keyword} section '{name}' has the same name as another one declared at {file}:{}.",
                place.line
            ),
            Context::ParsingTight,
        ),
    };
    let told = Diagnostic::alert("duplicate-name", message)
        .at(span)
        .context(context);
    let help = match part {
        Part::Agent => "an engine has one agent: remove one, or put it into a scope of its own",
        _ => "rename one of them",
    };
    reading.tell(told.label(before, "declared here").help(help));
}

fn out_of_section(reading: &mut Reading<'_>, line: &Line<'_>) {
    let message = format!("unknown keyword '{}' out of section.", shown(line.keyword()));
    let told = Diagnostic::alert("out-of-section", message)
        .at(line.keyword().span)
        .context(Context::ParsingTight);
    let near = closest(
        &line.keyword().text,
        Part::ALL.iter().map(|(keyword, _)| *keyword),
    );
    reading.tell(told.help(near.map_or_else(
        || "begin with a section: spoe-agent, spoe-message or spoe-group".to_owned(),
        |near| format!("did you mean '{near}'?"),
    )));
}

fn unknown(reading: &mut Reading<'_>, part: Part, line: &Line<'_>) {
    let message = format!(
        "unknown keyword '{}' in {} section.",
        shown(line.keyword()),
        part.keyword()
    );
    let told = match part {
        // The original reads over it.
        Part::Message if reading.dialect.strict => return,
        Part::Message => Diagnostic::warning("unknown-keyword", message),
        _ => Diagnostic::alert("unknown-keyword", message),
    };
    let names = part.rows().iter().map(|(name, _)| *name);
    let near = closest(&line.keyword().text, names.clone());
    let told = told.at(line.keyword().span).help(near.map_or_else(
        || format!("write one of: {}", names.collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean '{near}'?"),
    ));
    reading.tell(told);
}

/// Adds names to a list; the first that is there already is told, as a `what`, and ends the line.
fn add_names(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    what: &str,
    list: fn(&mut SpoeReading) -> Option<&mut Vec<Set<model::Word>>>,
) {
    for word in line.args().iter().take_while(|word| !word.text.is_empty()) {
        let Some(names) = reading.spoe.as_deref_mut().and_then(list) else {
            return;
        };
        if let Some(before) = names.iter().find(|known| *known.value == *word.text) {
            let before = before.span;
            let message = format!("{what} '{}' already used.", shown(word));
            let told = Diagnostic::alert("given-twice", message)
                .at(word.span)
                .context(Context::ParsingTight);
            return reading.tell(told.label(before, "given here before").help("remove one of them"));
        }
        names.push(Set::new(word.text.to_vec().into(), word.span));
    }
}
