//! The admin form: a POST with `s` for each server, `action` and `b` for the backend, done and answered by a redirect.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::ProxyId;

use crate::cli::{AdminState, Control, OldAction, ServerId};
use crate::state::Health;

use super::query::FormOutcome;
use super::view::{Filter, StatsView};

/// What the form can do: the value that is sent and the words in the list.
pub(super) const ACTIONS: [(&str, &str); 14] = [
    ("", ""),
    ("ready", "Set state to READY"),
    ("drain", "Set state to DRAIN"),
    ("maint", "Set state to MAINT"),
    ("dhlth", "Health: disable checks"),
    ("ehlth", "Health: enable checks"),
    ("hrunn", "Health: force UP"),
    ("hnolb", "Health: force NOLB"),
    ("hdown", "Health: force DOWN"),
    ("dagent", "Agent: disable checks"),
    ("eagent", "Agent: enable checks"),
    ("arunn", "Agent: force UP"),
    ("adown", "Agent: force DOWN"),
    ("shutdown", "Kill Sessions"),
];

/// What a form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    State(AdminState),
    Flag(OldAction),
    Checks(bool),
    Health(Health),
    AgentChecks(bool),
    Agent(Health),
    Shutdown,
}

impl Action {
    /// The action of that name.
    fn parse(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"ready" => Self::State(AdminState::Ready),
            b"drain" => Self::State(AdminState::Drain),
            b"maint" => Self::State(AdminState::Maint),
            b"stop" => Self::Flag(OldAction::Stop),
            b"start" => Self::Flag(OldAction::Start),
            b"disable" => Self::Flag(OldAction::Disable),
            b"enable" => Self::Flag(OldAction::Enable),
            b"dhlth" => Self::Checks(false),
            b"ehlth" => Self::Checks(true),
            b"hrunn" => Self::Health(Health::Up),
            b"hnolb" => Self::Health(Health::Stopping),
            b"hdown" => Self::Health(Health::Down),
            b"dagent" => Self::AgentChecks(false),
            b"eagent" => Self::AgentChecks(true),
            b"arunn" => Self::Agent(Health::Up),
            b"adown" => Self::Agent(Health::Down),
            b"shutdown" => Self::Shutdown,
            _ => return None,
        })
    }

    /// Does it to one server; gives whether that makes sense for it.
    fn apply(self, view: &StatsView<'_>, control: &mut dyn Control, id: ServerId) -> bool {
        let checked = view.config.proxy(id.proxy).servers[id.index].check.enabled;
        let agent = view.runtime.proxies[id.proxy.0 as usize].servers[id.index].agent();
        match self {
            Self::State(state) => control.set_state(id, state),
            Self::Flag(action) => {
                let admin = view.runtime.proxies[id.proxy.0 as usize].servers[id.index].admin();
                let changes = match action {
                    OldAction::Stop => !admin.is_drain(),
                    OldAction::Start => admin.is_drain(),
                    OldAction::Disable => !admin.is_maint(),
                    OldAction::Enable => admin.is_maint(),
                };
                if !changes {
                    return false;
                }
                control.set_flag(id, action);
            }
            Self::Checks(enabled) if checked => control.set_checks(id, enabled),
            Self::Health(health) => control.set_health(id, health),
            Self::AgentChecks(enabled) if agent.is_some() => control.set_agent_checks(id, enabled),
            Self::Agent(health) if agent.is_some_and(|agent| !agent.paused.load(Relaxed)) => {
                control.set_agent(id, health);
            }
            Self::Checks(_) | Self::AgentChecks(_) | Self::Agent(_) => return false,
            Self::Shutdown => control.shutdown_sessions(id),
        }
        true
    }
}

/// Reads a form and does what it asks, for proxies that the page shows.
pub(super) fn process(
    view: &StatsView<'_>,
    scope: &Filter<'_>,
    body: &[u8],
    control: &mut dyn Control,
) -> FormOutcome {
    let mut action = None;
    let mut backend = None;
    let mut servers = Vec::new();
    for pair in body.split(|&b| b == b'&') {
        let Some(eq) = memchr::memchr(b'=', pair) else {
            continue;
        };
        let value = decode(&pair[eq + 1..]);
        match &pair[..eq] {
            b"s" => servers.push(value),
            b"action" => match Action::parse(&value) {
                Some(known) => action = Some(known),
                None => return FormOutcome::Error,
            },
            b"b" => match find_backend(view, scope, &value) {
                Some(id) => backend = Some(id),
                None => return FormOutcome::Error,
            },
            _ => {}
        }
    }
    let (Some(action), Some(proxy)) = (action, backend) else {
        return FormOutcome::None;
    };
    let mut done = 0;
    let mut unknown = 0;
    for name in &servers {
        let known = view.config.proxy(proxy).listed_servers();
        let mut named = known.filter(|(_, s)| s.name == name.as_slice());
        match (named.next(), named.next()) {
            (Some((index, _)), None) => {
                done += usize::from(action.apply(view, control, ServerId { proxy, index }));
            }
            _ => unknown += 1,
        }
    }
    match (done, unknown) {
        (0, 0) => FormOutcome::None,
        (0, _) => FormOutcome::Error,
        (_, 0) => FormOutcome::Done,
        _ => FormOutcome::Partial,
    }
}

/// The backend of that name or, after a `#`, number.
fn find_backend(view: &StatsView<'_>, scope: &Filter<'_>, word: &[u8]) -> Option<ProxyId> {
    let number = word
        .strip_prefix(b"#")
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u32>().ok());
    view.proxies()
        .filter(|(id, p)| p.kind.is_backend() && scope.in_scope(*id, p))
        .find(|(_, p)| match number {
            Some(n) => p.id == n,
            None => p.name == word,
        })
        .map(|(id, _)| id)
}

/// A value of a form: `+` is a space, `%41` an `A`.
fn decode(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b'+' => out.push(b' '),
            b'%' => match tail {
                [a, b, after @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                    out.push(digit(*a) << 4 | digit(*b));
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            other => out.push(*other),
        }
    }
    out
}

fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded() {
        assert_eq!(decode(b"%234"), b"#4");
        assert_eq!(decode(b"a+b%2Fc%zz%4"), b"a b/c%zz%4");
        assert_eq!(decode(b""), b"");
    }

    #[test]
    fn every_action_that_the_page_offers_is_known() {
        for (value, _) in ACTIONS.iter().filter(|(value, _)| !value.is_empty()) {
            assert!(Action::parse(value.as_bytes()).is_some(), "{value}");
        }
    }
}
