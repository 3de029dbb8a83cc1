//! Commands about servers.

use haproxy_cfg::model::{Balance, ProxyKind};

use crate::state::Health;

use super::{AdminState, Call, Reply, ServerId};

/// The server that the first argument names as `backend/server`, or the answer when there is none.
fn named(call: &Call<'_, '_>) -> Result<ServerId, Reply> {
    let word = call.argument(0);
    let Some(slash) = word.iter().position(|&b| b == b'/') else {
        return Err(Reply::error("Require 'backend/server'."));
    };
    let (backend, server) = (&word[..slash], &word[slash + 1..]);
    let proxy = call
        .find_proxy(backend, ProxyKind::is_backend)
        .ok_or_else(|| Reply::error("No such backend."))?;
    let number = super::number_after_hash(server);
    call.view
        .config
        .proxy(proxy)
        .servers
        .iter()
        .position(|s| match number {
            Some(n) => s.id == n,
            None => s.name == server,
        })
        .map(|index| ServerId { proxy, index })
        .ok_or_else(|| Reply::error("No such server."))
}

/// Runs `act` on the server that the first argument names.
fn with(call: &mut Call<'_, '_>, act: impl FnOnce(&mut Call<'_, '_>, ServerId) -> Reply) -> Reply {
    match named(call) {
        Ok(id) => act(call, id),
        Err(reply) => reply,
    }
}

fn set_state(call: &mut Call<'_, '_>, state: AdminState) -> Reply {
    with(call, |call, id| {
        call.control.set_state(id, state);
        Reply::Done
    })
}

pub(super) fn enable(call: &mut Call<'_, '_>) -> Reply {
    set_state(call, AdminState::Ready)
}

pub(super) fn disable(call: &mut Call<'_, '_>) -> Reply {
    set_state(call, AdminState::Maint)
}

pub(super) fn enable_health(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| {
        if !call.view.config.proxy(id.proxy).servers[id.index].check.enabled {
            return Reply::error("Health check was not configured on this server, cannot enable.");
        }
        call.control.set_checks(id, true);
        Reply::Done
    })
}

pub(super) fn disable_health(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| {
        if call.view.config.proxy(id.proxy).servers[id.index].check.enabled {
            call.control.set_checks(id, false);
        }
        Reply::Done
    })
}

pub(super) fn enable_agent(call: &mut Call<'_, '_>) -> Reply {
    with(call, |_, _| {
        Reply::error("Agent was not configured on this server, cannot enable.")
    })
}

pub(super) fn disable_agent(call: &mut Call<'_, '_>) -> Reply {
    with(call, |_, _| Reply::Done)
}

pub(super) fn shutdown_sessions(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| {
        call.control.shutdown_sessions(id);
        Reply::Done
    })
}

pub(super) fn get_weight(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| {
        let state = &call.view.runtime.proxies[id.proxy.0 as usize].servers[id.index];
        Reply::Info(format!(
            "{} (initial {})\n",
            state.weight(),
            state.initial_weight()
        ))
    })
}

pub(super) fn set_maxconn(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| {
        let text = call.argument(1);
        if text.is_empty() {
            return Reply::error("Require <maxconn>.");
        }
        match leading_number(text) {
            None => Reply::bare_error("maxconn string empty or preceded by garbage"),
            Some((_, rest)) if !rest.is_empty() => Reply::bare_error("Trailing garbage in maxconn string"),
            Some((n, _)) => {
                call.control.set_server_maxconn(id, u32::try_from(n).unwrap_or(0));
                Reply::Done
            }
        }
    })
}

pub(super) fn set_weight(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| weight(call, id, 1))
}

pub(super) fn set(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| match call.argument(1) {
        b"weight" => weight(call, id, 2),
        b"state" => state(call, id),
        b"health" => health(call, id),
        b"agent" => Reply::error("agent checks are not enabled on this server."),
        _ => Reply::error("usage: set server <backend>/<server> agent | health | state | weight"),
    })
}

fn state(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    let state = match call.argument(2) {
        b"ready" => AdminState::Ready,
        b"drain" => AdminState::Drain,
        b"maint" => AdminState::Maint,
        _ => return Reply::error("'set server <srv> state' expects 'ready', 'drain' and 'maint'."),
    };
    call.control.set_state(id, state);
    Reply::Done
}

fn health(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    let server = &call.view.config.proxy(id.proxy).servers[id.index];
    if server.tracks().is_some() {
        return Reply::error("cannot change health on a tracking server.");
    }
    let health = match call.argument(2) {
        b"up" => Health::Up,
        b"stopping" => Health::Stopping,
        b"down" => Health::Down,
        _ => return Reply::error("'set server <srv> health' expects 'up', 'stopping', or 'down'."),
    };
    call.control.set_health(id, health);
    Reply::Done
}

/// The most that a weight can be.
const WEIGHT_MAX: u64 = 256;

/// Sets the weight that the argument at `index` says, as it is or as a percentage of the file's.
fn weight(call: &mut Call<'_, '_>, id: ServerId, index: usize) -> Reply {
    let text = call.argument(index);
    if text.is_empty() {
        return Reply::error("Require <weight> or <weight%>.");
    }
    let state = &call.view.runtime.proxies[id.proxy.0 as usize].servers[id.index];
    let initial = state.initial_weight();
    let new = match leading_number(text) {
        None => return Reply::bare_error("Empty weight string empty or preceded by garbage"),
        Some((n, b"%")) => match u64::try_from(n) {
            Ok(n) => (u64::from(initial).saturating_mul(n) / 100).min(WEIGHT_MAX),
            Err(_) => return Reply::error("Relative weight must be positive."),
        },
        Some((n, b"")) => match u64::try_from(n).ok().filter(|n| *n <= WEIGHT_MAX) {
            Some(n) => n,
            None => return Reply::error("Absolute weight can only be between 0 and 256 inclusive."),
        },
        Some(_) => return Reply::bare_error("Trailing garbage in weight string"),
    };
    let new = u32::try_from(new).unwrap_or(u32::MAX);
    let proxy = call.view.config.proxy(id.proxy);
    let fixed = match proxy.balance {
        Balance::StaticRr => true,
        Balance::Hash(_) => !proxy.hash_type.consistent,
        _ => false,
    };
    if fixed && new != 0 && new != initial {
        return Reply::error(
            "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.",
        );
    }
    call.control.set_weight(id, new);
    Reply::Done
}

/// The number that a text begins with, and what follows it.
fn leading_number(text: &[u8]) -> Option<(i64, &[u8])> {
    let sign = usize::from(text.starts_with(b"-") || text.starts_with(b"+"));
    let digits = text[sign..].iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let (number, rest) = text.split_at(sign + digits);
    let number = std::str::from_utf8(number).ok()?;
    // Digits beyond what fits can only be too much.
    let n = number.parse().unwrap_or(if number.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    });
    Some((n, rest))
}
