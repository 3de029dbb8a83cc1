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
