//! What old dialects do with whole lines of a message (`reqrep`, `rspdel`, `reqdeny` and their kin; manual of 1.5, sections 4.2 and
//! 6): a regular expression is asked of the first line, then of each header's line as it came.

use bstr::ByteSlice;
use haproxy_cfg::model::{ProxyId, RuleSet};
use haproxy_cfg::signature::Value;

use super::{Action, Compile, Make, edited, reply};
use crate::answer::{Described, Reply};
use crate::http1::{NoRoom, RequestRef, ResponseRef, Version};
use crate::rules::{Capturing, Exec, Step, substitute};
use crate::stream::LineVerdict;

pub(super) const ROWS: &[(&str, Make)] = &[
    ("replace-line", |at| {
        Ok(Box::new(ReplaceLine {
            search: search(at)?,
            text: at.text("text")?.into(),
        }))
    }),
    ("del-line", |at| Ok(Box::new(DeleteLine(search(at)?)))),
    ("deny-line", |at| {
        let status = if at.rule.set == RuleSet::HttpResponse {
            502
        } else {
            403
        };
        refusal(at, status, false)
    }),
    ("tarpit-line", |at| refusal(at, 500, true)),
    ("allow-line", |at| verdict(at, LineVerdict::Allowed)),
    ("pass-line", |at| verdict(at, LineVerdict::Passed)),
    ("set-backend-line", |at| {
        let name = at.text("backend")?;
        let mut proxies = at.config.proxies.iter();
        let found = proxies.position(|proxy| proxy.kind.is_backend() && *proxy.name == *name);
        let found = found.and_then(|at| u32::try_from(at).ok());
        Ok(Box::new(SetBackend {
            search: search(at)?,
            backend: ProxyId(found.ok_or_else(|| format!("there is no backend '{}'", name.as_bstr()))?),
        }))
    }),
];

fn search(at: Compile<'_>) -> Result<Capturing, String> {
    match at.rule.value("search") {
        Some(Value::Regex(source)) => Capturing::new(source, at.rule.option("ignore-case").is_some()),
        _ => Err(at.missing("search")),
    }
}

fn refusal(at: Compile<'_>, status: u16, tarpit: bool) -> Result<Box<dyn Action>, String> {
    let reply = Reply::compile(Described {
        config: at.config,
        proxy: at.proxy,
        arguments: &[],
        status,
        may_be_page: true,
    })?;
    Ok(Box::new(Refuse {
        search: search(at)?,
        reply,
        tarpit,
    }))
}

fn verdict(at: Compile<'_>, verdict: LineVerdict) -> Result<Box<dyn Action>, String> {
    Ok(Box::new(Settle {
        search: search(at)?,
        verdict,
    }))
}

/// The first line of the message at hand.
fn first_line(exec: &Exec<'_>) -> Vec<u8> {
    let version = |version: Version| match version {
        Version::Http10 => &b"HTTP/1.0"[..],
        Version::Http11 => b"HTTP/1.1",
        Version::Http2 => b"HTTP/2.0",
    };
    if let Some((buf, head)) = &exec.response {
        let response = ResponseRef { buf, head };
        let status = response.status().to_string();
        return [
            version(response.version()),
            b" ",
            status.as_bytes(),
            b" ",
            response.reason(),
        ]
        .concat();
    }
    let Some((buf, head)) = &exec.request else {
        return Vec::new();
    };
    let request = RequestRef { buf, head };
    [
        request.method(),
        b" ",
        request.uri(),
        b" ",
        version(request.version()),
    ]
    .concat()
}

/// Puts another first line in the place of the one at hand. None when the text is none.
fn put_first_line(exec: &mut Exec<'_>, line: &[u8]) -> Option<Result<(), NoRoom>> {
    let version = |word: &[u8]| match word {
        b"HTTP/1.0" => Some(Version::Http10),
        b"HTTP/1.1" => Some(Version::Http11),
        _ => None,
    };
    let room = exec.room;
    if let Some((buf, head)) = &mut exec.response {
        let (first, rest) = line.split_once_str(" ")?;
        let (status, reason) = rest.split_once_str(" ").unwrap_or((rest, b""));
        let is_status = status.len() == 3 && status.iter().all(u8::is_ascii_digit) && status[0] != b'0';
        let status = status.to_str().ok().filter(|_| is_status)?.parse().ok()?;
        let version = version(first)?;
        let stored = head.edit(buf, room).store(&[reason]);
        return Some(stored.map(|reason| {
            head.version = version;
            head.status = status;
            head.reason = reason;
        }));
    }
    let (buf, head) = exec.request.as_mut()?;
    let mut words = line.split(|octet| *octet == b' ').filter(|word| !word.is_empty());
    let (method, uri, word) = (words.next()?, words.next()?, words.next()?);
    let version = version(word).filter(|_| words.next().is_none())?;
    let mut edit = head.edit(buf, room);
    let stored = edit
        .store(&[method])
        .and_then(|method| Ok((method, edit.store(&[uri])?)));
    Some(stored.map(|(method, uri)| {
        head.method = method;
        head.uri = uri;
        head.version = version;
    }))
}

