//! One scripted check: connections, bytes sent and expected, variables, one step after the other (`option tcp-check`,
//! `option httpchk`).

use bstr::ByteSlice as _;
use haproxy_cfg::model::{CheckPort, ServerAddr};

use super::computing::{Computing, Memory};
use super::expect::{Answer, Expectation};
use super::step::{Connect, Request, Script, Step};
use super::{
    ANSWER_MAX, ConnectTo, Introduction, Next, Scene, Security, Through, Verdict, http, standing,
    state_header,
};
use crate::check::CheckStatus;
use crate::state::Health;

/// What is said of a script that came to its end and has nothing of its own to say.
const DONE: &[u8] = b"(tcp-check)";

/// One check.
#[derive(Debug)]
pub(super) struct ScriptProbe<'a> {
    script: &'a Script,
    scene: Scene<'a>,
    memory: Box<Memory>,
    /// The step that comes next, or waits.
    at: usize,
    /// The step that made the connection at hand.
    connect: Option<&'a Connect>,
    /// What came since something was sent last.
    received: Vec<u8>,
    /// No more comes on this connection.
    closed: bool,
    /// It is over TLS.
    secured: bool,
}

impl<'a> ScriptProbe<'a> {
    pub(super) fn new(script: &'a Script, scene: Scene<'a>) -> Self {
        Self {
            script,
            scene,
            memory: Box::new(Memory::new(scene)),
            at: 0,
            connect: None,
            received: Vec::new(),
            closed: false,
            secured: false,
        }
    }

