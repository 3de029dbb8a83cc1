//! Counters as a file, for the process that comes after this one (management guide, `dump stats-file`; manual, `stats-file`): what
//! has a `guid`, by that, with the columns that a section of the file names itself. No file is opened here.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Config, ProxyId};

use crate::state::{Counter, Runtime, SideCounters};

use super::view::{Side, StatsView};

/// A count that is written and read as it is.
type Plain = (&'static str, fn(&SideCounters) -> &Counter);

/// The counts of a frontend.
const OF_FRONTENDS: &[Plain] = &[
    ("stot", |side| &side.stot),
    ("bin", |side| &side.bin),
    ("bout", |side| &side.bout),
    ("dreq", |side| &side.dreq),
    ("dresp", |side| &side.dresp),
    ("ereq", |side| &side.ereq),
    ("hrsp_1xx", |side| &side.hrsp[1]),
    ("hrsp_2xx", |side| &side.hrsp[2]),
    ("hrsp_3xx", |side| &side.hrsp[3]),
    ("hrsp_4xx", |side| &side.hrsp[4]),
    ("hrsp_5xx", |side| &side.hrsp[5]),
    ("hrsp_other", |side| &side.hrsp[0]),
    ("req_tot", |side| &side.req_tot),
    ("comp_in", |side| &side.comp_in),
    ("comp_out", |side| &side.comp_out),
    ("comp_byp", |side| &side.comp_byp),
    ("comp_rsp", |side| &side.comp_rsp),
    ("conn_tot", |side| &side.conn_tot),
    ("intercepted", |side| &side.intercepted),
    ("dcon", |side| &side.dcon),
    ("dses", |side| &side.dses),
    ("wrew", |side| &side.wrew),
    ("eint", |side| &side.eint),
];

/// The counts of a backend, and of a server.
const OF_BACKENDS: &[Plain] = &[
    ("stot", |side| &side.stot),
    ("bin", |side| &side.bin),
    ("bout", |side| &side.bout),
    ("dreq", |side| &side.dreq),
    ("dresp", |side| &side.dresp),
    ("econ", |side| &side.econ),
    ("eresp", |side| &side.eresp),
    ("wretr", |side| &side.wretr),
    ("wredis", |side| &side.wredis),
    ("lbtot", |side| &side.lbtot),
    ("hrsp_1xx", |side| &side.hrsp[1]),
    ("hrsp_2xx", |side| &side.hrsp[2]),
    ("hrsp_3xx", |side| &side.hrsp[3]),
    ("hrsp_4xx", |side| &side.hrsp[4]),
    ("hrsp_5xx", |side| &side.hrsp[5]),
    ("hrsp_other", |side| &side.hrsp[0]),
    ("req_tot", |side| &side.req_tot),
    ("cli_abrt", |side| &side.cli_abrt),
    ("srv_abrt", |side| &side.srv_abrt),
    ("comp_in", |side| &side.comp_in),
    ("comp_out", |side| &side.comp_out),
    ("comp_byp", |side| &side.comp_byp),
    ("comp_rsp", |side| &side.comp_rsp),
    ("wrew", |side| &side.wrew),
    ("connect", |side| &side.connect),
    ("reuse", |side| &side.reuse),
    ("eint", |side| &side.eint),
];

/// What a backend and a server have besides, in the order in which it is written behind their counts.
const STATES: [&str; 5] = ["chkfail", "chkdown", "lastchg", "hanafail", "lastsess"];

/// A frontend, a backend or a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Object {
    Frontend(ProxyId),
    Backend(ProxyId),
    Server(ProxyId, usize),
}

/// How far a file is that is written in parts.
#[derive(Debug, Default)]
pub struct Progress {
    /// Frontends are done.
    backends: bool,
    /// The head of the section is written.
    begun: bool,
    proxy: usize,
    /// Servers of the proxy that were passed.
    servers: usize,
}

