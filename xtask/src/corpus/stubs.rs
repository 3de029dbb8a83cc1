//! What a configuration asks the machine for, as far as messages name it: files, host names, users, groups and environment
//! variables; and stubs of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, bail};
use regex::Regex;

use super::room::RUN_FOLDER;
use crate::workspace;

/// What every asked-for environment variable says: a number that is a port, and an address by itself as well.
const VALUE: &str = "8080";
/// The first number that stub users and groups get.
const FIRST_ID: usize = 64_000;
/// An answer, for `errorfile` and its kin.
const ERROR_FILE: &str = "HTTP/1.0 503 Service Unavailable\r\nConnection: close\r\n\r\n";

/// What a file must hold for the one who asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Content {
    /// A certificate with its key.
    Certificate,
    /// An HTTP answer.
    Answer,
    /// Nothing: an empty script, list or map.
    Empty,
}

/// What a message asks for.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    File(Content),
    Host,
    User,
    Group,
    /// A port that an environment variable in the line should have given.
    Variable,
}

/// Which words of a message ask for what; the first group is the name.
const MESSAGES: &[(&str, Wanted)] = &[
    (
        r"unable to stat SSL certificate from file '([^']+)'",
        Wanted::File(Content::Certificate),
    ),
    (
        r"(?:Couldn't open the ca-file|unable to (?:load|open) (?:CA |CRL )?file) '([^']+)'",
        Wanted::File(Content::Certificate),
    ),
    (
        r"errorfile : error opening file '([^']+)'",
        Wanted::File(Content::Answer),
    ),
    (
        r"failed to open pattern file <([^>]+)>",
        Wanted::File(Content::Empty),
    ),
    (
        r"error in Lua file '([^']+)': cannot open",
        Wanted::File(Content::Empty),
    ),
    (r"could not resolve address '([^']+)'", Wanted::Host),
    (r"invalid address: '([^']+)' in", Wanted::Host),
    (r"cannot find user id for '([^']+)'", Wanted::User),
    (r"cannot find group id for '([^']+)'", Wanted::Group),
    (
        r"(missing port specification|invalid (?:port|character '.') )",
        Wanted::Variable,
    ),
];

static PATTERNS: LazyLock<Vec<(Regex, Wanted)>> = LazyLock::new(|| {
    MESSAGES
        .iter()
        .filter_map(|(pattern, wanted)| Some((Regex::new(pattern).ok()?, *wanted)))
        .collect()
});
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[[^\]]*:(\d+)\]").ok());
static VARIABLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)").ok());

/// Stubs of what has been asked for so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Stubs {
    files: BTreeMap<PathBuf, Content>,
    hosts: BTreeSet<String>,
    users: BTreeSet<String>,
    groups: BTreeSet<String>,
    variables: BTreeSet<String>,
}

impl Stubs {
    /// Adds what the messages of a program about the file `text` ask for; whether that is anything new.
    pub(super) fn learn(&mut self, output: &str, text: &str) -> bool {
        let mut new = false;
        for message in output.lines().filter(|line| line.starts_with("[ALERT]")) {
            for (pattern, wanted) in &*PATTERNS {
                let Some(name) = pattern
                    .captures(message)
                    .and_then(|found| found.get(1))
                    .map(|name| name.as_str())
                else {
                    continue;
                };
                new |= match wanted {
                    Wanted::File(content) => self.file(name, *content),
                    Wanted::Host => self.hosts.insert(name.to_owned()),
                    Wanted::User => self.users.insert(name.to_owned()),
                    Wanted::Group => self.groups.insert(name.to_owned()),
                    Wanted::Variable => self.variables_of(message, text),
                };
            }
        }
        new
    }

    /// A folder of certificates is asked for by a name with a slash at its end.
    fn file(&mut self, name: &str, content: Content) -> bool {
        let mut path = inside_the_tree(name);
        if name.ends_with('/') {
            path.push("stub.pem");
        }
        self.files.insert(path, content).is_none()
    }

    /// The environment variables in the line that the message is about.
    fn variables_of(&mut self, message: &str, text: &str) -> bool {
        let (Some(place), Some(variable)) = (&*PLACE, &*VARIABLE) else {
            return false;
        };
        let line = place
            .captures(message)
            .and_then(|found| found.get(1)?.as_str().parse::<usize>().ok())
            .and_then(|number| text.lines().nth(number.checked_sub(1)?))
            .unwrap_or_default();
        let mut new = false;
        for found in variable.captures_iter(line) {
            new |= self.variables.insert(found[1].to_owned());
        }
        new
    }

