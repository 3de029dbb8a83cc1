//! `set-status`.

use super::{Action, Make, edited};
use crate::rules::{Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[("set-status", |at| {
    let status = at
        .rule
        .value("status")
        .and_then(haproxy_cfg::signature::Value::number);
    let reason = at.text("reason").unwrap_or_default();
    Ok(Box::new(SetStatus {
        status: status
            .and_then(|status| u16::try_from(status).ok())
            .ok_or("a status that is none")?,
        reason: if reason.is_empty() {
            None
        } else {
            Some(reason.into())
        },
    }))
})];

/// `set-status`: without a reason the status gets the one that it usually has.
#[derive(Debug)]
struct SetStatus {
    status: u16,
    reason: Option<Box<[u8]>>,
}

impl Action for SetStatus {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let Some((buf, head)) = &mut exec.response else {
            return Step::Next;
        };
        let reason = self
            .reason
            .as_deref()
            .unwrap_or_else(|| crate::answer::reason::reason(self.status).as_bytes());
        let stored = head.edit(buf, exec.room).store(&[reason]);
        let result = stored.map(|slice| {
            head.status = self.status;
            head.reason = slice;
        });
        edited(result, exec)
    }
}
