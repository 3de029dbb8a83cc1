//! The state of a reading: where we are, what was read, what is to be told.

use std::borrow::Cow;
use std::collections::HashSet;

use syntax::{Context, Diagnostic, KeywordRow, Severity, SourceMap, Span, Status};

use super::legacy;
use super::line::Line;
use super::spoe::SpoeReading;
use crate::dialect::Dialect;
use crate::dump::Dump;
use crate::environment::{Here, Variables};
use crate::host::Host;
use crate::keywords::place;
use crate::lex::{Environment, Word, origins};
use crate::load::LoadOptions;
use crate::model::{Arg, CaptureSlot, Mode, ProxyKind};
use crate::signature::Given;
use crate::written::{
    Acls, ArgumentReference, DefaultsSection, FcgiWritten, ModeNote, MoreOfSection, ProxySection, Reference,
    ReferenceKind, ReferencePlace, Rule, Settings, Written,
};

/// The section that lines belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Before any section line.
    None,
    Global,
    /// Index into [`Written::defaults`].
    Defaults(usize),
    /// Index into [`Written::proxies`].
    Proxy(usize),
    /// One that is only read.
    Other(&'static str),
    /// One whose own line was wrong: its lines are not complained about one by one.
    Broken,
}

/// A word too many on the line of the proxy at hand, in which no line stands yet.
#[derive(Debug)]
pub(crate) enum Stray {
    /// What is told of it once a line follows.
    Silent(Diagnostic),
    /// It is told already, by the diagnostic of that number.
    Told(usize),
    /// It is refused already.
    Refused,
}

/// A reading in progress.
pub(crate) struct Reading<'h> {
    pub(crate) host: &'h dyn Host,
    pub(crate) dialect: Dialect,
    pub(crate) options: LoadOptions,
    pub(crate) sources: SourceMap,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) written: Written,
    pub(crate) section: Section,
    pub(crate) stray: Option<Stray>,
    /// The file of a filter's engine, while it is read: ACLs are those of its messages then.
    pub(crate) spoe: Option<Box<SpoeReading>>,
    /// What is to be written down of the lines read.
    pub(crate) dump: Option<Dump>,
    /// The words of the lines read, where they are asked for.
    pub(crate) lines: Option<Vec<Vec<crate::load::ReadWord>>>,
    /// Environment variables.
    pub(crate) variables: Variables,
    /// The pseudo variables `.FILE`, `.LINE` and `.SECTION` of the line at hand.
    pub(crate) here: Here,
    /// An empty word was told, with all there is to say of such words.
    pub(crate) told_of_empty_words: bool,
    /// Keywords that were told to be read only.
    pub(crate) told: HashSet<String>,
    /// Options of lines that were told to be read only, with the words for those lines.
    told_options: HashSet<(&'static str, &'static str)>,
    /// The room of what stood in front of what was said of the last server.
    pub(crate) server_lead: String,
    /// Where lines outside of defaults and proxies put what they give.
    nowhere: Settings,
}

impl<'h> Reading<'h> {
    pub(crate) fn new(host: &'h dyn Host, dialect: Dialect, options: LoadOptions) -> Self {
        Self {
            host,
            dialect,
            dump: options.dump.map(Dump::new),
            lines: options.lines.then(Vec::new),
            options,
            sources: SourceMap::default(),
            diagnostics: Vec::new(),
            written: Written::default(),
            section: Section::None,
            stray: None,
            spoe: None,
            variables: Variables::default(),
            here: Here::default(),
            told_of_empty_words: false,
            told: HashSet::new(),
            told_options: HashSet::new(),
            server_lead: String::new(),
            nowhere: Settings::default(),
        }
    }

    /// Takes a finding in. An alert that says nothing about what to write gets what holds for all of its code.
    pub(crate) fn tell(&mut self, mut diagnostic: Diagnostic) {
        if diagnostic.severity == Severity::Alert && diagnostic.help.is_none() && diagnostic.fixes.is_empty()
        {
            diagnostic.help = Some(general_help(diagnostic.code).to_owned());
        }
        self.diagnostics.push(diagnostic);
    }

