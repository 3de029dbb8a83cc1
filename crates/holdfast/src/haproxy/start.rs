//! From a configuration to a process that runs it.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use haproxy_cfg::model::{Config, StateFile};
use nix::sys::signal::Signal;
use proxy::RunInput;
use proxy::admin::AdminListener;
use proxy::clock::Clock;
use proxy::descriptor_pair;
use proxy::handover::{self, Exports, Taken};
use proxy::listen::{Binder, BoundListener, ListenOptions, ListenOwner};
use proxy::log::{Backings, Files, Receivers};
use proxy_core::state::{Found, Runtime, take_over};
use proxy_core::stats::{Process, file};

use super::arguments::{Farewell, Options};
use super::console::{Console, Grade};
use super::limits::Limits;
use super::predecessors::{Attempt, attempt_with_ports, dismiss};
use super::reading::{Read, read, tell_listen_fault};
use super::supervisor::{Duties, supervise};
use super::{FAILED, limits, master, privileges, zone};
use crate::background::{PidFile, Readiness, Waited, detach};
use crate::{kernel, version};

/// Runs what the options ask for; gives the exit status.
pub(crate) fn run(options: &Options, mut console: Console) -> u8 {
    if let Some(folder) = &options.folder
        && let Err(error) = std::env::set_current_dir(folder)
    {
        let why = proxy::listen::system_words(&error);
        console.tell(
            Grade::Alert,
            &format!("Could not change to directory {} : {why}", folder.display()),
        );
        return FAILED;
    }
    let again = master::Again::from_environment();
    let ready = read(options, &mut console).and_then(|read| prepare(options, read, &again, &mut console));
    let mut start = match ready {
        Ok(start) => start,
        // A master that cannot read its files anew goes on with the workers that it has.
        Err(status) => return again.map_or(status, |again| master::keep(options, again, &mut console)),
    };
    if start.master {
        return master::run(options, start, again, console);
    }
    if !start.daemon {
        if let Some(farewell) = options.farewell {
            dismiss(&options.old_pids, farewell);
        }
        return serve(start, None, Readiness::nobody(), console);
    }
    match detach() {
        Ok(Waited::Parent { child, runs: true }) => {
            let written = start
                .pidfile
                .as_mut()
                .map_or(Ok(()), |file| file.add(child.as_raw().unsigned_abs()));
            if let Err(error) = written {
                console.warn_main(&format!("Cannot write pidfile ({error})"));
            }
            if let Some(farewell) = options.farewell {
                dismiss(&options.old_pids, farewell);
            }
            0
        }
        Ok(Waited::Parent { runs: false, .. }) => {
            if let Some(pidfile) = start.pidfile {
                pidfile.remove();
            }
            FAILED
        }
        Ok(Waited::Child(readiness)) => serve(start, None, readiness, console),
        Err(error) => {
            console.alert_main(&format!("Cannot fork. ({error})"));
            FAILED
        }
    }
}

/// All that is needed to run, bound and checked.
#[derive(Debug)]
pub(crate) struct Start {
    read: Read,
    limits: Limits,
    listeners: Vec<BoundListener>,
    receivers: Receivers,
    backings: Backings,
    null: Option<std::fs::File>,
    /// Goes into the background.
    pub(crate) daemon: bool,
    /// Has a master.
    pub(crate) master: bool,
    /// Another process ends for this one, once it has told what it knows.
    has_predecessor: bool,
    /// Where process numbers are written.
    pub(crate) pidfile: Option<PidFile>,
}

impl Start {
    /// `mworker-max-reloads`.
    pub(crate) fn max_reloads(&self) -> Option<u32> {
        self.read.config.global.max_reloads
    }
}

