//! A server's state while traffic runs: what the administrator said, what the checks found, its weight, its load.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use haproxy_cfg::model::{Server, ServerAddr, Word};

use super::{AgentState, Bounds, Gauge, ProxyState, WEIGHT_PARTS};
use crate::check::CheckReport;

/// What the administrator (or the file) said of a server: flags, several may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Admin(pub u8);

impl Admin {
    /// Forced into maintenance (`set server … state maint`, `disable server`).
    pub const FORCED_MAINT: u8 = 0x01;
    /// In maintenance because a tracked server is.
    pub const INHERITED_MAINT: u8 = 0x02;
    /// In maintenance because the file said `disabled`.
    pub const CONFIG_MAINT: u8 = 0x04;
    /// Forced to drain (`set server … state drain`).
    pub const FORCED_DRAIN: u8 = 0x08;
    /// Draining because a tracked server is.
    pub const INHERITED_DRAIN: u8 = 0x10;
    /// In maintenance because its name gave no address.
    pub const UNRESOLVED: u8 = 0x20;
    /// Its name is not the one of the file.
    pub const RENAMED: u8 = 0x40;

    /// In maintenance for any reason.
    #[must_use]
    pub fn is_maint(self) -> bool {
        self.0 & (Self::FORCED_MAINT | Self::INHERITED_MAINT | Self::CONFIG_MAINT | Self::UNRESOLVED) != 0
    }

    /// In maintenance for want of an address.
    #[must_use]
    pub fn is_unresolved(self) -> bool {
        self.0 & Self::UNRESOLVED != 0
    }

    /// Draining for any reason but its weight.
    #[must_use]
    pub fn is_drain(self) -> bool {
        self.0 & (Self::FORCED_DRAIN | Self::INHERITED_DRAIN) != 0
    }

    /// In maintenance because somebody said so of this very server.
    #[must_use]
    pub fn is_forced_maint(self) -> bool {
        self.0 & (Self::FORCED_MAINT | Self::CONFIG_MAINT) != 0
    }

    /// In maintenance because a tracked server is.
    #[must_use]
    pub fn is_inherited_maint(self) -> bool {
        self.0 & Self::INHERITED_MAINT != 0
    }
}

/// What the checks found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Health {
    /// Down.
    Down = 0,
    /// Up (also when nothing checks it).
    #[default]
    Up = 1,
    /// Up but asked to get no new sessions (`http-check disable-on-404`, an agent): state NOLB.
    Stopping = 2,
}

/// Why the sessions of a server are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// An administrator said so (`shutdown sessions server`).
    Administrator,
    /// The server went down (`on-marked-down shutdown-sessions`).
    Down,
    /// It is a backup server, and another one came up (`on-marked-up shutdown-backup-sessions`).
    BackupReplaced,
}

impl Ending {
    /// The letter of a termination state that names it.
    #[must_use]
    pub fn letter(self) -> u8 {
        match self {
            Self::Administrator => b'K',
            Self::Down => b'D',
            Self::BackupReplaced => b'U',
        }
    }
}

/// Where a server is, once that is not what the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its address; none as long as its name gives none.
    pub ip: Option<IpAddr>,
    /// Its port, where it has one of its own.
    pub port: Option<u16>,
    /// Its name; none while it has none.
    pub host: Option<Word>,
}

/// Errors in a row.
#[derive(Debug, Default)]
pub struct ErrorsInARow(AtomicU32);

impl ErrorsInARow {
    /// One more. Gives how many there are once that is `limit`; they are counted anew then.
    pub(crate) fn add(&self, limit: u32) -> Option<u32> {
        let errors = self.0.fetch_add(1, Relaxed).saturating_add(1);
        (errors >= limit).then(|| {
            self.0.store(0, Relaxed);
            errors
        })
    }

    /// A success ends the row.
    pub(crate) fn forget(&self) {
        if self.0.load(Relaxed) != 0 {
            self.0.store(0, Relaxed);
        }
    }
}