    /// Keeps a line of the section at hand whose arguments were read by a signature.
    pub(crate) fn keep(&mut self, given: Given) {
        if let Some(section) = self.written.sections.last_mut() {
            // Most sections of a large file keep one line.
            if section.lines.is_empty() {
                section.lines.reserve_exact(1);
            }
            section.lines.push(given);
        }
    }

    /// Whether the verdict of a version before that one is asked for.
    pub(crate) fn spoken_before(&self, major: u16, minor: u16) -> bool {
        self.dialect.strict && !self.dialect.at_least(major, minor)
    }

    /// Tells what is merely suspicious, which must be asked for (`-dD`).
    pub(crate) fn suspect(&mut self, diagnostic: Diagnostic) {
        if self.options.diagnostics {
            self.tell(Diagnostic {
                severity: Severity::Diag,
                ..diagnostic
            });
        }
    }

    /// How many lines of the section at hand are kept.
    pub(crate) fn kept_lines(&self) -> usize {
        self.written
            .sections
            .last()
            .map_or(0, |section| section.lines.len())
    }

    /// Forgets the lines of the section at hand behind the first `count`, but for those of checks and listeners, which are judged
    /// everywhere.
    pub(crate) fn keep_only(&mut self, count: usize) {
        if let Some(section) = self.written.sections.last_mut() {
            let mut at = 0;
            section.lines.retain(|given| {
                at += 1;
                at <= count || matches!(given.name, "http-check" | "tcp-check" | "bind")
            });
        }
    }

    /// An alert at `span`.
    pub(crate) fn alert(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.tell(Diagnostic::alert(code, message).at(span));
    }

    /// Says that the option `name` of a kind of line is read only; once for each.
    pub(crate) fn tell_read_only_of(&mut self, name: &'static str, of: &'static str, span: Span) {
        if self.told_options.insert((name, of)) {
            let message = format!("'{name}'{of} is read but not acted on yet.");
            self.tell(Diagnostic::warning("read-only", message).at(span));
        }
    }

    /// Says that `name`, in words of its own, is read only; once for each.
    pub(crate) fn tell_read_only(&mut self, name: &str, span: Span) {
        self.settings().read_only.push(name.to_owned());
        if self.told.contains(name) {
            return;
        }
        self.told.insert(name.to_owned());
        let message = format!("{name} is read but not acted on yet.");
        self.tell(Diagnostic::warning("read-only", message).at(span));
    }

    /// Tells what the versions say of a keyword. Gives false when it must not be acted on.
    ///
    /// `removed` words the original's refusal, which ours repeats as a warning.
    pub(crate) fn in_language(
        &mut self,
        row: &KeywordRow,
        line: Option<&Line<'_>>,
        span: Span,
        removed: impl FnOnce() -> String,
    ) -> bool {
        let version = self.dialect.version;
        if let Some(since) = row.removed_in.filter(|since| *since <= version) {
            let acted_on = row.status == Status::Implemented;
            let told = legacy::removal(self, row.name, since, acted_on, removed()).at(span);
            let told = legacy::with_modern_form(self, told, line, row.replacement);
            self.tell(told);
            if !acted_on {
                // Said above already.
                self.told.insert(format!("'{}'", row.name));
                self.told.insert(format!("'option {}'", row.name));
            }
            return !self.dialect.strict;
        }
        // `bind-process` says so itself once its arguments are read.
        let deprecated = row.deprecated_since.filter(|_| row.name != "bind-process");
        if let Some(since) = deprecated.filter(|since| *since <= version) {
            let message = format!("'{}' is deprecated since version {since}.", row.name);
            let told = Diagnostic::warning("deprecated-keyword", message).at(span);
            let told = legacy::with_modern_form(self, told, line, row.replacement);
            self.tell(told);
        }
        true
    }

