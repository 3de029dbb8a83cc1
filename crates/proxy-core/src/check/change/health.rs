//! A server's health: what checks and observed traffic find, and what that means for its backend.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{LogLevel, OnError};

use super::super::message;
use super::super::observe::{Seen, health_before};
use super::super::{CheckOutcome, CheckStatus, DESCRIPTION_MAX, Event};
use super::{Change, Origin, Passed};
use crate::state::{Ending, Health};

/// What is kept of a description.
pub(super) fn kept(description: &[u8]) -> Vec<u8> {
    description
        .iter()
        .copied()
        .take(DESCRIPTION_MAX)
        // What a server sent is text up to its first NUL, as the original tells it.
        .take_while(|byte| *byte != 0)
        .collect()
}

impl Change<'_> {
    pub(super) fn force(&mut self, to: Health, origin: Origin) {
        {
            let mut report = self.state().check_report();
            report.health = if to == Health::Down {
                0
            } else {
                report.full_health()
            };
        }
        self.turn(to, origin.cause());
    }

    pub(super) fn outcome(&mut self, outcome: &CheckOutcome) {
        let state = self.state();
        if state.admin().is_maint() || state.checks_paused.load(Relaxed) {
            state.check_report().running = false;
            return;
        }
        let pass = outcome.status.is_pass();
        let (noteworthy, report) = {
            let mut report = state.check_report();
            let before = (report.status, report.health);
            report.status = outcome.status;
            report.code = outcome.code;
            report.duration_ms = Some(outcome.duration_ms);
            report.description = kept(&outcome.description);
            report.running = false;
            if !pass && report.health > 0 {
                state.failed_checks.fetch_add(1, Relaxed);
            }
            report.health = match (pass, report.is_up()) {
                (true, true) => report.full_health(),
                (true, false) if report.health + 1 >= report.rise => report.full_health(),
                (true, false) => report.health + 1,
                (false, true) if report.health > report.rise => report.health - 1,
                (false, _) => 0,
            };
            (before != (report.status, report.health), report.clone())
        };
        let kept = CheckOutcome {
            description: report.description.clone(),
            ..outcome.clone()
        };
        let logged = self.config.options.log_health_checks;
        if logged && noteworthy {
            let of = (self.config, self.server);
            let text = message::check_line("Health", of, &kept, &report, state.weight());
            self.events
                .push(Event::of_server(self.id, self.server, LogLevel::Notice, text).mailed(LogLevel::Info));
        }
        // The reason was said already where checks are logged.
        let reason = if logged {
            Vec::new()
        } else {
            message::reason(&kept)
        };
        if pass && report.is_up() && !state.agent_says_down() {
            let to = if outcome.status == CheckStatus::L7OkConditional {
                Health::Stopping
            } else {
                Health::Up
            };
            self.turn(to, &reason);
        } else if !report.is_up() {
            self.turn(Health::Down, &reason);
        }
    }

    pub(super) fn observed(&mut self, errors: u32, last: Seen, on_error: OnError) {
        let state = self.state();
        let is_checked = self.config.servers[self.server].check.enabled && !state.checks_paused.load(Relaxed);
        if !is_checked || state.admin().is_maint() || state.health() == Health::Down {
            return;
        }
        state.failed_analyses.fetch_add(1, Relaxed);
        state.check_soon.store(true, Relaxed);
        if on_error == OnError::CheckSoon {
            return;
        }
        let running = {
            let mut report = state.check_report();
            report.health = health_before(on_error, report.health, report.rise);
            report.running
        };
        let words = format!(
            "Detected {errors} consecutive errors, last one was: {}",
            last.words()
        );
        self.outcome(&CheckOutcome {
            status: CheckStatus::Analysis,
            code: None,
            description: words.into_bytes(),
            duration_ms: 0,
        });
        // One that is under way goes on.
        state.check_report().running = running;
    }

    /// Takes the server to another health, if it is not there, and says so with `cause`.
    pub(super) fn turn(&mut self, to: Health, cause: &[u8]) {
        let state = self.state();
        let from = state.health();
        if from == to {
            return;
        }
        let level = self.level_of_leaving();
        state.set_health(to);
        let ramp = &state.bounds.ramp;
        if to == Health::Up {
            ramp.begin(self.now_ms);
        } else {
            ramp.stop();
        }
        if from == Health::Down {
            self.was_down_until_now();
        } else {
            self.changes_now();
        }
        if state.admin().is_maint() {
            return;
        }
        self.passed.push(Passed::Health(to));
        match to {
            Health::Down => {
                state.down_transitions.fetch_add(1, Relaxed);
                let rest = self.left();
                self.say(level, &[b" is DOWN", cause, b".", &rest]);
                self.mail(level);
                self.end_sessions_going_down();
            }
            Health::Up | Health::Stopping => {
                let word: &[u8] = if to == Health::Up {
                    b" is UP"
                } else {
                    b" is stopping"
                };
                let rest = self.online();
                self.say(LogLevel::Notice, &[word, cause, b".", &rest]);
                if to == Health::Up {
                    self.mail(LogLevel::Notice);
                }
                if from == Health::Down && to == Health::Up {
                    self.end_backup_sessions();
                }
            }
        }
        self.remind_of_drain();
    }

    /// `on-marked-down shutdown-sessions`.
    pub(super) fn end_sessions_going_down(&self) {
        if self.config.servers[self.server].down_ends_sessions {
            self.state().end_sessions(Ending::Down);
        }
    }

    /// `on-marked-up shutdown-backup-sessions`.
    pub(super) fn end_backup_sessions(&self) {
        let server = &self.config.servers[self.server];
        if !server.up_ends_backup_sessions || server.backup || self.state().weight() == 0 {
            return;
        }
        for state in self.proxy.servers.iter() {
            if state.is_backup() {
                state.end_sessions(Ending::BackupReplaced);
            }
        }
    }

    /// Takes the backend down with its last server and up with its first.
    pub(super) fn follow_backend(&mut self) {
        let has_servers = !self.farm().is_empty();
        if has_servers != self.farm_before.is_empty() {
            return;
        }
        let proxy = self.proxy;
        if has_servers {
            let down = self.now_ms.wrapping_sub(proxy.last_change_ms.load(Relaxed));
            proxy.down_ms.fetch_add(down, Relaxed);
        } else {
            proxy.down_transitions.fetch_add(1, Relaxed);
            self.events.push(Event::no_server_left(self.id, self.config));
        }
        proxy.last_change_ms.store(self.now_ms, Relaxed);
    }
}
