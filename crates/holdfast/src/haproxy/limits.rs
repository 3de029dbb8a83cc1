//! How many connections and descriptors the process may have.

use haproxy_cfg::model::Config;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::console::Console;

/// Descriptors for standard streams, event queues, clocks and logs.
const BASE_DESCRIPTORS: u64 = 16;

/// Fewest connections that a process without `maxconn` reckons with.
const LEAST_MAXCONN: u64 = 100;

/// Most connections that a process without `maxconn` reckons with, whatever the system allows.
const MOST_DESCRIPTORS: u64 = 1_048_576;

/// What was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Client connections.
    pub(crate) maxconn: u32,
    /// Sockets that those may need, with all others.
    pub(crate) maxsock: u64,
    /// The limit of descriptors in force.
    pub(crate) descriptors: u64,
}

/// What a configuration needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// Client connections.
    pub(crate) maxconn: u64,
    /// Sockets that those may need, with all others.
    pub(crate) maxsock: u64,
    /// Descriptors that are asked of the system.
    pub(crate) descriptors: u64,
}

impl Need {
    /// That of `config` where the system allows `hard` descriptors.
    pub(crate) fn of(config: &Config, hard: u64) -> Self {
        let reserved = BASE_DESCRIPTORS + reserved_by(config);
        let maxconn = match config.global.maxconn {
            Some(maxconn) if maxconn > 0 => u64::from(maxconn),
            _ => {
                let most = config.global.descriptors_at_most.unwrap_or(MOST_DESCRIPTORS);
                let room = config.global.ulimit_n.unwrap_or(hard.min(most));
                (room.saturating_sub(reserved) / 2).max(LEAST_MAXCONN)
            }
        };
        let maxsock = 2 * maxconn + reserved;
        Self {
            maxconn,
            maxsock,
            descriptors: config.global.ulimit_n.unwrap_or(maxsock),
        }
    }
}

/// Settles `maxconn` and raises the system's limit to what it needs. None when the process may not start; the reason has been
/// told.
pub(crate) fn settle(config: &Config, memory_mib: Option<u64>, console: &mut Console) -> Option<Limits> {
    if let Some(mib) = memory_mib.filter(|mib| *mib > 0) {
        let bytes = mib.saturating_mul(1 << 20);
        if let Err(error) = setrlimit(Resource::RLIMIT_AS, bytes, bytes) {
            console.warn_main(&format!("Cannot fix MEM limit to {mib} megs ({}).", error.desc()));
        }
    }
    let (soft, hard) = match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok(limits) => limits,
        Err(error) => {
            console.alert_main(&format!("Cannot read FD limit ({}).", error.desc()));
            return None;
        }
    };
    // The file may allow less than the system, and then not even a privileged process goes beyond it.
    let capped = config.global.descriptors_at_most.filter(|most| *most < hard);
    let (soft, hard) = match capped {
        None => (soft, hard),
        Some(most) => {
            if let Err(error) = setrlimit(Resource::RLIMIT_NOFILE, soft.min(most), most) {
                console.alert_main(&format!("Cannot set FD limit to {most} ({}).", error.desc()));
                return None;
            }
            (soft.min(most), most)
        }
    };
    let Need {
        maxconn,
        maxsock,
        descriptors: wanted,
    } = Need::of(config, hard);
    let strict = config.global.strict_limits.unwrap_or(true);
    let mut in_force = soft;
    if wanted > soft {
        // Only a privileged process may raise the hard limit.
        let highest = if capped.is_some() { hard } else { wanted.max(hard) };
        let raised = setrlimit(Resource::RLIMIT_NOFILE, wanted.min(highest), highest).or_else(|error| {
            if wanted <= hard {
                Err(error)
            } else {
                setrlimit(Resource::RLIMIT_NOFILE, hard, hard)
            }
        });
        in_force = getrlimit(Resource::RLIMIT_NOFILE).map_or(soft, |(soft, _)| soft);
        if raised.is_err() || in_force < wanted {
            let text = format!("Cannot raise FD limit to {wanted}, limit is {in_force}.");
            if strict {
                console.alert_main(&text);
                return None;
            }
            console.warn_main(&text);
        }
    }
    if in_force < maxsock && config.global.ulimit_n.is_none() {
        console.alert_main(&format!(
            "FD limit ({in_force}) too low for maxconn={maxconn}/maxsock={maxsock}. Please raise 'ulimit-n' to {maxsock} or \
             more to avoid any trouble."
        ));
    }
    if config.global.ulimit_n.is_none() {
        // Room for pipes, where the system gives it: without it fewer of them are made.
        let roomy = (maxsock + maxconn / 2).min(hard);
        if roomy > in_force {
            let _best_effort = setrlimit(Resource::RLIMIT_NOFILE, roomy, hard);
        }
    }
    Some(Limits {
        maxconn: u32::try_from(maxconn).unwrap_or(u32::MAX),
        maxsock,
        descriptors: in_force,
    })
}

/// Listeners and health checks have a descriptor each.
fn reserved_by(config: &Config) -> u64 {
    let of_proxies: usize = config
        .proxies
        .iter()
        .filter(|proxy| !proxy.disabled)
        .map(|proxy| proxy.binds.len() + proxy.servers.iter().filter(|server| server.check.enabled).count())
        .sum();
    (of_proxies + config.global.stats_sockets.len()) as u64
}
