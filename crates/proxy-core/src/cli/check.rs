//! Commands about the checks and the agent of a server: whether they run, where they go, what the agent is told.

use std::net::IpAddr;
use std::sync::atomic::Ordering::Relaxed;

use super::{Call, Reply, ServerId};
use crate::state::{AgentState, CheckedAt, Health, ServerState};

fn state_of<'v>(call: &Call<'_, 'v>, id: ServerId) -> &'v ServerState {
    &call.view.runtime.proxies[id.proxy.0 as usize].servers[id.index]
}

/// The agent of a server, if it is asked now.
fn asked_agent<'v>(call: &Call<'_, 'v>, id: ServerId) -> Option<&'v AgentState> {
    let agent = state_of(call, id).agent();
    agent.filter(|agent| !agent.paused.load(Relaxed))
}

/// The server is checked now.
fn is_checked(call: &Call<'_, '_>, id: ServerId) -> bool {
    let server = &call.view.config.proxy(id.proxy).servers[id.index];
    server.check.enabled && !state_of(call, id).checks_paused.load(Relaxed)
}

pub(super) fn enable_health(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    if !call.view.config.proxy(id.proxy).servers[id.index].check.enabled {
        return Reply::error("Health check was not configured on this server, cannot enable.");
    }
    call.control.set_checks(id, true);
    Reply::Done
}

pub(super) fn disable_health(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    if call.view.config.proxy(id.proxy).servers[id.index].check.enabled {
        call.control.set_checks(id, false);
    }
    Reply::Done
}

pub(super) fn enable_agent(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    if state_of(call, id).agent().is_none() {
        return Reply::error("Agent was not configured on this server, cannot enable.");
    }
    call.control.set_agent_checks(id, true);
    Reply::Done
}

pub(super) fn disable_agent(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    if state_of(call, id).agent().is_some() {
        call.control.set_agent_checks(id, false);
    }
    Reply::Done
}

/// `set server … agent up|down`.
pub(super) fn force_agent(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    if asked_agent(call, id).is_none() {
        return Reply::error("agent checks are not enabled on this server.");
    }
    let health = match call.argument(2) {
        b"up" => Health::Up,
        b"down" => Health::Down,
        _ => return Reply::error("'set server <srv> agent' expects 'up' or 'down'."),
    };
    call.control.set_agent(id, health);
    Reply::Done
}

/// `set server … agent-send TEXT`.
pub(super) fn agent_send(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    let Some(agent) = asked_agent(call, id) else {
        return Reply::error("agent checks are not enabled on this server.");
    };
    let text = call.argument(2).to_vec();
    agent.change_contact(|contact| contact.send = text.into());
    Reply::Done
}

/// `set server … agent-addr ADDRESS [port PORT]`.
pub(super) fn agent_addr(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    if call.argument(2).is_empty() {
        return Reply::error("set server <b>/<s> agent-addr requires an address and optionally a port.");
    }
    let Some(agent) = asked_agent(call, id) else {
        return Reply::bare_error("agent checks are not enabled on this server");
    };
    match address_and_port(call) {
        Err(wrong) => wrong,
        Ok((ip, port)) => {
            agent.change_contact(|contact| {
                contact.ip = Some(ip);
                contact.port = port.unwrap_or(contact.port);
            });
            Reply::Done
        }
    }
}

/// `set server … agent-port PORT`.
pub(super) fn agent_port(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    if call.argument(2).is_empty() {
        return Reply::error("set server <b>/<s> agent-port requires a port.");
    }
    let Some(agent) = asked_agent(call, id) else {
        return Reply::bare_error("agent checks are not enabled on this server");
    };
    match port(call.argument(2)) {
        Err(wrong) => wrong,
        Ok(port) => {
            agent.change_contact(|contact| contact.port = port);
            Reply::Done
        }
    }
}

/// `set server … check-addr ADDRESS [port PORT]`.
pub(super) fn check_addr(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    if call.argument(2).is_empty() {
        return Reply::error("set server <b>/<s> check-addr requires an address and optionally a port.");
    }
    if !is_checked(call, id) {
        return Reply::bare_error("health checks are not enabled on this server");
    }
    match address_and_port(call) {
        Err(wrong) => wrong,
        Ok((ip, port)) => {
            let state = state_of(call, id);
            state.set_checked_at(CheckedAt {
                ip: Some(ip),
                port: port.map_or(state.checked_at().port, given),
            });
            Reply::Done
        }
    }
}

/// `set server … check-port PORT`.
pub(super) fn check_port(call: &mut Call<'_, '_>, id: ServerId) -> Reply {
    if call.argument(2).is_empty() {
        return Reply::error("set server <b>/<s> check-port requires a port.");
    }
    if !is_checked(call, id) {
        return Reply::bare_error("health checks are not enabled on this server");
    }
    match port(call.argument(2)) {
        Err(wrong) => wrong,
        Ok(port) => {
            let state = state_of(call, id);
            state.set_checked_at(CheckedAt {
                port: given(port),
                ..state.checked_at()
            });
            Reply::Done
        }
    }
}

/// A port; 0 is that of the server.
fn given(port: u16) -> Option<u16> {
    (port > 0).then_some(port)
}

/// The address and the port that the arguments behind the third name. Names are not looked up, and what follows the address is
/// read over unless it is `port`.
fn address_and_port(call: &Call<'_, '_>) -> Result<(IpAddr, Option<u16>), Reply> {
    let text = String::from_utf8_lossy(call.argument(2));
    let Ok(ip) = text.parse() else {
        return Err(Reply::bare_error(&format!("invalid addr '{text}'")));
    };
    let port = match call.argument(3) {
        b"port" => Some(port(call.argument(4))?),
        _ => None,
    };
    Ok((ip, port))
}

fn port(text: &[u8]) -> Result<u16, Reply> {
    let number = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse::<i64>().ok());
    let number = number.ok_or_else(|| Reply::bare_error("provided port is not an integer"))?;
    u16::try_from(number).map_err(|_| Reply::bare_error("provided port is invalid"))
}
