//! Lines of the `global` section.

use syntax::{Context, Diagnostic, Severity};

use super::bind::{tls_version, without};
use super::line::{Line, Prefix, shown};
use super::proxy::count;
use super::reading::Reading;
use super::timeout::timer;
use crate::model::{SslDefaults, Word};
use crate::values::{Unit, integer, loose_integer};

/// Threads that may be asked for.
const MAX_THREADS: i64 = 64;

/// Keeps the first of a keyword that may stand once. Gives false when it stood before, which is told.
fn once(reading: &mut Reading<'_>, line: &Line<'_>, name: &'static str) -> bool {
    let span = line.span();
    let Some(before) = reading.written.global_spans.get(name).copied() else {
        reading.written.global_spans.insert(name, span);
        return true;
    };
    reading.tell(
        Diagnostic::alert("given-twice", format!("'{name}' already specified. Continuing."))
            .at(span)
            .label(before, "given here before")
            .help("remove one of them"),
    );
    false
}

/// The one text that a keyword takes.
fn text(reading: &mut Reading<'_>, line: &Line<'_>, missing: &str) -> Option<Word> {
    let Some(word) = line.arg(0) else {
        reading.tell(
            Diagnostic::alert("missing-argument", missing)
                .at(line.behind())
                .help("add it"),
        );
        return None;
    };
    let value = word.text.to_vec().into();
    reading.at_most(line, 1).then_some(value)
}

pub(crate) fn chroot(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(path) = text(reading, line, "'chroot' expects a directory as an argument.") else {
        return;
    };
    if once(reading, line, "chroot") {
        reading.written.global.chroot = Some(path);
    }
}

pub(crate) fn pidfile(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(path) = text(reading, line, "'pidfile' expects a file name as an argument.") else {
        return;
    };
    if once(reading, line, "pidfile") {
        reading.written.global.pidfile = Some(path);
    }
}

pub(crate) fn maxconn(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(number) = count(reading, line, "'maxconn' expects an integer argument.")
        && once(reading, line, "maxconn")
    {
        reading.written.global.maxconn = Some(number);
    }
}

pub(crate) fn ulimit_n(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line
        .arg(0)
        .is_some_and(|word| matches!(&*word.text, b"unlimited" | b"fd-hard-limit"))
    {
        return reading.tell_read_only("'ulimit-n' without a number", line.span());
    }
    if let Some(number) = count(reading, line, "'ulimit-n' expects an integer argument.")
        && once(reading, line, "ulimit-n")
    {
        reading.written.global.ulimit_n = Some(u64::from(number));
    }
}

pub(crate) fn user(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = text(reading, line, "'user' expects a user name as argument.") else {
        return;
    };
    let id = reading.host.user_id(&name.to_string());
    if id.is_none() {
        unknown_id(reading, line, "user", &name);
    } else if reading.written.global.uid.is_some_and(|uid| uid != 0) {
        twice(reading, line, "user/uid");
    } else {
        reading.written.global.uid = id;
        reading.written.global.user = Some(name);
    }
}

pub(crate) fn group(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = text(reading, line, "'group' expects a group name as argument.") else {
        return;
    };
    let id = reading.host.group_id(&name.to_string());
    if id.is_none() {
        unknown_id(reading, line, "group", &name);
    } else if reading.written.global.gid.is_some_and(|gid| gid != 0) {
        twice(reading, line, "group/gid");
    } else {
        reading.written.global.gid = id;
        reading.written.global.group = Some(name);
    }
}

fn unknown_id(reading: &mut Reading<'_>, line: &Line<'_>, what: &str, name: &Word) {
    let span = line.arg(0).map_or(line.span(), |word| word.span);
    let message = format!("cannot find {what} id for '{name}' (0:Success)");
    let help = format!("create the {what}, or name one that exists");
    reading.tell(Diagnostic::alert("unknown-user", message).at(span).help(help));
}

fn twice(reading: &mut Reading<'_>, line: &Line<'_>, what: &str) {
    let message = format!("{what} already specified. Continuing.");
    reading.tell(
        Diagnostic::alert("given-twice", message)
            .at(line.span())
            .help("remove one of them"),
    );
}

