//! Section lines, and which row a line belongs to.

use syntax::{Applicability, Context, Diagnostic, Severity, Span, Version, closest};

use super::line::{Line, Prefix, shown};
use super::reading::{Reading, Section, Stray};
use crate::keywords::{GLOBAL_INDEX, Keyword, PROXY_INDEX, Parse, SECTION_INDEX, place};
use crate::lex::Word;
use crate::model::{self, ProxyKind};
use crate::signature;
use crate::written::{Acls, DefaultsSection, ProxySection, SectionLines, Settings};

/// Keywords whose rows do not take part in the section check here, as their parsers word it themselves.
const CHECKED_BY_PARSER: &[&str] = &[
    "block",
    "capture",
    "declare",
    "default-server",
    "server",
    "server-template",
    "stats",
    "tcp-response",
    "filter",
];

/// Reads a line: a section line, or one of the section at hand.
pub(crate) fn line_of_section(reading: &mut Reading<'_>, line: &Line<'_>) {
    let section = SECTION_INDEX.find(&line.keyword().text);
    if let Some(section) = section.filter(|section| !reading.too_new(&section.row)) {
        if line.prefix != Prefix::None {
            not_negatable(reading, line);
        }
        reading.here.section.clear();
        reading
            .here
            .section
            .push_str(&shown(line.arg(0).unwrap_or(line.keyword())));
        return enter(reading, section, line);
    }
    if let Some(stray) = reading.stray.take() {
        refuse_stray(reading, stray);
    }
    match reading.section {
        Section::None => out_of_section(reading, line),
        Section::Broken => {}
        Section::Other(name) => super::sections::line(reading, name, line),
        Section::Global => act(reading, GLOBAL_INDEX.find(&line.keyword().text), line),
        Section::Defaults(_) | Section::Proxy(_) => {
            act(reading, PROXY_INDEX.find(&line.keyword().text), line);
        }
    }
}

/// Reads on in the section that a mistyped word at the start of a line probably stands for; the word itself was told.
pub(super) fn enter_meant(reading: &mut Reading<'_>, line: &Line<'_>) {
    let span = line.keyword().span;
    let Some(file) = reading.sources.file(span.file) else {
        return;
    };
    if line.prefix != Prefix::None || line.arg(0).is_none() || file.position(span.start).column > 1 {
        return;
    }
    // A section of a later version is no slip.
    if SECTION_INDEX.find(&line.keyword().text).is_some() {
        return;
    }
    let meant = closest(&line.keyword().text, SECTION_INDEX.names());
    if let Some(section) = meant.and_then(|name| SECTION_INDEX.find(name.as_bytes())) {
        enter(reading, section, line);
    }
}

fn out_of_section(reading: &mut Reading<'_>, line: &Line<'_>) {
    let word = shown(line.keyword()).into_owned();
    let span = line.keyword().span;
    let later = SECTION_INDEX
        .find(&line.keyword().text)
        .and_then(|section| section.row.since);
    if let Some(since) = later {
        let told = Diagnostic::alert(
            "unknown-section",
            format!("unknown keyword '{word}' out of section."),
        )
        .at(span)
        .context(Context::ParsingTight);
        return reading.tell(told.help(format!("the section came with version {since}")));
    }
    let mut told = Diagnostic::alert(
        "out-of-section",
        format!("unknown keyword '{word}' out of section."),
    )
    .at(span)
    .context(Context::ParsingTight);
    told = match closest(&line.keyword().text, SECTION_INDEX.names()) {
        Some(name) => told.help(format!("did you mean '{name}'?")).fix(
            format!("write '{name}'"),
            span,
            name,
            Applicability::MaybeIncorrect,
        ),
        None => told.help("begin with a section: global, defaults, frontend, backend or listen"),
    };
    reading.tell(told);
    enter_meant(reading, line);
}

