//! States of servers that another process wrote down (`show servers state`), for a process that takes over
//! (`load-server-state-from-file`): the file's lines, and what each of them means for a server.

use std::net::IpAddr;
use std::sync::atomic::Ordering::Relaxed;

use bstr::ByteSlice as _;
use haproxy_cfg::model::{Config, ProxyId, Server, StateFile, Word};

use super::{Admin, CheckedAt, Health, Place, Runtime, ServerState};
use crate::check::{AdminChange, CheckStatus, Event, Origin, change_admin, set_weight};

/// Words that a line must have. Those behind them came later, and need not be there.
const WORDS: usize = 20;

/// What was found while states were taken over, as a process that starts says it.
#[derive(Debug)]
pub enum Found {
    /// Something is wrong with a file or a line.
    Wrong(String),
    /// A server changed.
    Changed(Event),
}

/// Takes over the states that files have of the servers of `config`. `read` gives the content of a file, if it can be read.
pub fn take_over(
    runtime: &Runtime,
    config: &Config,
    now_ms: u64,
    read: impl Fn(&str) -> Option<Vec<u8>>,
) -> Vec<Found> {
    let mut found = Vec::new();
    let asked = config
        .proxies
        .iter()
        .any(|proxy| proxy.state_file == Some(StateFile::Global));
    let global = config.state_file.as_ref().filter(|_| asked).map(|path| {
        let path = path.to_string();
        let (lines, wrong) = lines_of(read(&path), &format!("global server state file '{path}'"));
        found.extend(wrong.map(|wrong| Found::Wrong(format!("config: {wrong}."))));
        lines
    });
    for (at, proxy) in config.proxies.iter().enumerate() {
        // There are far fewer proxies than u32 has numbers.
        let id = ProxyId(at as u32);
        let own;
        let lines = match &proxy.state_file {
            None => continue,
            Some(StateFile::Global) => global.as_deref().unwrap_or_default(),
            Some(StateFile::Own(path)) => {
                let path = path.to_string();
                let (lines, wrong) = lines_of(read(&path), &format!("server state file '{path}'"));
                found.extend(wrong.map(|wrong| Found::Wrong(format!("Proxy '{}': {wrong}.", proxy.name))));
                own = lines;
                &own
            }
        };
        for (index, server) in proxy.servers.numbered() {
            let named = |line: &&Vec<Vec<u8>>| line[1] == *proxy.name && line[3] == *server.name;
            // The first line of a server counts.
            let Some(line) = lines.iter().find(named) else {
                continue;
            };
            let number = line[0].to_str_lossy();
            if matches!(proxy.state_file, Some(StateFile::Own(_))) && number != proxy.id.to_string() {
                found.push(Found::Wrong(format!(
                    "Proxy '{}': backend ID mismatch: from server state file: '{number}', from running config '{}'",
                    proxy.name, proxy.id
                )));
            }
            match Saved::read(line) {
                Ok(saved) => {
                    let events = saved.apply(runtime, config, (id, index), server, now_ms);
                    // That a backend has nobody left is not said here.
                    let of_servers = events.into_iter().filter(|event| event.server.is_some());
                    found.extend(of_servers.map(Found::Changed));
                    let state = &runtime.proxies[id.0 as usize].servers[index];
                    found.extend(saved.say_where(state, server).err().map(|wrong| {
                        let of = format!("{}/{}", proxy.name, server.name);
                        Found::Wrong(format!(
                            "server-state partially applied for server '{of}', {wrong}"
                        ))
                    }));
                }
                Err((field, value)) => found.push(Found::Wrong(format!(
                    "server-state application failed for server '{}/{}', invalid {field} value '{value}'",
                    proxy.name, server.name
                ))),
            }
        }
    }
    found
}

/// What is wrong with a file, which is then worth nothing.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// It is not one of a version that is known.
    Version,
    /// That line, counted from 1 behind the version, is cut.
    Line(usize),
}

/// A line as its words.
type Words = Vec<Vec<u8>>;

