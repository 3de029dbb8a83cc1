//! `redirect`, as an action and as a keyword.

use haproxy_cfg::signature::{Argument, Value};

use super::{Action, Compile, Make};
use crate::answer;
use crate::format::FormatPlan;
use crate::rules::{Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[("redirect", |at| Ok(Box::new(Redirect::compile(at)?)))];

/// Status where a rule names none.
const FOUND: u16 = 302;

/// Where a client is sent.
#[derive(Debug)]
struct Redirect {
    target: Target,
    text: Text,
    code: u16,
    cookie: Option<Cookie>,
    drop_query: bool,
    append_slash: bool,
    ignore_empty: bool,
    keep_query: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// The whole URL.
    Location,
    /// What stands in front of the path.
    Prefix,
    /// The scheme, in front of the request's own host.
    Scheme,
}

/// A text of the rule.
#[derive(Debug)]
enum Text {
    Fixed(Box<[u8]>),
    Computed(FormatPlan),
}

#[derive(Debug)]
enum Cookie {
    Set(Text),
    Clear(Text),
}

impl Redirect {
    fn compile(at: Compile<'_>) -> Result<Self, String> {
        let mut redirect = Self {
            target: Target::Location,
            text: Text::Fixed(Box::default()),
            code: FOUND,
            cookie: None,
            drop_query: false,
            append_slash: false,
            ignore_empty: false,
            keep_query: false,
        };
        for argument in &at.rule.arguments {
            let Value::Option(name, values) = &argument.value else {
                continue;
            };
            match *name {
                "location" => redirect.aim(Target::Location, at, values)?,
                "prefix" => redirect.aim(Target::Prefix, at, values)?,
                "scheme" => redirect.aim(Target::Scheme, at, values)?,
                "code" => redirect.code = code(values),
                "set-cookie" | "set-cookie-fmt" => redirect.cookie = Some(Cookie::Set(text(at, values)?)),
                "clear-cookie" => redirect.cookie = Some(Cookie::Clear(text(at, values)?)),
                "drop-query" => redirect.drop_query = true,
                "append-slash" => redirect.append_slash = true,
                "ignore-empty" => redirect.ignore_empty = true,
                "keep-query" => redirect.keep_query = true,
                _ => {}
            }
        }
        Ok(redirect)
    }

    fn aim(&mut self, target: Target, at: Compile<'_>, values: &[Argument]) -> Result<(), String> {
        self.target = target;
        self.text = text(at, values)?;
        Ok(())
    }

    /// The path with its query, as the options want it.
    fn path(&self, uri: &[u8], out: &mut Vec<u8>) {
        let path = path_and_query(uri);
        let end = memchr::memchr(b'?', path).filter(|_| self.drop_query);
        out.extend_from_slice(&path[..end.unwrap_or(path.len())]);
        if self.append_slash && out.last() != Some(&b'/') {
            out.push(b'/');
        }
    }
}

fn code(values: &[Argument]) -> u16 {
    let word = values.first().and_then(|value| value.value.word());
    word.and_then(|word| word.parse().ok()).unwrap_or(FOUND)
}

fn text(at: Compile<'_>, values: &[Argument]) -> Result<Text, String> {
    Ok(match values.first().map(|value| &value.value) {
        Some(Value::Format(format)) => Text::Computed(at.format_of(format)?.in_head()),
        value => Text::Fixed(value.map_or(&[][..], Value::bytes).into()),
    })
}

impl Text {
    fn get<'a>(&self, exec: &Exec<'a>) -> &'a [u8] {
        match self {
            Self::Fixed(text) => exec.arena.copy(text),
            Self::Computed(format) => exec.text(format),
        }
    }
}

/// The target from its path on; of one without a path it is the root.
fn path_and_query(uri: &[u8]) -> &[u8] {
    if uri.first() == Some(&b'/') {
        return uri;
    }
    let rest = memchr::memmem::find(uri, b"://").map(|at| &uri[at + 3..]);
    rest.and_then(|rest| memchr::memchr(b'/', rest).map(|slash| &rest[slash..]))
        .unwrap_or(b"/")
}

impl Action for Redirect {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let text = self.text.get(exec);
        if self.ignore_empty && text.is_empty() {
            return Step::Next;
        }
        let mut location = Vec::with_capacity(text.len() + 64);
        let context = exec.context();
        let uri = context.request.map_or(&b"/"[..], |request| request.uri());
        match self.target {
            Target::Location => {
                location.extend_from_slice(text);
                let query = memchr::memchr(b'?', uri).map_or(&[][..], |at| &uri[at + 1..]);
                if self.keep_query && !query.is_empty() {
                    location.push(if text.contains(&b'?') { b'&' } else { b'?' });
                    location.extend_from_slice(query);
                }
            }
            Target::Prefix => {
                // A bare slash stands for the site itself: the path has one already.
                if text != b"/" {
                    location.extend_from_slice(text);
                }
                self.path(uri, &mut location);
            }
            Target::Scheme => {
                let host = context
                    .request
                    .and_then(|request| request.headers().get(b"host").next());
                for part in [text, b"://", host.unwrap_or_default()] {
                    location.extend_from_slice(part);
                }
                self.path(uri, &mut location);
            }
        }
        let cookie = match &self.cookie {
            None => None,
            Some(Cookie::Set(text)) => Some((text.get(exec), &b"; path=/;"[..])),
            Some(Cookie::Clear(text)) => Some((text.get(exec), &b"; path=/; Max-Age=0;"[..])),
        };
        answer::redirect(exec.answer, self.code, &location);
        if let Some((cookie, rest)) = cookie {
            exec.answer.header(b"set-cookie", &[cookie, rest]);
        }
        exec.has_answer = true;
        Step::Redirect(self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::path_and_query;

    #[test]
    fn targets_of_all_forms_have_a_path() {
        assert_eq!(path_and_query(b"/a?b"), b"/a?b");
        assert_eq!(path_and_query(b"http://h:80/a?b"), b"/a?b");
        assert_eq!(path_and_query(b"http://h"), b"/");
        assert_eq!(path_and_query(b"*"), b"/");
    }
}
