//! One proxy with everything that it inherits.

use std::collections::{BTreeMap, BTreeSet};

use super::inherit::Inherited;
use super::{check_script, compression, ids, rules, sections, server};
use crate::dialect::Dialect;
use crate::model::sections::ErrorFile;
use crate::model::{
    Acl, Affinity, Balance, Bind, Cond, ErrorAnswer, HashFunction, HashKey, HashType, KeepAliveProbes,
    LogTarget, Mode, Proxy, ProxyOptions, RetryOn, ServerTarget, StatsSettings, Steering, StickRule,
    Timeouts, UniqueId, Word,
};
use crate::parse::Reading;
use crate::signature::Value;
use crate::written::{
    FormatKind, LogEntry, LogLine, OptionFlag as F, ProxySection, TimeoutKind as T, WrittenErrors,
};

/// Connection attempts after the first, unless the file says otherwise.
const DEFAULT_RETRIES: u32 = 3;

/// Connections to servers that a client keeps for itself, unless the file says otherwise.
const SESSION_CONNS: u32 = 5;

/// Everything but the rules that name other proxies.
pub(super) fn build(reading: &mut Reading<'_>, section: &ProxySection, id: u32, acls: Vec<Acl>) -> Proxy {
    let dialect = reading.dialect;
    let check = check_script::check(reading, section);
    let servers = server::build(reading, section, &check);
    let mode = Inherited::new(reading, section).mode();
    let compression = compression::compression(reading, section, mode);
    let inherited = Inherited::new(reading, section);
    let gathered = rules::gather(&inherited, section, acls, &reading.sources);
    let frontend = section.kind.is_frontend();
    let options = options(&inherited, dialect);
    Proxy {
        name: section.name.clone(),
        captures: None,
        steering: steering(section, rdp_cookie(reading, section, &inherited)).map(Box::new),
        stick: stick(section),
        bandwidth: section.bandwidth.as_slice().into(),
        unique_id: unique_id(&inherited, frontend).map(Box::new),
        kind: section.kind,
        id,
        id_given: section.id.is_some(),
        span: section.span,
        mode,
        disabled: inherited.value(|settings| &settings.disabled).unwrap_or(false),
        description: section.description.clone(),
        binds: binds(section, options.socket_stats),
        stats: stats(&inherited, dialect, mode, gathered.stats_admin).map(Box::new),
        acls: gathered.acls,
        rules: gathered.rules.into(),
        use_backend: Vec::new(),
        default_backend: None,
        unpublished: section.unpublished && section.kind.is_backend(),
        force_switch: force_switch(section),
        maxconn: inherited.value(|settings| &settings.maxconn).filter(|_| frontend),
        rate_limit: inherited
            .last_line(reading, section, "rate-limit")
            .and_then(|given| given.option("sessions")?.first()?.value.number())
            .and_then(|rate| u32::try_from(rate).ok())
            .filter(|rate| frontend && *rate > 0),
        backlog: inherited.value(|settings| &settings.backlog).filter(|_| frontend),
        monitor_uri: inherited
            .value(|settings| &settings.monitor_uri)
            .filter(|_| frontend),
        monitor_net: inherited
            .value(|settings| &settings.monitor_net)
            .filter(|_| frontend),
        forwardfor: inherited.value(|settings| &settings.forwardfor).map(Box::new),
        originalto: inherited.value(|settings| &settings.originalto).map(Box::new),
        forwarded: inherited
            .value(|settings| &settings.forwarded)
            .filter(|_| section.kind.is_backend() && mode == Mode::Http)
            .map(Box::new),
        compression,
        send_name: send_name(reading, section, &inherited),
        keep_alive_queue: number(reading, section, &inherited, "max-keep-alive-queue")
            .and_then(|most| u32::try_from(most).ok()),
        session_conns: number(reading, section, &inherited, "max-session-srv-conns")
            .filter(|_| frontend)
            .map_or(SESSION_CONNS, |most| u32::try_from(most).unwrap_or_default()),
        header_names: inherited
            .value(|settings| &settings.header_names)
            .unwrap_or_default(),
        connection_mode: inherited
            .value(|settings| &settings.connection_mode)
            .unwrap_or_default(),
        timeouts: timeouts(&inherited),
        options,
        client_probes: probes(
            reading,
            section,
            &inherited,
            ["clitcpka-cnt", "clitcpka-idle", "clitcpka-intvl"],
        ),
        server_probes: probes(
            reading,
            section,
            &inherited,
            ["srvtcpka-cnt", "srvtcpka-idle", "srvtcpka-intvl"],
        ),
        logs: logs(reading, &inherited),
        log_format: inherited
            .of(frontend)
            .find_map(|settings| settings.format(FormatKind::Log))
            .and_then(|line| line.format.clone()),
        log_steps: inherited
            .value(|settings| &settings.log_steps)
            .filter(|_| frontend),
        log_structured: inherited
            .of(frontend)
            .find_map(|settings| settings.format(FormatKind::Structured))
            .and_then(|line| line.format.clone()),
        log_errors: inherited
            .of(frontend)
            .find_map(|settings| settings.format(FormatKind::Error))
            .and_then(|line| line.format.clone()),
        log_tag: inherited.value(|settings| &settings.log_tag),
        balance: balance(&inherited, dialect),
        hash_type: hash_type(reading, section, &inherited),
        hash_balance_factor: inherited
            .last_line(reading, section, "hash-balance-factor")
            .and_then(|given| given.arguments.first()?.value.number())
            .and_then(|factor| u32::try_from(factor).ok())
            .unwrap_or(0),
        affinity: affinity(reading, section, &inherited),
        cookie: inherited
            .value(|settings| &settings.cookie)
            .filter(|_| section.kind.is_backend())
            .map(Box::new),
        retries: inherited
            .value(|settings| &settings.retries)
            .unwrap_or(DEFAULT_RETRIES),
        retry_on: retry_on(reading, section, &inherited),
        dynamic_cookie_key: inherited
            .last_line(reading, section, "dynamic-cookie-key")
            .and_then(|given| given.arguments.first()?.value.text().cloned()),
        state_file: None,
        guid: inherited
            .last_line(reading, section, "guid")
            .and_then(|given| given.arguments.first()?.value.text().cloned()),
        fullconn: inherited.value(|settings| &settings.fullconn),
        http_reuse: inherited
            .value(|settings| &settings.http_reuse)
            .unwrap_or_default(),
        check,
        servers: servers.into(),
        source: inherited.value(|settings| &settings.source),
        error_answers: error_answers(reading, &inherited),
        monitor_fail: gathered.monitor_fail,
        mail: sections::mail(reading, &inherited).map(Box::new),
    }
}

