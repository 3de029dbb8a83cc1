//! The process: its user, its folder, its names, and what it is allowed to do.

use syntax::{Diagnostic, Span};

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::{given, kept, once};
use crate::model::Word;
use crate::signature::{Cursor, Given, ReadArgument, Subject, Value};
use crate::values::loose_integer;

/// The text of a line's argument.
fn text(given: &Given, name: &str) -> Option<Word> {
    given.get(name).and_then(Value::text).cloned()
}

pub(crate) fn chroot(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once(reading, line, "chroot")
    {
        reading.written.global.chroot = text(&given, "path");
    }
}

pub(crate) fn pidfile(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once(reading, line, "pidfile")
    {
        reading.written.global.pidfile = text(&given, "path");
    }
}

/// `anonkey`.
pub(crate) fn anonymous_key(reading: &mut Reading<'_>, line: &Line<'_>) {
    let key = given(reading, line).and_then(|given| given.get("key")?.number());
    if let Some(key) = key.and_then(|key| u32::try_from(key).ok()) {
        reading.written.global.anonymous_key = key;
    }
}

pub(crate) fn cluster_secret(reading: &mut Reading<'_>, line: &Line<'_>) {
    if kept(reading, line).is_some() {
        once(reading, line, "cluster-secret");
    }
}

/// `localpeer NAME`: the last one counts.
pub(crate) fn local_peer(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = kept(reading, line) else { return };
    if reading.options.local_peer.is_some() {
        let message = "'localpeer' ignored since it is already set by using the '-L' command line argument.";
        return reading.tell(
            Diagnostic::warning("ignored-keyword", message)
                .at(line.span())
                .help("remove it here or there"),
        );
    }
    let peers = reading
        .written
        .sections
        .iter()
        .find(|section| section.keyword == "peers")
        .map(|section| section.span);
    if let Some(before) = peers {
        let message = "'localpeer' ignored since it is used after 'peers' section.";
        let told = Diagnostic::warning("ignored-keyword", message).at(line.span());
        return reading.tell(told.label(before, "used here").help("move it above that section"));
    }
    let name = text(&given, "name");
    if let Some(name) = &name {
        reading.variables.set("HAPROXY_LOCALPEER", name.to_vec());
    }
    reading.written.local_peer = name;
}

/// A name of a user or a group of the machine, with its number.
fn known_name(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    what: &str,
) -> Option<Value> {
    let word = cursor.next();
    // What stands behind it is told first, as the original counts the words before it looks at them.
    if cursor.peek().is_some() {
        let name = word.map(|word| shown(word).into_owned()).unwrap_or_default();
        return Some(Value::Text(name.into()));
    }
    account(reading, subject, word, what, |name| {
        format!("cannot find {what} id for '{name}' (0:Success)")
    })
}

/// A user or a group that the machine must have; `unknown` words that it has not.
pub(super) fn account(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    word: Option<&crate::lex::Word<'_>>,
    what: &str,
    unknown: impl Fn(&str) -> String,
) -> Option<Value> {
    let name = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let id = match what {
        "user" => reading.host.user_id(&name),
        _ => reading.host.group_id(&name),
    };
    if id.is_some() {
        return Some(Value::Text(name.into()));
    }
    let span = word.map_or(subject.behind, |word| word.span);
    let help = format!("create the {what}, or name one that exists");
    subject.alert(reading, "unknown-user", span, unknown(&name), help);
    None
}

/// The name of a user of the machine.
pub(crate) const USER_NAME: ReadArgument =
    ReadArgument(|reading, cursor, subject| known_name(reading, cursor, subject, "user"));
/// The name of a group of the machine.
pub(crate) const GROUP_NAME: ReadArgument =
    ReadArgument(|reading, cursor, subject| known_name(reading, cursor, subject, "group"));

