//! Commands that show something.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Address, Level, Proxy, ProxyId, ProxyKind, Server, ServerAddr};

use crate::check::CheckStatus;
use crate::state::{Admin, Health, NameserverCounter, ServerState};
use crate::stats::{Filter, StatsView, csv, file, info, json, rows, typed};

use super::anonymous::Marks;
use super::ongoing::{Next, PART, Part};
use super::{Call, Reply, session};

pub(super) fn version(call: &mut Call<'_, '_>) -> Reply {
    Reply::Info(format!("{}\n", call.view.process.version))
}

pub(super) fn clear_counters(call: &mut Call<'_, '_>) -> Reply {
    let all = call.argument(0) == b"all";
    if all && call.session.level < Level::Admin {
        return Reply::denied();
    }
    call.control.clear_counters(all);
    Reply::Done
}

pub(super) fn backend(call: &mut Call<'_, '_>) -> Reply {
    call.out.extend_from_slice(b"# name\n");
    for (_, proxy) in call.view.proxies().filter(|(_, p)| p.kind.is_backend()) {
        call.out.extend_from_slice(&proxy.name);
        call.out.push(b'\n');
    }
    Reply::Done
}

pub(super) fn cli_sockets(call: &mut Call<'_, '_>) -> Reply {
    call.out.extend_from_slice(b"# socket lvl processes\n");
    for socket in &call.view.config.global.stats_sockets {
        match &socket.address {
            Address::Unix(path) => call.out.extend_from_slice(&[b"unix@".as_slice(), path].concat()),
            Address::Abstract(name) => {
                call.out
                    .extend_from_slice(&[name.prefix().as_bytes(), &name.name].concat());
            }
            Address::Inet(at) => {
                let family = if at.is_ipv4() { "ipv4@" } else { "ipv6@" };
                call.out.extend_from_slice(format!("{family}{at}").as_bytes());
            }
            Address::Fd(n) | Address::SockPair(n) => {
                call.out.extend_from_slice(format!("sockpair@{n}").as_bytes());
            }
        }
        let level = session::level_name(socket.level);
        call.out.extend_from_slice(format!(" {level} all\n").as_bytes());
    }
    Reply::Done
}

pub(super) fn env(call: &mut Call<'_, '_>) -> Reply {
    let name = call.argument(0);
    let mut found = false;
    for variable in &call.view.process.environment {
        let is_named = variable
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with(b"="));
        if name.is_empty() || is_named {
            found = true;
            call.out.extend_from_slice(variable);
            call.out.push(b'\n');
        }
    }
    if found || name.is_empty() {
        Reply::Done
    } else {
        Reply::error("Variable not found")
    }
}

pub(super) fn startup_logs(call: &mut Call<'_, '_>) -> Reply {
    call.out.extend_from_slice(&call.view.process.startup_log);
    call.out.push(b'\n');
    Reply::Done
}

pub(super) fn schema(call: &mut Call<'_, '_>) -> Reply {
    call.out.extend_from_slice(json::SCHEMA.as_bytes());
    Reply::Done
}

pub(super) fn info(call: &mut Call<'_, '_>) -> Reply {
    let about = call.has_word(b"desc");
    let fields = info::fields(call.view);
    if call.has_word(b"json") {
        json::write_info(&fields, call.out);
    } else if call.has_word(b"typed") {
        typed::write_info(&fields, about, call.out);
    } else {
        info::write(&fields, about, call.out);
    }
    Reply::Done
}

