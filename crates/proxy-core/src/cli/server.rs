//! Commands about servers.

use haproxy_cfg::model::ProxyKind;

use crate::check::order;
use crate::state::Health;

use super::{AdminState, Call, Reply, ServerId, address, check};

/// The server that the first argument names as `backend/server`, or the answer when there is none.
pub(super) fn named(call: &Call<'_, '_>) -> Result<ServerId, Reply> {
    find(call, call.argument(0))
}

/// The server of `backend/server`, or the answer when there is none.
pub(super) fn find(call: &Call<'_, '_>, word: &[u8]) -> Result<ServerId, Reply> {
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
        .listed_servers()
        .find(|(_, s)| match number {
            Some(n) => s.id == n,
            None => s.name == server,
        })
        .map(|(index, _)| ServerId { proxy, index })
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
    with(call, check::enable_health)
}

pub(super) fn disable_health(call: &mut Call<'_, '_>) -> Reply {
    with(call, check::disable_health)
}

pub(super) fn enable_agent(call: &mut Call<'_, '_>) -> Reply {
    with(call, check::enable_agent)
}

pub(super) fn disable_agent(call: &mut Call<'_, '_>) -> Reply {
    with(call, check::disable_agent)
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
    with(call, |call, id| match order::maxconn(call.argument(1)) {
        Ok(maxconn) => {
            call.control.set_server_maxconn(id, maxconn);
            Reply::Done
        }
        Err(fault) => Reply::bare_error(fault.whole()),
    })
}

pub(super) fn set_weight(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| weight(call, id, 1))
}

pub(super) fn set(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| match call.argument(1) {
        b"addr" => address::addr(call, id),
        b"fqdn" => address::fqdn(call, id),
        b"weight" => weight(call, id, 2),
        b"state" => state(call, id),
        b"health" => health(call, id),
        b"agent" => check::force_agent(call, id),
        b"agent-addr" => check::agent_addr(call, id),
        b"agent-port" => check::agent_port(call, id),
        b"agent-send" => check::agent_send(call, id),
        b"check-addr" => check::check_addr(call, id),
        b"check-port" => check::check_port(call, id),
        _ => Reply::error(
            "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | \
             fqdn | health | state | weight",
        ),
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

/// Sets the weight that the argument at `index` says, as it is or as a percentage of the file's.
fn weight(call: &mut Call<'_, '_>, id: ServerId, index: usize) -> Reply {
    let initial = call.view.runtime.proxies[id.proxy.0 as usize].servers[id.index].initial_weight();
    let proxy = call.view.config.proxy(id.proxy);
    match order::weight(proxy, initial, call.argument(index)) {
        Ok(weight) => {
            call.control.set_weight(id, weight);
            Reply::Done
        }
        Err(fault) => Reply::bare_error(fault.whole()),
    }
}
