//! `show peers` (management guide, section 9.3).

use std::sync::PoisonError;

use super::ongoing::{Answer, Question};
use super::{Call, Reply};
use crate::peers::Moment;

/// `show peers [dict|-] [SECTION]`.
pub(super) fn show(_: &mut Call<'_, '_>) -> Reply {
    Reply::ask(Question::Now, list)
}

fn list(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Now(now) = answer else {
        return Reply::Done;
    };
    // Without the milliseconds.
    let date = String::from_utf8_lossy(&now);
    let date = date.split('.').next().unwrap_or_default();
    let (dict, only) = match call.argument(0) {
        b"dict" => (true, call.argument(1).to_vec()),
        b"-" => (false, call.argument(1).to_vec()),
        name => (false, name.to_vec()),
    };
    let view = call.view;
    let at = Moment {
        now_ms: view.now_ms,
        date,
    };
    let mut found = only.is_empty();
    for (number, (model, section)) in view
        .config
        .sections
        .peers
        .iter()
        .zip(&view.runtime.peers)
        .enumerate()
    {
        if !only.is_empty() && *model.name != *only {
            continue;
        }
        found = true;
        if let Some(section) = section {
            let section = section.lock().unwrap_or_else(PoisonError::into_inner);
            let text = section.show(number, model, &view.runtime.tables, dict, at);
            call.out.extend_from_slice(text.as_bytes());
        }
    }
    if found {
        Reply::Done
    } else {
        Reply::error("No such peers")
    }
}
