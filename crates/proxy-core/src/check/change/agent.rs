//! What an agent says of its server, and what that means: words for administrators, weights, limits, up and down.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::LogLevel;

use super::super::agent::{Answer, Settings, Wanted};
use super::super::message;
use super::super::{CheckOutcome, CheckStatus, Event};
use super::health::kept;
use super::{Change, Origin};
use crate::state::Health;

impl Change<'_> {
    pub(super) fn force_agent(&mut self, to: Health, origin: Origin) {
        if let Some(agent) = self.state().agent() {
            let mut report = agent.report();
            report.health = if to == Health::Down {
                0
            } else {
                report.full_health()
            };
        }
        self.turn(to, origin.cause());
    }

    pub(super) fn pause_agent(&mut self, paused: bool) {
        if let Some(agent) = self.state().agent() {
            agent.paused.store(paused, Relaxed);
        }
    }

    pub(super) fn agent(&mut self, outcome: &CheckOutcome) {
        let state = self.state();
        let Some(agent) = state.agent() else {
            return;
        };
        if agent.paused.load(Relaxed) {
            agent.report().running = false;
            return;
        }
        let mut outcome = outcome.clone();
        if outcome.status == CheckStatus::Checked {
            let line = std::mem::take(&mut outcome.description);
            let verdict = self.obey(&Answer::read(&line));
            outcome.status = verdict.status;
            outcome.code = verdict.code;
            outcome.description = verdict.description;
        }
        outcome.description = kept(&outcome.description);
        let report = {
            let mut report = agent.report();
            report.running = false;
            report.duration_ms = Some(outcome.duration_ms);
            report.description.clone_from(&outcome.description);
            if outcome.status == CheckStatus::Unknown {
                // A line without its end leaves all as it was.
                return;
            }
            let before = (report.status, report.health);
            report.status = outcome.status;
            report.code = outcome.code;
            match outcome.status {
                CheckStatus::L7Ok => report.health = report.full_health(),
                CheckStatus::L7Status => report.health = 0,
                // Whether an agent can be asked says nothing of its server.
                _ => {}
            }
            let is_news = before != (report.status, report.health) && report.status != CheckStatus::Checked;
            (is_news, report.clone())
        };
        let (is_news, report) = report;
        let logged = self.config.options.log_health_checks;
        if logged && is_news {
            let of = (self.config, self.server);
            let text = message::check_line("Agent", of, &outcome, &report, state.weight());
            self.events
                .push(Event::of_server(self.id, self.server, LogLevel::Notice, text).mailed(LogLevel::Info));
        }
        // The reason was said already where checks are logged.
        let reason = if logged {
            Vec::new()
        } else {
            message::reason(&outcome)
        };
        match outcome.status {
            CheckStatus::L7Ok if !self.checks_say_down() => self.turn(Health::Up, &reason),
            CheckStatus::L7Status => self.turn(Health::Down, &reason),
            _ => {}
        }
    }

    /// The server is checked, and that not with success.
    fn checks_say_down(&self) -> bool {
        let state = self.state();
        let is_checked = self.config.servers[self.server].check.enabled && !state.checks_paused.load(Relaxed);
        is_checked && !state.check_report().is_up()
    }

    /// Does what an agent asks for, but for up and down, and gives how the check ended.
    fn obey(&mut self, answer: &Answer<'_>) -> super::super::Verdict {
        match answer.admin {
            Some(Wanted::Ready) => self.ready(),
            Some(Wanted::Drain) => self.drain(),
            Some(Wanted::Maint) => self.maint(),
            None => {}
        }
        let state = self.state();
        let settings = Settings::of(answer, self.config, state.initial_weight());
        if let Some(weight) = settings.weight {
            self.weigh(weight);
        }
        if let Some(maxconn) = settings.maxconn
            && state.maxconn.swap(maxconn, Relaxed) != maxconn
        {
            self.proxy.touch_servers();
        }
        answer.verdict(settings.fault)
    }
}