fn act(reading: &mut Reading<'_>, keyword: Option<&'static Keyword<Parse>>, line: &Line<'_>) {
    let negatable: &[&[u8]] = &[
        b"option",
        b"log",
        b"busy-polling",
        b"set-dumpable",
        b"strict-limits",
        b"insecure-fork-wanted",
        b"numa-cpu-mapping",
        b"quick-exit",
        b"anonkey",
    ];
    if line.prefix != Prefix::None && !negatable.contains(&&*line.keyword().text) {
        not_negatable(reading, line);
    }
    let Some(keyword) = keyword.filter(|keyword| !reading.too_new(&keyword.row)) else {
        return unknown(reading, line);
    };
    let section = reading.section_word();
    let placed = placed(reading, keyword, line);
    if placed == Placed::Refused
        || !reading.in_language(&keyword.row, Some(line), line.keyword().span, || {
            removed(keyword, line, section)
        })
    {
        return;
    }
    if placed == Placed::Idle {
        let (name, span) = (keyword.row.name, line.keyword().span);
        let told = reading.diagnostics.len();
        if !warns_last(name) {
            ignored(reading, name, span, keyword.row.places);
        }
        without_effect(reading, |reading| carry_out(reading, keyword, line));
        let wrong = reading.diagnostics[told..].iter().any(|told| told.refuses);
        if warns_last(name) && !wrong {
            ignored(reading, name, span, keyword.row.places);
        }
        return;
    }
    carry_out(reading, keyword, line);
}

/// Reads a line that stands where it may.
fn carry_out(reading: &mut Reading<'_>, keyword: &'static Keyword<Parse>, line: &Line<'_>) {
    if keyword.row.arity.min > 0
        && keyword.act.is_none()
        && keyword.signature.is_none()
        && keyword.check.is_none()
        && line.arg(usize::from(keyword.row.arity.min) - 1).is_none()
    {
        let name = keyword.row.name;
        let wanted = keyword.row.arity.min;
        let message = format!("'{name}' expects at least {wanted} argument(s).");
        return reading.alert("missing-argument", line.behind(), message);
    }
    if keyword.is_read_only() {
        reading.tell_read_only(&format!("'{}'", keyword.row.name), line.span());
    }
    if let Some(parse) = keyword.act.or(keyword.check) {
        parse(reading, line);
    } else if let Some(signature) = keyword.signature {
        signature::keep_line(reading, line, keyword.row.name, signature);
    }
}

/// Tells that nothing may stand in front of the keyword.
pub(super) fn not_negatable(reading: &mut Reading<'_>, line: &Line<'_>) {
    let message = "negation/default currently supported only for options, log, busy-polling, set-dumpable, \
                   strict-limits, insecure-fork-wanted and numa-cpu-mapping.";
    reading.alert_tight("not-negatable", line.keyword().span, message);
}

/// The original's words for a keyword that it has dropped.
fn removed(keyword: &Keyword<Parse>, line: &Line<'_>, section: &str) -> String {
    let name = keyword.row.name;
    let since = keyword
        .row
        .removed_in
        .map(|version| version.to_string())
        .unwrap_or_default();
    let instead = keyword.row.replacement;
    match name {
        "clitimeout" | "contimeout" | "srvtimeout" => {
            format!("the '{name}' directive is not supported anymore since HAProxy {since}. Use '{instead}'.")
        }
        "redispatch" | "redisp" => {
            format!(
                "keyword '{name}' directive is not supported anymore since HAProxy {since}. Use '{instead}'."
            )
        }
        "nbproc" => format!(
            "nbproc is not supported any more since HAProxy {since}. Threads will automatically be used on \
             multi-processor machines if available."
        ),
        "tune.chksize" => {
            "option 'tune.chksize' is not supported any more (tune.bufsize is used instead).".to_owned()
        }
        "debug" | "nosepoll" | "node-name" => format!("unknown keyword '{name}' in 'global' section"),
        "appsession" => format!("'appsession' is not supported anymore since HAProxy {since}."),
        "grace" => format!("the 'grace' keyword is not supported any more since HAProxy version {since}."),
        "block" => format!(
            "The '{name}' directive is not supported anymore since HAProxy {since}. Use '{instead}' which uses the \
             exact same syntax."
        ),
        "reqdeny" => {
            format!("The '{name}' not supported anymore since HAProxy {since}. Use '{instead}' instead.")
        }
        "reqpass" => format!("The '{name}' not supported anymore since HAProxy {since}."),
        "reqipass" => format!("The '{name}' directive is not supported anymore since HAProxy {since}."),
        "reqsetbe" | "reqisetbe" => format!("unknown keyword '{name}' in '{section}' section"),
        "reqirep" => format!(
            "The '{name}' directive is not supported anymore since HAProxy {since}. Use 'http-request \
             replace-header' instead."
        ),
        "monitor-net" => format!(
            "'{name}' doesn't exist anymore. Please use 'http-request return status 200 if {{ src {} }}' instead.",
            line.arg(0).map(shown).unwrap_or_default()
        ),
        // The blank in front of the full stop is the original's own.
        "rspdel" => {
            format!(
                "The '{name}' directive is not supported anymore since HAProxy {since}. Use '{instead}' ."
            )
        }
        "reqrep" => format!(
            "The '{name}' directive is not supported anymore since HAProxy {since}. Use 'http-request replace-path', \
             'http-request replace-uri' or 'http-request replace-header' instead."
        ),
        _ if instead.is_empty() => {
            format!("The '{name}' directive is not supported anymore since HAProxy {since}.")
        }
        _ => format!(
            "The '{name}' directive is not supported anymore since HAProxy {since}. Use '{instead}' instead."
        ),
    }
}