impl Progress {
    /// Appends the next lines, until `out` is about as long as `until`. Gives whether there are more.
    pub fn some(&mut self, view: &StatsView<'_>, until: usize, out: &mut Vec<u8>) -> bool {
        loop {
            if !std::mem::replace(&mut self.begun, true) {
                head(self.backends, out);
            }
            while let Some(proxy) = view.config.proxies.get(self.proxy) {
                if out.len() >= until {
                    return true;
                }
                let id = ProxyId(u32::try_from(self.proxy).unwrap_or(u32::MAX));
                if proxy.disabled {
                    self.proxy += 1;
                    continue;
                }
                if self.backends {
                    for (at, server) in proxy.servers.numbered().skip(self.servers) {
                        if out.len() >= until {
                            return true;
                        }
                        self.servers += 1;
                        if let Some(guid) = server.guid.as_ref().filter(|_| !server.unlisted) {
                            line(view, guid, Object::Server(id, at), out);
                        }
                    }
                }
                let (is_one, object) = match self.backends {
                    true => (proxy.kind.is_backend(), Object::Backend(id)),
                    false => (proxy.kind.is_frontend(), Object::Frontend(id)),
                };
                if let Some(guid) = proxy.guid.as_ref().filter(|_| is_one) {
                    line(view, guid, object, out);
                }
                self.proxy += 1;
                self.servers = 0;
            }
            out.push(b'\n');
            if self.backends {
                return false;
            }
            *self = Self {
                backends: true,
                ..Self::default()
            };
        }
    }
}

fn head(backends: bool, out: &mut Vec<u8>) {
    let (begin, plain, states): (&[u8], _, &[_]) = match backends {
        true => (b"#be guid,", OF_BACKENDS, &STATES),
        false => (b"#fe guid,", OF_FRONTENDS, &[]),
    };
    out.extend_from_slice(begin);
    for name in plain.iter().map(|(name, _)| name).chain(states) {
        out.extend_from_slice(name.as_bytes());
        out.push(b',');
    }
    out.push(b'\n');
}

fn line(view: &StatsView<'_>, guid: &[u8], object: Object, out: &mut Vec<u8>) {
    out.extend_from_slice(guid);
    let mut value = |value: u64| out.extend_from_slice(format!(",{value}").as_bytes());
    let plain = |side: &Side<'_>, plain: &[Plain], value: &mut dyn FnMut(u64)| {
        for (_, pick) in plain {
            value(side.sum(|side| pick(side).get()));
        }
    };
    let last = |side: &Side<'_>| u64::try_from(side.last_session(view.now_ms)).unwrap_or(0);
    match object {
        Object::Frontend(id) => plain(&view.frontend(id), OF_FRONTENDS, &mut value),
        Object::Backend(id) => {
            let (side, state) = (view.backend(id), &view.runtime.proxies[id.0 as usize]);
            plain(&side, OF_BACKENDS, &mut value);
            value(0);
            value(state.down_transitions.load(Relaxed));
            let changed = state.last_change_ms.load(Relaxed).cast_signed().div_euclid(1000);
            value(
                ((view.now_ms / 1000).cast_signed() - changed)
                    .max(0)
                    .cast_unsigned(),
            );
            value(0);
            value(last(&side));
        }
        Object::Server(id, at) => {
            let (side, state) = (
                view.server(id, at),
                &view.runtime.proxies[id.0 as usize].servers[at],
            );
            plain(&side, OF_BACKENDS, &mut value);
            value(state.failed_checks.load(Relaxed));
            value(state.down_transitions.load(Relaxed));
            value(state.unchanged_seconds(view.now_ms).into());
            value(state.failed_analyses.load(Relaxed));
            value(last(&side));
        }
    }
    out.extend_from_slice(b",\n");
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is none: nothing behind that place was taken over.
    Format,
    /// A line is of a server where there should be a frontend or a backend, counted from 1.
    Line(usize),
}

/// Takes over what a file says of the objects of `config`, before they serve anybody. Gives what is wrong with it.
pub fn load(runtime: &Runtime, config: &Config, file: &[u8], now_ms: u64) -> Vec<Fault> {
    let mut faults = Vec::new();
    // Which objects the section is about; none: of those that are not known here. And its columns.
    let mut section: Option<(Option<bool>, Vec<&[u8]>)> = None;
    for (number, text) in file.split(|byte| *byte == b'\n').enumerate() {
        if text.is_empty() {
            continue;
        }
        if let Some(head) = text.strip_prefix(b"#") {
            let (backends, rest) = if let Some(rest) = head.strip_prefix(b"fe guid,") {
                (Some(false), rest)
            } else if let Some(rest) = head.strip_prefix(b"be guid,") {
                (Some(true), rest)
            } else if head.starts_with(b"fe ") || head.starts_with(b"be ") {
                faults.push(Fault::Format);
                return faults;
            } else {
                (None, b",".as_slice())
            };
            if !rest.ends_with(b",") {
                faults.push(Fault::Format);
                return faults;
            }
            let names = rest[..rest.len() - 1].split(|byte| *byte == b',');
            section = Some((backends, names.collect()));
            continue;
        }
        let Some((backends, columns)) = &section else {
            faults.push(Fault::Format);
            return faults;
        };
        let Some(backends) = *backends else { continue };
        let mut words = text.split(|byte| *byte == b',');
        let guid = words.next().unwrap_or_default();
        let values: Vec<&[u8]> = words.collect();
        let Some(object) = find(config, guid, backends) else {
            continue;
        };
        if matches!(object, Object::Server(..)) && !backends {
            faults.push(Fault::Line(number + 1));
            continue;
        }
        // One that is cut is not to be trusted. The last value has a comma behind it, too.
        if values.len() < columns.len() || values[columns.len() - 1].is_empty() {
            continue;
        }
        for (column, value) in columns.iter().zip(values) {
            let value = std::str::from_utf8(value)
                .ok()
                .and_then(|value| value.parse().ok());
            if let Some(value) = value {
                set(runtime, object, column, value, now_ms);
            }
        }
    }
    faults
}