fn prepare(
    options: &Options,
    read: Read,
    again: &Option<master::Again>,
    console: &mut Console,
) -> Result<Start, u8> {
    let global = &read.config.global;
    let limits = limits::settle(&read.config, options.memory_mib, console).ok_or(FAILED)?;
    let threads = threads(&read.config);
    let listen_options = ListenOptions {
        threads,
        reuse_port: !options.no_reuse_port && !global.noreuseport,
        default_backlog: limits.maxconn,
    };
    let taken = match (again, &options.take_sockets_from) {
        (Some(again), _) => again.take_sockets(),
        (None, Some(path)) => take_sockets(path, console).ok_or(FAILED)?,
        (None, None) => Vec::new(),
    };
    if let Err(error) = proxy::namespace::open(&read.config) {
        console.alert_main(&format!(
            "Cannot open the network namespace of the process: {error}"
        ));
        return Err(FAILED);
    }
    let mut binder = Binder::new(&read.config, listen_options).with_taken(taken);
    let mut faults = Vec::new();
    let old_pids = if options.farewell.is_some() {
        options.old_pids.as_slice()
    } else {
        &[]
    };
    let bound = attempt_with_ports(old_pids, || {
        faults = binder.attempt(&kernel::inherit);
        if binder.is_complete() {
            Attempt::Done
        } else if faults
            .iter()
            .filter(|fault| fault.fatal)
            .all(|fault| fault.in_use)
        {
            Attempt::InUse
        } else {
            Attempt::Failed
        }
    });
    for fault in &faults {
        tell_listen_fault(fault, &read.sources, console);
    }
    if !bound {
        console.alert_main("Some protocols failed to start their listeners! Exiting.");
        return Err(FAILED);
    }
    if let Err((number, error)) = descriptor_pair::take_those_of_servers(&read.config, &kernel::inherit) {
        console.alert_main(&format!(
            "Cannot use the socket pair '{number}' of a server: {}",
            proxy::listen::system_words(&error)
        ));
        return Err(FAILED);
    }
    let listeners = binder.finish();
    let receivers = Receivers::bind(&read.config, &kernel::inherit).map_err(|faults| {
        for fault in &faults {
            tell_listen_fault(fault, &read.sources, console);
        }
        console.alert_main("Some protocols failed to start their listeners! Exiting.");
        FAILED
    })?;
    let backings = Backings::open(&read.config).map_err(|(span, text)| {
        let (file, place) = read.sources.locate(span);
        console.alert_main(&format!("[{file}:{}] : {text}", place.line));
        FAILED
    })?;

    let finishing = options.farewell == Some(Farewell::Finish) && !options.old_pids.is_empty();
    let has_predecessor = finishing || again.is_some();
    let foreground = options.foreground || options.debug || global.debug;
    let master = options.master_worker || global.master_worker;
    let daemon =
        (options.daemon || global.daemon) && !foreground && !options.notify_systemd && again.is_none();
    let pidfile = options.pidfile.clone().or_else(|| {
        let path = global.pidfile.as_ref()?;
        Some(std::ffi::OsString::from_vec(path.to_vec()))
    });
    let pidfile = match pidfile.filter(|_| (daemon || master) && again.is_none()) {
        Some(path) => match PidFile::create(path.clone()) {
            Ok(file) => Some(file),
            Err(_) => {
                console.alert_main(&format!("Cannot create pidfile {}", path.display()));
                return Err(FAILED);
            }
        },
        None => None,
    };
    // Opened while it can be seen.
    let null = if daemon {
        OpenOptions::new().read(true).write(true).open("/dev/null").ok()
    } else {
        None
    };
    zone::read();
    Ok(Start {
        read,
        limits,
        listeners,
        receivers,
        backings,
        null,
        daemon,
        master,
        has_predecessor,
        pidfile,
    })
}

/// The listening sockets of the process behind a stats socket. None when there are none; the reason has been told.
fn take_sockets(path: &OsStr, console: &mut Console) -> Option<Vec<Taken>> {
    let taken = match UnixStream::connect(path) {
        Ok(stream) => handover::take(stream).map_err(|error| error.to_string()),
        Err(_) => {
            let path = path.display();
            Err(format!("Failed to connect to the old process socket '{path}'"))
        }
    };
    match taken {
        Ok(taken) => Some(taken),
        Err(text) => {
            console.tell(Grade::Warning, &text);
            console.tell(Grade::Alert, "Failed to get the sockets from the old process!");
            None
        }
    }
}

/// Handles for a successor, where somebody may ask for them.
fn exports(listeners: &[BoundListener], config: &Config, has_master: bool, console: &mut Console) -> Exports {
    let exposed = config
        .global
        .stats_sockets
        .iter()
        .any(|line| line.expose_fd_listeners);
    if !exposed && !has_master {
        return Exports::default();
    }
    Exports::of(listeners, config).unwrap_or_else(|error| {
        console.warn_main(&format!("Cannot expose the listeners ({error})."));
        Exports::default()
    })
}

fn threads(config: &Config) -> usize {
    let wanted = config.global.nbthread.or(config.global.nbproc);
    let available = || std::thread::available_parallelism().map_or(1, usize::from);
    wanted.map_or_else(available, |threads| threads as usize).max(1)
}

/// What the files of server states and of counters hold that the configuration names, as far as they can be read.
fn state_files(config: &Config) -> HashMap<String, Vec<u8>> {
    let own = config.proxies.iter().filter_map(|proxy| match &proxy.state_file {
        Some(StateFile::Own(path)) => Some(path),
        Some(StateFile::Global) | None => None,
    });
    let global = config.state_file.iter().chain(&config.counters_file);
    let all = own.chain(global).map(ToString::to_string);
    all.filter_map(|path| {
        let content = std::fs::read(&path).ok()?;
        Some((path, content))
    })
    .collect()
}

