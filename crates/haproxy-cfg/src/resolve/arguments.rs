//! Arguments of fetches and converters that name proxies, servers, tables and userlists, and their regular expressions.

use rustc_hash::FxHashMap;

use syntax::{Context, Diagnostic, closest};

use crate::model::{Acl, ArgValue, MatchKind, Mode, Pattern, ProxyKind, Word};
use crate::parse::{Reading, regex_fault};
use crate::signature::Value;
use crate::written::ArgumentReference;

/// Proxies by name and side.
struct Proxies<'r> {
    frontends: FxHashMap<&'r [u8], usize>,
    backends: FxHashMap<&'r [u8], usize>,
}

impl<'r> Proxies<'r> {
    fn new(reading: &'r Reading<'_>) -> Self {
        let mut found = Self {
            frontends: FxHashMap::default(),
            backends: FxHashMap::default(),
        };
        for (index, proxy) in reading.written.proxies.iter().enumerate() {
            let name: &[u8] = &proxy.name;
            if proxy.kind.is_frontend() {
                found.frontends.entry(name).or_insert(index);
            }
            if proxy.kind.is_backend() {
                found.backends.entry(name).or_insert(index);
            }
        }
        found
    }
}

/// Tells the arguments that name what does not exist.
pub(super) fn references(reading: &mut Reading<'_>) {
    declare_tables_of_peers(reading);
    if reading.written.argument_references.is_empty() {
        return;
    }
    let mut told = Vec::new();
    let proxies = Proxies::new(reading);
    for reference in &reading.written.argument_references {
        if reference
            .defaults
            .is_some_and(|defaults| !matters(reading, defaults))
        {
            continue;
        }
        if let Some((message, help)) = fault(reading, &proxies, reference) {
            told.push(
                Diagnostic::alert("unknown-name", message)
                    .at(reference.span)
                    .context(Context::ParsingTight)
                    .help(help),
            );
        }
    }
    groups(reading, &mut told);
    reading.diagnostics.extend(told);
}

/// Tables that stand in `peers` sections are found as `PEERS/TABLE`.
fn declare_tables_of_peers(reading: &mut Reading<'_>) {
    let sections = reading
        .written
        .sections
        .iter()
        .filter(|section| section.keyword == "peers");
    let mut found: Vec<Word> = Vec::new();
    for section in sections {
        for line in section.lines.iter().filter(|line| line.name == "table") {
            if let Some(Value::Text(name)) = line.arguments.first().map(|name| &name.value) {
                found.push(format!("{}/{name}", section.name).into());
            }
        }
    }
    reading.written.tables.extend(found);
}

/// Tells the patterns of `http_auth_group` that are no groups of its userlist.
fn groups(reading: &Reading<'_>, told: &mut Vec<Diagnostic>) {
    let written = &reading.written;
    for proxy in &written.proxies {
        for acl in &proxy.acls.lines {
            groups_of(reading, &proxy.name, acl, told);
        }
    }
    for (index, defaults) in written.defaults.iter().enumerate() {
        if matters(reading, index) {
            for acl in &defaults.acls.lines {
                groups_of(reading, &defaults.name, acl, told);
            }
        }
    }
}

/// Whether what `defaults` name is looked for: since 3.3 always, before that where a section takes them, and they have rules.
fn matters(reading: &Reading<'_>, index: usize) -> bool {
    if reading.dialect.strict && reading.dialect.at_least(3, 3) {
        return true;
    }
    let mut proxies = reading.written.proxies.iter();
    let rules = reading
        .written
        .defaults
        .get(index)
        .map(|defaults| !defaults.rules.is_empty());
    rules == Some(true) && proxies.any(|proxy| proxy.defaults == Some(index))
}

