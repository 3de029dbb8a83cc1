//! Fetches of the streams on either side's connection, and of what a session cost.

use haproxy_cfg::model::{Mode, ProxyId, Sample as Written};

use super::{Fetch, Row, nothing, row, single};
use crate::sample::{Effort, Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    // A connection of HTTP/1 or TCP has one stream at a time.
    row(&["fs.id"], |_, _| {
        single(|context| {
            context.stream?;
            Some(Sample::Str(context.arena.text(context.client.requests)))
        })
    }),
    row(&["bs.id"], |_, _| {
        single(|context| (context.stream?.route.connected_ms > 0).then_some(Sample::Int(0)))
    }),
    // Of connections to applications of FastCGI and from agents of SPOE, none of which are made here.
    row(&["fcgi.docroot", "fcgi.index", "spoe.engine-id"], |_, _| {
        nothing()
    }),
    // Only protocols with several streams break one of them off, with a code.
    row(&["fs.rst_code", "bs.rst_code"], |_, _| nothing()),
    row(&["fs.aborted", "bs.aborted"], |_, _| {
        single(|context| {
            context.stream?;
            Some(Sample::Bool(false))
        })
    }),
    row(&["fs.debug_str"], |_, sample| layers(sample, CLIENT_LAYERS)),
    row(&["bs.debug_str"], |_, sample| layers(sample, SERVER_LAYERS)),
    row(&["server_status"], |_, _| {
        single(|context| {
            let log = &context.stream?.log;
            let is_http = context.config.proxy(context.client.frontend).mode == Mode::Http;
            (is_http && !log.line.is_empty()).then_some(Sample::Int(log.server_status.into()))
        })
    }),
    row(&["cpu_calls"], |_, _| effort(|effort| effort.calls)),
    row(&["cpu_ns_tot"], |_, _| effort(|effort| effort.busy_ns)),
    row(&["cpu_ns_avg"], |_, _| {
        effort(|effort| effort.busy_ns / effort.calls.max(1))
    }),
    row(&["lat_ns_tot"], |_, _| effort(|effort| effort.late_ns)),
    row(&["lat_ns_avg"], |_, _| {
        effort(|effort| effort.late_ns / effort.calls.max(1))
    }),
];

fn effort(read: fn(Effort) -> u64) -> Result<Box<dyn Fetch>, String> {
    single(move |context| i64::try_from(read(context.world.effort()?)).ok().map(Sample::Int))
}

/// What is known of the layers below the client's stream.
const CLIENT_LAYERS: &[Layer] = &[
    (STREAM, "requests", |context| {
        Some(context.client.requests.to_string())
    }),
    (STREAM, "status", |context| {
        Some(context.stream?.log.status.to_string())
    }),
    (MUX, "mux", |context| {
        Some(mux(context, context.client.frontend).to_owned())
    }),
    (TRANSPORT, "tls", |context| {
        Some(u8::from(context.client.tls).to_string())
    }),
    (CONNECTION, "conn.src", |context| {
        Some(context.client.src?.to_string())
    }),
    (CONNECTION, "conn.accepted", |context| {
        let age = context.world.now_ms().saturating_sub(context.client.accepted_ms);
        Some(format!("-{age}ms"))
    }),
    (SOCKET, "tcp.rtt_us", |context| {
        Some(context.world.client_tcp()?.rtt_us.to_string())
    }),
];

/// The same for the server's.
const SERVER_LAYERS: &[Layer] = &[
    (STREAM, "retries", |context| {
        Some(context.stream?.route.retries.to_string())
    }),
    (STREAM, "status", |context| {
        Some(context.stream?.log.server_status.to_string())
    }),
    (MUX, "mux", |context| {
        Some(mux(context, context.backend()?).to_owned())
    }),
    (CONNECTION, "conn.dst", |context| {
        Some(context.stream?.route.remote?.to_string())
    }),
    (CONNECTION, "conn.reused", |context| {
        Some(u8::from(context.stream?.route.reused).to_string())
    }),
    (SOCKET, "tcp.rtt_us", |context| {
        Some(context.stream?.route.measured.as_deref()?[0].to_string())
    }),
];

/// Bits of layers.
const STREAM: i64 = 1;
const MUX: i64 = 2;
const TRANSPORT: i64 = 4;
const CONNECTION: i64 = 8;
const SOCKET: i64 = 16;

/// What streams of a proxy's connections are.
fn mux(context: &SampleContext<'_>, proxy: ProxyId) -> &'static str {
    match context.config.proxy(proxy).mode {
        Mode::Http => "h1",
        _ => "pt",
    }
}

/// A layer below a stream, by the bit that stands for it, and what is known of it.
type Layer = (
    i64,
    &'static str,
    for<'a> fn(&SampleContext<'a>) -> Option<String>,
);

/// The layers that the argument adds up, all where it is 0 or left out: names and values, a blank in front of each.
fn layers(sample: &Written, known: &'static [Layer]) -> Result<Box<dyn Fetch>, String> {
    let wanted = sample.integer(0).filter(|bits| *bits != 0).unwrap_or(!0);
    single(move |context| {
        context.stream?;
        let mut out = String::new();
        for (_, name, value) in known.iter().filter(|(bit, ..)| bit & wanted != 0) {
            if let Some(value) = value(context) {
                out.push(' ');
                out.push_str(name);
                out.push('=');
                out.push_str(&value);
            }
        }
        Some(Sample::Str(context.arena.copy(out.as_bytes())))
    })
}