fn unknown(reading: &mut Reading<'_>, line: &Line<'_>) {
    let word = shown(line.keyword()).into_owned();
    let section = reading.section_word();
    let span = line.keyword().span;
    let names: Vec<&'static str> = match reading.section {
        Section::Global => GLOBAL_INDEX.names().chain(SECTION_INDEX.names()).collect(),
        _ => PROXY_INDEX.names().chain(SECTION_INDEX.names()).collect(),
    };
    let mut told = Diagnostic::alert(
        "unknown-keyword",
        format!("unknown keyword '{word}' in '{section}' section"),
    );
    told = told.at(span);
    let index = if reading.section == Section::Global {
        &GLOBAL_INDEX
    } else {
        &PROXY_INDEX
    };
    let row = index.find(&line.keyword().text);
    if let Some(later) = reading.came_later(row.and_then(|row| row.row.since)) {
        told = told.help(later);
    } else if let Some(name) = closest(&line.keyword().text, names) {
        told = told.help(format!("did you mean '{name}'?")).fix(
            format!("write '{name}'"),
            span,
            name,
            Applicability::MaybeIncorrect,
        );
    } else if reading.section == Section::Global && PROXY_INDEX.find(&line.keyword().text).is_some() {
        told = told.help("this keyword belongs into a defaults, frontend, backend or listen section");
    } else if GLOBAL_INDEX.find(&line.keyword().text).is_some() {
        told = told.help("this keyword belongs into the global section");
    }
    reading.tell(told);
    enter_meant(reading, line);
}

/// Whether a keyword may stand where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Placed {
    Here,
    /// The proxy's kind makes it meaningless: it is only checked.
    Idle,
    Refused,
}

/// Keywords that only a section with servers takes, defaults included.
const OF_BACKENDS: &[&str] = &["hash-preserve-affinity", "retry-on", "use-fcgi-app"];

/// Reads something for its faults alone: what it would change in the section at hand stays as it was, but for what is judged
/// of every proxy once all is read.
pub(super) fn without_effect(reading: &mut Reading<'_>, read: impl FnOnce(&mut Reading<'_>)) {
    let (Section::Proxy(index), lines) = (reading.section, reading.kept_lines()) else {
        return read(reading);
    };
    let real = &mut reading.written.proxies[index];
    let mut blank = Box::new(ProxySection::new(
        real.name.clone(),
        real.kind,
        real.span,
        real.name_span,
    ));
    // Conditions may name what the section declares.
    blank.acls = std::mem::take(&mut real.acls);
    let mut real = std::mem::replace(real, blank);
    read(reading);
    let blank = &mut reading.written.proxies[index];
    real.acls = std::mem::take(&mut blank.acls);
    real.idle_binds |= !blank.binds.is_empty();
    real.switches.append(&mut blank.switches);
    real.settings.judge_too(std::mem::take(&mut blank.settings));
    *blank = real;
    reading.keep_only(lines);
}