/// `uid` and `gid`.
pub(crate) fn numeric_id(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = shown(line.keyword()).into_owned();
    let is_uid = name == "uid";
    let Some(word) = line.arg(0) else {
        return reading.alert(
            "missing-argument",
            line.behind(),
            format!("'{name}' expects an integer argument."),
        );
    };
    if !reading.at_most(line, 1) {
        return;
    }
    let given = if is_uid {
        reading.written.global.uid
    } else {
        reading.written.global.gid
    };
    if given.is_some_and(|id| id != 0) {
        return twice(reading, line, if is_uid { "user/uid" } else { "group/gid" });
    }
    let loose = loose_integer(&word.text);
    if !loose.exact {
        let whom = if is_uid { "user" } else { "group" };
        let message = format!(
            " {name}: string '{}' is not a number.\nYou might want to use the '{whom}' parameter to use a system {whom} name.",
            shown(word)
        );
        reading.tell(
            Diagnostic::warning("loose-number", message)
                .at(word.span)
                .help(format!("write: {whom} NAME")),
        );
    }
    let id = u32::try_from(loose.value).ok();
    if is_uid {
        reading.written.global.uid = id;
    } else {
        reading.written.global.gid = id;
    }
}

pub(crate) fn daemon(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.at_most(line, 0) {
        reading.written.global.daemon = true;
    }
}

pub(crate) fn quiet(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.at_most(line, 0) {
        reading.written.global.quiet = true;
    }
}

pub(crate) fn debug(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.at_most(line, 0) {
        reading.written.global.debug = true;
    }
}

pub(crate) fn master_worker(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(word) = line.arg(0).filter(|word| &*word.text != b"no-exit-on-failure") {
        let message = "'master-worker' only supports 'no-exit-on-failure' option.";
        return reading.alert("unknown-option", word.span, message);
    }
    reading.written.global.master_worker = true;
}

pub(crate) fn nbthread(reading: &mut Reading<'_>, line: &Line<'_>) {
    let word = line.arg(0);
    let shown_value = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let span = word.map_or(line.behind(), |word| word.span);
    if !reading.at_most(line, 1) {
        return;
    }
    let Some(value) = word.and_then(|word| integer(&word.text)) else {
        let message = format!("'nbthread' passed a missing or unparsable integer value in '{shown_value}'");
        return reading.tell(
            Diagnostic::alert("bad-number", message)
                .at(span)
                .help("write: nbthread 4"),
        );
    };
    let Some(threads) = u32::try_from(value)
        .ok()
        .filter(|_| (1..=MAX_THREADS).contains(&value))
    else {
        let message = format!("'nbthread' value must be between 1 and {MAX_THREADS} (was {value})");
        return reading.tell(
            Diagnostic::alert("bad-number", message)
                .at(span)
                .help("write one for each CPU core, or leave it out"),
        );
    };
    reading.written.global.nbthread = Some(threads);
}

pub(crate) fn nbproc(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(number) = count(reading, line, "'nbproc' expects an integer argument.") {
        reading.written.global.nbproc = Some(number.max(1));
    }
}

pub(crate) fn hard_stop_after(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        return reading.alert(
            "missing-argument",
            line.behind(),
            "'hard-stop-after' expects <time> as argument.",
        );
    };
    if let Some(millis) = timer(reading, word, Unit::Millisecond, "argument to <hard-stop-after>.") {
        reading.written.global.hard_stop_after = Some(millis);
    }
}

pub(crate) fn spread_checks(reading: &mut Reading<'_>, line: &Line<'_>) {
    let value = line.arg(0).map(|word| loose_integer(&word.text).value);
    let span = line.arg(0).map_or(line.behind(), |word| word.span);
    match value
        .and_then(|value| u32::try_from(value).ok())
        .filter(|percent| *percent <= 50)
    {
        Some(percent) => reading.written.global.spread_checks = percent,
        None => reading.alert_tight(
            "bad-number",
            span,
            "'spread-checks' needs a positive value in range 0..50.",
        ),
    }
}

pub(crate) fn max_spread_checks(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        let message = "'max-spread-checks' expects an integer argument (milliseconds).";
        return reading.alert("missing-argument", line.behind(), message);
    };
    if let Some(millis) = timer(
        reading,
        word,
        Unit::Millisecond,
        "'max-spread-checks' (wants an integer delay).",
    ) {
        reading.written.global.max_spread_checks = Some(millis);
    }
}