/// The lines of a file that was read, and what is wrong with it. One that is not there was told of when the configuration was read.
fn lines_of(content: Option<Vec<u8>>, name: &str) -> (Vec<Words>, Option<String>) {
    let Some(content) = content else {
        return (Vec::new(), None);
    };
    let owned = |lines: &[Vec<&[u8]>]| {
        let words = |line: &Vec<&[u8]>| line.iter().map(|word| word.to_vec()).collect();
        lines.iter().map(words).collect()
    };
    match lines(&content) {
        Ok(lines) => (owned(&lines), None),
        Err(Fault::Version) => (Vec::new(), Some(format!("Can't get version of the {name}"))),
        Err(Fault::Line(number)) => (Vec::new(), Some(format!("corrupted {name} at line {number}"))),
    }
}

/// The lines of a file as words, without its version and comments.
fn lines(content: &[u8]) -> Result<Vec<Vec<&[u8]>>, Fault> {
    let Some(rest) = content.strip_prefix(b"1\n") else {
        return Err(Fault::Version);
    };
    let mut found = Vec::new();
    for (at, line) in rest.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let words: Vec<&[u8]> = line
            .fields_with(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))
            .collect();
        if words.first().is_none_or(|word| word.starts_with(b"#")) {
            continue;
        }
        if words.len() < WORDS || !line.ends_with(b"\n") {
            return Err(Fault::Line(at + 1));
        }
        found.push(words);
    }
    Ok(found)
}

/// A line that is sound.
#[derive(Debug, PartialEq, Eq)]
struct Saved {
    /// 0 stopped, 1 starting, 2 running, 3 stopping.
    state: u8,
    admin: Admin,
    weight: u32,
    /// The weight that the file had.
    initial_weight: u32,
    unchanged_seconds: u64,
    check_status: CheckStatus,
    /// Whether checks were there, and whether they were at work.
    checks: (bool, bool),
    port: Option<u16>,
    /// The name that an administrator gave it.
    host: Option<Word>,
    /// The agent was there, and was not asked.
    agent_paused: bool,
    /// Where checks went, and where the agent was asked: addresses and ports as they stand there.
    checked_at: [String; 2],
    agent_at: [String; 2],
}

/// What the administrator's flags may be, in numbers of the file.
const KNOWN_ADMIN: u8 = 0x7f;

