//! The effects of commands and of the form on a running proxy: its shared state is changed here; what needs sockets, logs or
//! tasks is handed to hooks.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Config, Places, ProxyId, Server, Word};

use super::{AdminState, Control, FrontendChange, OldAction, Refused, ServerId};
use crate::check::{self, AdminChange, Event, Origin};
use crate::presets::Preset;
use crate::state::{Health, Place, Rated, Runtime};

/// What only the shell can do.
pub trait Hooks {
    /// Logs what a change says, and writes it to standard error where that is open.
    fn log(&mut self, events: Vec<Event>);
    /// Pauses, resumes or closes a frontend's listeners. The flags in the shared state are set once this succeeded.
    ///
    /// # Errors
    /// When a listener cannot be paused or resumed.
    fn change_listeners(&mut self, frontend: ProxyId, change: FrontendChange) -> Result<(), Refused>;
    /// Ends all sessions of a server.
    fn shutdown_sessions(&mut self, server: ServerId);
    /// A server has another name, and name servers are to be asked for it. It had the name `from`.
    fn renamed(&mut self, server: ServerId, from: &Word);
    /// A server was added: nobody finds it before this is done.
    ///
    /// # Errors
    /// When connections to it cannot be made ready.
    fn came(&mut self, server: ServerId) -> Result<(), Refused>;
    /// A server was deleted.
    fn went(&mut self, server: ServerId);
    /// Sets a variable of the process: its value may be of the time, or of chance.
    fn set_variable(&mut self, preset: &Preset);
    /// A number by chance.
    fn chance(&mut self) -> u32;
    /// Called behind each change of servers of `proxy`, or of a limit of a frontend or (none) the process: who waits in a
    /// queue or for room must look again.
    fn changed(&mut self, proxy: Option<ProxyId>);
}

/// What there is where no shell is.
#[derive(Clone, Copy, Debug)]
pub struct NoShell;

impl Hooks for NoShell {
    fn log(&mut self, _: Vec<Event>) {}
    fn change_listeners(&mut self, _: ProxyId, _: FrontendChange) -> Result<(), Refused> {
        Ok(())
    }
    fn shutdown_sessions(&mut self, _: ServerId) {}
    fn renamed(&mut self, _: ServerId, _: &Word) {}
    fn came(&mut self, _: ServerId) -> Result<(), Refused> {
        Ok(())
    }
    fn went(&mut self, _: ServerId) {}
    fn set_variable(&mut self, _: &Preset) {}
    fn chance(&mut self) -> u32 {
        1
    }
    fn changed(&mut self, _: Option<ProxyId>) {}
}

/// A [`Control`] of the running proxy.
pub struct Live<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Its running state.
    pub runtime: &'a Runtime,
    /// Who asks.
    pub origin: Origin,
    /// Milliseconds of the process's clock.
    pub now_ms: u64,
    /// What only the shell can do.
    pub hooks: &'a mut dyn Hooks,
}

impl Live<'_> {
    fn change(&mut self, server: ServerId, change: AdminChange) {
        let events = check::change_admin(
            self.runtime,
            self.config,
            server.proxy,
            server.index,
            change,
            self.origin,
            self.now_ms,
        );
        // Those that track the server may be of other backends.
        let changed = check::proxies_of(server.proxy, &events);
        self.hooks.log(events);
        for proxy in changed {
            self.hooks.changed(Some(proxy));
        }
    }
}

