//! What is known and what was counted as JSON, with the keys of the original, in their order.

use std::fmt::Write as _;

use keepalived_conf::model::{Authentication, InitialState, Script, Version, VrrpInstance};
use vrrp_proto::StateKind;
use vrrp_proto::wire::FaultKind;

use crate::dump;
use crate::node::Node;
use crate::router::Router;

/// The whole text, with its end of line.
pub(crate) fn text(node: &Node) -> String {
    let routers: Vec<String> = node.routers.iter().map(|router| one(node, router)).collect();
    let list = format!("[{}]", routers.join(","));
    if node.global.dumps.json_object {
        format!("{{\"vrrp\":{list}}}\n")
    } else {
        format!("{list}\n")
    }
}

/// An object that is being written.
#[derive(Default)]
struct Object(String);

impl Object {
    fn put(&mut self, key: &str, value: impl std::fmt::Display) {
        let comma = if self.0.is_empty() { "" } else { "," };
        // A string takes whatever is written to it.
        let _ = write!(self.0, "{comma}\"{key}\":{value}");
    }

    fn text(&mut self, key: &str, value: &str) {
        self.put(key, quoted(value));
    }

    fn list(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            let all: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            self.put(key, format!("[{}]", all.join(",")));
        }
    }

    fn end(self) -> String {
        format!("{{{}}}", self.0)
    }
}

/// With a slash behind a backslash, as the original writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('/', "\\/")
}

fn one(node: &Node, router: &Router) -> String {
    let mut all = Object::default();
    all.put("data", data(node, router));
    all.put("stats", stats(router));
    all.end()
}

fn data(node: &Node, router: &Router) -> String {
    let (instance, machine) = (&router.instance, &router.machine);
    let garp = &instance.garp;
    let number = |value: bool| u8::from(value);
    let mut out = Object::default();
    out.text("iname", &instance.name);
    out.put("dont_track_primary", number(instance.dont_track_primary));
    out.put("skip_check_adv_addr", number(instance.skip_check_adv_addr));
    out.put("strict_mode", number(instance.strict));
    out.text("vmac_ifname", "");
    out.text("ifp_ifname", &instance.interface);
    out.put(
        "master_priority",
        machine.followed().map_or(0, |(_, priority)| priority),
    );
    let since = router.since;
    let moment = format!("{}.{:06}", since.as_second(), since.subsec_microsecond());
    out.put("last_transition", moment);
    out.put("garp_delay", garp.master_delay.as_secs());
    out.put("garp_refresh", garp.master_refresh.as_secs());
    out.put("garp_rep", garp.master_repeat);
    out.put("garp_refresh_rep", garp.master_refresh_repeat);
    out.put("garp_lower_prio_delay", garp.lower_prio_delay.as_secs());
    out.put("garp_lower_prio_rep", garp.lower_prio_repeat);
    out.put("lower_prio_no_advert", number(garp.lower_prio_no_advert));
    out.put("higher_prio_send_advert", number(garp.higher_prio_send_advert));
    out.put("vrid", instance.virtual_router_id);
    out.put("base_priority", instance.priority);
    out.put("effective_priority", machine.effective_priority());
    out.put("vipset", machine.state() == StateKind::Master);
    out.put("promote_secondaries", instance.promote_secondaries);
    out.put("adver_int", instance.advert_int.as_secs_f64());
    out.put("master_adver_int", machine.master_interval().as_secs_f64());
    out.put("accept", number(instance.accept));
    out.put("nopreempt", !instance.preempt);
    out.put("preempt_delay", instance.preempt_delay.as_secs());
    out.put("state", state_number(machine.state()));
    out.put("wantstate", state_number(wanted(router)));
    out.put(
        "version",
        match instance.version {
            Version::V2 => 2,
            Version::V3 => 3,
        },
    );
    out.put("smtp_alert", instance.smtp_alert);
    out.put("notify_deleted", false);
    scripts(&mut out, instance);
    let addresses = |all: &[_]| -> Vec<String> { all.iter().map(|one| dump::address(router, one)).collect() };
    out.list("vips", &addresses(&instance.addresses));
    out.list("evips", &addresses(&instance.excluded));
    let interfaces = instance.track_interfaces.iter();
    let interfaces: Vec<String> = interfaces.map(|tracked| tracked.interface.clone()).collect();
    out.list("track_ifp", &interfaces);
    let tracked = instance.track_scripts.iter();
    let tracked: Vec<String> = tracked
        .filter_map(|tracked| Some(dump::command(&node.checks.get(tracked.script)?.script.script)))
        .collect();
    out.list("track_script", &tracked);
    let (kind, key) = match &instance.authentication {
        None => (0, None),
        Some(Authentication::Pass(key)) => (1, Some(key)),
        Some(Authentication::Ah(key)) => (2, Some(key)),
    };
    out.put("auth_type", kind);
    if let Some(key) = key {
        let end = key.iter().position(|octet| *octet == 0).unwrap_or(key.len());
        out.text("auth_data", &String::from_utf8_lossy(&key[..end]));
    }
    out.end()
}

fn scripts(out: &mut Object, instance: &VrrpInstance) {
    let notify = &instance.notify;
    let all: [(&str, &Option<Script>); 6] = [
        ("script_backup", &notify.backup),
        ("script_master", &notify.master),
        ("script_fault", &notify.fault),
        ("script_stop", &notify.stop),
        ("script", &notify.any),
        ("script_master_rx_lower_pri", &notify.master_rx_lower_pri),
    ];
    for (key, script) in all {
        if let Some(script) = script {
            out.text(key, &dump::command(script));
        }
    }
}

fn stats(router: &Router) -> String {
    let (counters, before) = (router.machine.counters(), &router.counted_before);
    let fault = |kind| counters.fault(kind) - before.fault(kind);
    let mut out = Object::default();
    out.put("advert_rcvd", counters.adverts_received - before.adverts_received);
    let sent = counters.adverts_sent - counters.zero_sent;
    out.put("advert_sent", sent - (before.adverts_sent - before.zero_sent));
    out.put("become_master", counters.became_master - before.became_master);
    out.put(
        "release_master",
        counters.released_master - before.released_master,
    );
    for (key, kind) in [
        ("packet_len_err", FaultKind::Length),
        ("advert_interval_err", FaultKind::Interval),
        ("ip_ttl_err", FaultKind::Ttl),
        ("invalid_type_rcvd", FaultKind::Type),
        ("addr_list_err", FaultKind::AddressList),
        ("invalid_authtype", FaultKind::AuthType),
        ("authtype_mismatch", FaultKind::AuthMismatch),
        ("auth_failure", FaultKind::AuthFailure),
    ] {
        out.put(key, fault(kind));
    }
    out.put("pri_zero_rcvd", counters.zero_received - before.zero_received);
    out.put("pri_zero_sent", counters.zero_sent - before.zero_sent);
    out.end()
}

/// The state that an instance wants to be in: its own, but for one that is to be master and was not yet.
pub(crate) fn wanted(router: &Router) -> StateKind {
    let state = router.machine.state();
    let never = router.machine.counters().became_master == 0;
    let master = router.instance.initial_state == InitialState::Master;
    if state == StateKind::Backup && never && master {
        StateKind::Master
    } else {
        state
    }
}

/// The number of a state, as the original gives it to others.
pub(crate) fn state_number(state: StateKind) -> u8 {
    match state {
        StateKind::Init => 0,
        StateKind::Backup => 1,
        StateKind::Master => 2,
        StateKind::Fault => 3,
    }
}