/// Whether a keyword may stand here; tells when not.
fn placed(reading: &mut Reading<'_>, keyword: &Keyword<Parse>, line: &Line<'_>) -> Placed {
    let here = reading.place();
    let name = keyword.row.name;
    if keyword.row.places & here != 0 || CHECKED_BY_PARSER.contains(&name) {
        return Placed::Here;
    }
    let span = line.keyword().span;
    if OF_BACKENDS.contains(&name) {
        let message = format!("'{name}' only available in backend or listen section");
        let told = Diagnostic::alert("not-in-frontend", message).at(span);
        reading.tell(told.help("move it into a backend"));
        return Placed::Refused;
    }
    if matches!(name, "be-unpublished" | "force-be-switch") && here & place::DEFAULTS == 0 {
        let side = if name == "be-unpublished" {
            "backend"
        } else {
            "frontend"
        };
        let message = format!("'{name}' only available in {side} or listen section.");
        let told = Diagnostic::alert("not-in-section", message).at(span);
        reading.tell(told.help(format!("move it into a {side}")));
        return Placed::Refused;
    }
    if here & place::DEFAULTS != 0 {
        let anonymous = here == place::ANONYMOUS_DEFAULTS && keyword.row.places & place::NAMED_DEFAULTS != 0;
        let word = if anonymous { "anonymous " } else { "" };
        // Tables of defaults are refused in words of their own.
        let refusal = if name == "stick-table" {
            "is not supported"
        } else {
            "not allowed"
        };
        let message = format!("'{name}' {refusal} in {word}'defaults' section.");
        let told = Diagnostic::alert("not-in-defaults", message).at(span);
        let help = if anonymous {
            "give the defaults section a name, or move the line into the proxies"
        } else {
            "move the line into the proxies that need it"
        };
        reading.tell(told.help(help));
        return Placed::Refused;
    }
    Placed::Idle
}

/// Keywords whose words of being meaningless are of their own, and come last.
fn warns_last(name: &str) -> bool {
    name.starts_with("clitcpka-")
        || name == "log-steps"
        || name.starts_with("srvtcpka-")
        || matches!(name, "max-keep-alive-queue" | "rate-limit")
}

/// Warns that the proxy lacks the capability that a keyword or an option needs.
pub(super) fn ignored(reading: &mut Reading<'_>, name: &str, span: Span, places: u32) {
    let Some(proxy) = reading.proxy_ref() else { return };
    let kind = Reading::proxy_words(proxy.kind);
    let lacks = if proxy.kind == ProxyKind::Backend {
        "frontend"
    } else {
        "backend"
    };
    let hint = match name {
        "maxconn" => " Maybe you want 'fullconn' instead ?",
        "fullconn" => " Maybe you want 'maxconn' instead ?",
        _ => "",
    };
    let proxy_name = proxy.name.to_string();
    let spoken = if name == "rate-limit" {
        "rate-limit sessions"
    } else {
        name
    };
    let message = if warns_last(name) {
        format!("{spoken} will be ignored because {kind} '{proxy_name}' has no {lacks} capability")
    } else {
        format!("'{name}' ignored because {kind} '{proxy_name}' has no {lacks} capability.{hint}")
    };
    let told = Diagnostic::warning("ignored-keyword", message).at(span);
    let wants = if places & place::FRONTEND != 0 {
        "frontend"
    } else {
        "backend"
    };
    reading.tell(told.help(format!("move it into a {wants}, or remove it")));
}

/// A global section may stand anywhere, but what sections before it have read of it they do not read again.
fn late_global(reading: &mut Reading<'_>, line: &Line<'_>) {
    let other = reading
        .written
        .sections
        .iter()
        .find(|section| section.keyword != "global");
    if let Some(other) = other.map(|section| section.span) {
        let message = "global section detected after a non-global one, the prevalence of their statements is unspecified";
        reading.suspect(
            Diagnostic::warning("late-global", message)
                .at(line.span())
                .label(other, "the first section that is not global")
                .help("move it to the beginning"),
        );
    }
}