impl Control for Live<'_> {
    fn set_state(&mut self, server: ServerId, state: AdminState) {
        self.change(
            server,
            match state {
                AdminState::Ready => AdminChange::Ready,
                AdminState::Drain => AdminChange::Drain,
                AdminState::Maint => AdminChange::Maint,
            },
        );
    }

    fn add_server(&mut self, backend: ProxyId, server: &Server) -> Result<(), Refused> {
        let (at, servers) = (backend.0 as usize, &self.config.proxy(backend).servers);
        let Some(index) = servers.place(server, self.now_ms) else {
            return Err(Refused("Too many servers were added to this backend.".to_owned()));
        };
        let proxy = &self.runtime.proxies[at];
        proxy.servers[index].renew(server, self.now_ms);
        for thread in &self.runtime.counters {
            thread.servers[at][index].renew();
        }
        proxy.cookies.set_server(index, Some(server));
        let id = ServerId {
            proxy: backend,
            index,
        };
        if let Err(refused) = self.hooks.came(id) {
            proxy.cookies.set_server(index, None);
            servers.take_back(index);
            return Err(refused);
        }
        if let Some(of) = server.tracks() {
            let _in_order = self.runtime.lock_tracking();
            self.config.proxy(of.proxy).servers.follow(of.index, id.into());
        }
        servers.list(index);
        proxy.touch_servers();
        self.hooks.changed(Some(backend));
        Ok(())
    }

    fn delete_server(&mut self, server: ServerId) {
        let proxy = &self.runtime.proxies[server.proxy.0 as usize];
        proxy.servers[server.index].leave();
        proxy.cookies.set_server(server.index, None);
        let servers = &self.config.proxy(server.proxy).servers;
        if let Some(of) = servers[server.index].tracks() {
            let _in_order = self.runtime.lock_tracking();
            self.config
                .proxy(of.proxy)
                .servers
                .unfollow(of.index, server.into());
        }
        servers.remove(server.index, self.now_ms);
        proxy.touch_servers();
        self.hooks.went(server);
        self.hooks.changed(Some(server.proxy));
    }

    fn set_flag(&mut self, server: ServerId, action: OldAction) {
        self.change(
            server,
            match action {
                OldAction::Stop => AdminChange::StopOnPage,
                OldAction::Start => AdminChange::StartOnPage,
                OldAction::Disable => AdminChange::DisableOnPage,
                OldAction::Enable => AdminChange::EnableOnPage,
            },
        );
    }

    fn set_weight(&mut self, server: ServerId, weight: u32) {
        let (proxy, index) = (server.proxy, server.index);
        let events = check::set_weight(self.runtime, self.config, proxy, index, weight, self.now_ms);
        self.hooks.log(events);
        self.hooks.changed(Some(proxy));
    }

    fn set_health(&mut self, server: ServerId, health: Health) {
        self.change(
            server,
            match health {
                Health::Up => AdminChange::HealthUp,
                Health::Stopping => AdminChange::HealthStopping,
                Health::Down => AdminChange::HealthDown,
            },
        );
    }

    fn set_checks(&mut self, server: ServerId, enabled: bool) {
        let change = if enabled {
            AdminChange::EnableChecks
        } else {
            AdminChange::DisableChecks
        };
        self.change(server, change);
    }

    fn set_agent(&mut self, server: ServerId, health: Health) {
        self.change(
            server,
            match health {
                Health::Up | Health::Stopping => AdminChange::AgentUp,
                Health::Down => AdminChange::AgentDown,
            },
        );
    }

    fn set_agent_checks(&mut self, server: ServerId, enabled: bool) {
        let change = if enabled {
            AdminChange::EnableAgent
        } else {
            AdminChange::DisableAgent
        };
        self.change(server, change);
    }

    fn set_place(&mut self, server: ServerId, place: Place) {
        let proxy = &self.runtime.proxies[server.proxy.0 as usize];
        proxy.servers[server.index].set_place(place);
        proxy.touch_servers();
        self.hooks.changed(Some(server.proxy));
    }

    fn rename(&mut self, server: ServerId, host: &Word) {
        let model = &self.config.proxy(server.proxy).servers[server.index];
        let state = &self.runtime.proxies[server.proxy.0 as usize].servers[server.index];
        let before = state.place().unwrap_or_else(|| Place::at_start(model));
        state.set_place(Place {
            host: Some(host.clone()),
            ..before
        });
        self.hooks
            .renamed(server, before.host.as_ref().unwrap_or(&model.host));
    }

    fn set_server_maxconn(&mut self, server: ServerId, maxconn: u32) {
        let proxy = &self.runtime.proxies[server.proxy.0 as usize];
        proxy.servers[server.index].maxconn.store(maxconn, Relaxed);
        proxy.touch_servers();
        self.hooks.changed(Some(server.proxy));
    }

    fn want_dynamic_cookies(&mut self, backend: ProxyId, wanted: bool) {
        self.runtime.proxies[backend.0 as usize].cookies.want(wanted);
    }

    fn set_dynamic_cookie_key(&mut self, backend: ProxyId, key: &[u8]) {
        let cookies = &self.runtime.proxies[backend.0 as usize].cookies;
        cookies.set_key(key.to_vec().into());
    }

    fn publish(&mut self, backend: ProxyId, published: bool) {
        let proxy = &self.runtime.proxies[backend.0 as usize];
        proxy.unpublished.store(!published, Relaxed);
    }

    fn set_frontend_maxconn(&mut self, frontend: ProxyId, maxconn: u32) {
        self.runtime.proxies[frontend.0 as usize]
            .maxconn
            .store(maxconn, Relaxed);
        self.hooks.changed(Some(frontend));
    }

    fn set_process_maxconn(&mut self, maxconn: u32) {
        self.runtime.maxconn.store(maxconn, Relaxed);
        self.hooks.changed(None);
    }

    fn set_rate_limit(&mut self, of: Rated, limit: u32) {
        self.runtime.rates.set(of, limit);
        self.hooks.changed(None);
    }

    fn change_frontend(&mut self, frontend: ProxyId, change: FrontendChange) -> Result<(), Refused> {
        self.hooks.change_listeners(frontend, change)?;
        let state = &self.runtime.proxies[frontend.0 as usize];
        match change {
            FrontendChange::Pause => state.paused.store(true, Relaxed),
            FrontendChange::Resume => state.paused.store(false, Relaxed),
            FrontendChange::Stop => state.stopped.store(true, Relaxed),
        }
        Ok(())
    }

    fn shutdown_sessions(&mut self, server: ServerId) {
        self.hooks.shutdown_sessions(server);
    }

    fn chance(&mut self) -> u32 {
        self.hooks.chance()
    }

    fn set_variable(&mut self, preset: &Preset) {
        self.hooks.set_variable(preset);
    }

    fn clear_counters(&mut self, all: bool) {
        if all {
            self.runtime.caches.clear_counts();
        }
        for proxy in &self.runtime.proxies {
            let gauges = [&proxy.fe_sessions, &proxy.be_sessions, &proxy.queued];
            let of_servers = proxy.servers.iter().flat_map(|s| [&s.sessions, &s.queued]);
            gauges
                .into_iter()
                .chain(of_servers)
                .chain(&proxy.listeners)
                .for_each(|gauge| gauge.forget_max());
            if all {
                for server in proxy.servers.iter() {
                    server.failed_checks.store(0, Relaxed);
                    server.down_transitions.store(0, Relaxed);
                }
            }
        }
        for thread in &self.runtime.counters {
            let listeners = thread.listeners.iter().flat_map(|sides| sides.iter());
            let servers = thread.servers.iter().flat_map(Places::iter);
            thread
                .frontends
                .iter()
                .chain(&thread.backends)
                .chain(listeners)
                .chain(servers)
                .for_each(|side| side.clear(all));
            let process = &thread.process;
            for rate in [
                &process.conn_rate,
                &process.sess_rate,
                &process.tls_rate,
                &process.tls_client_keys,
                &process.tls_server_keys,
            ] {
                rate.forget_max();
            }
        }
    }
}
