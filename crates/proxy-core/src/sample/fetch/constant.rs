//! Fetches of what the configuration itself says.

use haproxy_cfg::model::ArgValue;

use super::{Row, nothing, row, single};
use crate::sample::Sample;

pub(super) const ROWS: &[Row] = &[
    row(&["always_true"], |_, _| single(|_| Some(Sample::Bool(true)))),
    row(&["always_false"], |_, _| single(|_| Some(Sample::Bool(false)))),
    row(&["bool"], |_, sample| {
        match sample.args.first().map(|arg| &arg.value) {
            Some(ArgValue::Bool(value)) => {
                let value = *value;
                single(move |_| Some(Sample::Bool(value)))
            }
            _ => nothing(),
        }
    }),
    row(&["int"], |_, sample| match sample.integer(0) {
        Some(value) => single(move |_| Some(Sample::Int(value))),
        None => nothing(),
    }),
    row(&["bin"], |_, sample| {
        match sample.args.first().map(|arg| &arg.value) {
            Some(ArgValue::Bytes(bytes)) => {
                let bytes = bytes.clone();
                single(move |context| Some(Sample::Bin(context.arena.copy(&bytes))))
            }
            _ => nothing(),
        }
    }),
    row(&["ipv4"], |_, sample| {
        match sample.args.first().map(|arg| &arg.value) {
            Some(&ArgValue::Ipv4(address)) => single(move |_| Some(Sample::Ip(address.into()))),
            _ => nothing(),
        }
    }),
    row(&["ipv6"], |_, sample| {
        match sample.args.first().map(|arg| &arg.value) {
            Some(&ArgValue::Ipv6(address)) => single(move |_| Some(Sample::Ip(address.into()))),
            _ => nothing(),
        }
    }),
    row(&["meth"], |_, sample| {
        let name = sample.text(0).cloned().unwrap_or_default();
        single(move |context| Some(Sample::Method(context.arena.copy(&name))))
    }),
    row(&["str"], |_, sample| {
        let text = sample.text(0).cloned().unwrap_or_default();
        single(move |context| Some(Sample::Str(context.arena.copy(&text))))
    }),
];