pub(crate) fn user(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = given(reading, line).and_then(|given| text(&given, "name")) else {
        return;
    };
    if reading.written.global.uid.is_some_and(|uid| uid != 0) {
        return twice(reading, line, "user/uid");
    }
    reading.written.global.uid = reading.host.user_id(&name.to_string());
    reading.written.global.user = Some(name);
}

pub(crate) fn group(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = given(reading, line).and_then(|given| text(&given, "name")) else {
        return;
    };
    if reading.written.global.gid.is_some_and(|gid| gid != 0) {
        return twice(reading, line, "group/gid");
    }
    reading.written.global.gid = reading.host.group_id(&name.to_string());
    reading.written.global.group = Some(name);
}

fn twice(reading: &mut Reading<'_>, line: &Line<'_>, what: &str) {
    let message = format!("{what} already specified. Continuing.");
    reading.tell(
        Diagnostic::alert("given-twice", message)
            .refusing(false)
            .at(line.span())
            .help("remove one of them"),
    );
}

/// The number of a user or a group, which is read as `atol` reads it.
pub(crate) const ID: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    if cursor.peek().is_some() {
        return Some(Value::Int(0));
    }
    let loose = loose_integer(&word.text);
    if !loose.exact {
        let whom = if subject.name == "uid" { "user" } else { "group" };
        let message = format!(
            " {}: string '{}' is not a number.\n   | You might want to use the '{whom}' parameter to use a system {whom} name.",
            subject.name,
            shown(word)
        );
        let told = Diagnostic::warning("not-a-number", message).at(word.span);
        subject.tell(reading, told.help(format!("write: {whom} NAME")));
    }
    Some(Value::Int(loose.value))
});

/// `uid` and `gid`.
pub(crate) fn numeric_id(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let id = given
        .get("number")
        .and_then(Value::number)
        // The original keeps 32 bits of what it read: -1 is a number that no group can have, and fails at the start.
        .map(|id| id as u32);
    let (slot, what) = match given.name {
        "uid" => (&mut reading.written.global.uid, "user/uid"),
        _ => (&mut reading.written.global.gid, "group/gid"),
    };
    if slot.is_some_and(|id| id != 0) {
        return twice(reading, line, what);
    }
    *slot = id;
}

pub(crate) fn daemon(reading: &mut Reading<'_>, line: &Line<'_>) {
    if given(reading, line).is_some() {
        reading.written.global.daemon = true;
    }
}

pub(crate) fn quiet(reading: &mut Reading<'_>, line: &Line<'_>) {
    if given(reading, line).is_some() {
        reading.written.global.quiet = true;
    }
}

pub(crate) fn nosplice(reading: &mut Reading<'_>, line: &Line<'_>) {
    if given(reading, line).is_some() {
        reading.written.global.nosplice = true;
    }
}

pub(crate) fn noreuseport(reading: &mut Reading<'_>, line: &Line<'_>) {
    if given(reading, line).is_some() {
        reading.written.global.noreuseport = true;
    }
}

/// `set-dumpable [on|off|libs]`: core files of its libraries are not told apart.
pub(crate) fn dumpable(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line) {
        reading.written.global.dumpable = given.option("off").is_none();
    }
}

/// Of `auto` nothing comes: how late tasks are is not looked at beforehand.
pub(crate) fn measure_tasks(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line) {
        reading.written.global.measures_tasks = matches!(given.get("switch"), Some(Value::Word("on")));
    }
}

pub(crate) fn no_websocket_in_http2(reading: &mut Reading<'_>, line: &Line<'_>) {
    if given(reading, line).is_some() {
        reading.written.global.no_websocket_in_http2 = true;
    }
}

pub(crate) fn any_payload(reading: &mut Reading<'_>, line: &Line<'_>) {
    if given(reading, line).is_some() {
        reading.written.global.any_payload = true;
    }
}

pub(crate) fn zero_warning(reading: &mut Reading<'_>, line: &Line<'_>) {
    if given(reading, line).is_some() {
        reading.written.global.zero_warning = true;
    }
}