impl Saved {
    /// Reads a line's words; the field that is wrong, and its value.
    fn read(line: &[Vec<u8>]) -> Result<Self, (&'static str, String)> {
        let word = |at: usize| line.get(at).map_or("", |word| word.to_str().unwrap_or("?"));
        let number = |at: usize, field: &'static str, most: u64| {
            let value = word(at).parse::<u64>().ok().filter(|number| *number <= most);
            value.ok_or_else(|| (field, word(at).to_owned()))
        };
        let byte = |at, field, most: u8| number(at, field, most.into()).map(|number| number as u8);
        let state = byte(5, "srv_op_state", 3)?;
        let admin = byte(6, "srv_admin_state", KNOWN_ADMIN)?;
        if admin & (Admin::FORCED_MAINT | Admin::FORCED_DRAIN) == Admin::FORCED_MAINT | Admin::FORCED_DRAIN {
            return Err(("srv_admin_state", word(6).to_owned()));
        }
        let weight = number(7, "srv_uweight", 256)? as u32;
        let initial_weight = number(8, "srv_iweight", 256)? as u32;
        // Far fewer seconds than milliseconds have numbers.
        // A clock may have been set back meanwhile.
        let unchanged_seconds = match word(9).parse::<i64>() {
            Ok(..=0) => 0,
            _ => number(9, "srv_last_time_change", u64::MAX / 2000)?,
        };
        let status = byte(10, "srv_check_status", u8::MAX)?;
        let check_status =
            CheckStatus::of_number(status).ok_or_else(|| ("srv_check_status", word(10).to_owned()))?;
        byte(11, "srv_check_result", 4)?;
        let checks = byte(13, "srv_check_state", 0x1f)?;
        let agent = byte(14, "srv_agent_state", 0x1f)?;
        let place = |ip: usize, port: usize| [word(ip), word(port)].map(str::to_owned);
        byte(15, "bk_f_forced_id", 1)?;
        byte(16, "srv_f_forced_id", 1)?;
        let port = match word(18).parse::<i64>() {
            Ok(port) => Some(u16::try_from(port).map_err(|_| ("srv_port", word(18).to_owned()))?),
            Err(_) => None,
        };
        Ok(Self {
            state,
            admin: Admin(admin),
            weight,
            initial_weight,
            unchanged_seconds,
            check_status,
            checks: (checks & 2 != 0, checks & 4 != 0),
            port,
            host: (admin & Admin::RENAMED != 0 && word(17) != "-").then(|| word(17).into()),
            agent_paused: agent & 2 != 0 && agent & 4 == 0,
            checked_at: place(22, 21),
            agent_at: place(23, 24),
        })
    }

    /// Puts a server into the state that was written down, as far as the configuration still wants it.
    fn apply(
        &self,
        runtime: &Runtime,
        config: &Config,
        (id, index): (ProxyId, usize),
        server: &Server,
        now_ms: u64,
    ) -> Vec<Event> {
        let state = &runtime.proxies[id.0 as usize].servers[index];
        let change = |what| change_admin(runtime, config, id, index, what, Origin::StateFile, now_ms);
        let mut events = Vec::new();
        let forced = self.admin.0 & Admin::FORCED_MAINT != 0;
        let by_file = self.admin.0 & Admin::CONFIG_MAINT != 0;
        // What an earlier file said of maintenance is no administrator's word.
        let maintenance = forced && !by_file;
        match self.state {
            0 => events.extend(change(AdminChange::HealthDown)),
            3 => events.extend(change(AdminChange::HealthStopping)),
            _ => {}
        }
        if self.state == 3 {
            let mut report = state.check_report();
            report.health = report.rise;
        }
        if maintenance {
            events.extend(change(AdminChange::KeepMaint));
        } else if server.disabled && by_file && !forced {
            // The administrator had taken it out of the maintenance that the file asks for.
            events.extend(change(AdminChange::Ready));
        }
        // Whom the file has in maintenance does not come back as one that is drained.
        if self.admin.0 & Admin::FORCED_DRAIN != 0 && !state.admin().is_maint() {
            events.extend(change(AdminChange::KeepDrain));
        }
        if self.initial_weight == server.weight && self.weight != server.weight {
            events.extend(set_weight(runtime, config, id, index, self.weight, now_ms));
        }
        self.take_over_checks(state, server);
        if let Some(agent) = state.agent().filter(|_| self.agent_paused) {
            agent.paused.store(true, Relaxed);
        }
        if self.state == 1 {
            state.bounds.ramp.begin(now_ms);
        }
        if !(self.state == 1 && state.bounds.ramp.climbs()) {
            let before =
                (now_ms.cast_signed() - (self.unchanged_seconds * 1000).cast_signed()).cast_unsigned();
            state.last_change_ms.store(before, Relaxed);
        }
        if let haproxy_cfg::model::ServerAddr::Inet { port, .. } = &server.addr
            && self.port.is_some_and(|saved| saved > 0)
            && self.port != *port
        {
            let place = state.place().unwrap_or_else(|| Place::at_start(server));
            state.set_place(Place {
                port: self.port,
                ..place
            });
        }
        let named = server.resolution.as_ref().is_some_and(|names| !names.srv);
        if let Some(host) = self.host.as_ref().filter(|_| named) {
            let place = state.place().unwrap_or_else(|| Place::at_start(server));
            state.set_place(Place {
                host: Some(host.clone()),
                ..place
            });
            state.set_admin(Admin(state.admin().0 | Admin::RENAMED));
        }
        runtime.proxies[id.0 as usize].touch_servers();
        events
    }

    /// Takes over where checks go and where the agent is, up to what is wrong.
    fn say_where(&self, state: &ServerState, server: &Server) -> Result<(), String> {
        if let Some((ip, port)) = place(&self.checked_at)? {
            if !server.check.enabled || state.checks_paused.load(Relaxed) {
                return Err("health checks are not enabled on this server".to_owned());
            }
            let before = state.checked_at();
            state.set_checked_at(CheckedAt {
                ip: ip.or(before.ip),
                port: port.or(before.port),
            });
        }
        if let Some((ip, port)) = place(&self.agent_at)? {
            let agent = state.agent();
            let asked = agent.filter(|agent| !agent.paused.load(Relaxed));
            let Some(agent) = asked else {
                return Err("agent checks are not enabled on this server".to_owned());
            };
            agent.change_contact(|contact| {
                contact.ip = ip.or(contact.ip);
                contact.port = port.unwrap_or(contact.port);
            });
        }
        Ok(())
    }

    fn take_over_checks(&self, state: &ServerState, server: &Server) {
        if !server.check.enabled {
            if state.health() == Health::Up && !state.admin().is_maint() {
                let mut report = state.check_report();
                report.health = report.full_health();
            }
            return;
        }
        let (configured, at_work) = self.checks;
        if configured && !at_work {
            state.checks_paused.store(true, Relaxed);
        }
        let mut report = state.check_report();
        report.status = self.check_status;
        if state.health() == Health::Up && !state.admin().is_maint() {
            report.health = match self.state {
                1 => report.rise.saturating_sub(1).max(1),
                // It has just left the maintenance that the file asks for.
                _ if server.disabled => report.rise,
                _ => report.full_health(),
            };
        }
    }
}

