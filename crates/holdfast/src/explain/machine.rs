//! Files that are explained elsewhere than where they run: names that do not resolve here, and certificates that are not here, are
//! done without, and that is said.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr};

use haproxy_cfg::{Host as _, Input, Loaded};

use crate::host::{Otherwise, SystemHost};

/// The address of names that have none here (RFC 5737: it is nobody's).
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 254));

/// Codes of findings that only say that a file is not here.
const NOT_HERE: &[&str] = &["missing-certificate", "missing-file"];

/// Keywords whose lines may name certificates.
const LINES: &[&str] = &["bind", "server", "default-server", "server-template"];

/// Words of such lines that name a file, or say what is done with what is in it.
const WITH_VALUE: &[&str] = &[
    "crt",
    "ca-file",
    "crl-file",
    "crt-list",
    "ca-verify-file",
    "ca-sign-file",
    "verify",
];

/// This machine, in whose place every name has an address.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    unknown: RefCell<Vec<String>>,
}

impl Elsewhere {
    /// What is told of names without an address.
    pub(super) fn notes(&self) -> Vec<String> {
        let unknown = self.unknown.borrow();
        let notes = unknown
            .iter()
            .map(|name| format!("{name} has no address here: taken as {NOBODY}"));
        notes.collect()
    }
}

impl Otherwise for Elsewhere {
    fn resolve(&self, host: &str) -> Option<IpAddr> {
        SystemHost.resolve(host).or_else(|| {
            let mut unknown = self.unknown.borrow_mut();
            if !unknown.iter().any(|name| name == host) {
                unknown.push(host.to_owned());
            }
            Some(NOBODY)
        })
    }

    fn user_id(&self, name: &str) -> Option<u32> {
        // Nobody becomes it.
        SystemHost.user_id(name).or(Some(0))
    }

    fn group_id(&self, name: &str) -> Option<u32> {
        SystemHost.group_id(name).or(Some(0))
    }
}

/// The files without the words about TLS of lines whose certificates are not here, and what is told of that; none where something
/// else keeps them from being read. Places stay where they are.
pub(super) fn without_certificates(loaded: &Loaded) -> Option<(Vec<Input>, Vec<String>)> {
    let sources = &loaded.sources;
    let mut places = Vec::new();
    for diagnostic in loaded.diagnostics.iter().filter(|diagnostic| diagnostic.refuses) {
        let span = diagnostic.span?;
        let line = sources.locate(span).1.line;
        let text = sources.file(span.file)?.line(line);
        let keyword = text
            .split(u8::is_ascii_whitespace)
            .find(|word| !word.is_empty())?;
        let is_one = LINES.iter().any(|known| known.as_bytes() == keyword);
        if !NOT_HERE.contains(&diagnostic.code) || !is_one {
            return None;
        }
        if !places.contains(&(span.file, line)) {
            places.push((span.file, line));
        }
    }
    let mut inputs = Vec::new();
    let mut notes = Vec::new();
    for (id, file) in sources.files() {
        let mut bytes = file.bytes().to_vec();
        for (_, line) in places.iter().filter(|(known, _)| *known == id) {
            let start = file.line_start(*line) as usize;
            let end = start + file.line(*line).len();
            blank(&mut bytes[start..end]);
            notes.push(format!(
                "{}:{line}: its certificates are not here: read as if it were in clear",
                file.name()
            ));
        }
        inputs.push(Input::Text {
            name: file.name().to_owned(),
            bytes,
        });
    }
    Some((inputs, notes))
}

/// Puts blanks in the place of words about TLS.
fn blank(line: &mut [u8]) {
    let mut at = 0;
    let mut takes_value = false;
    while at < line.len() {
        let begin = at
            + line[at..]
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace())
                .count();
        let end = begin
            + line[begin..]
                .iter()
                .take_while(|byte| !byte.is_ascii_whitespace())
                .count();
        let word = &mut line[begin..end];
        let has_value = WITH_VALUE.iter().any(|known| known.as_bytes() == &*word);
        if takes_value || has_value || &*word == b"ssl" {
            takes_value = has_value && !takes_value;
            word.fill(b' ');
        }
        at = end.max(at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_about_tls_become_blanks_and_others_stay_where_they_are() {
        let before = "    bind :443 ssl crt /a.pem alpn h2 verify required ca-file ca.pem name x";
        let mut line = before.as_bytes().to_vec();
        blank(&mut line);
        let after = String::from_utf8(line).unwrap();
        let words: Vec<&str> = after.split_whitespace().collect();
        assert_eq!(words, ["bind", ":443", "alpn", "h2", "name", "x"]);
        assert_eq!(
            (after.len(), after.find("name")),
            (before.len(), before.find("name"))
        );
    }
}
