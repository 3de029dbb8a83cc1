//! The request's way in words, and as JSON.

use std::fmt::Write as _;

use haproxy_cfg::model::{Balance, Config, HashKey, Proxy, ProxyId};
use proxy::rehearsal::{Event, Outcome, Question};
use proxy_core::rules::{LineTold, RuleNumber, TermTold, Told, Truth};
use serde_json::{Value, json};
use syntax::{SourceMap, Span};

use super::name_of;

/// Bytes of a value that are shown.
const MOST_SHOWN: usize = 120;

/// What is told of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Report<'a> {
    pub(super) config: &'a Config,
    pub(super) sources: &'a SourceMap,
    pub(super) question: &'a Question,
    pub(super) outcome: &'a Outcome,
    /// What is not here and was done without.
    pub(super) notes: &'a [String],
}

impl Report<'_> {
    /// For people.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let frontend = self.question.frontend;
        let from = self
            .question
            .src
            .map_or_else(String::new, |src| format!(" from {src}"));
        let to = self
            .question
            .dst
            .map_or_else(String::new, |dst| format!(" to {dst}"));
        let over = if self.question.tls.is_some() {
            " over TLS"
        } else {
            ""
        };
        let line = self
            .question
            .says
            .split(|b| *b == b'\r')
            .next()
            .unwrap_or_default();
        let what = if line.is_empty() {
            "a connection".to_owned()
        } else {
            shown(line)
        };
        // Writing into a text cannot fail.
        let _ = writeln!(out, "{what}{from}{to}{over}\n");
        for note in self.notes {
            let _ = writeln!(out, "note: {note}");
        }
        if !self.notes.is_empty() {
            out.push('\n');
        }
        self.heading(&mut out, frontend);
        let mut at = frontend;
        let mut switched = false;
        for event in &self.outcome.events {
            match event {
                Event::Rule(told) => {
                    if told.proxy != at {
                        at = told.proxy;
                        self.enter(&mut out, at, switched);
                    }
                    switched |= matches!(told.rule, RuleNumber::Switch(_)) && told.truth == Truth::Yes;
                    self.rule(&mut out, told);
                }
                Event::Server {
                    backend,
                    server,
                    address,
                } => {
                    if *backend != at {
                        at = *backend;
                        self.enter(&mut out, at, switched);
                    }
                    let proxy = self.config.proxy(*backend);
                    let place = address.map_or_else(String::new, |address| format!(" at {address}"));
                    let name = &proxy.servers[*server].name;
                    let _ = writeln!(out, "  server {name}{place} ({})", self.chosen_by(*backend));
                }
            }
        }
        if let Some(backend) = self.outcome.backend.filter(|backend| *backend != at) {
            self.enter(&mut out, backend, switched);
        }
        self.ending(&mut out);
        out
    }

    /// For programs.
    pub(super) fn json(&self) -> String {
        let events: Vec<Value> = self
            .outcome
            .events
            .iter()
            .map(|event| match event {
                Event::Rule(told) => self.rule_json(told),
                Event::Server {
                    backend,
                    server,
                    address,
                } => json!({
                    "event": "server",
                    "backend": name_of(self.config, *backend),
                    "server": self.config.proxy(*backend).servers[*server].name.to_string(),
                    "address": address.map(|address| address.to_string()),
                    "chosen_by": self.chosen_by(*backend),
                }),
            })
            .collect();
        let value = json!({
            "frontend": name_of(self.config, self.question.frontend),
            "notes": self.notes,
            "events": events,
            "backend": self.outcome.backend.map(|backend| name_of(self.config, backend)),
            "server": self.server_name(),
            "status": self.outcome.status,
            "termination": self.outcome.termination.map(|letters| String::from_utf8_lossy(&letters).into_owned()),
            "to_server": String::from_utf8_lossy(&self.outcome.to_server),
            "to_client": String::from_utf8_lossy(&self.outcome.to_client),
            "took_ms": self.outcome.took_ms,
            "settled": !self.outcome.unsettled,
        });
        format!("{value:#}\n")
    }

    fn server_name(&self) -> Option<String> {
        let servers = &self.config.proxy(self.outcome.backend?).servers;
        Some(servers[self.outcome.server?].name.to_string())
    }

    /// The section of a proxy.
    fn heading(&self, out: &mut String, proxy: ProxyId) {
        let model = self.config.proxy(proxy);
        let kind = match (model.kind.is_frontend(), model.kind.is_backend()) {
            (true, true) => "listen",
            (true, false) => "frontend",
            (false, _) => "backend",
        };
        let _ = writeln!(out, "{kind} {} ({})", model.name, self.place(model.span));
    }

    /// The request goes on in a backend.
    fn enter(&self, out: &mut String, backend: ProxyId, switched: bool) {
        let frontend = self.config.proxy(self.question.frontend);
        if !switched && frontend.default_backend == Some(backend) {
            let _ = writeln!(out, "  default_backend {}", name_of(self.config, backend));
        }
        self.heading(out, backend);
    }

    fn rule(&self, out: &mut String, told: &Told) {
        let span = self.span(told);
        let _ = writeln!(out, "  {}  {}", self.place(span), self.line(span));
        for term in &told.terms {
            self.term(out, told.proxy, term);
        }
        let verdict = match (told.truth, told.done) {
            (Truth::No, _) => "does not apply".to_owned(),
            (Truth::Maybe, _) => "waits for more".to_owned(),
            (Truth::Yes, None) => "applies".to_owned(),
            (Truth::Yes, Some(done)) => match done.status {
                Some(status) => format!("{} ({status})", done.what),
                None => done.what.to_owned(),
            },
        };
        let _ = writeln!(out, "    => {verdict}");
    }

    fn term(&self, out: &mut String, proxy: ProxyId, term: &TermTold) {
        let acls = &self.config.proxy(proxy).acls;
        let name = term
            .lines
            .first()
            .map_or_else(String::new, |line| acls[line.line as usize].name.to_string());
        let name = if name.is_empty() { "{ }".to_owned() } else { name };
        let not = if term.negated { "!" } else { "" };
        let _ = writeln!(out, "    {not}{name}: {}", word(term.truth));
        for line in &term.lines {
            let acl = &acls[line.line as usize];
            let text = if acl.name.is_empty() {
                shown(self.sources.text(acl.span))
            } else {
                format!("{}  {}", self.place(acl.span), self.line(acl.span))
            };
            let _ = writeln!(
                out,
                "      {text}: {} {}",
                values(line),
                matches_or_not(line.truth)
            );
        }
    }

    fn ending(&self, out: &mut String) {
        let outcome = self.outcome;
        if !outcome.to_server.is_empty() {
            let _ = writeln!(out, "\nwhat the server is told");
            quote(out, &outcome.to_server);
        }
        if !outcome.to_client.is_empty() {
            let _ = writeln!(out, "\nwhat the client is told");
            quote(out, &outcome.to_client);
        }
        let _ = writeln!(out);
        if outcome.unsettled {
            let _ = writeln!(
                out,
                "the request waits for something that is not there, such as a name server's answer"
            );
        }
        let mut parts = Vec::new();
        if let Some(backend) = outcome.backend {
            parts.push(format!("backend {}", name_of(self.config, backend)));
        }
        if let Some(server) = self.server_name() {
            parts.push(format!("server {server}"));
        }
        if let Some(status) = outcome.status {
            parts.push(format!("status {status}"));
        }
        if let Some(letters) = outcome.termination {
            parts.push(format!("termination {}", String::from_utf8_lossy(&letters)));
        }
        if outcome.took_ms > 0 {
            parts.push(format!("after {} ms", outcome.took_ms));
        }
        if parts.is_empty() {
            parts.push("the connection is closed".to_owned());
        }
        let _ = writeln!(out, "{}", parts.join(", "));
    }

    /// What the server was chosen by.
    fn chosen_by(&self, backend: ProxyId) -> &'static str {
        let steered = self.outcome.events.iter().any(|event| match event {
            Event::Rule(told) => matches!(told.rule, RuleNumber::Server(_)) && told.truth == Truth::Yes,
            Event::Server { .. } => false,
        });
        let proxy = self.config.proxy(backend);
        match self.outcome.termination {
            Some([_, _, b'V', _]) => "its cookie",
            _ if steered => "use-server",
            _ => algorithm(proxy),
        }
    }

    fn span(&self, told: &Told) -> Span {
        let proxy = self.config.proxy(told.proxy);
        let steering = proxy.steering.as_ref();
        match told.rule {
            RuleNumber::Set(set, at) => proxy.rules_of(set).nth(at).map(|rule| rule.span),
            RuleNumber::Switch(at) => proxy.use_backend.get(at).map(|rule| rule.span),
            RuleNumber::Server(at) => steering.and_then(|known| Some(known.servers.get(at)?.2)),
            RuleNumber::Persistence(at) => steering.and_then(|known| Some(known.persistence.get(at)?.1.span)),
        }
        .unwrap_or_default()
    }

    fn place(&self, span: Span) -> String {
        let (file, place) = self.sources.locate(span);
        format!("{file}:{}", place.line)
    }

    /// The line that something stands in.
    fn line(&self, span: Span) -> String {
        let (_, place) = self.sources.locate(span);
        let line = self.sources.file(span.file).map(|file| file.line(place.line));
        shown(line.unwrap_or_default().trim_ascii())
    }

    fn rule_json(&self, told: &Told) -> Value {
        let span = self.span(told);
        let (file, place) = self.sources.locate(span);
        let acls = &self.config.proxy(told.proxy).acls;
        let terms: Vec<Value> = told
            .terms
            .iter()
            .map(|term| {
                let lines: Vec<Value> = term
                    .lines
                    .iter()
                    .map(|line| {
                        let acl = &acls[line.line as usize];
                        let values = line.values.as_ref().map(|values| {
                            values
                                .iter()
                                .map(|value| String::from_utf8_lossy(value).into_owned())
                                .collect::<Vec<_>>()
                        });
                        json!({
                            "line": self.sources.locate(acl.span).1.line,
                            "text": String::from_utf8_lossy(self.sources.text(acl.span)),
                            "values": values,
                            "matches": line.truth == Truth::Yes,
                        })
                    })
                    .collect();
                let first = term.lines.first();
                json!({
                    "acl": first.map(|line| acls[line.line as usize].name.to_string()),
                    "negated": term.negated,
                    "holds": term.truth == Truth::Yes,
                    "lines": lines,
                })
            })
            .collect();
        json!({
            "event": "rule",
            "proxy": name_of(self.config, told.proxy),
            "file": file,
            "line": place.line,
            "text": self.line(span),
            "applies": told.truth == Truth::Yes,
            "terms": terms,
            "done": told.done.map(|done| done.what),
            "status": told.done.and_then(|done| done.status),
        })
    }
}