fn enter(reading: &mut Reading<'_>, section: &'static Keyword<()>, line: &Line<'_>) {
    let name = section.row.name;
    end(reading);
    reading.section = Section::Broken;
    reading.written.sections.push(SectionLines {
        keyword: name,
        name: line
            .arg(0)
            .map(|word| model::Word::from(&*word.text))
            .unwrap_or_default(),
        span: line.span(),
        lines: Vec::new(),
    });
    match name {
        "global" => {
            reading.section = Section::Global;
            late_global(reading, line);
            reading.at_most(line, 0);
        }
        "defaults" => defaults(reading, line),
        "frontend" => proxy(reading, line, ProxyKind::Frontend),
        "backend" => proxy(reading, line, ProxyKind::Backend),
        "listen" => proxy(reading, line, ProxyKind::Listen),
        _ => super::sections::enter(reading, section, line),
    }
}

/// The name behind `from` at argument `at`, resolved to a defaults section.
fn from(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    at: usize,
    of: impl FnOnce() -> String,
) -> Result<Option<usize>, ()> {
    let Some(word) = line.arg(at).filter(|word| &*word.text == b"from") else {
        return Ok(None);
    };
    let of = of();
    let Some(wanted) = line.arg(at + 1) else {
        reading.tell(
            Diagnostic::alert(
                "missing-name",
                format!("'from' expects the name of a defaults section for {of}."),
            )
            .at(word.span)
            .help("write: from NAME"),
        );
        return Err(());
    };
    let name = shown(wanted).into_owned();
    let mut found = None;
    let mut several = None;
    for (index, defaults) in reading.written.defaults.iter().enumerate() {
        if *defaults.name == *wanted.text {
            if let Some(first) = found {
                several = Some((first, index));
            }
            found = Some(index);
        }
    }
    if let Some((mut first, mut second)) = several {
        // Newer versions look from the end.
        if reading.dialect.at_least(3, 1) {
            (first, second) = (second, first);
        }
        let place = |index: usize| {
            let (file, at) = reading.sources.locate(reading.written.defaults[index].span);
            format!("{file}:{}", at.line)
        };
        let message = format!(
            "ambiguous defaults section name '{name}' referenced by {of} exists at least at {} and {}.",
            place(first),
            place(second)
        );
        let told = Diagnostic::alert("ambiguous-defaults", message).at(wanted.span);
        let told = told.help("rename one of them");
        let refuses = !only_said(reading.dialect);
        reading.tell(told.refusing(refuses));
        return Err(());
    }
    if found.is_none() {
        let known = reading
            .written
            .defaults
            .iter()
            .filter_map(|defaults| std::str::from_utf8(&defaults.name).ok());
        let near = closest(&wanted.text, known).map(|near| format!("did you mean '{near}'?"));
        let message = format!("defaults section '{name}' not found for {of}.");
        let mut told = Diagnostic::alert("unknown-defaults", message).at(wanted.span);
        told.help = near.or_else(|| Some("declare it before it is used".to_owned()));
        reading.tell(told);
        return Err(());
    }
    Ok(found)
}

fn defaults(reading: &mut Reading<'_>, line: &Line<'_>) {
    // Alone, `from` is a name like any other.
    let named = line
        .arg(0)
        .filter(|word| &*word.text != b"from" || line.arg(1).is_none());
    let name: model::Word = named.map(|word| word.text.to_vec()).unwrap_or_default().into();
    let at = usize::from(named.is_some());
    let parent = from(reading, line, at, || format!("defaults '{name}'"));
    let expected = if matches!(parent, Ok(Some(_)) | Err(())) {
        at + 2
    } else {
        at
    };
    if let Some(extra) = line.arg(expected) {
        // The original reads over it.
        let message = format!("'defaults' ignores the argument '{}'.", shown(extra));
        reading.tell(
            Diagnostic::warning("extra-argument", message)
                .at(extra.span)
                .help("remove it, or write: from NAME"),
        );
    }
    let lines = reading.written.sections.len() - 1;
    reading.section = Section::Defaults(reading.written.defaults.len());
    reading.written.defaults.push(DefaultsSection {
        lines,
        name,
        span: line.span(),
        used: [false; 2],
        parent: parent.unwrap_or(None),
        settings: Settings::default(),
        acls: Acls::default(),
        rules: Vec::new(),
    });
}