/// Takes over the counters of the file that the configuration names. One that is not there was told of when that was read.
fn take_over_counters(
    runtime: &Runtime,
    config: &Config,
    files: &HashMap<String, Vec<u8>>,
    now_ms: u64,
    console: &mut Console,
) {
    let named = config.counters_file.as_ref().map(ToString::to_string);
    let Some((path, content)) = named.and_then(|path| files.get_key_value(&path)) else {
        return;
    };
    for fault in file::load(runtime, config, content, now_ms) {
        let text = match fault {
            file::Fault::Format => format!("config: Invalid stats-file format in file '{path}'."),
            file::Fault::Line(line) => format!("config: Ignored stats-file line {line} in file '{path}'."),
        };
        console.tell(Grade::Warning, &text);
    }
}

/// Gives up root and serves until the end; gives the exit status, or ends the process by the signal that it was ended by. `master`
/// is a worker's end of the line to its master.
pub(crate) fn serve(
    start: Start,
    master: Option<UnixStream>,
    readiness: Readiness,
    mut console: Console,
) -> u8 {
    let Start {
        read,
        limits,
        listeners,
        receivers,
        backings,
        null,
        daemon,
        has_predecessor,
        ..
    } = start;
    let config = Arc::clone(&read.config);
    // They may be out of reach once rights are given up.
    let states = state_files(&config);
    let log_files = Files::open(&config, !daemon, backings);
    if let Err(text) = privileges::give_up(&config.global) {
        console.alert_main(&text);
        return FAILED;
    }
    let clock = Clock::start();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = since.as_secs();
    // Two that start in the same moment are not to meet again and again.
    let chance = u64::from(since.subsec_nanos()) << 32 | u64::from(std::process::id());
    let runtime = Arc::new(
        Runtime::new(&config, threads(&config), now)
            .with_references(Arc::clone(&read.plan.references))
            .with_tls_lookups(Arc::clone(&read.tls.lookups))
            .with_peers(&config, std::process::id(), chance),
    );
    runtime.set_maxconn(&config, limits.maxconn);
    let found = take_over(&runtime, &config, clock.now_ms(), |path| {
        states.get(path).cloned()
    });
    for found in found {
        let text = match &found {
            Found::Wrong(text) => text.clone(),
            Found::Changed(event) => String::from_utf8_lossy(&event.text).into_owned(),
        };
        console.tell(Grade::Warning, &format!("config : {text}"));
    }
    take_over_counters(&runtime, &config, &states, clock.now_ms(), &mut console);
    let hostname = crate::host::hostname();
    let environment = std::env::vars_os().map(|(name, value)| {
        let mut line = name.into_vec();
        line.push(b'=');
        line.extend(value.into_vec());
        line
    });
    let process = Arc::new(Process {
        version: version::HAPROXY_VERSION.to_owned(),
        released: version::RELEASED.to_owned(),
        pid: std::process::id(),
        hostname: hostname.clone().into_bytes(),
        node: config
            .global
            .node
            .clone()
            .map_or_else(|| hostname.clone().into_bytes(), |node| node.to_vec()),
        ulimit_n: limits.descriptors,
        maxsock: limits.maxsock,
        environment: environment.collect(),
        startup_log: console.log().to_vec(),
    });
    let exports = Arc::new(exports(&listeners, &config, master.is_some(), &mut console));
    let (admin, listeners) = part_admin(listeners, &config);
    let supervisor = supervise(Duties {
        config: Arc::clone(&config),
        runtime: Arc::clone(&runtime),
        clock,
        process: Arc::clone(&process),
        admin,
        exports: Arc::clone(&exports),
        master,
        null,
        readiness,
    });
    let status = proxy::run(RunInput {
        plan: read.plan,
        runtime,
        clock,
        listeners,
        receivers,
        tls: read.tls,
        process,
        hostname,
        zone: zone::local,
        saved_syn: kernel::saved_syn,
        speaks: !daemon && !console.quiet,
        log_files,
        exports,
        has_predecessor,
        supervisor,
    });
    match status {
        Ok(status) if status > 128 => match Signal::try_from(status - 128) {
            Ok(signal) => kernel::die_by(signal),
            Err(_) => FAILED,
        },
        Ok(status) => u8::try_from(status).unwrap_or(FAILED),
        Err(error) => {
            console.alert_main(&format!("Cannot start the worker threads ({error})."));
            FAILED
        }
    }
}

/// Parts the stats sockets from the proxies' listeners.
fn part_admin(listeners: Vec<BoundListener>, config: &Config) -> (Vec<AdminListener>, Vec<BoundListener>) {
    let mut admin = Vec::new();
    let mut rest = Vec::new();
    for listener in listeners {
        match listener.owner {
            ListenOwner::Stats(index) => {
                let line = &config.global.stats_sockets[index];
                // The first thread serves them, all: an old process may have had several for an address.
                admin.extend(listener.sockets.into_iter().map(|socket| AdminListener {
                    socket,
                    level: line.level,
                    exposes_listeners: line.expose_fd_listeners,
                    number: u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1),
                }));
            }
            ListenOwner::Proxy { .. } | ListenOwner::Peers { .. } | ListenOwner::LogForward { .. } => {
                rest.push(listener);
            }
        }
    }
    (admin, rest)
}