pub(crate) fn node(reading: &mut Reading<'_>, line: &Line<'_>) {
    let valid = |word: &[u8]| {
        word.iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    match line.arg(0).filter(|word| valid(&word.text)) {
        Some(word) => reading.written.global.node = Some(word.text.to_vec().into()),
        None => {
            let message = "'node' requires valid node name - non-empty string with digits(0-9), letters(A-Z, a-z), \
                           dot(.), hyphen(-) or underscode(_).";
            reading.alert_tight(
                "bad-name",
                line.arg(0).map_or(line.behind(), |word| word.span),
                message,
            );
        }
    }
}

pub(crate) fn description(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.arg(0).is_none() {
        return reading.alert_tight(
            "missing-argument",
            line.behind(),
            "'description' expects a string argument.",
        );
    }
    let words: Vec<&[u8]> = line.args().iter().map(|word| &*word.text).collect();
    reading.written.global.description = Some(words.join(&b' ').into());
}

pub(crate) fn log_send_hostname(reading: &mut Reading<'_>, line: &Line<'_>) {
    if once(reading, line, "log-send-hostname") {
        let name = line.arg(0).map(|word| word.text.to_vec().into());
        reading.written.global.log_send_hostname = Some(name);
    }
}

/// `crt-base` and `ca-base`.
pub(crate) fn base(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name: &'static str = if &*line.keyword().text == b"crt-base" {
        "crt-base"
    } else {
        "ca-base"
    };
    let missing = format!("global statement '{name}' expects a directory path as an argument.");
    let Some(path) = text(reading, line, &missing) else {
        return;
    };
    let slot = if name == "crt-base" {
        &mut reading.written.global.crt_base
    } else {
        &mut reading.written.global.ca_base
    };
    if slot.is_some() {
        reading.alert("given-twice", line.span(), format!("'{name}' already specified."));
    } else {
        *slot = Some(path);
    }
}

pub(crate) fn strict_limits(reading: &mut Reading<'_>, line: &Line<'_>) {
    reading.written.global.strict_limits = Some(line.prefix == Prefix::None);
}

/// `ssl-default-bind-…` and `ssl-default-server-…`.
pub(crate) fn ssl_default(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = shown(line.keyword()).into_owned();
    let (server, what) = match name.strip_prefix("ssl-default-server-") {
        Some(what) => (true, what),
        None => (false, name.strip_prefix("ssl-default-bind-").unwrap_or(&name)),
    };
    if what == "options" {
        return ssl_options(reading, line, &name, server);
    }
    let missing = format!("global statement '{name}' expects a cipher suite as an argument.");
    let Some(value) = text(reading, line, &missing) else {
        return;
    };
    let defaults = defaults_of(reading, server);
    match what {
        "ciphers" => defaults.ciphers = Some(value),
        _ => defaults.ciphersuites = Some(value),
    }
}

fn defaults_of<'r>(reading: &'r mut Reading<'_>, server: bool) -> &'r mut SslDefaults {
    if server {
        &mut reading.written.global.ssl_default_server
    } else {
        &mut reading.written.global.ssl_default_bind
    }
}

fn ssl_options(reading: &mut Reading<'_>, line: &Line<'_>, name: &str, server: bool) {
    if line.arg(0).is_none() {
        let message = format!("global statement '{name}' expects an option as an argument.");
        return reading.alert("missing-argument", line.behind(), message);
    }
    let mut at = 0;
    while let Some(word) = line.arg(at) {
        at += 1;
        let text = shown(word).into_owned();
        let version = |name: &str| match name {
            "sslv3" => tls_version(b"SSLv3"),
            "tlsv10" => tls_version(b"TLSv1.0"),
            "tlsv11" => tls_version(b"TLSv1.1"),
            "tlsv12" => tls_version(b"TLSv1.2"),
            "tlsv13" => tls_version(b"TLSv1.3"),
            _ => None,
        };
        if text == "ssl-min-ver" || text == "ssl-max-ver" {
            let value = line.arg(at);
            at += 1;
            let Some(found) = value.and_then(|value| tls_version(&value.text)) else {
                let got = value.map(|value| shown(value).into_owned()).unwrap_or_default();
                let message = format!("'{got}' : unknown ssl/tls version on global statement '{name}'.");
                let span = value.map_or(word.span, |value| value.span);
                let told = Diagnostic::alert("unknown-version", message).at(span);
                return reading.tell(told.help("write TLSv1.2, for example"));
            };
            let defaults = defaults_of(reading, server);
            if text == "ssl-min-ver" {
                defaults.min_ver = Some(found);
            } else {
                defaults.max_ver = Some(found);
            }
        } else if let Some(found) = text.strip_prefix("no-").and_then(version) {
            let SslDefaults { min_ver, max_ver, .. } = defaults_of(reading, server);
            without(min_ver, max_ver, found);
        } else if let Some(found) = text.strip_prefix("force-").and_then(version) {
            let defaults = defaults_of(reading, server);
            defaults.min_ver = Some(found);
            defaults.max_ver = Some(found);
        } else if !server && matches!(text.as_str(), "tls-tickets" | "no-tls-tickets") {
            defaults_of(reading, server).tickets = Some(text == "tls-tickets");
        } else if matches!(
            text.as_str(),
            "no-tls-tickets"
                | "prefer-client-ciphers"
                | "strict-sni"
                | "allow-0rtt"
                | "tls-tickets"
                | "no-strict-sni"
                | "ssl-reuse"
                | "no-ssl-reuse"
                | "no-renegotiate"
                | "renegotiate"
        ) {
            reading.tell_read_only(&format!("'{text}' of '{name}'"), word.span);
        } else {
            let message = format!("unknown option '{text}' on global statement '{name}'.");
            return reading.alert("unknown-option", word.span, message);
        }
    }
}

