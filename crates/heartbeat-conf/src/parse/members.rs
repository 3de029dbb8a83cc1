//! Who belongs to the cluster: nodes, and what is pinged.

use std::net::IpAddr;

use syntax::Diagnostic;

use super::times::loose;
use super::value::leading_number;
use super::{Reader, Word, Words};
use crate::model::{Autojoin, PingKind, PingNode, Setting};

pub(crate) fn node(reader: &mut Reader<'_>, words: &Words) {
    for word in &words.args {
        let before = reader
            .settings
            .nodes
            .iter()
            .find(|node| node.value.eq_ignore_ascii_case(&word.text))
            .and_then(|node| node.span);
        if let Some(before) = before {
            reader.tell(
                Diagnostic::warning("duplicate-node", format!("node '{}' is named twice", word.text))
                    .at(word.span)
                    .label(before, "named here"),
            );
            continue;
        }
        reader
            .settings
            .nodes
            .push(Setting::written(word.text.clone(), word.span));
    }
}

pub(crate) fn autojoin(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let value = match word.text.to_ascii_lowercase().as_str() {
        "none" => Autojoin::None,
        "other" => Autojoin::Other,
        "any" => Autojoin::Any,
        _ => {
            let message = format!("Invalid autojoin directive [{}]", word.text);
            reader.refuse("bad-word", word.span, message, "it is `none`, `other` or `any`");
            return;
        }
    };
    reader.settings.autojoin = Setting::written(value, word.span);
}

pub(crate) fn hop_fudge(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let number = leading_number(&word.text);
    match u8::try_from(number) {
        Ok(value) => {
            loose(reader, word, &value.to_string());
            reader.settings.hop_fudge = Setting::written(u32::from(value), word.span);
        }
        Err(_) => {
            let message = format!("'{}' is no number of hops", word.text);
            reader.refuse("bad-number", word.span, message, "it is a number from 0 to 255");
        }
    }
}

/// The address of a host that is pinged by IPv4. None is told of; some of none cannot be known here.
fn resolve_v4(reader: &mut Reader<'_>, word: &Word) -> Option<Option<IpAddr>> {
    match reader.host.resolve_v4(&word.text) {
        Some(Some(address)) => Some(Some(address.into())),
        Some(None) => None,
        None => Some(None),
    }
}

fn push(reader: &mut Reader<'_>, name: &Word, kind: PingKind) {
    reader.settings.pings.push(PingNode {
        name: name.text.clone(),
        kind,
        span: name.span,
    });
}

const PING_HELP: &str = "a host to ping is given by its address, or by a name that has one";

pub(crate) fn ping(reader: &mut Reader<'_>, words: &Words) {
    for word in &words.args {
        if let Some(address) = resolve_v4(reader, word) {
            push(reader, word, PingKind::Host(address));
        } else {
            let message = format!(
                "unknown host: {0}\nIllegal ping [ping membership] in config file [{0}]",
                word.text
            );
            reader.refuse("unknown-host", word.span, message, PING_HELP);
        }
    }
}

pub(crate) fn ping6(reader: &mut Reader<'_>, words: &Words) {
    for word in &words.args {
        match reader.host.resolve_v6(&word.text) {
            Some(None) => {
                let message = format!("Illegal ping6 [ping6 membership] in config file [{}]", word.text);
                reader.refuse("unknown-host", word.span, message, PING_HELP);
            }
            found => push(reader, word, PingKind::Host(found.flatten().map(IpAddr::V6))),
        }
    }
}

pub(crate) fn ping_group(reader: &mut Reader<'_>, words: &Words) {
    let Some((name, members)) = words
        .args
        .split_first()
        .filter(|(_, members)| !members.is_empty())
    else {
        let help = "a name for the group, and the hosts of which one that answers is enough";
        reader.refuse(
            "missing-argument",
            words.span,
            "'ping_group' needs a name and hosts",
            help,
        );
        return;
    };
    let mut addresses = Vec::new();
    for member in members {
        match resolve_v4(reader, member) {
            Some(address) => addresses.extend(address),
            None => reader.tell(
                Diagnostic::alert("unknown-host", format!("unknown host: {}", member.text))
                    .at(member.span)
                    .help("the group goes without it")
                    .refusing(false),
            ),
        }
    }
    push(reader, name, PingKind::Group(addresses));
}
