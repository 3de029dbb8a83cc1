//! haresources: groups of resources and the nodes that they belong to.

use std::net::{IpAddr, Ipv4Addr};

use syntax::{Diagnostic, FileId};

use crate::line::{Form, lines};
use crate::model::{Address, Family, Group, Resource, ResourceKind, Settings};
use crate::parse::Word;
use crate::placeholder;

/// Reads haresources. Without settings, names of nodes are not looked for.
pub(crate) fn groups(
    bytes: &[u8],
    file: FileId,
    name: &str,
    settings: Option<&Settings>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Group> {
    let mut out = Vec::new();
    for line in lines(bytes, file, Form::HaResources) {
        let words: Vec<Word> = line
            .words
            .iter()
            .map(|span| Word {
                text: String::from_utf8_lossy(
                    bytes.get(span.start as usize..span.end as usize).unwrap_or(b""),
                )
                .into_owned(),
                span: *span,
            })
            .collect();
        let Some((owner, rest)) = words.split_first() else {
            continue;
        };
        let told = placeholder::diagnostics(owner);
        let known = settings.is_none_or(|settings| {
            settings.has_node(&owner.text) || settings.pings.iter().any(|ping| ping.name == owner.text)
        });
        let is_template = !told.is_empty();
        diagnostics.extend(told);
        if !known && !is_template {
            diagnostics.push(
                Diagnostic::alert("unknown-node", format!("Bad nodename in {name} [{}]", owner.text))
                    .at(owner.span)
                    .help("a line begins with a node that ha.cf names"),
            );
        }
        if rest.is_empty() {
            diagnostics.push(
                Diagnostic::warning(
                    "empty-group",
                    format!("node '{}' has nothing to take", owner.text),
                )
                .at(owner.span),
            );
        }
        let resources = rest.iter().filter_map(|word| {
            let told = placeholder::diagnostics(word);
            if !told.is_empty() {
                diagnostics.extend(told);
                return None;
            }
            if word.text == "\\" {
                diagnostics.push(
                    Diagnostic::warning(
                        "lone-backslash",
                        "a backslash joins lines only when nothing stands behind it",
                    )
                    .at(word.span)
                    .help("take the blanks behind it away"),
                );
                return None;
            }
            Some(resource(word, diagnostics))
        });
        let resources = resources.collect();
        out.push(Group {
            owner: owner.text.clone(),
            owner_span: owner.span,
            resources,
            span: words.last().map_or(owner.span, |last| owner.span.to(last.span)),
        });
    }
    out
}

/// Takes a resource apart: `NAME::ARG::ARG`, or an address alone.
fn resource(word: &Word, diagnostics: &mut Vec<Diagnostic>) -> Resource {
    let text = &word.text;
    let first = text.split('/').next().unwrap_or(text);
    let alone = match first.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => Some("IPaddr"),
        Ok(IpAddr::V6(_)) => Some("IPv6addr"),
        Err(_) => None,
    };
    let (name, arguments) = if let Some(name) = alone {
        (name.to_owned(), vec![text.clone()])
    } else {
        let mut parts = text.split("::").map(ToOwned::to_owned);
        let name = parts.next().unwrap_or_default();
        // An IPv6 address has `::` itself.
        if name == "IPv6addr" && text.len() > name.len() + 2 {
            (name, vec![text["IPv6addr::".len()..].to_owned()])
        } else {
            (name, parts.collect())
        }
    };
    let family = match name.as_str() {
        "IPaddr" => Some(Family::IpAddr),
        "IPaddr2" => Some(Family::IpAddr2),
        "IPv6addr" => Some(Family::Ipv6Addr),
        _ => None,
    };
    if alone.is_none() && arguments.is_empty() && looks_like_address(&name) {
        diagnostics.push(
            Diagnostic::warning(
                "bad-address",
                format!("'{name}' is no address, so it is taken for the name of a script"),
            )
            .at(word.span)
            .help("an address has four numbers up to 255"),
        );
    }
    let kind = family
        .and_then(
            |family| match address(family, arguments.first().map_or("", String::as_str)) {
                Ok(found) => Some(ResourceKind::Address(found)),
                Err(fault) => {
                    diagnostics.push(
                        Diagnostic::warning("bad-address", format!("'{text}' cannot be taken: {fault}"))
                            .at(word.span)
                            .help("`ADDRESS/BITS/INTERFACE/BROADCAST`, of which the address is enough"),
                    );
                    None
                }
            },
        )
        .unwrap_or(ResourceKind::Script);
    Resource {
        name,
        arguments,
        kind,
        span: word.span,
    }
}

fn looks_like_address(name: &str) -> bool {
    let first = name.split('/').next().unwrap_or(name);
    first.contains('.') && first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Reads `ADDRESS[/BITS][/INTERFACE][/BROADCAST]`.
fn address(family: Family, text: &str) -> Result<Address, String> {
    let mut parts = text.split('/');
    let first = parts.next().unwrap_or("");
    let address: IpAddr = first.parse().map_err(|_| format!("'{first}' is no address"))?;
    if address.is_ipv6() != (family == Family::Ipv6Addr) {
        return Err(format!("'{first}' is no address for this script"));
    }
    let mut out = Address {
        family,
        address,
        prefix: None,
        interface: None,
        alias: None,
        broadcast: None,
    };
    let most = if address.is_ipv6() { 128 } else { 32 };
    for (index, part) in parts.filter(|part| !part.is_empty()).enumerate() {
        if index == 0 && part.bytes().all(|byte| byte.is_ascii_digit()) {
            let bits = part.parse().ok().filter(|bits| *bits <= most);
            out.prefix = Some(bits.ok_or_else(|| format!("a mask has at most {most} bits"))?);
        } else if let Ok(found) = part.parse::<Ipv4Addr>() {
            if index == 0 && out.prefix.is_none() && is_mask(found) {
                out.prefix = u8::try_from(u32::from(found).leading_ones()).ok();
            } else if out.broadcast.replace(found).is_some() {
                return Err(format!("'{part}' is one word too many"));
            }
        } else if out.interface.is_none() && out.broadcast.is_none() {
            let (interface, alias) = part
                .split_once(':')
                .map_or((part, None), |(name, alias)| (name, Some(alias)));
            out.interface = Some(interface.to_owned());
            out.alias = alias.map(ToOwned::to_owned);
        } else {
            return Err(format!("'{part}' is one word too many"));
        }
    }
    Ok(out)
}

/// Whether an address is a mask: ones, then zeroes.
fn is_mask(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    bits.leading_ones() > 0 && bits.leading_ones() + bits.trailing_zeros() == 32
}