pub(super) fn stat(call: &mut Call<'_, '_>) -> Reply {
    let mut at = 0;
    if call.argument(0) == b"domain" {
        if call.argument(1) != b"proxy" {
            return Reply::error("Invalid statistics domain.");
        }
        at = 2;
    }
    let mut filter = Filter {
        up: call.has_word(b"up"),
        no_maint: call.has_word(b"no-maint"),
        legends: call.session.level >= Level::Operator,
        ..Filter::default()
    };
    // Number, kinds and server go together; fewer than three words are no filter.
    if !call.argument(at + 2).is_empty() {
        match proxy_filter(call, call.argument(at)) {
            ProxyFilter::All => {}
            ProxyFilter::One(id) => filter.proxy = Some(id),
            ProxyFilter::NoneHas => filter.kinds = 0,
            ProxyFilter::Unknown => return Reply::error("No such proxy."),
        }
        filter.kinds &= leading_integer(call.argument(at + 1));
        filter.sid = leading_integer(call.argument(at + 2));
    }
    let format = if call.has_word(b"json") {
        Format::Json
    } else if call.has_word(b"typed") {
        Format::Typed {
            about: call.has_word(b"desc"),
        }
    } else {
        Format::Csv
    };
    match format {
        Format::Csv => csv::write_head(call.out),
        Format::Json => call.out.push(b'['),
        Format::Typed { .. } => {}
    }
    let rows = Rows {
        filter,
        format,
        progress: rows::Progress::new(call.view),
        is_first: true,
    };
    Box::new(rows).write(call)
}

/// `dump stats-file`.
pub(super) fn stats_file(call: &mut Call<'_, '_>) -> Reply {
    Box::new(File(file::Progress::default())).write(call)
}

/// The lines of a file of counters that were not written yet.
#[derive(Debug)]
struct File(file::Progress);

impl Part for File {
    fn write(mut self: Box<Self>, call: &mut Call<'_, '_>) -> Reply {
        let until = call.out.len() + PART;
        if self.0.some(call.view, until, call.out) {
            return Reply::Later(Next::Part(self));
        }
        Reply::Done
    }
}

/// How rows are written.
#[derive(Clone, Copy, Debug)]
enum Format {
    Csv,
    Typed { about: bool },
    Json,
}

/// The rows of `show stat` that were not written yet.
#[derive(Debug)]
struct Rows {
    filter: Filter<'static>,
    format: Format,
    progress: rows::Progress,
    is_first: bool,
}

impl Part for Rows {
    fn write(mut self: Box<Self>, call: &mut Call<'_, '_>) -> Reply {
        let Self {
            filter,
            format,
            progress,
            is_first,
        } = &mut *self;
        let (view, out) = (call.view, &mut *call.out);
        let until = out.len() + PART;
        let more = progress.some(view, filter, &mut |row| {
            match *format {
                Format::Csv => csv::write_row(row, out),
                Format::Typed { about } => typed::write_row(row, about, out),
                Format::Json => {
                    if !std::mem::replace(is_first, false) {
                        out.push(b',');
                    }
                    json::write_row(row, out);
                }
            }
            out.len() < until
        });
        if more {
            return Reply::Later(Next::Part(self));
        }
        if matches!(self.format, Format::Json) {
            call.out.extend_from_slice(b"]\n");
        }
        Reply::Done
    }
}

enum ProxyFilter {
    All,
    One(ProxyId),
    NoneHas,
    Unknown,
}

fn proxy_filter(call: &Call<'_, '_>, word: &[u8]) -> ProxyFilter {
    match leading_integer(word) {
        0 => call
            .find_proxy(word, |_| true)
            .map_or(ProxyFilter::Unknown, ProxyFilter::One),
        n if n < 0 => ProxyFilter::All,
        n => call
            .view
            .proxies()
            .find(|(_, p)| i64::from(p.id) == i64::from(n))
            .map_or(ProxyFilter::NoneHas, |(id, _)| ProxyFilter::One(id)),
    }
}

/// The number that a word begins with, 0 for none.
fn leading_integer(word: &[u8]) -> i32 {
    let sign = usize::from(word.starts_with(b"-"));
    let end = sign + word[sign..].iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&word[..end])
        .ok()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