/// One server's shared state. Written by checks and commands, read on every choice of a server.
#[derive(Debug, Default)]
pub struct ServerState {
    admin: AtomicU8,
    health: AtomicU8,
    weight: AtomicU32,
    initial_weight: AtomicU32,
    /// Which of the servers that had this place it is.
    serial: AtomicU32,
    gone: AtomicBool,
    backup: AtomicBool,
    /// Sessions that the server has now (`scur`) and their maximum.
    pub sessions: Gauge,
    /// Requests that wait for this very server (`qcur`) and their maximum.
    pub queued: Gauge,
    /// `maxconn` in force; 0 is without limit.
    pub maxconn: AtomicU32,
    /// What moves that limit, and the weight.
    pub bounds: Bounds,
    /// When the state last changed between up and down, milliseconds of the process's clock.
    pub last_change_ms: AtomicU64,
    /// Milliseconds spent down before `last_change_ms`.
    pub down_ms: AtomicU64,
    /// Grows when all sessions of the server are to end; its lowest two bits say why (see [`Ending`]).
    endings: AtomicU32,
    /// Transitions to down (`chkdown`).
    pub down_transitions: AtomicU64,
    /// Checks that failed while the server was up (`chkfail`).
    pub failed_checks: AtomicU64,
    /// Errors in traffic since the last success (`observe`).
    pub errors: ErrorsInARow,
    /// How often those were too many (`hanafail`).
    pub failed_analyses: AtomicU64,
    /// The next check is to come soon: `fastinter` from now. Whoever starts checks takes it back.
    pub check_soon: AtomicBool,
    /// Checks pause (`disable health`): none starts, and the result of a running one is dropped.
    pub checks_paused: AtomicBool,
    /// Whether `place` says where it is.
    moved: AtomicBool,
    place: Mutex<Option<Box<Place>>>,
    /// What checks of it found last, for statistics and logs.
    pub check: Mutex<CheckReport>,
    /// Where checks of it go, if not where it is.
    checked_at: Mutex<CheckedAt>,
    /// What its agent said, if it has or had one.
    agent: OnceLock<Box<AgentState>>,
    /// It has one.
    has_agent: AtomicBool,
}

/// Where checks of a server go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckedAt {
    /// The address; none for the server's own.
    pub ip: Option<IpAddr>,
    /// The port; none for the server's own.
    pub port: Option<u16>,
}

impl Place {
    /// Where a server is at start.
    #[must_use]
    pub fn at_start(server: &Server) -> Self {
        let ServerAddr::Inet { ip, port, .. } = server.addr else {
            return Self::default();
        };
        // What records of a service will say is not known yet.
        let of_service = server.resolution.as_ref().is_some_and(|names| names.srv);
        Self {
            ip: (!server.unresolved).then_some(ip),
            port: port.filter(|_| !of_service),
            host: (!of_service).then(|| server.host.clone()),
        }
    }
}

