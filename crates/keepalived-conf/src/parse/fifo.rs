//! `notify_fifo`, `vrrp_notify_fifo` and their scripts.

use syntax::Diagnostic;

use super::notify::{command_of, ids_of};
use super::script::ids;
use crate::lines::Line;
use crate::reading::Reading;
use crate::written::WrittenFifo;

/// The FIFO that a keyword is about.
fn fifo<'r>(reading: &'r mut Reading<'_>, keyword: &str) -> &'r mut WrittenFifo {
    let fifos = &mut reading.written.global.fifos;
    if keyword.starts_with("vrrp_") {
        &mut fifos.vrrp
    } else {
        &mut fifos.all
    }
}

/// The FIFO's path, and whose it is.
pub(crate) fn path(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the FIFO's path") else {
        return;
    };
    let keyword = line.keyword().text().into_owned();
    let path = word.text().into_owned();
    let mut owner = None;
    if let Some(user) = line.arg(1) {
        let group = line.arg(2).map(|word| word.text().into_owned());
        owner = ids(reading, &user.text(), group.as_deref());
        if owner.is_none() {
            let told = Diagnostic::warning(
                "unknown-user",
                format!("{keyword}: no such user or group, the FIFO is left to the program's own"),
            )
            .at(user.span)
            .help("write a user (and a group) that this machine has");
            reading.fault(told);
        }
    }
    let fifo = fifo(reading, &keyword);
    fifo.path = Some(path);
    fifo.owner = owner;
}

/// What reads it.
pub(crate) fn script(reading: &mut Reading<'_>, line: &Line) {
    let keyword = line.keyword().text().into_owned();
    let Some((mut found, words)) = command_of(reading, line) else {
        return;
    };
    let Some(ids) = ids_of(reading, line, &keyword, &words) else {
        return;
    };
    found.ids = Some(ids);
    fifo(reading, &keyword).script = Some(found);
}

/// `fifo_write_vrrp_states_on_reload`.
pub(crate) fn states_on_reload(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.fifos.states_on_reload = true;
}