    /// Where the bytes `part` of what `word` means were written, however it was quoted; the place of the whole word where
    /// that cannot be said.
    pub(crate) fn part(&self, word: &Word<'_>, part: std::ops::Range<usize>) -> Span {
        let written = self.sources.text(word.span);
        let Some(origins) = origins(written, &word.text, self) else {
            return word.span;
        };
        let Some(first) = origins.get(part.start) else {
            return Span::new(word.span.file, word.span.end, word.span.end);
        };
        let last = part.end.checked_sub(1).filter(|last| *last >= part.start);
        let end = last
            .and_then(|last| origins.get(last))
            .map_or(first.0, |last| last.1);
        Span::new(word.span.file, word.span.start + first.0, word.span.start + end)
    }

    /// Whether a row's keyword is not yet of a strict dialect's version.
    pub(crate) fn too_new(&self, row: &KeywordRow) -> bool {
        self.dialect.strict && row.since.is_some_and(|since| since > self.dialect.version)
    }

    /// What there is to say of a name that the dialect at hand does not know, when a newer version does.
    pub(crate) fn came_later(&self, since: Option<syntax::Version>) -> Option<String> {
        since
            .filter(|since| self.dialect.strict && *since > self.dialect.version)
            .map(|since| format!("it came with version {since}"))
    }

    /// The bits of [`place`] of the section at hand.
    pub(crate) fn place(&self) -> u32 {
        match self.section {
            Section::None | Section::Broken => 0,
            Section::Global => place::GLOBAL,
            Section::Defaults(index) if self.written.defaults[index].name.is_empty() => {
                place::ANONYMOUS_DEFAULTS
            }
            Section::Defaults(_) => place::NAMED_DEFAULTS,
            Section::Proxy(index) => match self.written.proxies[index].kind {
                ProxyKind::Frontend => place::FRONTEND,
                ProxyKind::Backend => place::BACKEND,
                ProxyKind::Listen => place::LISTEN,
            },
            Section::Other(_) => place::OTHER,
        }
    }