impl ServerState {
    /// Where the server is, if that is not what the file says.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        if !self.moved.load(Relaxed) {
            return None;
        }
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        place.as_deref().cloned()
    }

    /// Says where the server is from now on.
    pub fn set_place(&self, place: Place) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(place));
        self.moved.store(true, Relaxed);
    }

    /// The address in force; none where it is the file's.
    #[must_use]
    pub fn address(&self, server: &Server) -> Option<ServerAddr> {
        self.moved_from(&server.addr)
    }

    /// The address in force of a server that the file has at `address`; none where it is the file's.
    #[must_use]
    pub fn moved_from(&self, address: &ServerAddr) -> Option<ServerAddr> {
        let place = self.place()?;
        let ServerAddr::Inet { port_offset, .. } = *address else {
            return None;
        };
        Some(ServerAddr::Inet {
            ip: place.ip.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            port: place.port,
            port_offset,
        })
    }

    /// State at start: up, with the file's weight; one failed check takes it down.
    #[must_use]
    pub fn new(server: &Server) -> Self {
        let disabled = if server.disabled { Admin::CONFIG_MAINT } else { 0 };
        let check = &server.check;
        let mut report = CheckReport::at_start(&server.check);
        if server.unresolved {
            report.health = 0;
        }
        let unresolved = if server.unresolved { Admin::UNRESOLVED } else { 0 };
        Self {
            admin: AtomicU8::new(disabled | unresolved),
            moved: AtomicBool::new(server.unresolved),
            place: Mutex::new(server.unresolved.then(|| Box::new(Place::at_start(server)))),
            health: AtomicU8::new(if check.init_state.health(check.rise, check.fall).0 {
                Health::Up
            } else {
                Health::Down
            } as u8),
            weight: AtomicU32::new(server.weight),
            initial_weight: AtomicU32::new(server.weight),
            backup: AtomicBool::new(server.backup),
            maxconn: AtomicU32::new(server.maxconn),
            bounds: Bounds::new(server),
            check: Mutex::new(report),
            checked_at: Mutex::new(CheckedAt {
                ip: server.check.addr,
                port: server.check.port,
            }),
            has_agent: AtomicBool::new(server.agent.is_some()),
            agent: match server.agent.as_deref() {
                Some(agent) => OnceLock::from(Box::new(AgentState::new(agent))),
                None => OnceLock::new(),
            },
            ..Self::default()
        }
    }

    /// Becomes the state of another server, one that comes at run time: in maintenance until an administrator says otherwise, and neither
    /// checked nor its agent asked. Nobody may look at the place yet.
    pub fn renew(&self, server: &Server, now_ms: u64) {
        let fresh = Self::new(server);
        let Self {
            check,
            checked_at,
            place,
            ..
        } = &fresh;
        let swap = |own: &Mutex<CheckReport>| {
            std::mem::take(&mut *own.lock().unwrap_or_else(PoisonError::into_inner))
        };
        *self.check_report() = CheckReport {
            health: 0,
            ..swap(check)
        };
        if let Some(settings) = server.agent.as_deref() {
            let agent = self.agent.get_or_init(|| Box::new(AgentState::new(settings)));
            agent.renew(settings);
        }
        self.has_agent.store(server.agent.is_some(), Relaxed);
        self.set_checked_at(*checked_at.lock().unwrap_or_else(PoisonError::into_inner));
        let place = place.lock().unwrap_or_else(PoisonError::into_inner).take();
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = place;
        self.moved.store(server.unresolved, Relaxed);
        self.checks_paused.store(true, Relaxed);
        self.check_soon.store(false, Relaxed);
        self.weight.store(server.weight, Relaxed);
        self.initial_weight.store(server.weight, Relaxed);
        self.serial.fetch_add(1, Relaxed);
        self.gone.store(false, Relaxed);
        self.backup.store(server.backup, Relaxed);
        self.maxconn.store(server.maxconn, Relaxed);
        self.bounds.renew(server);
        self.errors.forget();
        for count in [
            &self.down_ms,
            &self.down_transitions,
            &self.failed_checks,
            &self.failed_analyses,
        ] {
            count.store(0, Relaxed);
        }
        self.last_change_ms.store(now_ms, Relaxed);
        self.sessions.forget_max();
        self.queued.forget_max();
        self.health.store(Health::Up as u8, Relaxed);
        self.set_admin(Admin(fresh.admin().0 | Admin::FORCED_MAINT));
    }

    /// Where checks go.
    #[must_use]
    pub fn checked_at(&self) -> CheckedAt {
        *self.checked_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says where checks go from now on.
    pub fn set_checked_at(&self, at: CheckedAt) {
        *self.checked_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// What its agent said, if it has one.
    #[must_use]
    pub fn agent(&self) -> Option<&AgentState> {
        let agent = self.agent.get().filter(|_| self.has_agent.load(Relaxed));
        agent.map(Box::as_ref)
    }

    /// The agent is asked, and has taken the server down.
    #[must_use]
    pub fn agent_says_down(&self) -> bool {
        self.agent()
            .is_some_and(|agent| !agent.paused.load(Relaxed) && agent.report().health == 0)
    }

    /// What checks found last, locked. A writer that panicked left whole values, so its poison is of no account.
    pub fn check_report(&self) -> MutexGuard<'_, CheckReport> {
        self.check.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks all sessions that the server has now to end. They find out when they look again.
    pub fn end_sessions(&self, why: Ending) {
        let next = |now: u32| (now & !3).wrapping_add(4) | why as u32;
        let mut now = self.endings.load(Relaxed);
        while let Err(other) = self
            .endings
            .compare_exchange_weak(now, next(now), Relaxed, Relaxed)
        {
            now = other;
        }
    }

    /// What [`Self::ending_since`] wants to know of a session that begins now.
    #[inline]
    #[must_use]
    pub fn endings(&self) -> u32 {
        self.endings.load(Relaxed)
    }

    /// Why a session that began when `endings` was `since` is to end; none while it may go on.
    #[inline]
    #[must_use]
    pub fn ending_since(&self, since: u32) -> Option<Ending> {
        let now = self.endings.load(Relaxed);
        (now != since).then_some(match now & 3 {
            0 => Ending::Administrator,
            1 => Ending::Down,
            _ => Ending::BackupReplaced,
        })
    }

    /// What the administrator said.
    #[inline]
    #[must_use]
    pub fn admin(&self) -> Admin {
        Admin(self.admin.load(Relaxed))
    }

    /// Replaces what the administrator said. The backend's balancer must be told ([`super::ProxyState::touch_servers`]).
    pub fn set_admin(&self, admin: Admin) {
        self.admin.store(admin.0, Relaxed);
    }

    /// What the checks found.
    #[inline]
    #[must_use]
    pub fn health(&self) -> Health {
        match self.health.load(Relaxed) {
            0 => Health::Down,
            2 => Health::Stopping,
            _ => Health::Up,
        }
    }

    /// Records what the checks found. The backend's balancer must be told.
    pub fn set_health(&self, health: Health) {
        self.health.store(health as u8, Relaxed);
    }

    /// The weight in force, 0–256; 0 drains.
    #[inline]
    #[must_use]
    pub fn weight(&self) -> u32 {
        self.weight.load(Relaxed)
    }

    /// Whole seconds since the state last changed. It may have changed before the process's clock began: in the process before.
    #[must_use]
    pub fn unchanged_seconds(&self, now_ms: u64) -> u32 {
        let second = |ms: u64| ms.cast_signed().div_euclid(1000);
        let seconds = second(now_ms) - second(self.last_change_ms.load(Relaxed));
        u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
    }

    /// The weight that balancers see, in parts of which [`WEIGHT_PARTS`] make one: fewer while the server warms up.
    #[inline]
    #[must_use]
    pub fn weight_parts(&self) -> u32 {
        self.weight() * self.bounds.ramp.parts()
    }

    /// The same as statistics show it, rounded up.
    #[must_use]
    pub fn effective_weight(&self) -> u32 {
        self.weight_parts().div_ceil(WEIGHT_PARTS)
    }

    /// How much of its weight a server has that warms up, percent; none for one that does not, or takes no new sessions.
    #[must_use]
    pub fn throttle(&self) -> Option<u32> {
        if !self.bounds.ramp.climbs() || !self.is_balanced() {
            return None;
        }
        // Rounded up, then down: the original's way.
        Some((100 * self.weight_parts()).div_ceil(WEIGHT_PARTS) / self.weight())
    }

    /// How many sessions the server may have now; 0 is without limit.
    #[inline]
    #[must_use]
    pub fn limit(&self, proxy: &ProxyState) -> u32 {
        match self.maxconn.load(Relaxed) {
            0 => 0,
            most => {
                let full = proxy.fullconn.load(Relaxed);
                self.bounds.limit(most, proxy.be_sessions.get(), full)
            }
        }
    }

    /// Sets the weight. The backend's balancer must be told.
    pub fn set_weight(&self, weight: u32) {
        self.weight.store(weight, Relaxed);
    }

    /// The file's weight.
    #[must_use]
    pub fn initial_weight(&self) -> u32 {
        self.initial_weight.load(Relaxed)
    }

    /// Which of the servers that had its place it is; none once it was deleted.
    #[must_use]
    pub fn serial(&self) -> Option<u32> {
        (!self.gone.load(Relaxed)).then(|| self.serial.load(Relaxed))
    }

    /// The server is deleted.
    pub fn leave(&self) {
        self.gone.store(true, Relaxed);
    }

    /// Is a backup server.
    #[inline]
    #[must_use]
    pub fn is_backup(&self) -> bool {
        self.backup.load(Relaxed)
    }

    /// Can serve a session that is bound to it (persistence): up, draining or not, and not in maintenance.
    #[inline]
    #[must_use]
    pub fn is_usable(&self) -> bool {
        !self.admin().is_maint() && self.health() != Health::Down
    }

    /// May be chosen for new sessions.
    #[inline]
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let admin = self.admin();
        !admin.is_maint() && !admin.is_drain() && self.health() == Health::Up && self.weight() > 0
    }
}
