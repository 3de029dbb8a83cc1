//! The file that a server's line is read in which comes while the process runs: as much of what runs as the line is judged by.

use crate::model::{CheckKind, CheckScript, CheckStep, Config, Mode, Proxy, ProxyId, ProxyKind, ServerAt};
use crate::parse::version_name;

/// Writes the file, up to the line itself.
pub(super) fn write(config: &Config, backend: ProxyId, words: &[Vec<u8>]) -> Vec<u8> {
    let mut text = Vec::new();
    write_global(config, &mut text);
    let own = config.proxy(backend);
    let tracked: Vec<Tracked<'_>> = words
        .windows(2)
        .filter(|pair| pair[0] == b"track")
        .map(|pair| Tracked::named(config, backend, &pair[1]))
        .collect();
    for other in tracked.iter().filter(|tracked| tracked.backend != Some(backend)) {
        // Those that are not there are not written.
        let Some(proxy) = other.backend.map(|id| config.proxy(id)) else {
            continue;
        };
        write_backend(proxy, &mut text);
        other.write_server(config, &mut text);
    }
    write_backend(own, &mut text);
    for sibling in tracked.iter().filter(|tracked| tracked.backend == Some(backend)) {
        // Its own name is told of as one that is taken.
        if words.first().is_none_or(|name| name != sibling.name) {
            sibling.write_server(config, &mut text);
        }
    }
    text
}

/// What the global section says for the TLS of all servers.
fn write_global(config: &Config, text: &mut Vec<u8>) {
    let global = &config.global;
    let defaults = &global.ssl_default_server;
    text.extend_from_slice(b"global\n");
    for (keyword, value) in [
        ("ca-base", &global.ca_base),
        ("crt-base", &global.crt_base),
        ("ssl-default-server-ciphers", &defaults.ciphers),
        ("ssl-default-server-ciphersuites", &defaults.ciphersuites),
    ] {
        if let Some(value) = value {
            write_line(text, &[keyword.as_bytes(), value]);
        }
    }
    if global.ssl_server_verify_none {
        write_line(text, &[b"ssl-server-verify", b"none"]);
    }
    let versions = [
        ("ssl-min-ver", defaults.min_ver),
        ("ssl-max-ver", defaults.max_ver),
    ];
    for (keyword, version) in versions {
        if let Some(version) = version {
            let words = ["ssl-default-server-options", keyword, version_name(version)];
            write_line(text, &words.map(str::as_bytes));
        }
    }
    if defaults.tickets == Some(false) {
        write_line(text, &[b"ssl-default-server-options", b"no-tls-tickets"]);
    }
}

fn write_backend(proxy: &Proxy, text: &mut Vec<u8>) {
    write_line(text, &[b"backend", &proxy.name]);
    let mode: &[u8] = if proxy.mode == Mode::Http { b"http" } else { b"tcp" };
    write_line(text, &[b"mode", mode]);
    match &proxy.check {
        CheckKind::Tcp => {}
        CheckKind::Script(script) => write_script(script, text),
        CheckKind::Http(_) | CheckKind::Service(_) | CheckKind::Program(_) | CheckKind::Smtp { .. } => {
            write_line(text, &[b"option", b"httpchk"]);
        }
    }
}

/// As much of a script as servers are judged by: that it speaks, whether a step connects over TLS, and what a status of 404 means.
fn write_script(script: &CheckScript, text: &mut Vec<u8>) {
    let over_tls = |step: &CheckStep| matches!(step, CheckStep::Connect(connect) if connect.tls.is_some());
    let (option, rule): (&[u8], &[u8]) = if script.http {
        (b"httpchk", b"http-check")
    } else {
        (b"tcp-check", b"tcp-check")
    };
    write_line(text, &[b"option", option]);
    if script.disable_on_404 {
        write_line(text, &[b"http-check", b"disable-on-404"]);
    }
    if script.steps.iter().any(over_tls) {
        write_line(text, &[rule, b"connect", b"ssl"]);
    }
}

/// A server that a line names behind `track`.
struct Tracked<'w> {
    backend: Option<ProxyId>,
    name: &'w [u8],
}

impl<'w> Tracked<'w> {
    fn named(config: &Config, backend: ProxyId, word: &'w [u8]) -> Self {
        let Some(slash) = word.iter().position(|byte| *byte == b'/') else {
            return Self {
                backend: Some(backend),
                name: word,
            };
        };
        Self {
            backend: backend_named(config, &word[..slash]),
            name: &word[slash + 1..],
        }
    }

    /// A server of that name, checked where it or the one that it tracks in the end is. Of one that came while the process runs
    /// something else is told.
    fn write_server(&self, config: &Config, text: &mut Vec<u8>) {
        let Some(of) = self.backend.and_then(|backend| place(config, backend, self.name)) else {
            return;
        };
        let mut at = of;
        while let Some(next) = config.proxy(at.proxy).servers[at.index].tracks() {
            at = next;
        }
        let last = &config.proxy(at.proxy).servers[at.index];
        let came = of.index >= config.proxy(of.proxy).servers.of_file().len();
        let mut words: Vec<&[u8]> = vec![b"server", self.name, b"127.0.0.1:1"];
        if came || last.check.enabled || last.agent.is_some() {
            words.push(b"check");
        }
        write_line(text, &words);
    }
}

/// The backend of that name.
pub(super) fn backend_named(config: &Config, name: &[u8]) -> Option<ProxyId> {
    let found = |proxy: &Proxy| proxy.kind != ProxyKind::Frontend && *proxy.name == *name;
    let at = config.proxies.iter().position(found)?;
    Some(ProxyId(u32::try_from(at).ok()?))
}

/// Where the server of that name stands.
pub(super) fn place(config: &Config, backend: ProxyId, name: &[u8]) -> Option<ServerAt> {
    let servers = &config.proxy(backend).servers;
    Some(ServerAt {
        proxy: backend,
        index: servers.position(|server| !server.unlisted && *server.name == *name)?,
    })
}

/// Writes words as a line, each read as it is.
pub(super) fn write_line(text: &mut Vec<u8>, words: &[&[u8]]) {
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            text.push(b' ');
        }
        push_word(text, word);
    }
    text.push(b'\n');
}

/// Puts a word into a file, so that it is read as it is.
pub(crate) fn push_word(text: &mut Vec<u8>, word: &[u8]) {
    for byte in word {
        if matches!(byte, b' ' | b'\t' | b'#' | b'"' | b'\'' | b'\\') {
            text.push(b'\\');
        }
        text.push(*byte);
    }
}