    /// The name of the section's keyword, for messages.
    pub(crate) fn section_word(&self) -> &'static str {
        match self.section {
            Section::None | Section::Broken => "",
            Section::Global => "global",
            Section::Defaults(_) => "defaults",
            Section::Proxy(index) => match self.written.proxies[index].kind {
                ProxyKind::Frontend => "frontend",
                ProxyKind::Backend => "backend",
                ProxyKind::Listen => "listen",
            },
            Section::Other(name) => name,
        }
    }

    /// The section at hand as rules' messages name it: `frontend 'x'`, `proxy 'x'`, `defaults 'x'`.
    pub(crate) fn section_words(&self) -> String {
        match self.section {
            Section::Defaults(index) => format!("defaults '{}'", self.written.defaults[index].name),
            Section::Proxy(index) => {
                let proxy = &self.written.proxies[index];
                format!("{} '{}'", Self::proxy_words(proxy.kind), proxy.name)
            }
            _ => self.section_word().to_owned(),
        }
    }

    /// The name of the section at hand.
    pub(crate) fn own_name(&self) -> Vec<u8> {
        match self.section {
            Section::Proxy(index) => self.written.proxies[index].name.to_vec(),
            Section::Defaults(index) => self.written.defaults[index].name.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Adds a slot for captures to the section at hand. Gives its number; none in sections without slots of their own.
    pub(crate) fn add_capture(&mut self, request: bool, slot: CaptureSlot) -> Option<i64> {
        let Section::Proxy(index) = self.section else {
            return None;
        };
        let captures = self.written.captures.entry(index).or_default();
        let slots = if request {
            &mut captures.request
        } else {
            &mut captures.response
        };
        slots.push(slot);
        i64::try_from(slots.len() - 1).ok()
    }

    /// Whether what is for frontends may stand here.
    pub(crate) fn has_frontend_side(&self) -> bool {
        self.place() != place::BACKEND
    }

    /// Whether what is for backends may stand here.
    pub(crate) fn has_backend_side(&self) -> bool {
        self.place() != place::FRONTEND
    }

    /// A place as the original words it in messages about the whole: `Parsing [FILE:LINE]`.
    pub(crate) fn parsing(&self, span: Span) -> String {
        let (file, at) = self.sources.locate(span);
        format!("Parsing [{file}:{}]", at.line)
    }

    /// The settings that a line of `defaults` or of a proxy fills.
    pub(crate) fn settings(&mut self) -> &mut Settings {
        match self.section {
            Section::Defaults(index) => &mut self.written.defaults[index].settings,
            Section::Proxy(index) => &mut self.written.proxies[index].settings,
            _ => &mut self.nowhere,
        }
    }

    pub(crate) fn proxy(&mut self) -> Option<&mut ProxySection> {
        match self.section {
            Section::Proxy(index) => self.written.proxies.get_mut(index).map(|proxy| &mut **proxy),
            _ => None,
        }
    }

    pub(crate) fn proxy_ref(&self) -> Option<&ProxySection> {
        match self.section {
            Section::Proxy(index) => self.written.proxies.get(index).map(|proxy| &**proxy),
            _ => None,
        }
    }

    /// ACLs and rules of the section at hand, where it may have them.
    pub(crate) fn ruled(&mut self) -> Option<(&mut Acls, &mut Vec<Rule>)> {
        if let Some(spoe) = &mut self.spoe {
            return spoe.ruled();
        }
        match self.section {
            Section::Defaults(index) => {
                let DefaultsSection { acls, rules, .. } = self.written.defaults.get_mut(index)?;
                Some((acls, rules))
            }
            Section::Proxy(index) => {
                let MoreOfSection { acls, rules, .. } = &mut *self.written.proxies.get_mut(index)?.more;
                Some((acls, rules))
            }
            Section::Other("fcgi-app") => {
                let FcgiWritten { acls, rules, .. } = self.written.fcgi_apps.last_mut()?;
                Some((acls, rules))
            }
            _ => None,
        }
    }

    /// Tells the first argument beyond `max`; gives false when there is one.
    pub(crate) fn at_most(&mut self, line: &Line<'_>, max: usize) -> bool {
        let keyword = super::line::shown(line.keyword()).into_owned();
        self.at_most_of(line, max, &keyword)
    }

    /// The same, in the name of `keyword`.
    pub(crate) fn at_most_of(&mut self, line: &Line<'_>, max: usize, keyword: &str) -> bool {
        let Some(extra) = line.arg(max) else { return true };
        let (shown, span) = (super::line::shown(extra).into_owned(), extra.span);
        let message = format!("'{keyword}' cannot handle unexpected argument '{shown}'.");
        self.tell(
            Diagnostic::alert("extra-argument", message)
                .at(span)
                .help("remove it"),
        );
        false
    }

    /// Remembers a name that must be declared somewhere.
    pub(crate) fn refer(&mut self, kind: ReferenceKind, name: &[u8], span: Span) {
        let proxy = self
            .proxy_ref()
            .map(|proxy| proxy.name.clone())
            .unwrap_or_default();
        self.written.references.push(Reference {
            kind,
            name: name.to_vec().into(),
            span,
            proxy,
        });
    }

    /// Remembers an argument that names a section, or is only judged once all is read.
    pub(crate) fn refer_argument(&mut self, arg: &Arg, number: usize, place: &ReferencePlace) {
        let (proxy, defaults) = match self.section {
            Section::Proxy(index) => (Some(index), None),
            Section::Defaults(index) => (None, Some(index)),
            _ => (None, None),
        };
        self.written.argument_references.push(ArgumentReference {
            value: arg.value.clone(),
            span: arg.span,
            number,
            place: place.clone(),
            proxy,
            defaults,
        });
    }

    /// Remembers what is to be told when the proxy at hand turns out to have `mode`.
    pub(crate) fn tell_in(&mut self, mode: Mode, told: Diagnostic) {
        if let Section::Proxy(proxy) = self.section {
            self.written.mode_notes.push(ModeNote { proxy, mode, told });
        }
    }

    /// What the `defaults` of the proxy at hand say, nearest first.
    pub(crate) fn inherited(&self) -> impl Iterator<Item = &DefaultsSection> {
        let at = |index: Option<usize>| self.written.defaults.get(index?);
        let nearest = at(self.proxy_ref().and_then(|proxy| proxy.defaults));
        std::iter::successors(nearest, move |defaults| at(defaults.parent))
    }

    /// The mode of the proxy at hand, as far as it is known at this line.
    pub(crate) fn mode_so_far(&self) -> Mode {
        let (own, mut next) = match self.section {
            Section::Proxy(index) => {
                let proxy = &self.written.proxies[index];
                (proxy.settings.mode.as_ref(), proxy.defaults)
            }
            Section::Defaults(index) => (None, Some(index)),
            _ => (None, None),
        };
        if let Some(mode) = own {
            return mode.value;
        }
        while let Some(defaults) = next.and_then(|index| self.written.defaults.get(index)) {
            if let Some(mode) = &defaults.settings.mode {
                return mode.value;
            }
            next = defaults.parent;
        }
        Mode::default()
    }

    /// Remembers a rule that looks at bytes below HTTP, which HTTP proxies are told of.
    pub(crate) fn note_layer6(&mut self, span: Span) {
        let Some(name) = self.proxy_ref().map(|proxy| proxy.name.clone()) else {
            return;
        };
        let (file, at) = self.sources.locate(span);
        let message = format!(
            "Proxy '{name}': L6 sample fetches ignored on HTTP proxies (declared at {file}:{}).",
            at.line
        );
        let told = Diagnostic::warning("ignored-in-http", message)
            .at(span)
            .context(Context::Whole);
        self.tell_in(
            Mode::Http,
            told.help("look at what HTTP has of it, such as req.body"),
        );
    }

    /// An address with its variables put in, which in addresses are expanded even outside of quotes.
    pub(crate) fn expanded<'a>(&self, address: &'a [u8]) -> Cow<'a, [u8]> {
        if !address.contains(&b'$') {
            return Cow::Borrowed(address);
        }
        let mut out = Vec::with_capacity(address.len());
        let mut rest = address;
        while let Some(at) = rest.iter().position(|byte| *byte == b'$') {
            out.extend_from_slice(&rest[..at]);
            let behind = &rest[at + 1..];
            let braced = behind.first() == Some(&b'{');
            let name = &behind[usize::from(braced)..];
            let length = name
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
                .count();
            let closed = !braced || name.get(length) == Some(&b'}');
            if length == 0 || !closed {
                out.push(b'$');
                rest = behind;
                continue;
            }
            out.extend(
                self.variable(&String::from_utf8_lossy(&name[..length]))
                    .unwrap_or_default(),
            );
            rest = &name[length + usize::from(braced)..];
        }
        out.extend_from_slice(rest);
        Cow::Owned(out)
    }

    /// The original's whole-file words about a proxy: `frontend 'x'`, `backend 'x'`, `proxy 'x'`.
    pub(crate) fn proxy_words(kind: ProxyKind) -> &'static str {
        match kind {
            ProxyKind::Frontend => "frontend",
            ProxyKind::Backend => "backend",
            ProxyKind::Listen => "proxy",
        }
    }

    /// A diagnostic whose place is worded tightly (`parsing [FILE:LINE]: `).
    pub(crate) fn alert_tight(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.tell(
            Diagnostic::alert(code, message)
                .at(span)
                .context(Context::ParsingTight),
        );
    }
}

/// What to do about any finding of a code that says nothing of its own.
fn general_help(code: &str) -> &'static str {
    let help = crate::codes::find(code).map_or("", |row| row.help);
    if help.is_empty() {
        "see the manual, section 4.2"
    } else {
        help
    }
}

impl Environment for Reading<'_> {
    fn variable(&self, name: &str) -> Option<Vec<u8>> {
        self.variables.get(name, self.host)
    }

    fn pseudo(&self, name: &str) -> Option<Vec<u8>> {
        self.here.pseudo(name)
    }
}