/// The object of that name; a `listen` section is a frontend in one section and a backend in the other.
fn find(config: &Config, guid: &[u8], backends: bool) -> Option<Object> {
    let is = |known: &Option<haproxy_cfg::model::Word>| known.as_ref().is_some_and(|known| **known == *guid);
    config.proxies.iter().enumerate().find_map(|(at, proxy)| {
        let id = ProxyId(u32::try_from(at).ok()?);
        if is(&proxy.guid) {
            return Some(match backends {
                true => Object::Backend(id),
                false => Object::Frontend(id),
            });
        }
        let mut servers = proxy.servers.numbered();
        servers
            .find(|(_, server)| is(&server.guid))
            .map(|(at, _)| Object::Server(id, at))
    })
}

fn set(runtime: &Runtime, object: Object, column: &[u8], value: u64, now_ms: u64) {
    let Some(thread) = runtime.counters.first() else {
        return;
    };
    let (side, plain) = match object {
        Object::Frontend(id) => (&thread.frontends[id.0 as usize], OF_FRONTENDS),
        Object::Backend(id) => (&thread.backends[id.0 as usize], OF_BACKENDS),
        Object::Server(id, at) => (&thread.servers[id.0 as usize][at], OF_BACKENDS),
    };
    if let Some((_, pick)) = plain.iter().find(|(name, _)| name.as_bytes() == column) {
        pick(side).set(value);
        return;
    }
    // So long ago; as a number with a sign, which is below 0 before the clock began.
    let before = now_ms.wrapping_sub(value.saturating_mul(1000));
    match (column, object) {
        (b"lastsess", Object::Backend(_) | Object::Server(..)) if value > 0 => {
            side.last_session_ms.set(before);
        }
        (b"chkdown", Object::Backend(id)) => {
            runtime.proxies[id.0 as usize]
                .down_transitions
                .store(value, Relaxed);
        }
        (b"lastchg", Object::Backend(id)) => {
            runtime.proxies[id.0 as usize]
                .last_change_ms
                .store(before, Relaxed);
        }
        (_, Object::Server(id, at)) => {
            let server = &runtime.proxies[id.0 as usize].servers[at];
            match column {
                b"chkfail" => server.failed_checks.store(value, Relaxed),
                b"chkdown" => server.down_transitions.store(value, Relaxed),
                b"lastchg" => server.last_change_ms.store(before, Relaxed),
                b"hanafail" => server.failed_analyses.store(value, Relaxed),
                _ => {}
            }
        }
        // Rates are of the moment, and what is not known here is another version's.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Process;
    use haproxy_cfg::testing::load_str;

    const FILE: &str = "defaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n\
        frontend fe\n bind :80\n guid f1\n default_backend be\n\
        backend be\n guid be1\n server s1 127.0.0.1:1 guid srv1\n server s2 127.0.0.1:2\n\
        listen both\n bind :81\n guid l1\n server s1 127.0.0.1:1 guid srv3\n";

    /// What a process that took over `file` shows of the objects that have a value, a line for each: name and columns.
    fn taken_over(file: &str) -> (Vec<String>, Vec<Fault>) {
        let loaded = load_str(FILE);
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
        let config = loaded.config;
        let runtime = Runtime::new(&config, 2, 0);
        let faults = load(&runtime, &config, file.as_bytes(), 0);
        let text = written(&config, &runtime, 0);
        let mut columns = Vec::new();
        let mut shown = Vec::new();
        for line in text.lines() {
            let words: Vec<&str> = line.trim_end_matches(',').split(',').collect();
            if line.starts_with('#') {
                columns = words;
                continue;
            }
            let pairs = columns.iter().zip(&words).skip(1);
            let some: Vec<String> = pairs
                .filter(|(_, value)| **value != "0")
                .map(|(name, value)| format!(" {name}={value}"))
                .collect();
            if !some.is_empty() {
                shown.push(format!("{}{}", words[0], some.concat()));
            }
        }
        (shown, faults)
    }

    fn written(config: &Config, runtime: &Runtime, now_ms: u64) -> String {
        let view = StatsView {
            config,
            runtime,
            now_ms,
            process: &Process::default(),
        };
        let (mut progress, mut out) = (Progress::default(), Vec::new());
        // In as many parts as there can be.
        while progress.some(&view, out.len() + 1, &mut out) {}
        String::from_utf8(out).expect("text")
    }

    /// What haproxy 3.4 took over of the same files.
    #[test]
    fn files_are_taken_over_as_the_original_takes_them() {
        let line = |number| vec![Fault::Line(number)];
        let cases: [(&str, &[&str], Vec<Fault>); 12] = [
            ("#fe guid,stot,bin,\nf1,5,6,\n", &["f1 stot=5 bin=6"], vec![]),
            ("#fe guid,stot,bin\nf1,5,6\n", &[], vec![Fault::Format]),
            (
                "#fe guid,stot,bin,\nf1,5,6,\nnosuch,1,2,\nl1,3,4,\n",
                &["f1 stot=5 bin=6", "l1 stot=3 bin=4"],
                vec![],
            ),
            (
                "#fe guid,stot,nosuch,bin,\nf1,5,6,7,\n",
                &["f1 stot=5 bin=7"],
                vec![],
            ),
            (
                "#fe guid,stot,bin,\nf1,5,\n\n#be guid,stot,\nsrv1,8,\n",
                &["srv1 stot=8"],
                vec![],
            ),
            ("#fe guid,stot,bin,\nf1,5,6,7,8\n", &["f1 stot=5 bin=6"], vec![]),
            (
                "#fe guid,stot,bin,\nf1,abc,6,\nl1,4,4,\n",
                &["f1 bin=6", "l1 stot=4 bin=4"],
                vec![],
            ),
            ("#xx guid,stot,\nf1,5\n", &[], vec![]),
            ("#fe stot,guid,\n5,f1,\n", &[], vec![Fault::Format]),
            ("garbage\n#fe guid,stot,\nf1,5,\n", &[], vec![Fault::Format]),
            ("#fe guid,stot,\nsrv1,5,\nnone,7,\n", &[], line(2)),
            (
                "#be guid,chkfail,lastchg,lastsess,\nsrv1,2,100,50,\nl1,2,7,3,\n",
                &[
                    "srv1 chkfail=2 lastchg=100 lastsess=50",
                    "l1 lastchg=7 lastsess=3",
                ],
                vec![],
            ),
        ];
        for (file, expected, faults) in cases {
            let (shown, found) = taken_over(file);
            assert_eq!(shown, expected, "{file}");
            assert_eq!(found, faults, "{file}");
        }
    }

    #[test]
    fn what_one_process_writes_the_next_one_writes_again() {
        let config = load_str(FILE).config;
        let first = Runtime::new(&config, 2, 0);
        for thread in &first.counters {
            for (at, (_, pick)) in OF_BACKENDS.iter().enumerate() {
                for side in [&thread.backends[1], &thread.servers[1][0], &thread.servers[2][0]] {
                    pick(side).add(at as u64 + 1);
                }
            }
            for (at, (_, pick)) in OF_FRONTENDS.iter().enumerate() {
                pick(&thread.frontends[0]).add(100 + at as u64);
            }
            thread.backends[1].last_session_ms.set(70_000);
        }
        first.proxies[1].servers[0].failed_checks.store(3, Relaxed);
        first.proxies[1].down_transitions.store(2, Relaxed);
        let text = written(&config, &first, 100_000);
        let second = Runtime::new(&config, 4, 0);
        assert_eq!(load(&second, &config, text.as_bytes(), 0), []);
        assert_eq!(written(&config, &second, 0), text);
        // The second one goes on counting from there, and time goes on.
        second.counters[3].backends[1].stot.inc();
        let later = written(&config, &second, 5000);
        let of_backend = later
            .lines()
            .find(|line| line.starts_with("be1,"))
            .expect("a line");
        assert!(of_backend.starts_with("be1,3,"), "{of_backend}");
        assert!(of_backend.ends_with(",0,2,105,0,35,"), "{of_backend}");
    }
}
