//! Actions that write to the log.

use haproxy_cfg::model::RuleSet;

use super::{Action, Compile, Make};
use crate::rules::{Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[("do-log", do_log)];

/// `do-log`.
#[derive(Debug)]
struct DoLog {
    step: &'static str,
    profile: Option<Box<[u8]>>,
}

fn do_log(at: Compile<'_>) -> Result<Box<dyn Action>, String> {
    let profile = at.rule.option("profile").and_then(<[_]>::first);
    let profile = profile.map(|name| Box::<[u8]>::from(name.value.bytes()));
    if let Some(name) = &profile
        && !at
            .config
            .sections
            .log_profiles
            .iter()
            .any(|known| known.name.as_slice() == &**name)
    {
        let name = String::from_utf8_lossy(name);
        return Err(format!("there is no log profile '{name}'"));
    }
    Ok(Box::new(DoLog {
        step: step(at.rule.set),
        profile,
    }))
}

/// What log profiles call a rule set.
fn step(set: RuleSet) -> &'static str {
    match set {
        RuleSet::TcpConnection => "tcp-req-conn",
        RuleSet::TcpSession => "tcp-req-sess",
        RuleSet::TcpContent => "tcp-req-cont",
        RuleSet::TcpResponse => "tcp-res-cont",
        RuleSet::HttpRequest | RuleSet::Redirect | RuleSet::Stats => "http-req",
        RuleSet::HttpResponse => "http-res",
        RuleSet::HttpAfterResponse => "http-after-res",
    }
}

impl Action for DoLog {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        exec.world
            .log(&exec.context(), self.step, self.profile.as_deref());
        Step::Next
    }
}
