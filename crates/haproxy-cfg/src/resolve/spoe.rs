//! What can only be told of SPOE engines once all is read: their backends, their names, and the groups that rules send.

use syntax::{Context, Diagnostic, closest};

use crate::model::{Mode, Word};
use crate::parse::sample::Usage;
use crate::parse::{Reading, Section};
use crate::written::{ProxySection, SpoeEngine};

/// Judges all engines; `modes` are those of the proxies.
pub(super) fn check(reading: &mut Reading<'_>, proxies: &[Box<ProxySection>], modes: &[Mode]) {
    let engines = std::mem::take(&mut reading.written.spoe_engines);
    for (number, engine) in engines.iter().enumerate() {
        let Some(proxy) = proxies.get(engine.proxy) else {
            continue;
        };
        let mut faults = Vec::new();
        backend(reading, engine, proxies, modes, &mut faults);
        let twin = engines
            .iter()
            .enumerate()
            .find(|(other, twin)| *other != number && twin.proxy == engine.proxy && twin.name == engine.name);
        if let Some((_, twin)) = twin {
            let message = format!("duplicated name for SPOE engine '{}'.", engine.name);
            let told = Diagnostic::alert("duplicate-name", message).at(engine.span);
            faults.push(
                told.label(twin.span, "the other one")
                    .help("give each: engine NAME"),
            );
        }
        for mut told in faults {
            told.message = format!("Proxy {} : {}", proxy.name, told.message);
            reading.tell(told.context(Context::Whole));
        }
    }
    reading.written.spoe_engines = engines;
}

/// The backend that the agent's servers stand in.
fn backend(
    reading: &Reading<'_>,
    engine: &SpoeEngine,
    proxies: &[Box<ProxySection>],
    modes: &[Mode],
    faults: &mut Vec<Diagnostic>,
) {
    let Some(wanted) = &engine.agent.backend else {
        return;
    };
    let (file, at) = reading.sources.locate(engine.agent.span);
    let used = format!(
        "used by SPOE agent '{}' declared at {file}:{}",
        engine.agent.name, at.line
    );
    let backends = || {
        let with_modes = proxies.iter().zip(modes);
        with_modes.filter(|(proxy, _)| proxy.kind.is_backend())
    };
    let Some((_, mode)) = backends().find(|(proxy, _)| proxy.name == wanted.value) else {
        let told = Diagnostic::alert(
            "unknown-backend",
            format!("unknown backend '{}' {used}.", wanted.value),
        );
        let names = backends().filter_map(|(proxy, _)| std::str::from_utf8(&proxy.name).ok());
        let help = closest(&wanted.value, names).map_or_else(
            || format!("add a section: backend {}", wanted.value),
            |near| format!("did you mean '{near}'?"),
        );
        return faults.push(told.at(wanted.span).help(help));
    };
    if *mode == Mode::Tcp {
        return;
    }
    let newer = reading.dialect.strict && reading.dialect.at_least(3, 1);
    let wrong = if newer {
        "must use SPOP mode"
    } else {
        "does not support HTTP mode"
    };
    let told = Diagnostic::alert(
        "mode-mismatch",
        format!("backend '{}' {used} {wrong}.", wanted.value),
    );
    faults.push(told.at(wanted.span).help("write in that backend: mode tcp"));
}

/// What there is of a group that a rule sends.
pub(super) enum Found {
    /// No such engine.
    None,
    /// All that it needs.
    Group,
    /// Less than that: what to say, and what to do.
    Fault(String, String),
}

/// Looks for the group `group` of an engine, which a rule of the section `within` sends where `usage` says.
pub(super) fn group(
    reading: &Reading<'_>,
    within: Section,
    engine: &Word,
    group: &str,
    usage: Usage,
) -> Found {
    let Section::Proxy(index) = within else {
        return Found::None;
    };
    let mut engines = reading.written.spoe_engines.iter();
    let (Some(engine), Some(proxy)) = (
        engines.find(|known| known.proxy == index && known.name == *engine),
        reading.written.proxies.get(index),
    ) else {
        return Found::None;
    };
    let named = engine
        .agent
        .groups
        .iter()
        .any(|name| *name.value == *group.as_bytes());
    let Some(group) = engine.group(group.as_bytes()).filter(|_| named) else {
        return Found::Fault(
            format!(
                "Proxy '{}': unable to find SPOE group '{group}' into SPOE engine '{}' configuration.",
                proxy.name, engine.name
            ),
            format!("add to its agent: groups {group}"),
        );
    };
    let columns = usage.columns_of(proxy.kind);
    for message in group
        .messages
        .iter()
        .filter_map(|name| engine.message(&name.value))
    {
        let Some(arg) = message.args.iter().find(|arg| arg.contexts & columns == 0) else {
            continue;
        };
        let (file, at) = reading.sources.locate(message.span);
        return Found::Fault(
            format!(
                "Proxy '{}': Invalid SPOE message '{}' used by SPOE group '{}' at {file}:{}: some args extract \
                 information from '{}',none of which is available here ('{}').",
                proxy.name,
                message.name,
                group.name,
                at.line,
                arg.source,
                Usage::words_of(columns)
            ),
            "send the group where what its messages look at is at hand".to_owned(),
        );
    }
    Found::Group
}
