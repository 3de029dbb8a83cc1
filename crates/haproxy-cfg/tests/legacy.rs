//! What newer versions dropped: each old form is read by default, with a warning that gives the new one; a strict dialect accepts
//! it up to the version that dropped it, warns where that version warned, and refuses it from then on.

use haproxy_cfg::testing::{FakeHost, load_on};
use haproxy_cfg::{Dialect, Loaded};
use syntax::{Severity, Version};

/// All versions of the language.
const VERSIONS: [(u16, u16); 23] = [
    (1, 3),
    (1, 4),
    (1, 5),
    (1, 6),
    (1, 7),
    (1, 8),
    (1, 9),
    (2, 0),
    (2, 1),
    (2, 2),
    (2, 3),
    (2, 4),
    (2, 5),
    (2, 6),
    (2, 7),
    (2, 8),
    (2, 9),
    (3, 0),
    (3, 1),
    (3, 2),
    (3, 3),
    (3, 4),
    (3, 5),
];

/// Where a line stands.
#[derive(Clone, Copy, Debug)]
enum In {
    Top,
    Global,
    Listen,
    Tcp,
    Backend,
}

use In::{Backend, Global, Listen, Tcp, Top};

/// A line, where it stands, since which version it is warned of, from which it is refused, and a part of what is said to write
/// instead.
type Row = (
    &'static str,
    In,
    Option<(u16, u16)>,
    Option<(u16, u16)>,
    &'static str,
);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("listen other 127.0.0.1:81", Top, Some((1, 5)), Some((1, 6)), "bind 127.0.0.1:81"),
    ("frontend other 127.0.0.1:81", Top, Some((1, 5)), Some((1, 6)), "bind 127.0.0.1:81"),
    ("contimeout 5s", Listen, Some((1, 5)), Some((2, 1)), "timeout connect 5s"),
    ("clitimeout 5s", Listen, Some((1, 5)), Some((2, 1)), "timeout client 5s"),
    ("srvtimeout 5s", Listen, Some((1, 5)), Some((2, 1)), "timeout server 5s"),
    ("timeout contimeout 5s", Listen, Some((1, 5)), Some((2, 1)), "timeout connect 5s"),
    ("timeout clitimeout 5s", Listen, Some((1, 5)), Some((2, 1)), "timeout client 5s"),
    ("timeout srvtimeout 5s", Listen, Some((1, 5)), Some((2, 1)), "timeout server 5s"),
    ("redispatch", Listen, Some((1, 5)), Some((2, 1)), "option redispatch"),
    ("redisp", Listen, Some((1, 5)), Some((2, 1)), "option redispatch"),
    ("reqadd X-A:\\ b", Listen, Some((2, 0)), Some((2, 1)), "http-request add-header X-A b"),
    ("rspadd X-A:\\ b", Listen, Some((2, 0)), Some((2, 1)), "http-response add-header X-A b"),
    ("reqdel ^X-A:.*", Listen, Some((2, 0)), Some((2, 1)), "http-request del-header X-A"),
    ("reqidel ^X-A:.*", Listen, Some((2, 0)), Some((2, 1)), "http-request del-header X-A"),
    ("rspdel ^X-A:.*", Listen, Some((2, 0)), Some((2, 1)), "http-response del-header X-A"),
    ("rspidel ^X-A:.*", Listen, Some((2, 0)), Some((2, 1)), "http-response del-header X-A"),
    ("reqrep ^X-A:\\ (.*) X-A:\\ b\\1", Listen, Some((2, 0)), Some((2, 1)), "http-request replace-"),
    ("reqirep ^X-A:\\ (.*) X-A:\\ b\\1", Listen, Some((2, 0)), Some((2, 1)), "http-request replace-"),
    ("rsprep ^X-A:\\ (.*) X-A:\\ b\\1", Listen, Some((2, 0)), Some((2, 1)), "http-response replace-header"),
    ("rspirep ^X-A:\\ (.*) X-A:\\ b\\1", Listen, Some((2, 0)), Some((2, 1)), "http-response replace-header"),
    ("reqdeny ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "http-request deny"),
    ("reqideny ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "http-request deny"),
    ("rspdeny ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "http-response deny"),
    ("rspideny ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "http-response deny"),
    ("reqallow ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "http-request allow"),
    ("reqiallow ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "http-request allow"),
    ("reqtarpit ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "http-request tarpit"),
    ("reqitarpit ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "http-request tarpit"),
    ("reqpass ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "delete the line"),
    ("reqipass ^X-A:", Listen, Some((2, 0)), Some((2, 1)), "delete the line"),
    ("reqsetbe ^X-A: b", Listen, Some((1, 5)), Some((1, 6)), "use_backend"),
    ("reqisetbe ^X-A: b", Listen, Some((1, 5)), Some((1, 6)), "use_backend"),
    ("block if { src 10.0.0.1 }", Listen, Some((1, 5)), Some((2, 1)), "http-request deny if { src 10.0.0.1 }"),
    ("appsession JSESSIONID len 52 timeout 3h", Listen, None, Some((1, 6)), "stick-table"),
    ("option forceclose", Listen, Some((2, 0)), Some((2, 5)), "option httpclose"),
    ("option http-tunnel", Listen, Some((2, 0)), Some((2, 1)), "delete the line"),
    ("option http-use-htx", Listen, None, Some((2, 1)), "delete the line"),
    ("option http_proxy", Listen, None, Some((2, 5)), "http-request do-resolve"),
    ("option tcpsplice", Listen, None, Some((1, 4)), "option splice-auto"),
    ("option lb-agent-chk", Listen, None, Some((1, 5)), "agent-check"),
    ("option accept-invalid-http-request", Listen, Some((3, 1)), None, "option accept-unsafe-violations-in-http-request"),
    ("option accept-invalid-http-response", Listen, Some((3, 1)), None, "option accept-unsafe-violations-in-http-response"),
    ("option independant-streams", Listen, Some((1, 5)), Some((2, 6)), "option independent-streams"),
    ("monitor-net 10.0.0.0/8", Listen, None, Some((2, 3)), "http-request return status 200 if { src 10.0.0.0/8 }"),
    ("mode health", Listen, None, Some((2, 3)), "monitor-uri"),
    ("grace 5s", Listen, None, Some((2, 5)), "delete the line"),
    ("bind-process 1", Listen, Some((2, 5)), Some((2, 7)), "delete the line"),
    ("bind 127.0.0.1:81 process 1", Listen, Some((2, 5)), Some((2, 7)), "thread"),
    ("dispatch 127.0.0.1:82", Listen, Some((3, 3)), Some((3, 5)), "server"),
    ("transparent", Tcp, Some((3, 3)), Some((3, 5)), "server"),
    ("option transparent", Tcp, Some((3, 3)), Some((3, 5)), "server"),
    ("option httpchk GET / HTTP/1.1\\r\\nHost:\\ a", Backend, Some((2, 2)), Some((2, 7)), "http-check send"),
    ("nbproc 1", Global, Some((2, 3)), Some((2, 5)), "nbthread 1"),
    ("debug", Global, Some((2, 0)), Some((2, 3)), "-d"),
    ("nosepoll", Global, None, Some((1, 5)), "delete the line"),
    ("node-name a", Global, None, Some((1, 4)), "node a"),
    ("tune.chksize 8192", Global, None, Some((2, 5)), "delete the line"),
    ("master-worker", Global, Some((3, 3)), Some((3, 5)), "-W"),
    ("tune.quic.max-frame-loss 5", Global, Some((3, 3)), Some((3, 5)), "tune.quic.fe."),
    ("program p\n    command /bin/true", Top, Some((3, 1)), Some((3, 3)), "init system"),
];

fn text(line: &str, place: In) -> String {
    let whole =
        "    bind 127.0.0.1:80\n    timeout client 1s\n    timeout connect 1s\n    timeout server 1s\n";
    // A time that is given twice would be warned of for that.
    let proxy = if line.contains("timeout ") {
        "    bind 127.0.0.1:80\n"
    } else {
        whole
    };
    let server = "    server s 127.0.0.1:90\n\nbackend b\n    timeout connect 1s\n    timeout server 1s\n    server s 127.0.0.1:90\n";
    match place {
        Top => format!(
            "{line}\n    mode http\n{}",
            &proxy["    bind 127.0.0.1:80\n".len()..]
        ),
        Global => format!("global\n    {line}\n\nlisten l\n    mode http\n{proxy}{server}"),
        Listen => format!("listen l\n    mode http\n{proxy}    {line}\n{server}"),
        Tcp => format!("listen l\n    mode tcp\n{proxy}    {line}\n{server}"),
        Backend => format!("listen l\n    mode http\n{proxy}{server}    mode http\n    {line}\n"),
    }
}

fn text_of(line: &str, place: In) -> String {
    // A section of another kind takes none of a proxy's lines.
    if line.starts_with("program") {
        return format!("{line}\n\nglobal\n    master-worker\n\n{}", text("", Listen));
    }
    text(line, place)
}

/// What is said of the line in question: everything but that it is only read.
fn said(loaded: &Loaded, line: &str, place: In) -> Vec<(Severity, String)> {
    let text = text_of(line, place);
    let wanted = text.find(line).map(|at| text[..at].matches('\n').count() + 1);
    let lines = wanted.map(|first| first..=first + line.matches('\n').count());
    let mut out = Vec::new();
    for diagnostic in loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code != "read-only")
    {
        let at = diagnostic
            .span
            .map(|span| loaded.sources.locate(span).1.line as usize);
        if at.is_some_and(|at| lines.as_ref().is_some_and(|lines| lines.contains(&at))) {
            let help = diagnostic.help.clone().unwrap_or_default();
            let fixes: Vec<_> = diagnostic
                .fixes
                .iter()
                .flat_map(|fix| &fix.edits)
                .map(|edit| String::from_utf8_lossy(&edit.text).into_owned())
                .collect();
            let all = format!("{} | {help} | {}", diagnostic.message, fixes.join(" / "));
            out.push((diagnostic.severity, all));
        }
    }
    out
}

#[test]
fn the_default_dialect_reads_all_that_any_version_read_and_gives_the_new_form() {
    let mut faults = String::new();
    for (line, place, _, _, instead) in ROWS {
        let loaded = load_on(&text_of(line, *place), Dialect::default(), &FakeHost::new());
        let said = said(&loaded, line, *place);
        if said.iter().any(|(severity, _)| *severity == Severity::Alert) {
            faults += &format!("{line}: refused: {said:?}\n");
        } else if !said
            .iter()
            .any(|(severity, text)| *severity == Severity::Warning && text.contains(instead))
        {
            faults += &format!("{line}: no warning gives '{instead}': {said:?}\n");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn a_strict_dialect_warns_and_refuses_from_the_version_that_did() {
    let mut faults = String::new();
    for (line, place, warned, removed, _) in ROWS {
        for (major, minor) in VERSIONS {
            let version = Version::new(major, minor);
            let loaded = load_on(
                &text_of(line, *place),
                Dialect::exactly(major, minor),
                &FakeHost::new(),
            );
            let said = said(&loaded, line, *place);
            let alert = said.iter().any(|(severity, _)| *severity == Severity::Alert);
            let refuses = removed.is_some_and(|(major, minor)| version >= Version::new(major, minor));
            let came = first_version(line);
            if version < came {
                continue;
            }
            if alert != refuses {
                faults += &format!("{version} {line}: refused is {alert}: {said:?}\n");
            }
            let warns = warned.is_some_and(|(major, minor)| version >= Version::new(major, minor));
            let warning = said.iter().any(|(severity, _)| *severity == Severity::Warning);
            if !refuses && warning != warns {
                faults += &format!("{version} {line}: warned of is {warning}: {said:?}\n");
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The first version that had what a line uses.
fn first_version(line: &str) -> Version {
    match line {
        _ if line.starts_with("option http-use-htx") => Version::new(1, 9),
        _ if line.starts_with("program") => Version::new(2, 0),
        _ if line.starts_with("tune.quic") => Version::new(2, 7),
        _ if line.starts_with("master-worker") => Version::new(1, 8),
        _ => Version::new(1, 3),
    }
}

/// Whether `text` is refused by the verdict of that version.
fn refused(text: &str, (major, minor): (u16, u16)) -> bool {
    load_on(text, Dialect::exactly(major, minor), &FakeHost::new()).has_errors()
}

#[test]
fn what_newer_versions_refuse_older_ones_accept() {
    let timeouts = "    timeout client 1s\n    timeout connect 1s\n    timeout server 1s\n";
    let cases: [(&str, String, (u16, u16)); 2] = [
        (
            "two proxies of one name",
            format!(
                "listen l\n    bind 127.0.0.1:80\n{timeouts}\nlisten l\n    bind 127.0.0.1:81\n{timeouts}"
            ),
            (1, 6),
        ),
        (
            "a server in a frontend",
            format!("frontend f\n    bind 127.0.0.1:80\n{timeouts}    server s 127.0.0.1:90\n"),
            (2, 4),
        ),
    ];
    let mut faults = String::new();
    for (what, text, since) in &cases {
        for version in VERSIONS {
            let ours = refused(text, version);
            if ours != (version >= *since) {
                faults += &format!("{what}: refused by {version:?} is {ours}\n");
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
