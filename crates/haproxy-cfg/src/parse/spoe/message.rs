//! Lines of `spoe-message`: ACLs, arguments, and the event that sends it.

use syntax::{Context, Diagnostic, closest};

use super::{Act, SpoeReading};
use crate::lex::Word;
use crate::parse::acl::acl;
use crate::parse::condition::condition;
use crate::parse::frame::Frame;
use crate::parse::line::{Line, shown};
use crate::parse::reading::Reading;
use crate::parse::sample::{self, Usage};
use crate::written::{Set, SpoeArg, SpoeMessage};

/// The keywords.
pub(super) const ROWS: &[(&str, Act)] = &[("acl", acl), ("args", args), ("event", event)];

/// Something that happens to a stream.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) name: &'static str,
    /// Where messages' arguments are looked at then.
    pub(super) usage: Usage,
    /// It comes to frontends alone.
    pub(super) of_frontends: bool,
}

const fn row(name: &'static str, usage: Usage, of_frontends: bool) -> Event {
    Event {
        name,
        usage,
        of_frontends,
    }
}

/// All events.
pub(super) const EVENTS: &[Event] = &[
    row("on-client-session", Usage::TCP_CONNECTION, true),
    row("on-server-session", Usage::SERVER, false),
    row("on-frontend-tcp-request", Usage::TCP_CONTENT, true),
    row("on-backend-tcp-request", Usage::TCP_CONTENT, false),
    row("on-tcp-response", Usage::TCP_RESPONSE, false),
    row("on-frontend-http-request", Usage::HTTP_REQUEST, true),
    row("on-backend-http-request", Usage::HTTP_REQUEST, false),
    row("on-http-response", Usage::HTTP_RESPONSE, false),
];

fn message(spoe: &mut SpoeReading) -> Option<&mut SpoeMessage> {
    spoe.messages.last_mut()
}

/// `args [NAME=]EXPRESSION …`.
fn args(reading: &mut Reading<'_>, line: &Line<'_>) {
    for word in line.args().iter().take_while(|word| !word.text.is_empty()) {
        // What stands in front of the first `=` is a name, whatever it is made of.
        let at = word
            .text
            .iter()
            .position(|byte| *byte == b'=')
            .map_or(0, |at| at + 1);
        let expression = Word {
            text: word.text[at..].to_vec().into(),
            span: reading.part(word, at..word.text.len()),
        };
        let frame = Frame::new("'args': ");
        match sample::read_words(reading, &[expression], 0, Usage::ANYWHERE) {
            Ok((sample, _)) => {
                let source = sample::source(reading, sample.fetch);
                let arg = SpoeArg {
                    contexts: source.contexts(),
                    source: source.name(),
                    span: word.span,
                };
                if let Some(message) = reading.spoe.as_deref_mut().and_then(message) {
                    message.args.push(arg);
                }
            }
            Err(wrong) => return frame.tell(reading, wrong),
        }
    }
}

/// `event NAME [if CONDITION]`.
fn event(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        let told = Diagnostic::alert("missing-argument", "missing event name.").at(line.behind());
        return reading.tell(told.help("write for example: event on-frontend-http-request"));
    };
    let found = EVENTS
        .iter()
        .enumerate()
        .find(|(_, event)| event.name.as_bytes() == &*word.text);
    let Some((number, event)) = found else {
        let message = format!("unknown event '{}'.", shown(word));
        let told = Diagnostic::alert("unknown-name", message).at(word.span);
        let near = closest(&word.text, EVENTS.iter().map(|event| event.name));
        return reading.tell(told.help(near.map_or_else(
            || "write for example: event on-frontend-http-request".to_owned(),
            |near| format!("did you mean '{near}'?"),
        )));
    };
    if let Some(word) = line.arg(1) {
        if !matches!(&*word.text, b"if" | b"unless") {
            let message = format!(
                "'event {}' expects either 'if' or 'unless' followed by a condition but found '{}'.",
                event.name,
                shown(word)
            );
            let told = Diagnostic::alert("extra-argument", message)
                .at(word.span)
                .context(Context::ParsingTight);
            return reading.tell(told.help("write: if CONDITION"));
        }
        let lead = format!(
            "error detected while parsing an 'event {}' condition : ",
            event.name
        );
        let told = reading.diagnostics.len();
        // What does not hold at the event is not told.
        let read = condition(reading, line.args(), 1, Usage::ANYWHERE, Frame::new(&lead));
        // It is no rule.
        let behind = reading.diagnostics.split_off(told);
        let of_messages = behind.into_iter().filter(|told| told.code != "inert-rule");
        reading.diagnostics.extend(of_messages);
        if read.is_none() {
            return;
        }
    }
    if let Some(message) = reading.spoe.as_deref_mut().and_then(message) {
        message.event = Some(Set::new(number, line.span()));
    }
}
