//! Fetches of the client's connection.

use super::{Row, row, single};
use crate::sample::Sample;

pub(super) const ROWS: &[Row] = &[
    row(&["src"], |_, _| {
        single(|context| Some(Sample::Ip(context.client.src?.ip())))
    }),
    row(&["dst"], |_, _| {
        single(|context| Some(Sample::Ip(context.client.dst?.ip())))
    }),
    row(&["src_port"], |_, _| {
        single(|context| Some(Sample::Int(context.client.src?.port().into())))
    }),
    row(&["dst_port"], |_, _| {
        single(|context| Some(Sample::Int(context.client.dst?.port().into())))
    }),
    row(&["ssl_fc"], |_, _| {
        single(|context| Some(Sample::Bool(context.client.tls)))
    }),
    // Nothing more is waited for where rules are evaluated for the last time.
    row(&["wait_end"], |_, _| {
        single(|context| {
            if !context.payload.complete {
                context.wait();
                return None;
            }
            Some(Sample::Bool(true))
        })
    }),
];