fn groups_of(reading: &Reading<'_>, proxy: &Word, acl: &Acl, told: &mut Vec<Diagnostic>) {
    if acl.sample.fetch.name != "http_auth_group" {
        return;
    }
    let Some(ArgValue::Userlist(name)) = acl.sample.args.first().map(|arg| &arg.value) else {
        return;
    };
    let lists = &reading.written.beside.userlists;
    let Some(list) = lists.iter().find(|list| list.name == *name) else {
        return;
    };
    let known: Vec<&str> = list
        .groups
        .iter()
        .filter_map(|group| std::str::from_utf8(&group.name).ok())
        .collect();
    let mut tell = |what: String, help: String| {
        let message = format!("proxy {proxy}: acl {} http_auth_group(): {what}.", acl.name);
        let alert = Diagnostic::alert("unknown-name", message).at(acl.span);
        told.push(alert.context(Context::Whole).help(help));
    };
    // 2.6 does not find the patterns where it keeps them in a tree.
    let lost = acl.named_matcher && !acl.ignore_case && reading.dialect.strict;
    let compares = match acl.matcher {
        MatchKind::Str => !lost && acl.sample.converters.is_empty(),
        MatchKind::Sub | MatchKind::End | MatchKind::Dir | MatchKind::Dom => true,
        _ => false,
    };
    if !compares || acl.patterns.is_empty() {
        return tell(
            "no groups specified".to_owned(),
            format!("write the names of groups of the userlist '{name}'"),
        );
    }
    for pattern in acl.patterns.iter() {
        let Pattern::Text(group) = pattern else { continue };
        if known.iter().all(|known| known.as_bytes() != group.as_slice()) {
            let help = closest(group, known.iter().copied());
            let help = help.map_or(format!("add to the userlist: group {group}"), |near| {
                format!("did you mean '{near}'?")
            });
            tell(format!("invalid group '{group}'"), help);
        }
    }
}

/// Tells what holds for the mode that proxies turned out to have.
pub(super) fn mode_notes(reading: &mut Reading<'_>, modes: &[Mode]) {
    for note in std::mem::take(&mut reading.written.mode_notes) {
        let mode = modes.get(note.proxy).copied();
        // Neither has requests.
        if mode == Some(note.mode) || (mode == Some(Mode::Log) && note.mode == Mode::Tcp) {
            reading.tell(note.told);
        }
    }
}

/// What is wrong with a reference, and what to do.
fn fault(
    reading: &Reading<'_>,
    proxies: &Proxies<'_>,
    reference: &ArgumentReference,
) -> Option<(String, String)> {
    let written = &reading.written;
    let own = reference.proxy.and_then(|index| written.proxies.get(index));
    let defaults = reference.defaults.and_then(|index| written.defaults.get(index));
    let section = own
        .map(|own| &own.name)
        .or(defaults.map(|defaults| &defaults.name));
    let section = section.cloned().unwrap_or_default();
    let place = place(reference, &section);
    match &reference.value {
        ArgValue::Frontend(name) => side(
            proxies,
            &proxies.frontends,
            name.as_ref(),
            &section,
            own.map(|own| own.kind),
            "frontend",
            &place,
        ),
        ArgValue::Backend(name) => side(
            proxies,
            &proxies.backends,
            name.as_ref(),
            &section,
            own.map(|own| own.kind),
            "backend",
            &place,
        ),
        ArgValue::Table(name) => {
            // What a `defaults` section leaves out is that of each proxy that uses it.
            let name = name.as_ref().or(own.map(|_| &section))?;
            if written.tables.contains(name) {
                return None;
            }
            let help = near(name, written.tables.iter().map(|name| name.as_slice()))
                .unwrap_or_else(|| format!("declare a stick-table in the section '{name}'"));
            Some((format!("unable to find table '{name}' referenced {place}"), help))
        }
        ArgValue::Server { backend, server } => {
            if server.is_empty() && backend.is_none() {
                return Some((
                    format!("missing server name {place}"),
                    "write: BACKEND/SERVER".to_owned(),
                ));
            }
            let farm = match backend {
                Some(name) => {
                    let found = proxies
                        .backends
                        .get(name.as_slice())
                        .and_then(|index| written.proxies.get(*index));
                    let Some(found) = found else {
                        let help = near(name, proxies.backends.keys().copied());
                        let message = format!("unable to find proxy '{name}' referenced {place}");
                        return Some((
                            message,
                            help.unwrap_or_else(|| format!("add a section: backend {name}")),
                        ));
                    };
                    found
                }
                None => own?,
            };
            if written.has_server(farm, server) {
                return None;
            }
            let help = near(server, farm.servers.iter().map(|server| server.name.as_slice()));
            let message = format!(
                "unable to find server '{server}' in proxy '{}', referenced {place}",
                farm.name
            );
            Some((
                message,
                help.unwrap_or_else(|| "write: BACKEND/SERVER".to_owned()),
            ))
        }
        ArgValue::Userlist(name) if name.is_empty() => Some((
            format!("missing userlist name {place}"),
            "name a userlist section".to_owned(),
        )),
        ArgValue::Userlist(name) => {
            if written.beside.userlists.iter().any(|list| list.name == *name) {
                return None;
            }
            let help = near(
                name,
                written.beside.userlists.iter().map(|list| list.name.as_slice()),
            );
            let message = format!("unable to find userlist '{name}' referenced {place}");
            Some((
                message,
                help.unwrap_or_else(|| format!("add a section: userlist {name}")),
            ))
        }
        ArgValue::Regex(text) if text.is_empty() => Some((
            format!("missing regex {place}"),
            "write a regular expression".to_owned(),
        )),
        ArgValue::Regex(text) => {
            let fault = regex_fault(text)?;
            let place = place.strip_suffix('.').unwrap_or(&place);
            let help = "put a backslash before what shall stand for itself".to_owned();
            Some((format!("error in regex '{text}' {place} : {fault}."), help))
        }
        _ => None,
    }
}

