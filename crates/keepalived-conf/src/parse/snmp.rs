//! What is told to SNMP: `enable_snmp_*` and `snmp_socket`.

use syntax::Diagnostic;

use crate::lines::Line;
use crate::reading::Reading;

/// `enable_snmp_vrrp`, once called `enable_snmp_keepalived`.
pub(crate) fn enable_own(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.snmp.keepalived = true;
}

/// `enable_snmp_rfc`, `enable_snmp_rfcv2` and `enable_snmp_rfcv3`.
pub(crate) fn enable_rfc(reading: &mut Reading<'_>, line: &Line) {
    let snmp = &mut reading.written.global.snmp;
    let keyword = &line.keyword().bytes;
    snmp.rfc2787 |= keyword != b"enable_snmp_rfcv3";
    snmp.rfc6527 |= keyword != b"enable_snmp_rfcv2";
}

/// `enable_traps`.
pub(crate) fn enable_traps(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.snmp.traps = true;
}

/// `snmp_socket`: without a value the usual place.
pub(crate) fn socket(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = line.arg(0) else { return };
    if let Some(given) = reading.written.global.snmp.socket.clone() {
        let told = Diagnostic::warning(
            "duplicate-keyword",
            format!("SNMP socket already set to {given} - ignoring"),
        )
        .at(word.span)
        .help("write one place");
        return reading.fault(told);
    }
    reading.written.global.snmp.socket = Some(word.text().into_owned());
}