/// Whether any line of the message matches.
fn any_line(exec: &mut Exec<'_>, search: &Capturing) -> bool {
    if search.find(&first_line(exec), 0).is_some() {
        return true;
    }
    let Some(headers) = exec.headers() else {
        return false;
    };
    headers
        .view()
        .iter()
        .any(|(name, value)| search.find(&[name, b": ", value].concat(), 0).is_some())
}

/// What was settled for the lines of the request at hand; rules on responses mind none of it.
fn settled(exec: &Exec<'_>) -> Option<LineVerdict> {
    if exec.response.is_some() {
        return None;
    }
    exec.stream.as_ref()?.settings.verdict
}

/// `reqrep`, `rsprep`: lines that match become another text altogether.
#[derive(Debug)]
struct ReplaceLine {
    search: Capturing,
    text: Box<[u8]>,
}

impl Action for ReplaceLine {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if settled(exec) == Some(LineVerdict::Passed) {
            return Step::Next;
        }
        let first = first_line(exec);
        let mut new = Vec::new();
        // Where the first line matches, the others are not looked at.
        if let Some(groups) = self.search.find(&first, 0) {
            substitute(&self.text, &first, &groups, &mut new);
            return match put_first_line(exec, &new) {
                Some(result) => edited(result, exec),
                None => Step::Malformed,
            };
        }
        let Some(mut headers) = exec.headers() else {
            return Step::Next;
        };
        for at in 0..headers.headers.len() {
            let Some((name, value)) = headers.view().nth(at) else {
                break;
            };
            let line = [name, b": ", value].concat();
            let Some(groups) = self.search.find(&line, 0) else {
                continue;
            };
            new.clear();
            substitute(&self.text, &line, &groups, &mut new);
            // What is no header any more cannot go on as one.
            let Some((name, value)) = new.split_once_str(":").filter(|(name, _)| !name.is_empty()) else {
                return Step::Malformed;
            };
            if let Err(error) = headers.put(at, name, value.trim()) {
                return edited(Err(error), exec);
            }
        }
        Step::Edited
    }
}

/// `reqdel`, `rspdel`.
#[derive(Debug)]
struct DeleteLine(Capturing);

impl Action for DeleteLine {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if settled(exec) == Some(LineVerdict::Passed) {
            return Step::Next;
        }
        let Some(mut headers) = exec.headers() else {
            return Step::Next;
        };
        headers.retain(|name, value| self.0.find(&[name, b": ", value].concat(), 0).is_none());
        Step::Edited
    }
}

/// `reqdeny`, `rspdeny`, `reqtarpit`.
#[derive(Debug)]
struct Refuse {
    search: Capturing,
    reply: Reply,
    tarpit: bool,
}

impl Action for Refuse {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if settled(exec).is_some() || !any_line(exec, &self.search) {
            return Step::Next;
        }
        reply::put(&self.reply, exec);
        if self.tarpit {
            Step::Tarpit(&self.reply)
        } else {
            Step::Deny(&self.reply)
        }
    }
}

/// `reqallow`, `reqpass`.
#[derive(Debug)]
struct Settle {
    search: Capturing,
    verdict: LineVerdict,
}

impl Action for Settle {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if settled(exec).is_none()
            && any_line(exec, &self.search)
            && let Some(stream) = &mut exec.stream
        {
            stream.settings.verdict = Some(self.verdict);
        }
        Step::Next
    }
}

/// `reqsetbe`: the first one that matches counts.
#[derive(Debug)]
struct SetBackend {
    search: Capturing,
    backend: ProxyId,
}

impl Action for SetBackend {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let open = settled(exec) != Some(LineVerdict::Passed)
            && exec
                .stream
                .as_ref()
                .is_some_and(|stream| stream.settings.backend.is_none());
        if open
            && any_line(exec, &self.search)
            && let Some(stream) = &mut exec.stream
        {
            stream.settings.backend = Some(self.backend);
        }
        Step::Next
    }
}