/// The head of `show servers state`, version 1 of the format.
const SERVERS_STATE: &str = "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight \
srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state \
srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port \
srv_check_addr srv_agent_addr srv_agent_port\n";

pub(super) fn servers_state(call: &mut Call<'_, '_>) -> Reply {
    let word = call.argument(0);
    let only = match word {
        b"" => None,
        name => match call.find_proxy(name, ProxyKind::is_backend) {
            Some(id) => Some(id),
            None => return Reply::error("Can't find backend."),
        },
    };
    call.out.extend_from_slice(SERVERS_STATE.as_bytes());
    of_servers(call, only, |view, marks, id, at, out| {
        let proxy = view.config.proxy(id);
        let state = &view.runtime.proxies[id.0 as usize].servers[at];
        out.extend_from_slice(format!("{} ", proxy.id).as_bytes());
        out.extend_from_slice(&marks.name(&proxy.name));
        server_state(view, marks, proxy, &proxy.servers[at], state, out);
    })
}

type WriteServer = fn(&StatsView<'_>, Marks, ProxyId, usize, &mut Vec<u8>);

/// Writes something for each server, or for each of one backend.
fn of_servers(call: &mut Call<'_, '_>, only: Option<ProxyId>, write: WriteServer) -> Reply {
    let rest = OfServers {
        only,
        write,
        proxy: 0,
        servers: 0,
    };
    Box::new(rest).write(call)
}

/// What is written for each server, as far as it was not yet.
#[derive(Debug)]
struct OfServers {
    only: Option<ProxyId>,
    write: WriteServer,
    /// The proxy whose turn it is.
    proxy: usize,
    /// Its servers that were passed.
    servers: usize,
}

impl Part for OfServers {
    fn write(mut self: Box<Self>, call: &mut Call<'_, '_>) -> Reply {
        let view = call.view;
        let until = call.out.len() + PART;
        while let Some(proxy) = view.config.proxies.get(self.proxy) {
            let id = ProxyId(u32::try_from(self.proxy).unwrap_or(u32::MAX));
            if !proxy.disabled && proxy.kind.is_backend() && self.only.is_none_or(|only| only == id) {
                for (at, server) in proxy.servers.numbered().skip(self.servers) {
                    if call.out.len() >= until {
                        return Reply::Later(Next::Part(self));
                    }
                    self.servers += 1;
                    if !server.unlisted {
                        (self.write)(view, call.session.marks, id, at, call.out);
                    }
                }
            }
            self.proxy += 1;
            self.servers = 0;
        }
        Reply::Done
    }
}

/// `show servers conn`: connections of servers, in use and idle, by thread too.
pub(super) fn servers_conn(call: &mut Call<'_, '_>) -> Reply {
    let word = call.argument(0);
    let only = match word {
        b"" => None,
        name => match call.find_proxy(name, ProxyKind::is_backend) {
            Some(id) => Some(id),
            None => return Reply::error("Can't find backend."),
        },
    };
    let view = call.view;
    let head = format!(
        "# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim \
         idle_cur idle_per_thr[{}]\n",
        view.runtime.counters.len()
    );
    call.out.extend_from_slice(head.as_bytes());
    of_servers(call, only, server_conn)
}

fn server_conn(view: &StatsView<'_>, marks: Marks, id: ProxyId, at: usize, out: &mut Vec<u8>) {
    let proxy = view.config.proxy(id);
    let server = &proxy.servers[at];
    let state = &view.runtime.proxies[id.0 as usize].servers[at];
    let moved = state.address(server);
    let (ip, port) = match moved.as_ref().unwrap_or(&server.addr) {
        ServerAddr::Inet { port, .. } if has_no_address(state) => ("-".to_owned(), port.unwrap_or(0)),
        ServerAddr::Inet { ip, port, .. } => (marks.address(*ip), port.unwrap_or(0)),
        ServerAddr::Unix(_) | ServerAddr::Abstract(_) | ServerAddr::SockPair(_) => ("-".to_owned(), 0),
    };
    let counters = view.server(id, at);
    let idle = counters.sum(|side| side.idle.get());
    let safe = counters.sum(|side| side.idle_safe.get());
    let needed = counters.sum(|side| side.connect.get()) > 0
        || (server.check.enabled && !state.checks_paused.load(Relaxed));
    let limit = server.pool.max.map_or(-1, i64::from);
    let names = [&marks.name(&proxy.name)[..], b"/", &marks.name(&server.name)].concat();
    out.extend_from_slice(&names);
    let line = format!(
        " {}/{} {ip} {port} - {} {} {} {} {} {safe} {limit} {idle}",
        proxy.id,
        server.id,
        server.pool.purge_delay,
        state.sessions.get(),
        state.sessions.max(),
        state.sessions.max().max(u32::from(needed)),
        idle.saturating_sub(safe),
    );
    out.extend_from_slice(line.as_bytes());
    for thread in &view.runtime.counters {
        let idle = thread.servers[id.0 as usize][at].idle.get();
        out.extend_from_slice(format!(" {idle}").as_bytes());
    }
    out.push(b'\n');
}

fn server_state(
    view: &StatsView<'_>,
    marks: Marks,
    proxy: &Proxy,
    server: &Server,
    state: &ServerState,
    out: &mut Vec<u8>,
) {
    let place = state.place();
    let moved = state.address(server);
    let (ip, port) = match moved.as_ref().unwrap_or(&server.addr) {
        ServerAddr::Inet { port, .. } if has_no_address(state) => ("-".to_owned(), port.unwrap_or(0)),
        ServerAddr::Inet { ip, port, .. } => (marks.address(*ip), port.unwrap_or(0)),
        ServerAddr::Unix(_) | ServerAddr::Abstract(_) | ServerAddr::SockPair(_) => ("-".to_owned(), 0),
    };
    let service = match &server.resolution {
        Some(names) if names.srv => marks.text(server.host.to_string()),
        _ => "-".to_owned(),
    };
    let host = match place {
        Some(place) => place.host.map_or("-".to_owned(), |host| host_name(server, &host)),
        None => host_name(server, &server.host),
    };
    let host = marks.text(host);
    let changed = state.unchanged_seconds(view.now_ms);
    let check = Check::of(server, state);
    let operational = match state.health() {
        _ if state.admin().is_maint() => 0,
        Health::Down => 0,
        Health::Up if state.bounds.ramp.climbs() => 1,
        Health::Up => 2,
        Health::Stopping => 3,
    };
    let checked_at = state.checked_at();
    let over_tls = u8::from(server.tls.as_ref().is_some_and(|tls| tls.traffic));
    let port_of_check = checked_at.port.unwrap_or(0);
    let shown = |ip: Option<std::net::IpAddr>| ip.map_or("-".to_owned(), |ip| marks.address(ip));
    let address_of_check = shown(checked_at.ip);
    let agent = Agent::of(server, state);
    out.extend_from_slice(format!(" {} ", server.id).as_bytes());
    out.extend_from_slice(&marks.name(&server.name));
    out.extend_from_slice(
        format!(
            " {ip} {operational} {} {} {} {changed} {} {} {} {} {} {} {} {} {port} {service} {over_tls} {port_of_check} {address_of_check} {} {}\n",
            admin_flags(server, state),
            state.weight(),
            state.initial_weight(),
            check.status,
            check.result,
            check.health,
            check.state,
            agent.state,
            u8::from(proxy.id_given),
            u8::from(server.id_given),
            host,
            shown(agent.ip),
            agent.port,
        )
        .as_bytes(),
    );
}

/// Whether the name of a server gave no address.
fn has_no_address(state: &ServerState) -> bool {
    state.place().is_some_and(|place| place.ip.is_none())
}

/// The host of a server if it is a name, or a dash.
fn host_name(server: &Server, host: &[u8]) -> String {
    let host = String::from_utf8_lossy(host);
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    let is_path = !matches!(server.addr, ServerAddr::Inet { .. });
    if host.is_empty() || is_address || is_path || host == "*" {
        "-".to_owned()
    } else {
        host.into_owned()
    }
}

/// The flags of maintenance and drain, as the format of the state file numbers them.
fn admin_flags(server: &Server, state: &ServerState) -> u8 {
    let Admin(mut flags) = state.admin();
    if flags & Admin::CONFIG_MAINT != 0 {
        flags |= Admin::FORCED_MAINT;
    }
    if server.disabled {
        flags |= Admin::CONFIG_MAINT;
    }
    flags
}

/// The three columns about the agent.
struct Agent {
    state: u8,
    ip: Option<std::net::IpAddr>,
    port: u16,
}

impl Agent {
    fn of(server: &Server, state: &ServerState) -> Self {
        let Some(agent) = state.agent() else {
            // What the file says of checks is meant for agents as well.
            return Self {
                state: 0,
                ip: server.check.addr,
                port: server.check.port.unwrap_or(0),
            };
        };
        let contact = agent.contact();
        // It is one, and there; at work; under way.
        let at_work = if agent.paused.load(Relaxed) { 0 } else { 4 };
        Self {
            state: 16 | 2 | at_work | u8::from(agent.report().running),
            ip: contact.ip,
            port: contact.port,
        }
    }
}

/// The four columns about the check.
struct Check {
    status: u8,
    result: u8,
    health: u32,
    state: u8,
}

impl Check {
    fn of(server: &Server, state: &ServerState) -> Self {
        let report = state.check_report();
        if !server.check.enabled {
            let maint = state.admin().is_maint();
            return Self {
                status: 1,
                result: 0,
                health: if maint && server.disabled {
                    0
                } else {
                    report.health
                },
                state: if server.disabled { 8 } else { 0 },
            };
        }
        let maint = state.admin().is_maint();
        Self {
            status: report.status.number(),
            result: if report.running {
                0
            } else {
                result_number(report.status)
            },
            health: if maint { 0 } else { report.health },
            state: 2
                | if state.checks_paused.load(Relaxed) { 0 } else { 4 }
                | u8::from(report.running)
                | if maint { 8 } else { 0 },
        }
    }
}

/// Unknown 0, failed 2, passed 3, passed on a condition 4.
fn result_number(status: CheckStatus) -> u8 {
    match status {
        CheckStatus::Unknown | CheckStatus::Initializing => 0,
        CheckStatus::L4Ok | CheckStatus::L6Ok | CheckStatus::L7Ok | CheckStatus::ProgramOk => 3,
        CheckStatus::L7OkConditional => 4,
        _ => 2,
    }
}

/// `show resolvers [ID]`.
pub(super) fn resolvers(call: &mut Call<'_, '_>) -> Reply {
    let only = call.argument(0).to_vec();
    let view = call.view;
    let sections = view.config.sections.resolvers.iter().zip(&view.runtime.resolvers);
    let mut found = false;
    for (section, counters) in sections.filter(|(section, _)| only.is_empty() || *section.name == *only) {
        found = true;
        call.out
            .extend_from_slice(format!("Resolvers section {}\n", section.name).as_bytes());
        for (server, counters) in section.nameservers.iter().zip(counters) {
            call.out
                .extend_from_slice(format!(" nameserver {}:\n", server.name).as_bytes());
            for (counter, name) in NameserverCounter::ALL {
                let name = format!("{name}:");
                let line = format!("  {name:<12} {}\n", counters.get(counter));
                call.out.extend_from_slice(line.as_bytes());
            }
        }
    }
    if found || only.is_empty() {
        Reply::Done
    } else {
        Reply::error("Can't find that resolvers section")
    }
}