    /// Variables that are set before the first connection may say where it goes.
    pub(super) fn begin(&mut self) -> Next<'a> {
        while let Some(step) = self.script.steps.get(self.at) {
            match step {
                Step::Set(_) | Step::Unset(_) => self.change_variable(step),
                Step::Connect(connect) => {
                    self.at += 1;
                    return self.go_to(connect);
                }
                _ => break,
            }
            self.at += 1;
        }
        Next::Connect(ConnectTo {
            server_speaks_first: self.expects_next(),
            ..ConnectTo::default()
        })
    }

    pub(super) fn connected(&mut self, secured: bool) -> Next<'a> {
        self.secured = secured;
        self.go_on()
    }

    pub(super) fn written(&mut self) -> Next<'a> {
        self.go_on()
    }

    pub(super) fn received(&mut self, bytes: &[u8]) -> Next<'a> {
        self.received.extend_from_slice(bytes);
        self.go_on()
    }

    pub(super) fn closed(&mut self) -> Next<'a> {
        self.closed = true;
        match self.go_on() {
            Next::Read => Next::Done(Verdict::plain(CheckStatus::L7Response)),
            next => next,
        }
    }

    /// The host that the first request names, without its port.
    pub(super) fn host(&self) -> Option<Vec<u8>> {
        let steps = &self.script.steps;
        if steps.iter().any(|step| matches!(step, Step::Connect(_))) {
            return None;
        }
        let request = steps.iter().find_map(|step| match step {
            Step::Request(request) => Some(request),
            _ => None,
        })?;
        let computing = self.computing();
        let mut headers = request.headers.iter();
        let given = headers.find(|(name, _)| name.eq_ignore_ascii_case(b"host"));
        let host = match given {
            Some((_, value)) => computing.text(value).into_owned(),
            None => request.line.headers.iter().find_map(|line| {
                let (name, value) = line.split_once_str(":")?;
                name.eq_ignore_ascii_case(b"host").then(|| value.trim().to_vec())
            })?,
        };
        host.split(|byte| *byte == b':').next().map(<[u8]>::to_vec)
    }

    pub(super) fn unreachable(&self, mut verdict: Verdict) -> Verdict {
        if let Some(connect) = self.connect.filter(|_| !self.script.http) {
            let model = &connect.model;
            let port = match model.port {
                Some(CheckPort::Fixed(port)) => format!(" port {port}"),
                Some(CheckPort::Computed(_)) | None => String::new(),
            };
            let mut place = format!(" at step {} of tcp-check (connect{port})", model.number);
            if let Some(comment) = &model.comment {
                place += &format!(" comment: '{comment}'");
            }
            verdict.description.extend_from_slice(place.as_bytes());
        }
        verdict
    }

    pub(super) fn timed_out(&self) -> Verdict {
        match self.script.steps.get(self.at) {
            Some(Step::Expect(expect)) => expect.timed_out(!self.script.http),
            _ => Verdict::plain(CheckStatus::L7Timeout),
        }
    }

    fn computing(&self) -> Computing<'_> {
        Computing {
            scene: self.scene,
            memory: &self.memory,
            received: &self.received,
            http: self.script.http,
        }
    }

    fn change_variable(&self, step: &Step) {
        match step {
            Step::Set(set) => self.computing().set(set),
            Step::Unset(variable) => self.computing().unset(variable),
            _ => {}
        }
    }

    /// Whether the server is to speak first on a connection that is made now.
    fn expects_next(&self) -> bool {
        let silent = |step: &&Step| !matches!(step, Step::Set(_) | Step::Unset(_));
        let next = self.script.steps[self.at..].iter().find(silent);
        matches!(next, Some(Step::Expect(_)))
    }

    fn go_to(&mut self, connect: &'a Connect) -> Next<'a> {
        let model = &connect.model;
        let addr = model.addr.as_ref();
        let of_addr = match addr {
            Some(ServerAddr::Inet { port, .. }) => *port,
            _ => None,
        };
        let port = match (&model.port, &connect.computed_port) {
            (Some(CheckPort::Fixed(port)), _) => Some(*port),
            // Of a number that no port is, the lowest 16 bits are taken.
            (_, Some(of)) => self.computing().number(of).map(|number| number as u16),
            _ => None,
        };
        self.connect = Some(connect);
        self.received.clear();
        self.closed = false;
        Next::Connect(ConnectTo {
            addr,
            port: port.or(of_addr),
            header: match (model.send_proxy, model.default) {
                (true, _) => Introduction::Header,
                (false, true) => Introduction::OfServer,
                (false, false) => Introduction::Nothing,
            },
            through: match (model.via_socks4, model.default) {
                (true, _) => Through::Proxy,
                (false, true) => Through::OfServer,
                (false, false) => Through::Nothing,
            },
            security: match &model.tls {
                Some(tls) => Security::Asked(tls),
                None if model.default => Security::OfServer,
                None => Security::Nothing,
            },
            resets: !model.linger,
            server_speaks_first: self.expects_next(),
        })
    }

    /// Goes as far as what has come lets it. What stands between two expectations is sent at once.
    fn go_on(&mut self) -> Next<'a> {
        let script = self.script;
        let mut out = Vec::new();
        while let Some(step) = script.steps.get(self.at) {
            match step {
                Step::Send(_) | Step::SendText(_) | Step::SendDigits(..) | Step::Request(_) => {
                    // What came before is forgotten first.
                    self.received.clear();
                    match self.bytes(step) {
                        Ok(bytes) => out.extend_from_slice(&bytes),
                        Err(verdict) => return Next::Done(verdict),
                    }
                }
                Step::Set(_) | Step::Unset(_) => self.change_variable(step),
                Step::Connect(_) | Step::Expect(_) if !out.is_empty() => return Next::Write(out.into()),
                Step::Connect(connect) => {
                    self.at += 1;
                    return self.go_to(connect);
                }
                Step::Expect(expect) => match self.judge(expect) {
                    None => return Next::Read,
                    Some(Err(verdict)) => return Next::Done(verdict),
                    Some(Ok(())) => {}
                },
            }
            self.at += 1;
        }
        if out.is_empty() {
            Next::Done(self.end())
        } else {
            Next::Write(out.into())
        }
    }

    /// What a step sends.
    fn bytes(&self, step: &Step) -> Result<Vec<u8>, Verdict> {
        let failed = |number: u32| {
            let words = format!("tcp-check send : failed to build log-format string at step {number}");
            Verdict::said(CheckStatus::L7Response, words)
        };
        match step {
            Step::Send(bytes) => Ok(bytes.clone()),
            Step::SendText(text) => Ok(self.computing().format(text)),
            Step::SendDigits(digits, number) => {
                from_digits(&self.computing().format(digits)).ok_or_else(|| failed(*number))
            }
            Step::Request(request) => Ok(self.request(request)),
            Step::Connect(_) | Step::Expect(_) | Step::Set(_) | Step::Unset(_) => Ok(Vec::new()),
        }
    }

    fn request(&self, request: &Request) -> Vec<u8> {
        let computing = self.computing();
        let line = &request.line;
        let uri = match &request.computed_uri {
            Some(uri) => computing.format(uri),
            None => line.uri.to_vec(),
        };
        // What is hidden behind the version may have a body behind an empty line.
        let hidden = line.headers.iter().position(|line| line.is_empty());
        let (known, behind) = line.headers.split_at(hidden.unwrap_or(line.headers.len()));
        let mut lines: Vec<Vec<u8>> = known.iter().map(|line| line.to_vec()).collect();
        for (name, value) in &request.headers {
            let value = computing.text(value);
            // One that is empty is not sent.
            if !value.is_empty() {
                lines.push([&name[..], b": ", &value].concat());
            }
        }
        if self.script.send_state {
            lines.push(state_header::line(self.scene));
        }
        let body = match &request.body {
            Some(body) => computing.text(body).into_owned(),
            None => behind.get(1..).unwrap_or_default().join(&b"\r\n"[..]),
        };
        http::request(&line.method, &uri, &line.version, &lines, &body)
    }

    /// Whether an expectation holds; none while more of the answer may decide.
    fn judge(&self, expect: &Expectation) -> Option<Result<(), Verdict>> {
        let ended = self.closed || self.received.len() >= ANSWER_MAX;
        let computing = self.computing();
        if !self.script.http {
            return expect.of_bytes(&computing, ended);
        }
        let (code, reason) = match http::head(&self.received) {
            Ok(None) if !ended => return None,
            Ok(None) | Err(http::NoAnswer) => {
                return Some(Err(Verdict::plain(CheckStatus::L7Response)));
            }
            Ok(Some(status)) => status,
        };
        let state = &self.scene.runtime.proxies[self.scene.proxy.0 as usize].servers[self.scene.server];
        if self.script.disable_on_404 && code == 404 && state.health() != Health::Down {
            return Some(Err(Verdict {
                status: CheckStatus::L7OkConditional,
                code: Some(code.into()),
                description: Vec::new(),
            }));
        }
        let (headers, begun) = http::lines_of_head(&self.received);
        let (body, complete) = http::body(&headers, begun);
        expect.of_answer(
            Answer {
                code,
                reason,
                headers: &headers,
                body: &body,
                complete: complete || ended,
            },
            &computing,
        )
    }

    fn end(&self) -> Verdict {
        let acting = |step: &&Step| !matches!(step, Step::Set(_) | Step::Unset(_));
        match self.script.steps.iter().rev().find(acting) {
            Some(Step::Expect(expect)) if self.script.http => {
                let code = http::head(&self.received).ok().flatten().map(|(code, _)| code);
                expect.passed(code.unwrap_or(0), b"", &self.computing())
            }
            Some(Step::Expect(expect)) => expect.passed(0, DONE, &self.computing()),
            Some(Step::Connect(_)) => Verdict::said(standing(self.secured), DONE),
            Some(_) => Verdict {
                status: CheckStatus::L7Ok,
                code: Some(0),
                description: DONE.to_vec(),
            },
            None => Verdict::plain(standing(self.secured)),
        }
    }
}

/// The bytes that hexadecimal digits stand for; none where they are none.
pub(super) fn from_digits(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = digits.chunks(2).map(|pair| {
        let [high, low] = pair else { return None };
        u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
    });
    pairs.collect()
}