/// The addresses that are listened on, with the numbers and names that statistics know them by.
fn binds(section: &ProxySection, named: bool) -> Vec<Bind> {
    let given = |bind: &Bind| (bind.id > 0).then_some(bind.id);
    let taken: BTreeSet<u32> = section.binds.iter().filter_map(given).collect();
    let numbers = ids::number(section.binds.iter().map(given), &taken, 1);
    let mut binds = section.binds.clone();
    for (bind, id) in binds.iter_mut().zip(numbers) {
        bind.id = id;
        if let (Some(ssl), Some(first)) = (&mut bind.ssl, section.certificates.first()) {
            ssl.certificates.extend(section.certificates.iter().cloned());
            ssl.lists
                .extend(first.listed.iter().map(|listed| listed.list.clone()));
        }
        if named && bind.name.is_none() {
            bind.name = Some(format!("sock-{id}").into());
        }
    }
    binds
}

/// What the lines of these names say: count, idle time and interval.
fn probes(
    reading: &Reading<'_>,
    section: &ProxySection,
    inherited: &Inherited<'_>,
    names: [&str; 3],
) -> KeepAliveProbes {
    let [count, idle, interval] = names.map(|name| {
        let given = inherited.last_line(reading, section, name)?;
        let number = given.arguments.first()?.value.number()?;
        u32::try_from(number).ok().filter(|number| *number > 0)
    });
    KeepAliveProbes {
        count,
        idle,
        interval,
    }
}

