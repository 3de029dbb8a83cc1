//! The process that speaks VRRP. Signals and reload are taken here; everything else is the crate `vrrp`'s.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::rc::Rc;

use keepalived_conf::Dialect;
use keepalived_conf::model::Config;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::SigSet;
use nix::sys::time::TimeValLike as _;
use tokio::runtime::{Builder, LocalOptions};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use vrrp::log::{Level, Log};
use vrrp::{Command, Milestone, Options};

use super::arguments::{Arguments, JSON, STATS_CLEAR};
use super::journal::Journal;
use super::{pid_file, reading};

/// What a child ends with when nothing is to be gained by starting it again.
pub(crate) const PERMANENT: i32 = 2;

/// What a child says to its parent.
pub(crate) const STARTED: u8 = b'S';
/// As above.
pub(crate) const RELOADED: u8 = b'R';

/// As above: a configuration with errors was left out.
pub(crate) const NOT_RELOADED: u8 = b'N';

/// The signals of a running child, listened to from the very beginning.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    data: Signal,
    stats: Signal,
    clear: Signal,
    json: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            data: signal(SignalKind::user_defined1())?,
            stats: signal(SignalKind::user_defined2())?,
            clear: signal(SignalKind::from_raw(STATS_CLEAR))?,
            json: signal(SignalKind::from_raw(JSON))?,
        })
    }
}

/// Runs until it is told to stop; gives the exit status. `parent` is where it says what is reached.
pub(crate) fn run(
    arguments: &Arguments,
    dialect: Dialect,
    config: &Config,
    journal: Journal,
    own_file: &Path,
    parent: OwnedFd,
) -> i32 {
    let log = Log::new(Rc::new(journal), arguments.log_detail);
    if let Err(error) = pid_file::write(own_file) {
        log.info(format!(
            "Pid file {} cannot be written: {error}",
            own_file.display()
        ));
    }
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default());
    let ended =
        runtime.and_then(|runtime| runtime.block_on(speak(arguments, dialect, config, log.clone(), parent)));
    let status = match ended {
        Ok(()) => 0,
        Err(error) => {
            log.at(Level::Error, format!("VRRP cannot run: {error}"));
            if error.kind() == io::ErrorKind::PermissionDenied {
                log.info("Raw sockets and addresses need root, or CAP_NET_RAW and CAP_NET_ADMIN");
            }
            let refused = [io::ErrorKind::PermissionDenied, io::ErrorKind::Unsupported];
            if refused.contains(&error.kind()) {
                PERMANENT
            } else {
                1
            }
        }
    };
    if let Err(error) = pid_file::remove(own_file) {
        log.info(format!(
            "Pid file {} cannot be removed: {error}",
            own_file.display()
        ));
    }
    log.info(if log.is_detailed() {
        format!("Stopped - used {}", times_used())
    } else {
        "Stopped".to_owned()
    });
    status
}

async fn speak(
    arguments: &Arguments,
    dialect: Dialect,
    config: &Config,
    log: Log,
    parent: OwnedFd,
) -> io::Result<()> {
    let mut signals = Signals::listen()?;
    // The parent has them wait: none may end this process before it listens, and none that came meanwhile is lost.
    SigSet::all().thread_unblock()?;
    let (commands, commanded) = mpsc::unbounded_channel();
    if arguments.dump_conf {
        // The other end is below.
        let _ = commands.send(Command::LogData);
    }
    let say = |word: u8| {
        // A parent that does not listen is one that ends.
        let _ = nix::unistd::write(&parent, &[word]);
    };
    let told = |milestone| {
        say(match milestone {
            Milestone::Started => STARTED,
            Milestone::Reloaded => RELOADED,
        });
    };
    let http = reading::http(arguments).map_err(io::Error::other)?;
    let options = Options {
        http,
        snmp: arguments.snmp,
        snmp_socket: arguments.snmp_socket.clone(),
        version: format!("Keepalived v{}", crate::version::KEEPALIVED_VERSION),
        keep_addresses: arguments.keep_vips,
        log_addresses: arguments.log_addresses,
    };
    let running = vrrp::run(config, log.clone(), options, commanded, told);
    tokio::pin!(running);
    loop {
        let command = tokio::select! {
            ended = &mut running => return ended,
            _ = signals.terminate.recv() => Command::Stop,
            _ = signals.interrupt.recv() => Command::Stop,
            _ = signals.data.recv() => Command::WriteData,
            _ = signals.stats.recv() => Command::WriteStats,
            _ = signals.clear.recv() => Command::ClearStats,
            _ = signals.json.recv() => Command::WriteJson,
            _ = signals.hangup.recv() => {
                log.info("Reloading");
                let loaded = reading::read(arguments, dialect);
                reading::tell(&loaded, &log);
                if loaded.has_errors() || loaded.outcome.unreadable {
                    log.info("The configuration has errors: going on with the former one");
                    say(NOT_RELOADED);
                    continue;
                }
                Command::Reload(Box::new(loaded.config))
            }
        };
        // The other end lives as long as `running`.
        let _ = commands.send(command);
    }
}

/// The processor time that this process and those that it started have used.
pub(crate) fn times_used() -> String {
    let of = |who| getrusage(who).ok();
    let (own, children) = (of(UsageWho::RUSAGE_SELF), of(UsageWho::RUSAGE_CHILDREN));
    let micros = |time: Option<nix::sys::time::TimeVal>| {
        let micros = time.map_or(0, |time| time.num_microseconds());
        format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
    };
    format!(
        "(self/children) {}/{} user time, {}/{} system time",
        micros(own.map(|own| own.user_time())),
        micros(children.map(|children| children.user_time())),
        micros(own.map(|own| own.system_time())),
        micros(children.map(|children| children.system_time())),
    )
}
