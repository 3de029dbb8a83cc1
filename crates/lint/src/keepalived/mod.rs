//! Linting keepalived.conf: the file of one machine, or those of all nodes of a cluster, with the haproxy.cfg that stand behind their
//! addresses.
//!
//! A rule is a file of `rules`. It sees the `Cluster`: the lines and the resolved model of each node.

mod cluster;
mod elsewhere;
mod rules;
mod scripts;

use haproxy_cfg::Input as ProxyInput;
use keepalived_conf::{Dialect, Host, LoadOptions, Loaded, Statement, TokenKind, load, load_bytes, tokens};
use rustc_hash::FxHashSet;
use syntax::reference::Document;
use syntax::{Diagnostic, SourceMap, Span};

pub use rules::RULES;

use self::cluster::{Cluster, Node, Proxy, moved};
use crate::allow::{Allowed, CommentedLine};
use crate::facts::Facts;
use crate::levels::Levels;
use crate::report::{Report, place};
use crate::rule::{self, Findings};
use crate::rule_pages::{Language, pages_of};

/// Rules over keepalived.conf look at a `Cluster`.
#[derive(Clone, Copy)]
pub struct Over;

impl rule::Subject for Over {
    type Of<'a> = Cluster<'a>;
}

/// A rule over keepalived.conf.
pub type Rule = rule::Rule<Over>;

/// A keepalived.conf.
#[derive(Clone, Debug)]
pub enum Input {
    /// To be read from there.
    Path(String),
    /// At hand.
    Text {
        /// What it is called in findings.
        name: String,
        /// Its content.
        bytes: Vec<u8>,
    },
}

/// The machine as the grammars and the rules see it.
#[derive(Clone, Copy)]
pub struct Machine<'m> {
    /// For keepalived.conf.
    pub host: &'m dyn Host,
    /// For haproxy.cfg.
    pub proxy_host: &'m dyn haproxy_cfg::Host,
    /// For rules.
    pub facts: &'m dyn Facts,
}

/// All codes that findings may have.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let of_reading = keepalived_conf::codes::CODES.iter().map(|(code, _)| *code);
    RULES.iter().map(|rule| rule.code).chain(of_reading)
}

/// Reads the keepalived.conf of the nodes of a cluster (or of one machine) and gives all that is to be said about them, and about how
/// the haproxy configurations in `proxies` fit to them. What those say by themselves is left to [`crate::haproxy::lint`].
///
/// What cannot be understood of a file is among the findings, and the rules look at the rest.
#[must_use]
pub fn lint(
    inputs: &[Input],
    proxies: &[Vec<ProxyInput>],
    dialect: Dialect,
    machine: Machine<'_>,
    levels: &Levels,
) -> Report {
    let mut sources = SourceMap::default();
    let mut findings = Vec::new();
    let mut cluster = Cluster {
        nodes: Vec::new(),
        proxies: Vec::new(),
        host: machine.host,
        facts: machine.facts,
    };
    let host = &elsewhere::Elsewhere(machine.host);
    let mut unreadable = false;
    for input in inputs {
        let options = LoadOptions::default();
        let (name, loaded) = match input {
            Input::Path(path) => (path, load(path, dialect, host, options)),
            Input::Text { name, bytes } => (name, load_bytes(name, bytes.clone(), dialect, host, options)),
        };
        unreadable |= loaded.outcome.unreadable;
        let (node, told) = taken(name, loaded, &mut sources);
        findings.extend(told);
        cluster.nodes.push(node);
    }
    let (mut allowed, told) = Allowed::read_with(&sources, &commented_lines);
    findings.extend(told);
    for inputs in proxies {
        let before = count(&sources);
        let options = haproxy_cfg::LoadOptions::default();
        let loaded = haproxy_cfg::load(
            inputs,
            haproxy_cfg::Dialect::default(),
            machine.proxy_host,
            options,
        );
        for (_, file) in loaded.sources.files() {
            sources.add(file.clone());
        }
        // What its comments say wrongly is told where it is linted by itself.
        allowed.add(Allowed::read(&loaded.sources).0, before);
        cluster.proxies.push(Proxy {
            config: loaded.config,
            files_before: before,
        });
    }
    for rule in RULES {
        (rule.check)(&cluster, &mut Findings::new(rule, &mut findings));
    }
    let mut seen: FxHashSet<(&'static str, Option<Span>, String)> = FxHashSet::default();
    let mut kept: Vec<Diagnostic> = findings
        .into_iter()
        .filter(|finding| !allowed.has(finding, &sources))
        .filter_map(|finding| levels.apply(finding))
        .filter(|finding| seen.insert((finding.code, finding.span, finding.message.clone())))
        .collect();
    kept.sort_by_key(|finding| place(finding.span));
    Report {
        sources,
        findings: kept,
        unreadable,
    }
}

fn count(sources: &SourceMap) -> u32 {
    u32::try_from(sources.files().count()).unwrap_or(u32::MAX)
}

/// A reading as a node among others, with what it told; their places are those of the files of all.
fn taken(name: &str, loaded: Loaded, sources: &mut SourceMap) -> (Node, Vec<Diagnostic>) {
    let by = count(sources);
    for (_, file) in loaded.sources.files() {
        sources.add(file.clone());
    }
    let mut told = loaded.diagnostics;
    for finding in &mut told {
        finding.span = finding.span.map(|span| moved(span, by));
        for label in &mut finding.labels {
            label.span = moved(label.span, by);
        }
        for edit in finding.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
            edit.span = moved(edit.span, by);
        }
    }
    let mut statements = loaded.statements;
    shift(&mut statements, by);
    let node = Node {
        name: name.to_owned(),
        file: syntax::FileId(by),
        statements,
        config: loaded.config,
    };
    (node, told)
}

fn shift(statements: &mut [Statement], by: u32) {
    for statement in statements {
        for word in &mut statement.words {
            word.span = moved(word.span, by);
        }
        shift(&mut statement.block, by);
    }
}

/// The lines of a file with their comments.
fn commented_lines(bytes: &[u8]) -> Vec<CommentedLine> {
    let mut out = Vec::new();
    let mut line = CommentedLine {
        number: 1,
        comments: Vec::new(),
        bare: true,
    };
    for token in tokens(bytes) {
        match token.kind {
            TokenKind::Comment => line.comments.push((token.start, token.end)),
            TokenKind::Blank => {}
            TokenKind::Word | TokenKind::Open | TokenKind::Close => line.bare = false,
            TokenKind::EndOfLine => {
                let number = line.number + 1;
                out.push(std::mem::replace(
                    &mut line,
                    CommentedLine {
                        number,
                        comments: Vec::new(),
                        bare: true,
                    },
                ));
            }
        }
    }
    out.push(line);
    out
}

/// The pages of the rules in Markdown, and one that lists them. `fixture` gives the text of a file of a rule's fixtures by code and
/// name, if there is one.
#[must_use]
pub fn pages(fixture: &dyn Fn(&str, &str) -> Option<String>) -> Vec<Document> {
    pages_of(&LANGUAGE, RULES, fixture)
}

const LANGUAGE: Language = Language {
    head: "# Rules of holdfast lint for keepalived.conf\n\nWhat `holdfast lint` finds beside what the reading of a file tells, in one file, \
           across the files of the nodes of a cluster, and together with a haproxy.cfg. Made from the rules; do not edit. How to run it: \
           [lint](../lint.md). In the examples `#@ file NAME` begins another file.\n\n",
    extension: "conf",
    fence: "text",
};