/// The words of `retry-on`; it means nothing outside of HTTP mode.
fn retry_on(reading: &Reading<'_>, section: &ProxySection, inherited: &Inherited<'_>) -> RetryOn {
    let given = inherited.last_line(reading, section, "retry-on");
    let Some(given) = given.filter(|_| inherited.mode() == Mode::Http) else {
        return RetryOn::default();
    };
    let mut retry_on = RetryOn::none();
    let words = given.arguments.iter().flat_map(|argument| match &argument.value {
        Value::List(words) => words.as_slice(),
        word => std::slice::from_ref(word),
    });
    words.filter_map(Value::word).for_each(|word| retry_on.add(word));
    retry_on
}

/// The number that the line of that name gives.
fn number(
    reading: &Reading<'_>,
    section: &ProxySection,
    inherited: &Inherited<'_>,
    name: &str,
) -> Option<i64> {
    let given = inherited.last_line(reading, section, name)?;
    given.arguments.first()?.value.number()
}

/// `http-send-name-header`.
fn send_name(reading: &Reading<'_>, section: &ProxySection, inherited: &Inherited<'_>) -> Option<Word> {
    let given = inherited.last_line(reading, section, "http-send-name-header")?;
    let name = given.arguments.first()?.value.text()?;
    section.kind.is_backend().then(|| name.clone())
}

/// `persist rdp-cookie`.
fn rdp_cookie(reading: &Reading<'_>, section: &ProxySection, inherited: &Inherited<'_>) -> Option<Word> {
    let given = inherited.last_line(reading, section, "persist")?;
    let name = given.arguments.first()?.value.text()?;
    section.kind.is_backend().then(|| name.clone())
}

/// Rules on the choice of servers. What names a server that is not there is told elsewhere.
fn steering(section: &ProxySection, rdp_cookie: Option<Word>) -> Option<Steering> {
    if section.use_server.is_empty() && section.persist_rules.is_empty() && rdp_cookie.is_none() {
        return None;
    }
    let groups = rules::Groups::new(&section.acls.groups, 0);
    let servers = section.use_server.iter().filter_map(|rule| {
        let target = match &rule.computed {
            Some(format) => ServerTarget::Named(format.clone()),
            None => {
                let mut servers = section.servers.iter();
                ServerTarget::Server(servers.position(|server| server.name == rule.name)?)
            }
        };
        Some((target, rules::condition(&rule.cond, &groups), rule.span))
    });
    let persistence = section.persist_rules.iter();
    Some(Steering {
        servers: servers.collect(),
        persistence: persistence
            .map(|(force, cond)| (*force, rules::condition(cond, &groups)))
            .collect(),
        rdp_cookie,
    })
}

/// `force-be-switch`, in order.
fn force_switch(section: &ProxySection) -> Box<[Cond]> {
    let groups = rules::Groups::new(&section.acls.groups, 0);
    let conditions = section.force_switch.iter().filter(|_| section.kind.is_frontend());
    conditions.map(|cond| rules::condition(cond, &groups)).collect()
}

/// `stick`, in order.
fn stick(section: &ProxySection) -> Box<[StickRule]> {
    let groups = rules::Groups::new(&section.acls.groups, 0);
    let rules = section.stick.iter().map(|rule| StickRule {
        what: rule.what,
        sample: rule.sample.clone(),
        table: rule.table.clone().unwrap_or_else(|| section.name.clone()),
        cond: rule.cond.as_ref().map(|cond| rules::condition(cond, &groups)),
        span: rule.span,
    });
    rules.collect()
}

fn unique_id(inherited: &Inherited<'_>, frontend: bool) -> Option<UniqueId> {
    let line = inherited
        .of(frontend)
        .find_map(|settings| settings.format(FormatKind::UniqueId))?;
    Some(UniqueId {
        format: line.format.clone()?,
        header: inherited.value(|settings| &settings.unique_id_header),
    })
}

/// What servers are chosen by. Outside of HTTP there is no request to take a key from.
fn balance(inherited: &Inherited<'_>, dialect: Dialect) -> Balance {
    let given = inherited.value(|settings| &settings.balance);
    match given.unwrap_or_else(|| default_balance(dialect)) {
        Balance::Hash(HashKey::Uri(_) | HashKey::Parameter { .. } | HashKey::Header { .. })
            if inherited.mode() != Mode::Http =>
        {
            Balance::RoundRobin
        }
        Balance::Hash(HashKey::LogLine(_)) if inherited.mode() != Mode::Log => Balance::RoundRobin,
        balance => balance,
    }
}

