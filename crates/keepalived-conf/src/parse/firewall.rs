//! Where the rules stand that drop packets for addresses: `nftables` and its kin, and what stood for it before.

use syntax::Diagnostic;

use super::number::signed;
use super::script::bad;
use crate::lines::Line;
use crate::reading::Reading;

/// `nftables`.
pub(crate) fn table(reading: &mut Reading<'_>, line: &Line) {
    let firewall = &reading.written.global.firewall;
    if firewall.table.is_some() {
        let told = Diagnostic::warning("duplicate-keyword", "nftables already specified - ignoring")
            .at(line.span())
            .help("remove one of them");
        return reading.fault(told);
    }
    let name = line.arg(0).map_or("keepalived".into(), |word| word.text());
    reading.written.global.firewall.table = Some(name.into_owned());
}

/// `nftables_priority`.
pub(crate) fn priority(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the priority of its chains") else {
        return;
    };
    match signed(word, i32::MIN, i32::MAX) {
        Ok(value) => reading.written.global.firewall.priority = Some(value),
        Err(why) => {
            let message = format!("invalid nftables chain priority '{}'", word.text());
            bad(reading, word, message, why, "write a whole number");
        }
    }
}

/// `nftables_counters`.
pub(crate) fn counters(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.firewall.counters = true;
}

/// `nftables_ifindex`.
pub(crate) fn ifindex(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.firewall.ifindex = true;
}

/// `vrrp_iptables`, which a program without it takes for `nftables`.
pub(crate) fn iptables(reading: &mut Reading<'_>, line: &Line) {
    let told = Diagnostic::warning(
        "replaced",
        "iptables not supported, using nftables instead. Please replace 'vrrp_iptables and 'vrrp_ipsets' with \
         'nftables' config option",
    )
    .at(line.span())
    .help("write `nftables` in its place: packets for the addresses are dropped by a table of its own");
    reading.fault(told);
    let table = &mut reading.written.global.firewall.table;
    table.get_or_insert_with(|| "keepalived".to_owned());
}
