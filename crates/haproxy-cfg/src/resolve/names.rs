//! Names of proxies: duplicates, and the backends that rules name.

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use syntax::{Context, Diagnostic, Severity, closest};

use super::inherit::Inherited;
use super::rules::{Groups, condition};
use crate::model::{Mode, Proxy, ProxyId, SwitchRule, SwitchTarget, Word};
use crate::parse::Reading;
use crate::written::{ProxySection, Reference, ReferenceKind, Set};

/// Backends by name, and the mode of each proxy.
pub(super) struct Names<'w> {
    backends: FxHashMap<&'w [u8], usize>,
    sections: &'w [Box<ProxySection>],
    modes: &'w [Mode],
}

impl<'w> Names<'w> {
    pub(super) fn new(sections: &'w [Box<ProxySection>], modes: &'w [Mode]) -> Self {
        let mut backends = FxHashMap::with_capacity_and_hasher(sections.len(), FxBuildHasher);
        for (index, section) in sections.iter().enumerate() {
            if section.kind.is_backend() {
                backends.entry(section.name.as_slice()).or_insert(index);
            }
        }
        Self {
            backends,
            sections,
            modes,
        }
    }
}

/// Tells proxies that share a name. Frontends and backends were two worlds before 3.3. Before 1.6 even two of a kind were
/// only warned of: a rule that names them meets the first.
pub(super) fn tell_duplicates(reading: &mut Reading<'_>) {
    // The first frontend and the first backend of each name; a listen section is both.
    let proxies = &reading.written.proxies;
    let backends = FxHashMap::with_capacity_and_hasher(proxies.len(), FxBuildHasher);
    let mut seen: [FxHashMap<&[u8], usize>; 2] = [FxHashMap::default(), backends];
    let mut told = Vec::new();
    let both = reading.dialect.strict && reading.dialect.at_least(3, 1);
    for (index, proxy) in proxies.iter().enumerate() {
        let sides = [proxy.kind.is_frontend(), proxy.kind.is_backend()];
        let name = proxy.name.as_slice();
        let before = seen.each_ref().map(|side| side.get(name).copied());
        // Up to 3.0 a listen section is held to frontends alone.
        let of_a_kind = [0, 1]
            .into_iter()
            .filter(|side| sides[*side] && (*side == 0 || !sides[0] || both))
            .find_map(|side| before[side]);
        if let Some(other) = of_a_kind.or(before[0]).or(before[1]) {
            let first = &proxies[other];
            let apart = of_a_kind.is_none();
            let severity = match (apart, reading.dialect.strict) {
                (false, true) if !reading.dialect.at_least(1, 6) => Some(Severity::Warning),
                (false, _) => Some(Severity::Alert),
                (true, _) if !reading.dialect.at_least(3, 3) => None,
                (true, true) => Some(Severity::Alert),
                (true, false) => Some(Severity::Warning),
            };
            if let Some(severity) = severity {
                let (file, at) = reading.sources.locate(first.span);
                let tail = if apart {
                    " This is no longer supported as of 3.3. Please rename one or the other."
                } else {
                    ""
                };
                let message = format!(
                    "{} '{}' has the same name as {} '{}' declared at {file}:{}.{tail}",
                    Reading::proxy_words(proxy.kind),
                    proxy.name,
                    Reading::proxy_words(first.kind),
                    first.name,
                    at.line
                );
                told.push(
                    Diagnostic::new(severity, "duplicate-name", message)
                        .at(proxy.name_span)
                        .context(Context::ParsingTight)
                        .label(first.name_span, "declared here")
                        .help("rename one of them"),
                );
            }
        }
        for side in [0, 1] {
            if sides[side] {
                seen[side].entry(name).or_insert(index);
            }
        }
    }
    reading.diagnostics.extend(told);
}

/// The original's words for a section that is nowhere.
fn undeclared(reading: &Reading<'_>, reference: &Reference) -> String {
    let Reference {
        kind,
        name,
        span,
        proxy,
    } = reference;
    match kind {
        ReferenceKind::Peers => format!("Proxy '{proxy}': unable to find sync peers '{name}'."),
        ReferenceKind::ClientResolvers => {
            format!("Proxy '<HTTPCLIENT>': Can't find resolvers section '{name}' for do-resolve action.")
        }
        ReferenceKind::HttpErrors => {
            let (file, place) = reading.sources.locate(*span);
            format!(
                "proxy '{proxy}': unknown http-errors section '{name}' (at {file}:{}).",
                place.line
            )
        }
    }
}