/// `hash-preserve-affinity`.
fn affinity(reading: &Reading<'_>, section: &ProxySection, inherited: &Inherited<'_>) -> Affinity {
    let given = inherited.last_line(reading, section, "hash-preserve-affinity");
    let first = given.as_ref().and_then(|given| given.arguments.first());
    match first.and_then(|argument| argument.value.word()) {
        Some("maxconn") => Affinity::FreeSlot,
        Some("maxqueue") => Affinity::RoomInQueue,
        _ => Affinity::Always,
    }
}

/// `hash-type`. A ring is walked by mixed numbers, unless a function is named.
fn hash_type(reading: &Reading<'_>, section: &ProxySection, inherited: &Inherited<'_>) -> HashType {
    let Some(given) = inherited.last_line(reading, section, "hash-type") else {
        return HashType::default();
    };
    let Some(Value::Option(method, rest)) = given.arguments.first().map(|argument| &argument.value) else {
        return HashType::default();
    };
    let consistent = *method == "consistent";
    let named = |name: &str| rest.iter().find(|argument| argument.name == name);
    let function = named("function").and_then(|argument| match &argument.value {
        Value::Option(name, _) => Some(*name),
        value => value.word(),
    });
    HashType {
        consistent,
        function: match function {
            Some("djb2") => HashFunction::Djb2,
            Some("wt6") => HashFunction::Wt6,
            Some("crc32") => HashFunction::Crc32,
            Some("none") => HashFunction::None,
            _ => HashFunction::Sdbm,
        },
        avalanche: named("modifier").is_some() || (consistent && function.is_none()),
    }
}

fn default_balance(dialect: Dialect) -> Balance {
    if dialect.at_least(3, 3) {
        Balance::Random(2)
    } else {
        Balance::RoundRobin
    }
}

fn timeouts(inherited: &Inherited<'_>) -> Timeouts {
    let telling = inherited.telling(|settings| !settings.timeouts.is_empty());
    let timeout = |kind| {
        let set = telling.iter().find_map(|settings| settings.timeout(kind))?;
        Some(set.value).filter(|millis| *millis > 0)
    };
    Timeouts {
        connect: timeout(T::Connect),
        client: timeout(T::Client),
        server: timeout(T::Server),
        queue: timeout(T::Queue),
        check: timeout(T::Check),
        http_request: timeout(T::HttpRequest),
        http_keep_alive: timeout(T::HttpKeepAlive),
        inspect_request: inherited.value(|settings| &settings.inspect_request),
        inspect_response: inherited.value(|settings| &settings.inspect_response),
        tarpit: timeout(T::Tarpit),
        tunnel: timeout(T::Tunnel),
        client_fin: timeout(T::ClientFin),
        server_fin: timeout(T::ServerFin),
    }
}