/// What was compared, for people.
fn values(line: &LineTold) -> String {
    match line.values.as_deref() {
        None => "(counts when it is looked at)".to_owned(),
        Some([]) => "there is none,".to_owned(),
        Some(values) => {
            let values: Vec<String> = values
                .iter()
                .map(|value| format!("\"{}\"", shown(value)))
                .collect();
            values.join(", ")
        }
    }
}

fn matches_or_not(truth: Truth) -> &'static str {
    match truth {
        Truth::Yes => "matches",
        Truth::Maybe => "may match later",
        Truth::No => "does not match",
    }
}

fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::Yes => "yes",
        Truth::Maybe => "not yet known",
        Truth::No => "no",
    }
}

fn algorithm(proxy: &Proxy) -> &'static str {
    match &proxy.balance {
        Balance::RoundRobin => "balance roundrobin, as the first request",
        Balance::StaticRr => "balance static-rr, as the first request",
        Balance::LeastConn => "balance leastconn, as the only request",
        Balance::First => "balance first",
        Balance::Random(_) => "balance random",
        Balance::Sticky => "balance sticky",
        Balance::Hash(HashKey::LogLine(_)) => "balance log-hash",
        Balance::Hash(HashKey::Source) => "balance source",
        Balance::Hash(HashKey::Uri(_)) => "balance uri",
        Balance::Hash(HashKey::Parameter { .. }) => "balance url_param",
        Balance::Hash(HashKey::Header { .. }) => "balance hdr",
        Balance::Hash(HashKey::RdpCookie(_)) => "balance rdp-cookie",
        Balance::Hash(HashKey::Sample(_)) => "balance hash",
    }
}

/// Bytes as text, in one line.
fn shown(bytes: &[u8]) -> String {
    let cut = &bytes[..bytes.len().min(MOST_SHOWN)];
    let mut text: String = String::from_utf8_lossy(cut)
        .chars()
        .flat_map(char::escape_debug)
        .collect();
    // Quotes need no escape here.
    text = text.replace("\\\"", "\"").replace("\\'", "'");
    if cut.len() < bytes.len() {
        text.push('…');
    }
    text
}

/// Bytes that went over a connection, line by line.
fn quote(out: &mut String, bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() {
            let _ = writeln!(out, "  {}", shown(line));
        }
    }
}