/// Tells a use of a defaults section by its name where another one is by its place, or the other way round.
fn mixed_use(reading: &mut Reading<'_>, defaults: Option<usize>, by_name: bool, span: Span) {
    let Some(defaults) = defaults.and_then(|index| reading.written.defaults.get_mut(index)) else {
        return;
    };
    defaults.used[usize::from(by_name)] = true;
    if defaults.used != [true; 2] {
        return;
    }
    let (declared, name) = (defaults.span, defaults.name.to_string());
    let (file, at) = reading.sources.locate(declared);
    let message = format!(
        "defaults section '{name}' (declared at {file}:{}) is explicitly referenced by another proxy and implicitly \
         used here. To avoid any ambiguity don't mix both usage. Add a last defaults section not explicitly used or \
         always use explicit references.",
        at.line
    );
    let told = Diagnostic::alert("mixed-defaults", message)
        .at(span)
        .label(declared, "declared here")
        .refusing(false)
        .context(Context::ParsingTight);
    reading.tell(told.help(format!("write 'from {name}' in every section that uses it")));
}

fn proxy(reading: &mut Reading<'_>, line: &Line<'_>, kind: ProxyKind) {
    let keyword = shown(line.keyword());
    let Some(name) = line.arg(0) else {
        return reading.tell(
            Diagnostic::alert("missing-name", format!("'{keyword}' expects an <id> argument"))
                .at(line.behind())
                .help(format!("write: {keyword} NAME")),
        );
    };
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if let Some(wrong) = name.text.iter().find(|byte| !allowed(byte)) {
        let wrong = String::from_utf8_lossy(std::slice::from_ref(wrong)).into_owned();
        let message = format!(
            "character '{wrong}' is not permitted in '{keyword}' name '{}'.",
            shown(name)
        );
        let told = Diagnostic::alert("bad-name", message).at(name.span);
        let told = told.help("use letters, digits, '-', '_', '.' and ':'");
        let refuses = !only_said(reading.dialect);
        reading.tell(told.refusing(refuses));
    }
    let strict = reading.dialect.strict && reading.dialect.at_least(1, 6);
    let inherits = line.arg(1).is_some_and(|word| &*word.text == b"from");
    // To the original, `from` alone is a word like any other.
    let behind = if inherits && (!strict || line.arg(2).is_some()) {
        3
    } else {
        1
    };
    let of = || format!("{} '{}'", Reading::proxy_words(kind), shown(name));
    let parent = match behind {
        3 if line.arg(3).is_none() || !strict => from(reading, line, 1, of).unwrap_or(None),
        _ => None,
    };
    let defaults = parent.or_else(|| reading.written.defaults.len().checked_sub(1));
    mixed_use(reading, defaults, parent.is_some(), line.span());
    let mut section = Box::new(ProxySection::new(
        (&*name.text).into(),
        kind,
        line.span(),
        name.span,
    ));
    section.defaults = defaults;
    section.lines = reading.written.sections.len() - 1;
    reading.section = Section::Proxy(reading.written.proxies.len());
    reading.written.proxies.push(section);
    match line.arg(behind) {
        Some(word) if strict => stray(reading, line, word, kind, behind),
        Some(address) => address_on_section_line(reading, line, address, behind),
        None => {}
    }
}

/// Whether the version says what is wrong with the line of a proxy, and starts all the same: 3.3 and 3.4, as seen in 3.4.7.
fn only_said(dialect: crate::Dialect) -> bool {
    dialect.strict && dialect.at_least(3, 3) && !dialect.at_least(3, 5)
}

