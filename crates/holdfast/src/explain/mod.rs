//! `holdfast explain`: which frontend, rules, ACLs, backend and server a request meets, and what each rule looked at. The code that
//! serves requests goes the request's way ([`proxy::rehearsal`]); here are the command line, the files and the words.

mod machine;
mod question;
mod report;

use std::sync::Arc;

use haproxy_cfg::model::{Config, ProxyId};
use haproxy_cfg::{Dialect, Input, LoadOptions, Loaded, load};
use proxy::rehearsal::{Outcome, Question, rehearse};
use proxy_core::plan::Plan;
use proxy_core::state::{Admin, Runtime};
use proxy_core::stats::Process;
use syntax::Severity;
use syntax::render::HaproxyShape;

use self::machine::{Elsewhere, without_certificates};
use self::report::Report;
use crate::haproxy::zone;
use crate::host::But;
use crate::report::{Format, print};

/// Exit status when the request was followed to its end.
const EXPLAINED: u8 = 0;
/// Exit status when the files cannot be run, or the request never ends.
const UNSETTLED: u8 = 1;
/// Exit status of a wrong command line; clap's too.
const USAGE: u8 = 2;

/// The command line.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Files and folders of haproxy, read as one configuration, as with several -f.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The request's first line: METHOD TARGET, and the version if it is not HTTP/1.1.
    #[arg(long, value_name = "LINE", default_value = "GET /")]
    request: String,
    /// A header, as 'NAME: VALUE'.
    #[arg(long, value_name = "HEADER")]
    header: Vec<String>,
    /// The body, or @FILE; its Content-Length is added.
    #[arg(long, value_name = "TEXT", default_value = "")]
    body: String,
    /// What a client sends that speaks no HTTP: the text, or @FILE, as it is.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["request", "header", "body"])]
    payload: Option<String>,
    /// The client's address, with a port if that matters.
    #[arg(long, value_name = "ADDRESS", default_value = "192.0.2.1", value_parser = question::client)]
    src: std::net::SocketAddr,
    /// The frontend that it connects to; needed where the address of --to does not tell.
    #[arg(long, value_name = "NAME")]
    frontend: Option<String>,
    /// The address, or the port, that the client connects to.
    #[arg(long, value_name = "ADDRESS", value_parser = question::Place::parse)]
    to: Option<question::Place>,
    /// Over TLS, as the bind allows.
    #[arg(long)]
    tls: bool,
    /// The name that it asks for in TLS.
    #[arg(long, value_name = "NAME")]
    sni: Option<String>,
    /// The protocol that was agreed on in TLS.
    #[arg(long, value_name = "PROTOCOL")]
    alpn: Option<String>,
    /// What a server answers: a status, or @FILE with a whole response.
    #[arg(long, value_name = "RESPONSE", default_value = "200")]
    response: String,
    /// A server that is down, as BACKEND/SERVER.
    #[arg(long, value_name = "SERVER")]
    down: Vec<String>,
    /// Read the files as that version of haproxy does.
    #[arg(long, value_name = "VERSION")]
    dialect: Option<Dialect>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs it; gives the exit status.
pub(crate) fn run(options: &Options) -> u8 {
    print(explain(options), UNSETTLED)
}

/// The report and the exit status, or what stands in the way.
fn explain(options: &Options) -> Result<(String, u8), (Vec<u8>, u8)> {
    let usage = |text: String| (format!("holdfast explain: {text}\n").into_bytes(), USAGE);
    let inputs: Vec<Input> = options.files.iter().cloned().map(Input::Path).collect();
    let dialect = options.dialect.unwrap_or_default();
    let host = Elsewhere::default();
    let mut loaded = load(&inputs, dialect, &But(&host), LoadOptions::default());
    let mut notes = Vec::new();
    if loaded.has_errors()
        && let Some((inputs, told)) = without_certificates(&loaded)
    {
        loaded = load(&inputs, dialect, &But(&host), LoadOptions::default());
        notes = told;
    }
    if loaded.has_errors() {
        return Err((refusal(&loaded), UNSETTLED));
    }
    let lacks_certificates = !notes.is_empty();
    notes.extend(host.notes());
    let mut config = std::mem::take(&mut loaded.config);
    silence(&mut config);
    let question = question::of(options, &config, lacks_certificates).map_err(usage)?;
    let config = Arc::new(config);
    let plan = Plan::compile(Arc::clone(&config)).map_err(|errors| {
        let lines = errors.iter().map(|(proxy, error)| {
            let (file, place) = loaded.sources.locate(error.span);
            let name = &config.proxy(*proxy).name;
            format!("{file}:{}: proxy '{name}': {error}\n", place.line)
        });
        (lines.collect::<String>().into_bytes(), UNSETTLED)
    })?;
    let runtime = Runtime::new(&config, 1, 0).with_references(Arc::clone(&plan.references));
    for name in &options.down {
        take_down(&config, &runtime, name).map_err(usage)?;
    }
    let outcome = go(plan, runtime, &question);
    let report = Report {
        config: &config,
        sources: &loaded.sources,
        question: &question,
        outcome: &outcome,
        notes: &notes,
    };
    let text = match options.format {
        Format::Text => report.text(),
        Format::Json => report.json(),
    };
    Ok((text, if outcome.unsettled { UNSETTLED } else { EXPLAINED }))
}

fn go(plan: Plan, runtime: Runtime, question: &Question) -> Outcome {
    let hostname = crate::host::hostname().into_bytes();
    let process = Process {
        version: crate::version::HAPROXY_VERSION.to_owned(),
        released: crate::version::RELEASED.to_owned(),
        pid: std::process::id(),
        node: plan
            .config
            .global
            .node
            .as_ref()
            .map_or_else(|| hostname.clone(), |node| node.to_vec()),
        hostname,
        ..Process::default()
    };
    zone::read();
    rehearse(plan, Arc::new(runtime), Arc::new(process), zone::local, question)
}

/// Nothing is logged anywhere: the request is only imagined.
fn silence(config: &mut Config) {
    config.global.logs.clear();
    for proxy in &mut config.proxies {
        proxy.logs.clear();
    }
}

/// The server of that name is not there for anybody.
fn take_down(config: &Config, runtime: &Runtime, name: &str) -> Result<(), String> {
    let unknown = || format!("--down {name}: there is no such server, write BACKEND/SERVER");
    let (backend, server) = name.split_once('/').ok_or_else(unknown)?;
    let is_it =
        |proxy: &haproxy_cfg::model::Proxy| proxy.kind.is_backend() && *proxy.name == *backend.as_bytes();
    let at = config.proxies.iter().position(is_it).ok_or_else(unknown)?;
    let proxy = &config.proxies[at];
    let server = proxy
        .servers
        .position(|known| *known.name == *server.as_bytes())
        .ok_or_else(unknown)?;
    let state = &runtime.proxies[at];
    state.servers[server].set_admin(Admin(Admin::FORCED_MAINT));
    state.touch_servers();
    Ok(())
}

/// Why the files cannot be run, as haproxy tells it.
fn refusal(loaded: &Loaded) -> Vec<u8> {
    let shape = HaproxyShape {
        pid: std::process::id(),
        hints: true,
    };
    let alerts = loaded.diagnostics.iter();
    if alerts
        .clone()
        .any(|diagnostic| diagnostic.severity == Severity::Alert)
    {
        return loaded.report(shape).into();
    }
    b"holdfast explain: the files cannot be run\n".to_vec()
}

/// The name of a proxy, for people.
fn name_of(config: &Config, proxy: ProxyId) -> String {
    config.proxy(proxy).name.to_string()
}
