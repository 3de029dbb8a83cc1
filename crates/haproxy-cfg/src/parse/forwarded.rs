//! `option forwarded`: which parts the header of RFC 7239 has, and where they come from.

use super::reading::Reading;
use super::rules::sample::read_at;
use super::sample::Usage;
use crate::model::{Forwarded, ForwardedPart};
use crate::signature::{Argument, Cursor, Given, Subject, Value};
use crate::written::Set;

/// The expression of `host-expr` and its kin.
pub(crate) fn expression(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    read_at(reading, cursor, subject, Usage::HTTP_REQUEST, "")
}

/// `option forwarded [proto] [host] [by] [by_port] [for] [for_port]`, each but the first also with an expression.
pub(crate) fn forwarded(reading: &mut Reading<'_>, given: &Given) {
    let mut parts = Forwarded::default();
    for Argument { value, .. } in &given.arguments {
        let Value::Option(name, values) = value else {
            continue;
        };
        let part = match values.first().map(|argument| &argument.value) {
            Some(Value::Sample(sample)) => ForwardedPart::Computed(sample.clone()),
            _ => ForwardedPart::Known,
        };
        match *name {
            "proto" => parts.proto = true,
            "host" | "host-expr" => parts.host = part,
            "by" | "by-expr" => parts.by = part,
            "by_port" | "by_port-expr" => parts.by_port = part,
            "for" | "for-expr" => parts.client = part,
            _ => parts.client_port = part,
        }
    }
    if given.arguments.is_empty() {
        parts.proto = true;
        parts.client = ForwardedPart::Known;
    }
    reading.settings().forwarded = Some(Set::new(parts, given.span));
}