/// Tells a word too many on the line of a proxy. Up to 3.1 the original forgets the section then: the file is refused only where lines
/// follow, which it has no section for.
fn stray(reading: &mut Reading<'_>, line: &Line<'_>, word: &Word<'_>, kind: ProxyKind, at: usize) {
    let message = format!(
        "'{}' cannot handle unexpected argument '{}'.",
        shown(line.keyword()),
        shown(word)
    );
    let told = Diagnostic::alert("extra-argument", message).at(word.span);
    let extra = told.help("remove it, or write: from NAME");
    let at_once = reading.dialect.at_least(3, 2);
    if at_once {
        let told = match kind {
            ProxyKind::Backend => extra,
            _ => address_told(reading, line, word, at, Severity::Alert),
        };
        reading.tell(told);
        reading.stray = Some(Stray::Refused);
        return;
    }
    if at == 3 {
        reading.tell(extra.clone());
    }
    if kind == ProxyKind::Backend {
        reading.stray = Some(Stray::Silent(extra)).filter(|_| at == 1);
    } else {
        let told = address_told(reading, line, word, at, Severity::Alert).refusing(false);
        reading.stray = Some(Stray::Told(reading.diagnostics.len()));
        reading.tell(told);
    }
}

/// Refuses a section with a word too many on its own line, as a line follows in it.
fn refuse_stray(reading: &mut Reading<'_>, stray: Stray) {
    match stray {
        Stray::Silent(told) => reading.tell(told),
        Stray::Refused => {}
        Stray::Told(index) => {
            if let Some(told) = reading.diagnostics.get_mut(index) {
                told.refuses = true;
            }
        }
    }
}

/// Ends the section at hand. One with a word too many on its own line, and nothing in it, is none at all.
pub(crate) fn end(reading: &mut Reading<'_>) {
    let Some(stray) = reading.stray.take() else { return };
    if let Stray::Silent(told) = stray {
        let told = Diagnostic {
            severity: Severity::Warning,
            ..told.refusing(false)
        };
        reading.tell(told);
    }
    reading.written.proxies.pop();
    reading.section = Section::None;
}

/// `listen NAME ADDR:PORT`: the address of old dialects stands on the section line, and options of `bind` may follow it.
fn address_on_section_line(reading: &mut Reading<'_>, line: &Line<'_>, address: &Word<'_>, at: usize) {
    let backend = reading
        .proxy_ref()
        .is_some_and(|proxy| proxy.kind == ProxyKind::Backend);
    if backend {
        let message = format!(
            "'backend' cannot handle unexpected argument '{}'.",
            shown(address)
        );
        let told = Diagnostic::alert("extra-argument", message).at(address.span);
        return reading.tell(told.help("remove it, or write: from NAME"));
    }
    let wants = crate::values::Wants::streams(reading.dialect);
    let readable = crate::values::bind_addresses(&address.text, reading.host, wants).is_ok();
    let severity = if !readable {
        Some(Severity::Alert)
    } else {
        let (warned, removed) = (Version::new(1, 5), Version::new(1, 6));
        reading.dialect.of_old_form(Some(warned), Some(removed))
    };
    if let Some(severity) = severity {
        let told = address_told(reading, line, address, at, severity);
        reading.tell(told);
    }
    if severity != Some(Severity::Alert)
        && let Some(tail) = line.tail(at + 1)
    {
        super::bind::bind(reading, &tail);
    }
}

/// What is said of an address on a section line.
fn address_told(
    reading: &Reading<'_>,
    line: &Line<'_>,
    address: &Word<'_>,
    at: usize,
    severity: Severity,
) -> Diagnostic {
    let end = line.span();
    let insert = Span::new(end.file, end.end, end.end);
    let behind_name = line.args().get(at - 1).map_or(address.span, |word| word.span);
    let remove = Span::new(end.file, behind_name.end, end.end);
    let rest = String::from_utf8_lossy(reading.sources.text(address.span.to(end))).into_owned();
    let message = "please use the 'bind' keyword for listening addresses.";
    let told = Diagnostic::new(severity, "address-on-section-line", message)
        .at(address.span)
        .help(format!("write the address on its own line: bind {rest}"));
    if insert.file != remove.file {
        return told;
    }
    told.fix(
        "move the address to a bind line",
        remove,
        format!("\n    bind {rest}"),
        Applicability::Safe,
    )
}
