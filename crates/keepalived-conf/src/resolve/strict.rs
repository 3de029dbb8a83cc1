//! Strict mode (`vrrp_strict`, `strict_mode`): what an instance asks for and the RFC does not allow is told and taken back.

use std::net::IpAddr;
use std::time::Duration;

use syntax::{Diagnostic, Span};

use crate::model::{InitialState, Version};
use crate::reading::Reading;
use crate::written::Instance;

/// Holds an instance to the RFC. False when it cannot be run at all.
pub(super) fn hold(reading: &mut Reading<'_>, written: &mut Instance, version: Version) -> bool {
    let name = written.name.value.clone();
    let at = written.name.span;
    let mut tell = |span: Span, what: &str, help: &str| {
        let told = Diagnostic::warning("strict", format!("({name}) {what}"))
            .at(span)
            .help(help);
        reading.fault(told);
    };
    if written.addresses.is_empty() && !written.no_addresses {
        return false;
    }
    let owner = written
        .priority
        .as_ref()
        .is_some_and(|priority| priority.value == 255);
    if let Some(state) = &written.state
        && (state.value == InitialState::Master) != owner
    {
        tell(
            state.span,
            "State MASTER must match being address owner",
            "remove it: the owner, of priority 255, begins as master, and nobody else does",
        );
        written.state = None;
    }
    if written.ipv4 == Some(false) {
        if let Some(given) = written.version.take_if(|version| version.value == Version::V2) {
            tell(
                given.span,
                "cannot use IPv6 with VRRP version 2; setting version 3",
                "remove it: IPv6 has version 3 alone",
            );
        }
        if let Some(first) = written.addresses.first()
            && matches!(first.address.value, IpAddr::V6(v6) if !v6.is_unicast_link_local())
        {
            tell(
                first.address.span,
                "the first IPv6 VIP address must be link local",
                "write an address of fe80::/10 before it",
            );
        }
    }
    if let Some(kind) = written.auth_type.take() {
        tell(
            written.authentication.unwrap_or(kind.span),
            "Strict mode does not support authentication. Ignoring.",
            "remove the block, or write `strict_mode off` into the instance",
        );
    }
    if let Some(delay) = written.preempt_delay.take_if(|delay| !delay.value.is_zero()) {
        tell(
            delay.span,
            "preempt_delay is incompatible with strict mode - resetting",
            "remove it, or write `strict_mode off` into the instance",
        );
    }
    if version == Version::V2
        && !owner
        && let Some(accept) = written.accept.take_if(|accept| accept.value)
    {
        tell(
            accept.span,
            "warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting",
            "remove it, or write `version 3`",
        );
    }
    if let Some(span) = written.xmit_base.take() {
        tell(
            span,
            "xmit_base is incompatible with strict mode - resetting",
            "remove vmac_xmit_base, or write `strict_mode off` into the instance",
        );
    }
    // Those of all instances are left out without a word.
    let garp = &mut written.garp;
    if garp.lower_prio_repeat.is_some_and(|repeat| repeat > 0) {
        tell(
            at,
            "Strict mode requires no repeat garps. resetting",
            "remove garp_lower_prio_repeat from it",
        );
    }
    if garp.lower_prio_delay.is_some_and(|delay| !delay.is_zero()) {
        tell(
            at,
            "Strict mode requires no repeat garp delay. resetting",
            "remove garp_lower_prio_delay from it",
        );
    }
    if garp.lower_prio_no_advert == Some(false) {
        tell(
            at,
            "Strict mode requires no lower priority advert. resetting",
            "remove lower_prio_no_advert from it",
        );
    }
    if garp.higher_prio_send_advert == Some(true) {
        tell(
            at,
            "strict mode requires higher_prio_send_advert to be clear. resetting",
            "remove higher_prio_send_advert from it",
        );
    }
    if garp.down_timer_adverts.is_some_and(|adverts| adverts != 3) {
        tell(
            at,
            "down_timer_adverts is incompatible with strict mode - resetting",
            "remove down_timer_adverts from it",
        );
    }
    garp.lower_prio_repeat = Some(0);
    garp.lower_prio_delay = Some(Duration::ZERO);
    garp.lower_prio_no_advert = Some(true);
    garp.higher_prio_send_advert = Some(false);
    garp.down_timer_adverts = Some(3);
    true
}