/// `stats socket`, `stats timeout` and `stats maxconn` of `global`.
pub(crate) fn stats(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    match name.as_str() {
        "socket" => super::bind::stats_socket(reading, line),
        "timeout" => {
            let Some(word) = line.arg(1) else {
                return reading.alert(
                    "missing-argument",
                    line.behind(),
                    "'stats timeout' expects a time.",
                );
            };
            if let Some(millis) = timer(reading, word, Unit::Millisecond, "'stats timeout'") {
                reading.written.global.stats_timeout = Some(millis);
            }
        }
        "maxconn" => {
            let value = line
                .arg(1)
                .and_then(|word| u32::try_from(loose_integer(&word.text).value).ok());
            match value.filter(|value| *value > 0) {
                Some(value) => reading.written.global.stats_maxconn = Some(value),
                None => {
                    let span = line.arg(1).map_or(line.behind(), |word| word.span);
                    reading.alert("bad-number", span, "'stats maxconn' expects a positive value");
                }
            }
        }
        "bind-process" => {
            let told = Diagnostic::warning("deprecated-keyword", "'stats bind-process' has no effect.");
            reading.tell(told.at(line.span()).help("remove it"));
        }
        _ => {
            let span = line.arg(0).map_or(line.behind(), |word| word.span);
            let message = format!(
                "'stats' only supports 'socket', 'maxconn', 'bind-process' and 'timeout' (got '{name}')"
            );
            reading.tell(
                Diagnostic::alert("unknown-option", message)
                    .at(span)
                    .help("write: stats socket PATH"),
            );
        }
    }
}

/// `tune.…` lines that are acted on.
pub(crate) fn tune(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = shown(line.keyword()).into_owned();
    let Some(word) = line.arg(0) else {
        return reading.alert(
            "missing-argument",
            line.behind(),
            format!("'{name}' expects an integer argument."),
        );
    };
    if !reading.at_most(line, 1) {
        return;
    }
    let (value, exact) = size(&word.text);
    let positive = matches!(
        name.as_str(),
        "tune.bufsize" | "tune.maxrewrite" | "tune.http.logurilen" | "tune.http.maxhdr"
    );
    let limit = if name == "tune.http.maxhdr" {
        32767
    } else {
        i64::from(i32::MAX)
    };
    let lowest = i64::from(positive && name != "tune.maxrewrite");
    if positive && !(lowest..=limit).contains(&value) {
        let message = if name == "tune.http.maxhdr" {
            format!("'{name}' expects a numeric value between 1 and 32767")
        } else {
            format!("'{name}' expects a positive integer argument.")
        };
        return reading.tell(
            Diagnostic::alert("bad-number", message)
                .at(word.span)
                .help("write a number"),
        );
    }
    if !exact {
        let message = format!("'{name}' expects a number, '{}' is read as {value}.", shown(word));
        reading.tell(
            Diagnostic::new(Severity::Warning, "loose-number", message)
                .at(word.span)
                .context(Context::Parsing),
        );
    }
    let number = u32::try_from(value.max(0)).unwrap_or(u32::MAX);
    let tune = &mut reading.written.global.tune;
    match name.as_str() {
        "tune.bufsize" => tune.bufsize = number,
        "tune.maxrewrite" => tune.maxrewrite = number,
        "tune.http.maxhdr" => tune.http_maxhdr = number,
        "tune.http.logurilen" => tune.http_logurilen = number,
        "tune.maxaccept" => tune.maxaccept = i32::try_from(value).ok(),
        "tune.rcvbuf.client" => tune.rcvbuf_client = Some(number),
        _ => tune.sndbuf_client = Some(number),
    }
}

/// A number, or one with a size suffix (manual, section 2.5), which versions before 3.0 ignored.
fn size(word: &[u8]) -> (i64, bool) {
    let loose = loose_integer(word);
    let factor = match word.last() {
        Some(b'k' | b'K') => 1 << 10,
        Some(b'm' | b'M') => 1 << 20,
        Some(b'g' | b'G') => 1 << 30,
        _ => return (loose.value, loose.exact),
    };
    match integer(&word[..word.len() - 1]) {
        Some(value) => (value.saturating_mul(factor), true),
        None => (loose.value, loose.exact),
    }
}