/// Either may be left as it is.
type AddressAndPort = (Option<IpAddr>, Option<u16>);

/// The address and port that two words name; none where they say nothing. What is wrong with them otherwise.
fn place([ip, port]: &[String; 2]) -> Result<Option<AddressAndPort>, String> {
    let ip = match ip.as_str() {
        "-" | "" => None,
        ip => Some(ip.parse().map_err(|_| format!("invalid addr '{ip}'"))?),
    };
    let port = match port.as_str() {
        "0" | "" => None,
        port => {
            let number = port.parse::<i64>();
            let number = number.map_err(|_| "provided port is not an integer".to_owned())?;
            Some(u16::try_from(number).map_err(|_| "provided port is invalid".to_owned())?)
        }
    };
    Ok((ip.is_some() || port.is_some()).then_some((ip, port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "3 b 1 s1 127.0.0.1 2 0 5 10 100 6 3 4 6 0 0 0 - 1 - 0 0 - - 0";

    fn words(line: &str) -> Vec<Vec<u8>> {
        line.split(' ').map(|word| word.as_bytes().to_vec()).collect()
    }

    /// The line with another word at that place.
    fn with(at: usize, word: &str) -> Vec<Vec<u8>> {
        let mut line = words(LINE);
        line[at] = word.as_bytes().to_vec();
        line
    }

    #[test]
    fn a_field_that_cannot_be_is_told_by_its_name() {
        for (at, word, field) in [
            (5, "9", "srv_op_state"),
            (6, "9", "srv_admin_state"),
            (7, "300", "srv_uweight"),
            (7, "x", "srv_uweight"),
            (8, "300", "srv_iweight"),
            (9, "x", "srv_last_time_change"),
            (10, "99", "srv_check_status"),
            (11, "9", "srv_check_result"),
            (13, "99", "srv_check_state"),
            (14, "99", "srv_agent_state"),
            (16, "5", "srv_f_forced_id"),
            (18, "70000", "srv_port"),
        ] {
            assert_eq!(Saved::read(&with(at, word)), Err((field, word.to_owned())));
        }
        assert_eq!(Saved::read(&with(18, "x")).unwrap().port, None);
        // As 2.6 does: a time to come is none, and what came later need not be there.
        assert_eq!(Saved::read(&with(9, "-5")).unwrap().unchanged_seconds, 0);
        let old = Saved::read(&words(LINE)[..WORDS]).unwrap();
        assert_eq!((old.weight, old.port), (5, Some(1)));
    }

    #[test]
    fn a_file_with_a_line_that_is_cut_is_worth_nothing() {
        let file = format!("1\n# names\n{LINE}\n\n{}\n", LINE.replace(' ', "\t"));
        let sound = lines(file.as_bytes()).unwrap();
        assert_eq!((sound.len(), sound[0] == sound[1]), (2, true));
        let old = format!(
            "1\n{}\n",
            words(LINE)[..WORDS]
                .iter()
                .map(|word| word.to_str_lossy())
                .collect::<Vec<_>>()
                .join(" ")
        );
        assert_eq!(lines(old.as_bytes()).unwrap().len(), 1);
        assert_eq!(lines(format!("{file}{LINE}").as_bytes()), Err(Fault::Line(5)));
        assert_eq!(lines(b"1\n3 b 1 s1 127.0.0.1 2\n"), Err(Fault::Line(1)));
        assert_eq!(lines(b"1\n"), Ok(Vec::new()));
        for wrong in [&b"2\n"[..], b"1 \n", b""] {
            assert_eq!(lines(wrong), Err(Fault::Version));
        }
    }
}