    /// The environment with the variables.
    pub(super) fn environment(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|name| (name.as_str(), VALUE))
    }

    /// Writes the stubs into a folder that will be laid over the root.
    pub(super) fn write(&self, upper: &Path) -> anyhow::Result<()> {
        for (path, content) in &self.files {
            let path = upper.join(path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            }
            let bytes = match content {
                Content::Certificate => certificate()?,
                Content::Answer => ERROR_FILE,
                Content::Empty => "",
            };
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        add_lines(
            upper,
            "etc/hosts",
            self.hosts.iter().map(|host| format!("127.0.0.1 {host}\n")),
        )?;
        let ids = FIRST_ID..;
        let users = self.users.iter().zip(ids.clone());
        add_lines(
            upper,
            "etc/passwd",
            users.map(|(user, id)| format!("{user}:x:{id}:{id}::/:/usr/sbin/nologin\n")),
        )?;
        let groups = self.groups.iter().zip(ids);
        add_lines(
            upper,
            "etc/group",
            groups.map(|(group, id)| format!("{group}:x:{id}:\n")),
        )
    }
}

/// The machine's own file with more lines, in the stubs. Without more lines nothing is written.
fn add_lines(upper: &Path, name: &str, lines: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let more: String = lines.collect();
    if more.is_empty() {
        return Ok(());
    }
    let own =
        fs::read_to_string(Path::new("/").join(name)).with_context(|| format!("cannot read /{name}"))?;
    let path = upper.join(name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&path, own + &more).with_context(|| format!("cannot write {}", path.display()))
}

/// Where a path that a configuration names stands below the tree's root.
fn inside_the_tree(name: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for part in Path::new("/").join(RUN_FOLDER).join(name).components() {
        match part {
            Component::Normal(part) => out.push(part),
            Component::ParentDir => {
                out.pop();
            }
            _ => {}
        }
    }
    out
}

/// One self-signed certificate with its key, made once for all.
fn certificate() -> anyhow::Result<&'static str> {
    static PEM: LazyLock<Result<String, String>> =
        LazyLock::new(|| make_certificate().map_err(|error| format!("{error:#}")));
    match &*PEM {
        Ok(pem) => Ok(pem),
        Err(error) => bail!("{error}"),
    }
}

fn make_certificate() -> anyhow::Result<String> {
    let openssl = workspace::program("openssl").context("needs openssl (Debian package openssl)")?;
    let output = Command::new(openssl)
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
        .args([
            "-subj",
            "/CN=stub",
            "-keyout",
            "/dev/stdout",
            "-out",
            "/dev/stdout",
        ])
        .output()
        .context("cannot start openssl")?;
    if !output.status.success() {
        bail!("openssl: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("openssl gives no text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_can_be_read() {
        assert_eq!(PATTERNS.len(), MESSAGES.len());
        assert!(PLACE.is_some() && VARIABLE.is_some());
    }

    #[test]
    fn what_alerts_ask_for_is_learnt_once() {
        let mut stubs = Stubs::default();
        let said = "[WARNING] (1) : could not resolve address 'not-asked'.\n\
                    [ALERT] (1) : [a.cfg:1] : 'server b/s' : could not resolve address 'asked'.\n\
                    [ALERT] (1) : parsing [a.cfg:2] : unable to stat SSL certificate from file '/c/d/' : No such file.\n\
                    [ALERT] (1) : parsing [a.cfg:3] : error in Lua file '../x.lua': cannot open ../x.lua\n\
                    [ALERT] (1) : parsing [a.cfg:4] : cannot find user id for 'someone' (0:Success)\n";
        assert!(stubs.learn(said, ""));
        assert!(!stubs.learn(said, ""), "nothing new");
        assert_eq!(stubs.hosts, BTreeSet::from(["asked".to_owned()]));
        assert_eq!(
            stubs.files.keys().collect::<Vec<_>>(),
            [Path::new("c/d/stub.pem"), Path::new("x.lua")]
        );
        assert_eq!(stubs.users, BTreeSet::from(["someone".to_owned()]));
    }

    #[test]
    fn a_missing_port_is_a_variable_only_where_the_line_has_one() {
        let mut stubs = Stubs::default();
        let said =
            |line| format!("[ALERT] (1) : parsing [a.cfg:{line}] : missing port specification in 'x'\n");
        let text = "bind *\nbind *:${PORT}\n";
        assert!(!stubs.learn(&said(1), text));
        assert!(stubs.learn(&said(2), text));
        assert_eq!(stubs.environment().collect::<Vec<_>>(), [("PORT", VALUE)]);
    }
}