pub(crate) fn debug(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.at_most(line, 0) {
        reading.written.global.debug = true;
    }
}

/// `insecure-fork-wanted`: nothing here keeps the process from starting others.
pub(crate) fn allow_forks(reading: &mut Reading<'_>, line: &Line<'_>) {
    let _kept = kept(reading, line);
}

/// `external-check`.
pub(crate) fn allow_external_check(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.spoken_before(3, 0) && !reading.at_most(line, 0) {
        return;
    }
    if kept(reading, line).is_some() {
        reading.written.external_check = true;
        reading.written.keeps_environment |= line.arg(0).is_some_and(|word| &*word.text == b"preserve-env");
    }
}

/// `expose-deprecated-directives`.
pub(crate) fn expose_deprecated(reading: &mut Reading<'_>, line: &Line<'_>) {
    if kept(reading, line).is_some() {
        reading.written.deprecated = true;
    }
}

/// `expose-experimental-directives`.
pub(crate) fn expose_experimental(reading: &mut Reading<'_>, line: &Line<'_>) {
    if kept(reading, line).is_some() {
        reading.written.experimental = true;
    }
}

/// Capabilities of the process, with commas between them.
pub(crate) const CAPABILITIES: ReadArgument = ReadArgument(|reading, cursor, subject| {
    const KNOWN: [&[u8]; 4] = [
        b"cap_net_raw",
        b"cap_net_admin",
        b"cap_net_bind_service",
        b"cap_sys_admin",
    ];
    let word = cursor.next()?;
    if word
        .text
        .split(|byte| *byte == b',')
        .all(|name| KNOWN.contains(&name))
    {
        return Some(Value::Text(word.text.to_vec().into()));
    }
    // The original shows the first name, whichever is wrong.
    let first = word.text.split(|byte| *byte == b',').next().unwrap_or_default();
    let message = format!(
        "'{}' : unsupported capability '{}'.  Supported ones are: cap_net_raw, cap_net_admin, cap_net_bind_service and \
         cap_sys_admin.",
        subject.name,
        String::from_utf8_lossy(first)
    );
    subject.alert(
        reading,
        "unknown-option",
        word.span,
        message,
        "write one of those",
    );
    None
});

/// A node's name.
pub(crate) const NODE: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if cursor.peek().is_none() && !word.text.iter().all(valid) {
        let message = format!(
            "'{}' requires valid node name - non-empty string with digits(0-9), letters(A-Z, a-z), dot(.), hyphen(-) \
             or underscode(_).",
            subject.name
        );
        let told = Diagnostic::alert("bad-name", message)
            .at(word.span)
            .context(syntax::Context::ParsingTight);
        subject.tell(reading, told);
        return None;
    }
    Some(Value::Text(word.text.to_vec().into()))
});

pub(crate) fn node(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line) {
        reading.written.global.node = text(&given, "name");
    }
}

pub(crate) fn description(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let words: Vec<&[u8]> = given
        .arguments
        .iter()
        .filter_map(|argument| argument.value.text())
        .map(|word| word.as_slice())
        .collect();
    reading.written.global.description = Some(words.join(&b' ').into());
}

pub(crate) fn log_send_hostname(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once(reading, line, "log-send-hostname")
    {
        reading.written.global.log_send_hostname = Some(text(&given, "name"));
    }
}

/// The folder of `default-path origin`.
pub(crate) const ORIGIN: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let path = shown(word).into_owned();
    if reading.host.path_kind(&path).is_err() {
        return no_such_folder(reading, subject, &path, word.span);
    }
    Some(Value::Text(path.into()))
});

fn no_such_folder(reading: &mut Reading<'_>, subject: &Subject<'_>, path: &str, span: Span) -> Option<Value> {
    let message = format!("couldn't set 'default-path' to origin '{path}': No such file or directory.");
    let told = Diagnostic::alert("missing-file", message).at(span);
    subject.tell(reading, told.help("name a folder that exists"));
    None
}