fn options(inherited: &Inherited<'_>, dialect: Dialect) -> ProxyOptions {
    let telling = inherited.telling(|settings| !settings.options.is_empty());
    let said = |flag| {
        telling
            .iter()
            .find_map(|settings| settings.option(flag))
            .map(|set| set.value)
    };
    let on = |flag| said(flag).unwrap_or(false);
    let log_line = inherited.value(|settings| &settings.log_line);
    let http_line = matches!(log_line, Some(LogLine::Http | LogLine::HttpClf | LogLine::Https));
    // Without HTTP mode there is no request to log: the line is that of connections, which is told elsewhere.
    let tcp = inherited.mode() == Mode::Tcp;
    ProxyOptions {
        httplog: http_line && !tcp,
        httplog_clf: log_line == Some(LogLine::HttpClf) && !tcp,
        httpslog: log_line == Some(LogLine::Https) && !tcp,
        tcplog: matches!(log_line, Some(LogLine::Tcp | LogLine::TcpClf)) || (http_line && tcp),
        tcplog_clf: log_line == Some(LogLine::TcpClf),
        dontlognull: on(F::DontLogNull),
        dontlog_normal: on(F::DontLogNormal),
        log_health_checks: on(F::LogHealthChecks),
        log_separate_errors: on(F::LogSeparateErrors),
        contstats: on(F::ContinuousStats),
        logasap: on(F::LogAsap),
        redispatch: inherited.value(|settings| &settings.redispatch).flatten(),
        abortonclose: said(F::AbortOnClose).unwrap_or(dialect.at_least(3, 3)),
        allbackups: on(F::AllBackups),
        persist: on(F::Persist),
        prefer_last_server: on(F::PreferLastServer),
        clitcpka: on(F::ClientTcpKeepAlive),
        srvtcpka: on(F::ServerTcpKeepAlive),
        nolinger: on(F::NoLinger),
        check_cache: on(F::CheckCache),
        independent_streams: on(F::IndependentStreams),
        drop_request_trailers: on(F::DropRequestTrailers),
        drop_response_trailers: on(F::DropResponseTrailers),
        buffer_request: on(F::BufferRequest),
        pretend_keep_alive: on(F::PretendKeepAlive),
        idle_close_on_response: on(F::IdleCloseOnResponse),
        smart_accept: said(F::SmartAccept).unwrap_or(inherited.mode() == Mode::Http),
        smart_connect: on(F::SmartConnect),
        socket_stats: on(F::SocketStats),
        accept_unsafe_request: on(F::UnsafeRequest),
        accept_unsafe_response: on(F::UnsafeResponse),
        disable_h2_upgrade: on(F::DisableH2Upgrade),
        http_ignore_probes: on(F::HttpIgnoreProbes),
        adjust_client_case: on(F::ClientHeaderCase),
        adjust_server_case: on(F::ServerHeaderCase),
        http_use_proxy_header: on(F::ProxyHeader),
    }
}

fn logs(reading: &Reading<'_>, inherited: &Inherited<'_>) -> Vec<LogTarget> {
    let mut out: Vec<LogTarget> = Vec::new();
    for entry in inherited.logs() {
        match entry {
            LogEntry::Global => out.extend(reading.written.global.logs.iter().cloned()),
            LogEntry::Target(target) => out.push(target.clone()),
        }
    }
    // A target that is named twice gets each line once.
    let mut unique: Vec<LogTarget> = Vec::with_capacity(out.len());
    for target in out {
        if !unique.iter().any(|known| known.is_repeated_by(&target)) {
            unique.push(target);
        }
    }
    unique
}

fn stats(
    inherited: &Inherited<'_>,
    dialect: Dialect,
    mode: Mode,
    admin: Vec<crate::model::StatsAdmin>,
) -> Option<StatsSettings> {
    if mode != Mode::Http {
        return None;
    }
    // A section with any line of its own starts anew: nothing of what its defaults say is left.
    let stats = inherited.find(|settings| settings.stats.enabled.map(|_| &settings.stats))?;
    Some(StatsSettings {
        uri: stats.uri.clone().unwrap_or_else(|| "/haproxy?stats".into()),
        realm: stats.realm.clone().unwrap_or_else(|| "HAProxy Statistics".into()),
        auth: stats.auth.clone(),
        hide_version: stats.hide_version.unwrap_or(dialect.at_least(3, 4)),
        refresh: stats.refresh,
        show_node: stats.show_node.clone(),
        show_desc: stats.show_desc.clone(),
        live: stats.live.clone(),
        show_legends: stats.show_legends,
        scope: stats.scope.clone(),
        admin,
    })
}

fn error_answers(reading: &Reading<'_>, inherited: &Inherited<'_>) -> Vec<(u16, ErrorAnswer)> {
    let mut out = BTreeMap::new();
    for answers in inherited.farthest_first().map(|settings| &settings.error_answers) {
        for line in answers {
            match line {
                WrittenErrors::One(status, answer) => {
                    out.insert(*status, answer.clone());
                }
                WrittenErrors::Set(name, statuses) => {
                    let sections = &reading.written.beside.http_errors;
                    // What is missing is told elsewhere.
                    let Some(section) = sections.iter().find(|section| section.name == *name) else {
                        continue;
                    };
                    let wanted = |file: &&ErrorFile| statuses.is_empty() || statuses.contains(&file.status);
                    for file in section.files.iter().filter(wanted) {
                        out.insert(file.status, ErrorAnswer::File(file.content.clone()));
                    }
                }
            }
        }
    }
    out.into_iter().collect()
}
