//! What the sections of an engine's file say together, judged at the filter that names the file.

use syntax::{Context, Diagnostic, Span};

use super::{EVENTS, SpoeReading};
use crate::lex::Word;
use crate::parse::line::shown;
use crate::parse::reading::{Reading, Section};
use crate::written::SpoeEngine;

/// A place in the words of messages: `FILE:LINE`.
fn place(reading: &Reading<'_>, span: Span) -> String {
    let (file, at) = reading.sources.locate(span);
    format!("{file}:{}", at.line)
}

/// Refuses the filter.
fn refuse(reading: &mut Reading<'_>, code: &'static str, path: &Word<'_>, what: &str, help: String) -> bool {
    let told = Diagnostic::alert(code, format!("'filter' : '{what}'")).at(path.span);
    reading.tell(told.help(help));
    false
}

/// Judges what was read of the file `path`, for the filter at `span`. Gives whether the filter can be used.
pub(super) fn judge(reading: &mut Reading<'_>, read: SpoeReading, path: &Word<'_>, span: Span) -> bool {
    let Some(agent) = read.agent else {
        let what = format!("No SPOE agent found in file {}", shown(path));
        let help = match &read.engine {
            Some(engine) => format!("add to it: [{engine}], and behind that a section: spoe-agent NAME"),
            None => "add a section: spoe-agent NAME; sections behind a line [NAME] are those of: engine NAME"
                .to_owned(),
        };
        return refuse(reading, "unknown-name", path, &what, help);
    };
    let Section::Proxy(proxy) = reading.section else {
        return false;
    };
    let at = place(reading, agent.span);
    if agent.backend.is_none() {
        let what = format!(
            "No backend declared for SPOE agent '{}' declared at {at}",
            agent.name
        );
        return refuse(
            reading,
            "missing-argument",
            path,
            &what,
            "add to the agent: use-backend NAME".to_owned(),
        );
    }
    let engine = SpoeEngine {
        proxy,
        name: read.engine.unwrap_or_else(|| agent.name.clone()),
        span,
        agent,
        messages: read.messages,
        groups: read.groups,
    };
    missing_timeouts(reading, &engine, &at);
    let fits = messages(reading, &engine, path, &at) && groups(reading, &engine, path, &at);
    if fits {
        reading.written.spoe_engines.push(engine);
    }
    fits
}

/// The name of the proxy at hand.
fn proxy_name(reading: &Reading<'_>) -> String {
    reading
        .proxy_ref()
        .map(|proxy| proxy.name.to_string())
        .unwrap_or_default()
}

fn missing_timeouts(reading: &mut Reading<'_>, engine: &SpoeEngine, at: &str) {
    let proxy = proxy_name(reading);
    let agent = &engine.agent;
    // Since 3.1 the connections to agents are those of the backend, with its timeouts.
    let all = reading.spoken_before(3, 1);
    let message = match (all, agent.timeouts) {
        (true, [hello, idle, processing]) if hello == 0 || idle == 0 || processing == 0 => format!(
            "Proxy '{proxy}': missing timeouts for SPOE agent '{}' declare at {at}.\n   | While not properly invalid, \
             you will certainly encounter various problems\n   | with such a configuration. To fix this, please ensure \
             that all following\n   | timeouts are set to a non-zero value: 'hello', 'idle', 'processing'.",
            agent.name
        ),
        (false, [.., 0]) => format!(
            "Proxy '{proxy}': missing 'processing' timeout for SPOE agent '{}' declare at {at}.",
            agent.name
        ),
        _ => return,
    };
    let told = Diagnostic::warning("missing-timeouts", message)
        .at(agent.span)
        .context(Context::Whole);
    reading.tell(told.help("add: timeout processing 15ms"));
}

/// Judges the messages that the agent sends by itself.
fn messages(reading: &mut Reading<'_>, engine: &SpoeEngine, path: &Word<'_>, at: &str) -> bool {
    let proxy = proxy_name(reading);
    let agent = &engine.agent;
    let warn = |reading: &mut Reading<'_>, code, span: Span, message: String, help: &str| {
        let told = Diagnostic::warning(code, message)
            .at(span)
            .context(Context::Whole);
        reading.tell(told.help(help.to_owned()));
    };
    if agent.messages.is_empty() && agent.groups.is_empty() {
        let message = format!(
            "Proxy '{proxy}': No message/group used by SPOE agent '{}' declared at {at}.",
            agent.name
        );
        warn(
            reading,
            "unused-section",
            agent.span,
            message,
            "add to the agent: messages NAME",
        );
    }
    for name in &agent.messages {
        let Some(message) = engine.message(&name.value) else {
            let what = format!(
                "SPOE agent '{}' try to use undefined SPOE message '{}' at {at}",
                agent.name, name.value
            );
            let help = format!("add a section: spoe-message {}", name.value);
            return refuse(reading, "unknown-name", path, &what, help);
        };
        let place = place(reading, message.span);
        let Some(event) = &message.event else {
            let told = format!(
                "Proxy '{proxy}': Ignore SPOE message '{}' without event at {place}.",
                message.name
            );
            warn(
                reading,
                "unused-section",
                message.span,
                told,
                "add to it: event NAME",
            );
            continue;
        };
        let row = &EVENTS[event.value];
        if row.of_frontends && !reading.has_frontend_side() {
            let told = format!(
                "Proxy '{proxy}': frontend event used on a backend proxy at {}.",
                self::place(reading, event.span)
            );
            warn(
                reading,
                "never-matches",
                event.span,
                told,
                "put the filter into a frontend, or use an event of backends",
            );
            continue;
        }
        let columns = row.usage.columns(reading);
        if let Some(arg) = message.args.iter().find(|arg| arg.contexts & columns == 0) {
            let what = format!(
                "Ignore SPOE message '{}' at {place}: some args extract information from '{}', none of which is \
                 available here ('{}')",
                message.name,
                arg.source,
                row.usage.context(reading)
            );
            let help = format!(
                "the argument at {} is not at hand then",
                self::place(reading, arg.span)
            );
            return refuse(reading, "not-at-hand", path, &what, help);
        }
    }
    true
}

/// Judges the groups that rules may send.
fn groups(reading: &mut Reading<'_>, engine: &SpoeEngine, path: &Word<'_>, at: &str) -> bool {
    let agent = &engine.agent;
    for name in &agent.groups {
        if engine.group(&name.value).is_none() {
            let what = format!(
                "SPOE agent '{}' try to use undefined SPOE group '{}' at {at}",
                agent.name, name.value
            );
            let help = format!("add a section: spoe-group {}", name.value);
            return refuse(reading, "unknown-name", path, &what, help);
        }
    }
    let used = agent.groups.iter().filter_map(|name| engine.group(&name.value));
    for group in used {
        let unknown = group
            .messages
            .iter()
            .find(|name| engine.message(&name.value).is_none());
        if let Some(name) = unknown {
            let what = format!(
                "SPOE group '{}' try to use undefined SPOE message '{}' at {at}",
                group.name, name.value
            );
            let help = format!("add a section: spoe-message {}", name.value);
            return refuse(reading, "unknown-name", path, &what, help);
        }
    }
    true
}