/// A proxy that must be of that side.
fn side(
    proxies: &Proxies<'_>,
    of_side: &FxHashMap<&[u8], usize>,
    name: Option<&Word>,
    section: &Word,
    own: Option<ProxyKind>,
    what: &str,
    place: &str,
) -> Option<(String, String)> {
    let Some(name) = name else {
        let fits = match what {
            "frontend" => own?.is_frontend(),
            _ => own?.is_backend(),
        };
        if fits {
            return None;
        }
        let message = format!(
            "proxy '{section}', referenced {} has not {what} capability.",
            comma(place)
        );
        return Some((message, format!("write the name of a {what}")));
    };
    if of_side.contains_key(name.as_slice()) {
        return None;
    }
    let help = near(name, of_side.keys().copied()).unwrap_or_else(|| {
        if proxies.frontends.contains_key(name.as_slice()) || proxies.backends.contains_key(name.as_slice()) {
            format!("'{name}' is no {what}")
        } else {
            format!("add a section: {what} {name}")
        }
    });
    Some((format!("unable to find {what} '{name}' referenced {place}"), help))
}

/// The place with a comma instead of its full stop.
fn comma(place: &str) -> String {
    format!("{},", place.strip_suffix('.').unwrap_or(place))
}

/// `in arg N of … in proxy 'P'.`
fn place(reference: &ArgumentReference, section: &Word) -> String {
    let place = &reference.place;
    let keyword = |kind: &str| match (place.converter, kind) {
        (Some(converter), kind) => format!("conversion keyword '{converter}' for {kind} '{}'", place.fetch),
        (None, kind) => format!("{kind} '{}'", place.fetch),
    };
    let what = match place.place {
        None => keyword("ACL keyword"),
        Some(at) => format!("{} in {at}", keyword("sample fetch keyword")),
    };
    format!("in arg {} of {what} in proxy '{section}'.", reference.number)
}

fn near<'a>(name: &[u8], known: impl Iterator<Item = &'a [u8]>) -> Option<String> {
    let names = known.filter_map(|name| std::str::from_utf8(name).ok());
    closest(name, names).map(|near| format!("did you mean '{near}'?"))
}
