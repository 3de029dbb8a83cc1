//! `holdfast demo`: the main job to look at, on loopback and without root. Web servers, the document's configuration with its
//! addresses moved, requests without end, and a server that is taken down and brought back; beside it a pair of VRRP nodes in memory,
//! of which one is lost and comes back.

mod config;
mod load;
mod pair;
mod story;
mod web;

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use haproxy_cfg::{Dialect, Input, LoadOptions, load as load_config};
use proxy::RunInput;
use proxy::clock::Clock;
use proxy::listen::{Binder, BoundListener, ListenOptions};
use proxy::log::{Backings, Files, Receivers};
use proxy::tls::TlsConfigs;
use proxy_core::plan::Plan;
use proxy_core::state::Runtime;
use proxy_core::stats::Process;
use syntax::render::HaproxyShape;

use crate::background::Readiness;
use crate::haproxy::supervisor::{Duties, supervise};
use crate::haproxy::zone;
use crate::host::{SystemHost, hostname};
use crate::{kernel, version};

/// What can go wrong with a demonstration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// The system gave no port, thread or file.
    #[error("the system does not let the demonstration run: {0}")]
    System(#[from] io::Error),
    /// The embedded configuration was refused.
    #[error("the embedded configuration is refused:\n{0}")]
    Refused(String),
}

/// Runs until Ctrl-C, or for that long.
///
/// # Errors
/// When it cannot begin.
pub(crate) fn run(limit: Option<Duration>) -> Result<(), DemoError> {
    let log = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let web = [
        web::WebServer::new("web1")?,
        web::WebServer::new("web2")?,
        web::WebServer::new("backup")?,
    ];
    let places = config::Places {
        site: free_port()?,
        statistics: free_port()?,
        log: log.local_addr()?,
        web: [web[0].address(), web[1].address(), web[2].address()],
    };
    let text = config::text(&places);
    let input = Input::Text {
        name: "demo.cfg".to_owned(),
        bytes: text.clone().into_bytes(),
    };
    let loaded = load_config(&[input], Dialect::default(), &SystemHost, LoadOptions::default());
    let report = || {
        loaded.report(HaproxyShape {
            pid: std::process::id(),
            hints: true,
        })
    };
    if loaded.has_errors() {
        return Err(DemoError::Refused(report()));
    }
    let config = Arc::new(loaded.config.clone());
    let plan = Plan::compile(Arc::clone(&config)).map_err(|_| DemoError::Refused(report()))?;
    let options = ListenOptions {
        threads: 1,
        reuse_port: false,
        default_backlog: 1024,
    };
    let mut binder = Binder::new(&config, options);
    let faults = binder.attempt(&kernel::inherit);
    if let Some(fault) = faults.iter().find(|fault| fault.fatal) {
        return Err(DemoError::Refused(fault.message.clone()));
    }
    say(&format!("{text}\n"));
    say(&format!(
        "Holdfast {} runs the file above.\n\n  the site               http://{}/\n  the statistics page    http://{}/haproxy?stats\n\n\
         Beside it lb1 and lb2 of another document run its keepalived files on a network in memory.\n\n",
        env!("CARGO_PKG_VERSION"),
        places.site,
        places.statistics,
    ));
    let pair = pair::Pair::new(limit.is_none()).map_err(DemoError::Refused)?;
    story::start(web, pair, places.site, log, limit)?;
    let listeners = binder.finish();
    serve(config, plan, listeners, limit)
}

/// Serves on this thread.
fn serve(
    config: Arc<haproxy_cfg::model::Config>,
    plan: Plan,
    listeners: Vec<BoundListener>,
    limit: Option<Duration>,
) -> Result<(), DemoError> {
    zone::read();
    let clock = Clock::start();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let runtime = Arc::new(Runtime::new(&config, 1, now).with_references(Arc::clone(&plan.references)));
    runtime.set_maxconn(&config, config.global.maxconn.unwrap_or(1000));
    let hostname = hostname();
    let process = Arc::new(Process {
        version: version::HAPROXY_VERSION.to_owned(),
        released: version::RELEASED.to_owned(),
        pid: std::process::id(),
        node: hostname.clone().into_bytes(),
        hostname: hostname.clone().into_bytes(),
        ulimit_n: 1024,
        maxsock: 1024,
        environment: Vec::new(),
        startup_log: Vec::new(),
    });
    let log_files = Files::open(&config, true, Backings::default());
    let supervised = supervise(Duties {
        exports: Arc::default(),
        config,
        runtime: Arc::clone(&runtime),
        clock,
        process: Arc::clone(&process),
        admin: Vec::new(),
        master: None,
        null: None,
        readiness: Readiness::nobody(),
    });
    let supervisor: proxy::Supervisor = Box::new(move |thread| {
        let supervised = supervised(thread);
        Box::pin(async move {
            let status = match limit {
                Some(limit) => tokio::select! {
                    status = supervised => status,
                    () = tokio::time::sleep(limit) => 0,
                },
                None => supervised.await,
            };
            // Told while the proxy still runs: what its end cuts off is no failure.
            say(&format!("\n{}\nThe demonstration is over.\n", story::summary()));
            status
        })
    });
    // Whatever ended it, the demonstration is over as asked for.
    proxy::run(RunInput {
        has_predecessor: false,
        exports: Arc::default(),
        plan,
        runtime,
        clock,
        listeners,
        receivers: Receivers::default(),
        tls: TlsConfigs::default(),
        process,
        hostname,
        zone: zone::local,
        saved_syn: kernel::saved_syn,
        log_files,
        speaks: false,
        supervisor,
    })?;
    Ok(())
}

/// A port of loopback that nobody listens on.
fn free_port() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Writes to the terminal.
fn say(text: &str) {
    let mut out = io::stdout();
    // A reader that went away does not want the rest.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