/// Tells names of sections that were never declared.
pub(super) fn references(reading: &mut Reading<'_>) {
    if reading.written.references.is_empty() {
        return;
    }
    let mut told = Vec::new();
    let declared: FxHashSet<(&str, &Word)> = reading
        .written
        .sections
        .iter()
        .map(|section| (section.keyword, &section.name))
        .collect();
    for reference in &reading.written.references {
        let section = reference.kind.section();
        let name = &reference.name;
        if declared.contains(&(section, name)) {
            continue;
        }
        let known = declared
            .iter()
            .filter(|(keyword, _)| *keyword == section)
            .filter_map(|(_, name)| std::str::from_utf8(name).ok());
        let help = closest(name, known).map_or_else(
            || format!("add a section: {section} {name}"),
            |near| format!("did you mean '{near}'?"),
        );
        let told_one = Diagnostic::alert("unknown-name", undeclared(reading, reference)).at(reference.span);
        told.push(told_one.context(Context::Whole).help(help));
    }
    reading.diagnostics.extend(told);
}

/// Resolves `default_backend` and `use_backend`.
pub(super) fn switches(reading: &mut Reading<'_>, index: usize, proxy: &mut Proxy, names: &Names<'_>) {
    let section = &names.sections[index];
    let default = Inherited::new(reading, section)
        .of(proxy.kind.is_frontend())
        .find_map(|settings| settings.default_backend.clone());
    if let Some(name) = default {
        proxy.default_backend = find(reading, index, &name, names, "default_backend");
    }
    proxy.use_backend.reserve_exact(section.switches.len());
    let groups = Groups::new(&section.acls.groups, 0);
    for switch in &section.switches {
        let backend = match &switch.computed {
            Some(format) => SwitchTarget::Named(format.clone()),
            None => match find(reading, index, &switch.backend, names, "use_backend") {
                Some(backend) => SwitchTarget::Backend(backend),
                None => continue,
            },
        };
        if switch.inert {
            continue;
        }
        let cond = switch.cond.as_ref().map(|cond| condition(cond, &groups));
        proxy.use_backend.push(SwitchRule {
            backend,
            cond,
            span: switch.span,
        });
    }
}

fn find(
    reading: &mut Reading<'_>,
    own: usize,
    name: &Set<Word>,
    names: &Names<'_>,
    keyword: &str,
) -> Option<ProxyId> {
    let section = &names.sections[own];
    let Some(index) = names.backends.get(name.value.as_slice()).copied() else {
        let known = names
            .backends
            .keys()
            .filter_map(|name| std::str::from_utf8(name).ok());
        let near = closest(&name.value, known);
        let message = format!(
            "Proxy '{}': unable to find required {keyword}: '{}'.",
            section.name, name.value
        );
        let help = match near {
            Some(near) => format!("did you mean '{near}'?"),
            None => format!("add a section: backend {}", name.value),
        };
        reading.tell(
            Diagnostic::alert("unknown-backend", message)
                .at(name.span)
                .context(Context::Whole)
                .help(help),
        );
        return None;
    };
    if index == own {
        let message = format!(
            "Proxy '{}': loop detected for {keyword}: '{}'.",
            section.name, name.value
        );
        let told = Diagnostic::alert("backend-loop", message)
            .at(name.span)
            .context(Context::Whole);
        reading.tell(told.help("remove the line: the section's own servers are used anyway"));
        return None;
    }
    // A TCP frontend may hand over to an HTTP backend, not the other way round.
    let (mode, of_other) = (names.modes[own], names.modes[index]);
    if (mode == Mode::Http && of_other == Mode::Tcp) || (of_other == Mode::Log) != (mode == Mode::Log) {
        let other = &names.sections[index];
        let place = |span| {
            let (file, at) = reading.sources.locate(span);
            format!("{file}:{}", at.line)
        };
        let role = if keyword == "use_backend" {
            "in a 'use_backend' rule"
        } else {
            "as its default backend"
        };
        let message = format!(
            "{} {} '{}' ({}) tries to use incompatible {} {} '{}' ({}) {role} (see 'mode').",
            mode.spoken(),
            Reading::proxy_words(section.kind),
            section.name,
            place(section.span),
            of_other.spoken(),
            Reading::proxy_words(other.kind),
            other.name,
            place(other.span),
        );
        reading.tell(
            Diagnostic::alert("mode-mismatch", message)
                .at(name.span)
                .context(Context::Whole)
                .help("give both the same mode"),
        );
        return None;
    }
    u32::try_from(index).ok().map(ProxyId)
}
