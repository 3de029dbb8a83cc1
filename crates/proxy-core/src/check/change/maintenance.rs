//! Maintenance and drain: begun and ended by the administrator, the configuration, names without an address, and servers that are
//! tracked.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::LogLevel;

use super::{Change, FORCED_AND_CONFIG, Passed};
use crate::state::{Admin, Health};

impl Change<'_> {
    pub(super) fn remind_of_drain(&mut self) {
        let admin = self.state().admin();
        if admin.is_maint() {
            return;
        }
        if admin.0 & Admin::FORCED_DRAIN != 0 {
            self.say(LogLevel::Notice, &[b" remains in forced drain mode."]);
        } else if admin.0 & Admin::INHERITED_DRAIN != 0 {
            let via = self.via();
            let words = b" is leaving forced drain but remains in drain mode";
            self.say(LogLevel::Notice, &[words, &via, b"."]);
        }
    }

    /// Takes back what an administrator said of a server that has no address, and leaves `then`. Gives whether it is one: it
    /// stays in maintenance.
    pub(super) fn stays_unresolved(&mut self, then: u8) -> bool {
        let admin = self.state().admin();
        if !admin.is_unresolved() {
            return false;
        }
        let kept = Admin(admin.0 & !(FORCED_AND_CONFIG | Admin::FORCED_DRAIN) | then);
        self.state().set_admin(kept);
        self.pass_drain(admin, kept);
        if admin.is_forced_maint() {
            self.say(
                LogLevel::Notice,
                &[b" is leaving forced maintenance but remains in maintenance."],
            );
        }
        true
    }

    pub(super) fn ready(&mut self) {
        if self.stays_unresolved(0) {
            return;
        }
        let admin = self.state().admin();
        if admin.is_maint() {
            self.leave_maintenance(FORCED_AND_CONFIG, Admin(admin.0 & !Admin::FORCED_DRAIN));
        } else {
            self.leave_drain(Admin::FORCED_DRAIN);
        }
    }

    pub(super) fn drain(&mut self) {
        if self.stays_unresolved(Admin::FORCED_DRAIN) {
            return;
        }
        let admin = self.state().admin();
        if admin.is_forced_maint() {
            self.leave_maintenance(FORCED_AND_CONFIG, Admin(admin.0 | Admin::FORCED_DRAIN));
        } else {
            self.enter_drain(Admin::FORCED_DRAIN, b"");
        }
    }

    /// Under maintenance this only shows once that ends.
    pub(super) fn enter_drain(&mut self, flag: u8, cause: &[u8]) {
        let admin = self.state().admin();
        if admin.0 & flag != 0 {
            return;
        }
        let with_flag = Admin(admin.0 | flag);
        self.state().set_admin(with_flag);
        self.pass_drain(admin, with_flag);
        if admin.is_drain() {
            self.remind_of_drain();
        } else if !admin.is_maint() {
            self.changes_now();
            let rest = if self.state().health() == Health::Down {
                self.left()
            } else {
                self.online()
            };
            self.say(LogLevel::Notice, &[b" enters drain state", cause, b".", &rest]);
        }
    }

    pub(super) fn keep_maintenance(&mut self) {
        let admin = self.state().admin();
        self.state().set_admin(Admin(admin.0 | Admin::FORCED_MAINT));
        if !admin.is_maint() {
            self.passed.push(Passed::Maintenance(true));
        }
    }

    pub(super) fn keep_drain(&mut self) {
        let admin = self.state().admin();
        let with_flag = Admin(admin.0 | Admin::FORCED_DRAIN);
        self.state().set_admin(with_flag);
        self.pass_drain(admin, with_flag);
        self.remind_of_drain();
    }

    pub(super) fn leave_drain(&mut self, flag: u8) {
        let admin = self.state().admin();
        if admin.0 & flag == 0 {
            return;
        }
        let without = Admin(admin.0 & !flag);
        self.state().set_admin(without);
        self.pass_drain(admin, without);
        if without.is_drain() {
            self.remind_of_drain();
        } else if !admin.is_maint() {
            // The time in drain counts as down once it is over: the original's way.
            self.was_down_until_now();
            let state: &[u8] = if self.state().health() == Health::Down {
                b"DOWN"
            } else {
                b"UP"
            };
            self.say(LogLevel::Notice, &[b" is ", state, b" (leaving forced drain)."]);
        }
    }

    /// Drain is over without a word.
    pub(super) fn maint(&mut self) {
        self.enter_maintenance(Admin::FORCED_MAINT, b"");
        let admin = self.state().admin();
        let without = Admin(admin.0 & !Admin::FORCED_DRAIN);
        self.state().set_admin(without);
        self.pass_drain(admin, without);
    }

    pub(super) fn enable(&mut self) {
        let admin = self.state().admin();
        if !admin.is_maint() || self.stays_unresolved(admin.0 & Admin::FORCED_DRAIN) {
            return;
        }
        self.leave_maintenance(FORCED_AND_CONFIG, admin);
    }

    pub(super) fn enter_maintenance(&mut self, flag: u8, cause: &[u8]) {
        let admin = self.state().admin();
        let level = self.level_of_leaving();
        self.state().set_admin(Admin(admin.0 | flag));
        if admin.is_maint() {
            return;
        }
        self.passed.push(Passed::Maintenance(true));
        if self.state().health() == Health::Down {
            self.say(
                LogLevel::Notice,
                &[b" was DOWN and now enters maintenance", cause, b"."],
            );
            return;
        }
        self.changes_now();
        self.state().bounds.ramp.stop();
        if !self.config.servers[self.server].check.enabled {
            // It stays so once maintenance ends, and only states that are written down show it: the original's way.
            self.state().check_report().health = 0;
        }
        self.state().down_transitions.fetch_add(1, Relaxed);
        let rest = self.left();
        self.say(level, &[b" is going DOWN for maintenance", cause, b".", &rest]);
        self.end_sessions_going_down();
    }

    /// One of the reasons for maintenance is over, with `admin` before it: if it was the last, whatever checks knew is forgotten. The
    /// server is up, and the first failure takes it down; one that tracks another is what that one is.
    pub(super) fn leave_maintenance(&mut self, reason: u8, admin: Admin) {
        let before = self.state().admin();
        let left = Admin(admin.0 & !reason);
        let is_forced = reason != Admin::INHERITED_MAINT;
        self.pass_drain(before, left);
        if left.is_maint() {
            self.state().set_admin(left);
            if left.is_forced_maint() {
                self.say(LogLevel::Notice, &[b" remains in forced maintenance."]);
            } else if before.is_forced_maint() {
                let via = self.via();
                let words = b" is leaving forced maintenance but remains in maintenance";
                self.say(LogLevel::Notice, &[words, &via, b"."]);
            }
            return;
        }
        if !before.is_maint() {
            return;
        }
        self.serve_again(left);
        self.passed.push(Passed::Maintenance(false));
        let is_down = self.state().health() == Health::Down;
        let state: &[u8] = if is_down { b"DOWN" } else { b"UP" };
        let into: &[u8] = if left.is_drain() { b"DRAIN" } else { b"READY" };
        let forced: &[u8] = if is_forced { b"forced " } else { b"" };
        self.say(
            LogLevel::Notice,
            &[
                b" is ",
                state,
                b"/",
                into,
                b" (leaving ",
                forced,
                b"maintenance).",
            ],
        );
        self.remind_of_drain();
        if !left.is_drain() && !is_down {
            self.end_backup_sessions();
        }
    }

    /// Drain that begins or ends for those who track the server.
    pub(super) fn pass_drain(&mut self, before: Admin, now: Admin) {
        if before.is_drain() != now.is_drain() {
            self.passed.push(Passed::Drain(now.is_drain()));
        }
    }

    /// ` via backend/server` of the one that is tracked.
    pub(super) fn via(&self) -> Vec<u8> {
        let Some(of) = self.config.servers[self.server].tracks() else {
            return Vec::new();
        };
        let proxy = self.whole.proxy(of.proxy);
        [
            b" via ",
            proxy.name.as_slice(),
            b"/",
            &proxy.servers[of.index].name,
        ]
        .concat()
    }

    /// Does as the tracked server did.
    pub(super) fn follow(&mut self, change: Passed) {
        let via = self.via();
        match change {
            Passed::Health(to) => self.turn(to, &via),
            Passed::Maintenance(true) => self.enter_maintenance(Admin::INHERITED_MAINT, &via),
            Passed::Maintenance(false) => {
                let admin = self.state().admin();
                self.leave_maintenance(Admin::INHERITED_MAINT, admin);
            }
            Passed::Drain(true) => self.enter_drain(Admin::INHERITED_DRAIN, &via),
            Passed::Drain(false) => self.leave_drain(Admin::INHERITED_DRAIN),
        }
    }

    /// Out of maintenance with what is left of `admin`.
    pub(super) fn serve_again(&mut self, admin: Admin) {
        let state = self.state();
        let renamed = state.admin().0 & Admin::RENAMED;
        state.set_admin(Admin(admin.0 | renamed));
        let health = match self.config.servers[self.server].tracks() {
            Some(of) => {
                let tracked = &self.runtime.proxies[of.proxy.0 as usize].servers[of.index];
                tracked.health()
            }
            None => {
                let mut report = state.check_report();
                let check = &self.config.servers[self.server].check;
                let (up, health) = check.init_state.health(report.rise, report.fall);
                if check.enabled {
                    report.health = health;
                }
                drop(report);
                if !up || state.agent_says_down() {
                    Health::Down
                } else {
                    Health::Up
                }
            }
        };
        state.set_health(health);
        if health == Health::Up {
            state.bounds.ramp.begin(self.now_ms);
        }
        // Time in maintenance is not added to the time down: the original's way.
        self.changes_now();
    }
}
