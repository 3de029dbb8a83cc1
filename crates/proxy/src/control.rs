//! What changes of the running proxy need of its shell: lines in logs, listeners that pause, sessions that end, waiters that
//! look again.

use std::io::Write as _;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{ProxyId, Server, Word};
use proxy_core::check::{Event, Notice};
use proxy_core::cli::{FrontendChange, Hooks, Refused, ServerId};
use proxy_core::presets::Preset;
use proxy_core::state::Ending;
use proxy_core::stream::Client;

use crate::context::{AtHand, looking};
use crate::log::Entry;
use crate::thread::Thread;

/// The shell's side of changes, from a thread that can log.
#[derive(Debug)]
pub struct Shell {
    thread: Rc<Thread>,
}

impl Shell {
    /// The shell around `thread`.
    #[must_use]
    pub fn new(thread: &Rc<Thread>) -> Self {
        Self {
            thread: Rc::clone(thread),
        }
    }

    /// Logs an event, mails it and writes it to standard error where that is wanted.
    pub fn tell(&self, event: &Event) {
        let thread = &self.thread;
        let proxy = thread.config().proxy(event.proxy);
        let entry = Entry {
            tag: proxy.log_tag.as_ref(),
            level: event.level,
            now_us: thread.epoch_us(),
            line: &event.text,
            structured: None,
        };
        let mut dates = thread.dates.borrow_mut();
        thread.log.borrow_mut().send(&proxy.logs, &mut dates, entry);
        if let Some(alert) = &proxy.mail {
            let at = (&mut *dates, thread.epoch_us() / 1_000_000);
            let mut post = thread.post.borrow_mut();
            post.tell(event, alert, at, &thread.shared.process.hostname);
        }
        if thread.shared.speaks
            && let Some((notice, text)) = event.on_stderr()
        {
            let mark = match notice {
                Notice::Warning => "[WARNING]  ",
                Notice::Alert => "[ALERT]    ",
            };
            let mut line = format!("{mark}({}) : ", std::process::id()).into_bytes();
            line.extend_from_slice(text);
            line.push(b'\n');
            // Whoever closed standard error does not want to read it.
            let _ = std::io::stderr().write_all(&line);
        }
    }
}

impl Hooks for Shell {
    fn log(&mut self, events: Vec<Event>) {
        events.iter().for_each(|event| self.tell(event));
    }

    fn change_listeners(&mut self, frontend: ProxyId, change: FrontendChange) -> Result<(), Refused> {
        // The acceptors of all threads read the flags when they look again, so these are set first.
        let state = &self.thread.shared.runtime.proxies[frontend.0 as usize];
        match change {
            FrontendChange::Pause => state.paused.store(true, Relaxed),
            FrontendChange::Resume => state.paused.store(false, Relaxed),
            FrontendChange::Stop => {
                state.stopped.store(true, Relaxed);
                self.thread.shared.exports.withdraw(frontend);
            }
        }
        self.thread.shared.look_again();
        Ok(())
    }

    fn shutdown_sessions(&mut self, server: ServerId) {
        let state = &self.thread.shared.runtime.proxies[server.proxy.0 as usize].servers[server.index];
        state.end_sessions(Ending::Administrator);
        self.thread.shared.look_again();
    }

    fn renamed(&mut self, server: ServerId, from: &Word) {
        self.thread.shared.resolvers.rename(server, from.to_string());
    }

    fn came(&mut self, server: ServerId) -> Result<(), Refused> {
        self.thread
            .shared
            .came(server.proxy, server.index)
            .map_err(Refused)
    }

    fn went(&mut self, server: ServerId) {
        self.thread.shared.went(server.proxy, server.index);
    }

    fn set_variable(&mut self, preset: &Preset) {
        let nobody = Client::default();
        looking(&self.thread, &nobody, ProxyId(0), AtHand::default(), |context| {
            preset.set(context);
        });
    }

    fn chance(&mut self) -> u32 {
        (self.thread.random() >> 32) as u32
    }

    fn changed(&mut self, proxy: Option<ProxyId>) {
        let shared = &self.thread.shared;
        match proxy {
            Some(proxy) => {
                shared.queues.servers_changed(&shared.runtime, proxy);
                shared.warming.notify_one();
                let ends = |s: &Server| s.down_ends_sessions || s.up_ends_backup_sessions;
                if shared.plan.config.proxy(proxy).servers.iter().any(ends) {
                    shared.look_again();
                }
                shared.room[proxy.0 as usize].notify_waiters();
            }
            None => shared.room.iter().for_each(tokio::sync::Notify::notify_waiters),
        }
    }
}
