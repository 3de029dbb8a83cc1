//! Where the running program can be asked.

use syntax::Diagnostic;

use super::script::ids;
use crate::lines::Line;
use crate::model::HttpEndpoint;
use crate::reading::Reading;

/// `holdfast_http`.
pub(crate) fn http(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "unix:/PATH or an address of loopback with a port") else {
        return;
    };
    let place = match word.text().parse() {
        Ok(place) => place,
        Err(why) => {
            let told = Diagnostic::warning("bad-value", format!("holdfast_http: {why}"))
                .at(word.span)
                .note("nothing is served")
                .help("write unix:/run/holdfast/vrrp.sock, or 127.0.0.1:9112");
            return reading.tell(told);
        }
    };
    let mut owner = None;
    if let Some(user) = line.arg(1) {
        let group = line.arg(2).map(|word| word.text().into_owned());
        owner = ids(reading, &user.text(), group.as_deref());
        if owner.is_none() {
            let told = Diagnostic::warning(
                "unknown-user",
                "holdfast_http: no such user or group, the socket is left to the program's own",
            )
            .at(user.span)
            .help("write a user (and a group) that this machine has");
            reading.tell(told);
        }
    }
    reading.written.global.http = Some(HttpEndpoint { place, owner });
}

/// `enable_dbus`.
pub(crate) fn dbus(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.dbus = true;
}

/// `dbus_service_name`.
pub(crate) fn dbus_service(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the service's name") else {
        return;
    };
    let name = word.text().into_owned();
    // The specification's rule for names that are well known.
    let is_element = |element: &str| {
        !element.is_empty()
            && !element.starts_with(|c: char| c.is_ascii_digit())
            && element
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    if name.len() <= 255 && name.contains('.') && name.split('.').all(is_element) {
        reading.written.global.dbus_service = Some(name);
        return;
    }
    let told = Diagnostic::warning(
        "bad-value",
        format!("dbus_service_name: '{name}' is no name of D-Bus"),
    )
    .at(word.span)
    .help("write a name such as org.keepalived.Vrrp2");
    reading.tell(told);
}

/// `dbus_no_interface_name`.
pub(crate) fn dbus_no_interface(reading: &mut Reading<'_>, line: &Line) {
    if let Some(word) = reading.need(line, 0, "a name") {
        reading.written.global.dbus_no_interface = Some(word.text().into_owned());
    }
}
