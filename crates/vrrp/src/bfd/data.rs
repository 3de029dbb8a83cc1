//! What is known of BFD sessions, as the original writes it down.

use std::os::fd::AsRawFd as _;

use jiff::tz::TimeZone;

use super::worker::{Peer, Worker};

/// All of it.
pub(super) fn text(worker: &Worker) -> String {
    let mut out = String::new();
    line!(out, "------< BFD Data >------");
    for receiver in &worker.receivers {
        line!(out, " fd_in = {}", receiver.descriptor());
    }
    line!(out, "------< BFD Topology >------");
    for one in &worker.peers {
        peer(&mut out, one);
    }
    out
}

fn peer(out: &mut String, peer: &Peer) {
    let (instance, session) = (&peer.instance, &peer.session);
    let us = |time: std::time::Duration| format!("{} us", time.as_micros());
    line!(out, " BFD Instance = {}", instance.name);
    line!(out, "   Neighbor IP = {}", instance.neighbor);
    if let Some(source) = instance.source {
        line!(out, "   Source IP = {source}");
    }
    line!(out, "   Required min RX interval = {}", us(instance.min_rx));
    line!(out, "   Desired min TX interval = {}", us(instance.min_tx));
    line!(out, "   Desired idle TX interval = {}", us(instance.idle_tx));
    line!(out, "   Detection multiplier = {}", instance.multiplier);
    let limit = if instance.neighbor.is_ipv4() {
        "TTL"
    } else {
        "Hoplimit"
    };
    line!(out, "   {limit} = {}", instance.ttl);
    line!(out, "   max_hops = {}", instance.max_hops.unwrap_or(u8::MAX));
    line!(out, "   passive = {}", instance.passive);
    let vrrp = if instance.vrrp { "Yes" } else { "No" };
    line!(out, "   send event to VRRP process = {vrrp}");
    let descriptor = peer.socket.as_ref().map_or(-1, |socket| socket.as_raw_fd());
    line!(out, "   fd_out {descriptor}");
    line!(out, "   send error = {}", peer.unsent);
    line!(out, "   local state = {}", session.state());
    line!(out, "   remote state = {}", session.remote_state());
    line!(out, "   local discriminator = {:#x}", session.discriminator());
    line!(
        out,
        "   remote discriminator = {:#x}",
        session.remote_discriminator()
    );
    let (local, remote) = session.diagnostics();
    line!(out, "   local diag = {local}");
    line!(out, "   remote diag = {remote}");
    let parameters = session.parameters();
    let (ours, theirs) = (parameters.local, parameters.remote);
    line!(out, "   remote min tx intv = {}", us(theirs.0));
    line!(out, "   remote min rx intv = {}", us(theirs.1));
    line!(out, "   local demand = 0");
    line!(out, "   remote demand = {}", u8::from(session.remote_demand()));
    line!(out, "   remote detect multiplier = {}", theirs.3);
    let poll = if session.is_polling() { "poll" } else { "!poll" };
    line!(out, "   {poll}, !final");
    line!(out, "   local tx intv = {}", us(ours.2));
    line!(out, "   remote tx intv = {}", us(theirs.2));
    line!(out, "   local detection time = {}", us(ours.4));
    line!(out, "   remote detection time = {}", us(theirs.4));
    let heard = peer.heard.map_or_else(
        || "last_seen = [never]".to_owned(),
        |at| format!("last seen = {}", crate::dump::moment(at, TimeZone::system())),
    );
    line!(out, "   {heard}");
}
