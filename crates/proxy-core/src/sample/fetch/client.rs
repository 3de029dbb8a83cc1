//! Fetches of the client's connection.

use std::net::{IpAddr, SocketAddr};

use haproxy_cfg::model::{Bind, Mode, Sample as Written};

use super::{Fetch, Row, row, several, single};
use crate::proxy_protocol::{kind, tlvs};
use crate::sample::expression::Compile;
use crate::sample::{Sample, SampleContext, TcpFacts};
use crate::stream::failure;

pub(super) const ROWS: &[Row] = &[
    row(&["src", "fc_src"], |_, _| ip(|context| context.client.src)),
    row(&["src_port", "fc_src_port"], |_, _| {
        port(|context| context.client.src)
    }),
    row(&["src_is_local", "fc_src_is_local"], |_, _| {
        is_local(|context| context.client.src)
    }),
    row(&["dst", "fc_dst"], |_, _| ip(destination)),
    row(&["dst_port", "fc_dst_port"], |_, _| port(destination)),
    row(&["dst_is_local", "fc_dst_is_local"], |_, _| is_local(destination)),
    row(&["ssl_fc"], |_, _| {
        single(|context| Some(Sample::Bool(context.client.tls)))
    }),
    row(&["so_id"], |_, _| {
        single(|context| Some(Sample::Int(bind(context)?.id.into())))
    }),
    row(&["so_name"], |_, _| {
        single(|context| Some(Sample::Str(bind(context)?.name.as_ref()?)))
    }),
    // A connection of HTTP/1 or TCP has one stream at a time.
    row(&["fc_nb_streams"], |_, _| {
        single(|context| {
            let http2 = context.client.http2.as_ref();
            context.stream?;
            Some(Sample::Int(http2.map_or(1, |http2| http2.streams.get().into())))
        })
    }),
    row(&["fc_settings_streams_limit"], |_, _| {
        single(|context| {
            let http2 = context.client.http2.as_ref();
            context.stream?;
            Some(Sample::Int(http2.map_or(1, |http2| http2.most_streams.into())))
        })
    }),
    row(&["fc_http_major"], |_, _| {
        single(|context| {
            let mode = context.config.proxy(context.client.frontend).mode;
            let major = if context.client.http2.is_some() { 2 } else { 1 };
            (context.stream.is_some() && mode == Mode::Http).then_some(Sample::Int(major))
        })
    }),
    // Connections of HTTP/1 have none, which is told since 3.4; with TCP nothing counts them.
    row(&["fc_glitches"], |at, _| {
        let counts_http1 = at.config.dialect.does_as(3, 4);
        single(move |context| {
            let mode = context.config.proxy(context.client.frontend).mode;
            let counted = match &context.client.http2 {
                Some(http2) => Some(http2.glitches.get()),
                None => counts_http1.then_some(0),
            };
            let counted = counted.filter(|_| context.stream.is_some() && mode == Mode::Http)?;
            Some(Sample::Int(counted.into()))
        })
    }),
    // Connections that failed in a handshake get no rules, but a line in the log.
    row(&["fc_err"], |_, _| {
        single(|context| Some(Sample::Int(context.client.failure.into())))
    }),
    row(&["fc_err_str"], |_, _| {
        single(|context| Some(Sample::Str(failure::words(context.client.failure).as_bytes())))
    }),
    // A name is that of a failure.
    row(&["fc_err_name"], |_, _| {
        single(|context| Some(Sample::Str(failure::name(context.client.failure)?.as_bytes())))
    }),
    row(&["dst_conn"], |_, _| {
        single(|context| {
            let frontend = context.runtime.proxies.get(context.client.frontend.0 as usize)?;
            let bind = frontend.listeners.get(usize::from(context.client.bind))?;
            Some(Sample::Int(bind.get().into()))
        })
    }),
    row(&["fc_rcvd_proxy"], |_, _| {
        single(|context| Some(Sample::Bool(context.client.told().is_some())))
    }),
    row(&["fc_pp_authority"], |_, _| told(kind::AUTHORITY)),
    row(&["fc_pp_unique_id"], |_, _| told(kind::UNIQUE_ID)),
    row(&["fc_pp_tlv"], |_, sample| {
        // Without a type, or with an empty one, there is nothing to look for.
        match sample.text(0).filter(|text| !text.is_empty()) {
            Some(text) => told(kind_of(text).ok_or("invalid TLV type")?),
            None => single(|_| None),
        }
    }),
    row(&["fc_rtt"], |at, sample| {
        time_of(at, sample, |facts| facts.rtt_us)
    }),
    row(&["fc_rttvar"], |at, sample| {
        time_of(at, sample, |facts| facts.rtt_variance_us)
    }),
    row(&["fc_unacked"], |at, _| count_of(at, |facts| facts.unacked)),
    row(&["fc_sacked"], |at, _| count_of(at, |facts| facts.sacked)),
    row(&["fc_lost"], |at, _| count_of(at, |facts| facts.lost)),
    row(&["fc_retrans"], |at, _| count_of(at, |facts| facts.retransmitted)),
    row(&["fc_fackets"], |at, _| count_of(at, |facts| facts.forward_acked)),
    row(&["fc_reordering"], |at, _| count_of(at, |facts| facts.reordering)),
    row(&["fc_saved_syn"], |_, _| {
        single(|context| Some(Sample::Bin(context.arena.copy(&context.world.saved_syn()?))))
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

/// What the client's connection came in by.
fn bind<'a>(context: &SampleContext<'a>) -> Option<&'a Bind> {
    let frontend = context.config.proxy(context.client.frontend);
    frontend.binds.get(usize::from(context.client.bind))
}

/// The value of that type in the PROXY header; of several the last.
fn told(wanted: u8) -> Result<Box<dyn Fetch>, String> {
    several(move |context, see| {
        let values = context.client.told().unwrap_or_default();
        for tlv in tlvs(values).flatten().filter(|tlv| tlv.kind == wanted) {
            // The memory of the sample's own evaluation, as the client may change meanwhile.
            if see(Sample::Str(context.arena.copy(tlv.value))).is_break() {
                return;
            }
        }
    })
}

/// The type that a name or a number stands for.
fn kind_of(text: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(text).ok()?;
    let known = [
        ("ALPN", kind::ALPN),
        ("AUTHORITY", kind::AUTHORITY),
        ("CRC32C", kind::CRC32C),
        ("NOOP", kind::NOOP),
        ("UNIQUE_ID", kind::UNIQUE_ID),
        ("SSL", kind::SSL),
        ("NETNS", kind::NETNS),
    ];
    let by_name = known
        .iter()
        .find(|(name, _)| *name == text)
        .map(|(_, kind)| *kind);
    let number = || match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    by_name.or_else(number)
}

/// A figure of the way to the client.
type Figure = fn(&TcpFacts) -> u32;

/// A time in the unit of the argument: milliseconds, or `us`.
fn time_of(at: Compile<'_>, sample: &Written, read: Figure) -> Result<Box<dyn Fetch>, String> {
    let per_unit = microseconds_per_unit(sample);
    let is_early = early(at);
    single(move |context| {
        context.stream.map(drop).or(is_early)?;
        let facts = context.world.client_tcp()?;
        Some(Sample::Int((read(&facts) / per_unit).into()))
    })
}

/// How many microseconds the unit of the argument has: milliseconds, or `us`.
pub(super) fn microseconds_per_unit(sample: &Written) -> u32 {
    if sample.text(0).is_some_and(|unit| unit.as_slice() == b"us") {
        1
    } else {
        1000
    }
}

fn count_of(at: Compile<'_>, read: Figure) -> Result<Box<dyn Fetch>, String> {
    let is_early = early(at);
    single(move |context| {
        context.stream.map(drop).or(is_early)?;
        Some(Sample::Int(read(&context.world.client_tcp()?).into()))
    })
}

/// Whether rules on connections, before there is a stream, are told what the kernel thinks of them, as since 3.4.
pub(super) fn early(at: Compile<'_>) -> Option<()> {
    at.config.dialect.does_as(3, 4).then_some(())
}

/// An address of the connection.
type Address = for<'a> fn(&SampleContext<'a>) -> Option<SocketAddr>;

/// The address that the client connected to; the system is asked when nobody did before.
pub(crate) fn destination(context: &SampleContext<'_>) -> Option<SocketAddr> {
    context.client.dst.or_else(|| context.world.connected_to())
}

fn ip(address: Address) -> Result<Box<dyn Fetch>, String> {
    single(move |context| Some(Sample::Ip(address(context)?.ip())))
}

fn port(address: Address) -> Result<Box<dyn Fetch>, String> {
    // A header in front of the connection may tell of none.
    single(move |context| {
        let port = Some(address(context)?.port()).filter(|port| *port > 0)?;
        Some(Sample::Int(port.into()))
    })
}

fn is_local(address: Address) -> Result<Box<dyn Fetch>, String> {
    single(move |context| {
        let ip: IpAddr = address(context)?.ip();
        Some(Sample::Bool(context.world.is_local(ip)))
    })
}
