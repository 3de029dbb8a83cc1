//! `use_backend` and `default_backend`.

use syntax::{Context, Diagnostic};

use super::condition::condition;
use super::format;
use super::frame::Frame;
use super::line::{Line, shown};
use super::order::{RuleClass, note};
use super::reading::Reading;
use super::sample::Usage;
use crate::signature::{Arg, Argument, Condition, Given, Value, rest, text};
use crate::written::{Set, Switch};

/// `use_backend NAME [if …]`, as the documentation has it.
pub(crate) const USE_BACKEND: &[Arg] = &[
    text("backend").missing("'use_backend' expects a backend name."),
    rest("condition", |reading, cursor, _| {
        let lead = "error detected while parsing switching rule : ";
        super::rules::conditional(reading, cursor, Usage::USE_BACKEND, lead)
    }),
];

/// `use_backend NAME [if …]`.
pub(crate) fn use_backend(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        return reading.tell(
            Diagnostic::alert("missing-argument", "'use_backend' expects a backend name.")
                .at(line.behind())
                .help("write: use_backend NAME if CONDITION"),
        );
    };
    let backend = Set::new(name.text.to_vec().into(), name.span);
    let mut inert = false;
    let mut computed = None;
    if name.text.contains(&b'%') {
        let place = reading.parsing(line.span());
        let lead = format!("{place}: failed to parse use_backend rule '{}' : ", shown(name));
        let mut frame = Frame::new(&lead);
        frame.context = Context::Whole;
        computed = format::parse(reading, name, Usage::USE_BACKEND.quietly(), frame);
        if computed.is_none() {
            return;
        }
    }
    let cond = match line.arg(1) {
        None => None,
        Some(word) if matches!(&*word.text, b"if" | b"unless") => {
            let Some(read) = condition(
                reading,
                line.args(),
                1,
                Usage::USE_BACKEND,
                Frame::new("error detected while parsing switching rule : "),
            ) else {
                return;
            };
            inert |= read.cond.is_none();
            read.cond
        }
        Some(word) => {
            let text = shown(word).into_owned();
            let message = format!(
                "unexpected keyword '{text}' after switching rule, only 'if' and 'unless' are allowed."
            );
            return reading.tell(
                Diagnostic::alert("extra-argument", message)
                    .at(word.span)
                    .help("write 'if' before the condition"),
            );
        }
    };
    let span = line.span();
    note(reading, RuleClass::UseBackend, span);
    let mut arguments = Vec::with_capacity(1 + usize::from(cond.is_some()));
    arguments.push(Argument {
        name: "backend",
        value: computed.clone().map_or_else(
            || Value::Text(name.text.to_vec().into()),
            |format| Value::Format(Box::new(format)),
        ),
        span: name.span,
    });
    if let Some(cond) = &cond {
        arguments.push(Argument {
            name: "condition",
            value: Value::Condition(Condition(Some(cond.clone()))),
            span: cond.span,
        });
    }
    reading.keep(Given {
        name: "use_backend",
        arguments,
        span,
    });
    if let Some(proxy) = reading.proxy() {
        proxy.switches.push(Switch {
            backend,
            computed: computed.map(Box::new),
            cond,
            span,
            inert,
        });
    }
}

/// `default_backend NAME`.
pub(crate) fn default_backend(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        return reading.alert(
            "missing-argument",
            line.behind(),
            "'default_backend' expects a backend name.",
        );
    };
    if !reading.at_most(line, 1) {
        return;
    }
    reading.settings().default_backend = Some(Set::new(name.text.to_vec().into(), name.span));
}
