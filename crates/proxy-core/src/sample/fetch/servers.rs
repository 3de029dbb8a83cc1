//! Fetches of servers: one that is named, or the one that the stream goes to.

use std::net::SocketAddr;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{ArgValue, Mode, Sample as Written};

use super::client::microseconds_per_unit;
use super::proxies::backend;
use super::{Fetch, Row, nothing, row, single};
use crate::sample::expression::Compile;
use crate::sample::{Sample, SampleContext};
use crate::state::ServerState;
use crate::stream::Route;

pub(super) const ROWS: &[Row] = &[
    row(&["srv_name"], |_, _| {
        single(|context| Some(Sample::Str(&chosen(context)?.name)))
    }),
    row(&["srv_id"], |_, _| {
        single(|context| Some(Sample::Int(chosen(context)?.id.into())))
    }),
    row(&["srv_conn"], |at, sample| {
        of(at, sample, |server| Sample::Int(server.sessions.get().into()))
    }),
    row(&["srv_conn_free"], |at, sample| {
        of(at, sample, |server| {
            Sample::Int(match server.maxconn.load(Relaxed) {
                0 => -1,
                most => (i64::from(most) - i64::from(server.sessions.get())).max(0),
            })
        })
    }),
    row(&["srv_is_up"], |at, sample| {
        of(at, sample, |server| Sample::Bool(server.is_usable()))
    }),
    row(&["srv_queue"], |at, sample| {
        of(at, sample, |server| Sample::Int(server.queued.get().into()))
    }),
    row(&["srv_weight"], |at, sample| {
        of(at, sample, |server| Sample::Int(server.effective_weight().into()))
    }),
    row(&["srv_uweight"], |at, sample| {
        of(at, sample, |server| Sample::Int(server.weight().into()))
    }),
    row(&["srv_iweight"], |at, sample| {
        of(at, sample, |server| Sample::Int(server.initial_weight().into()))
    }),
    row(&["srv_sess_rate"], |at, sample| {
        let Some((proxy, server)) = named(at, sample) else {
            return nothing();
        };
        single(move |context| {
            let now = context.world.now_ms();
            let threads = context.runtime.counters.iter();
            let sum: u64 = threads
                .map(|thread| thread.servers[proxy][server].sess_rate.per_second(now))
                .sum();
            i64::try_from(sum).ok().map(Sample::Int)
        })
    }),
    row(&["bc_src"], |_, _| address(|route| route.local)),
    row(&["bc_src_port"], |_, _| port(|route| route.local)),
    row(&["bc_dst"], |_, _| address(|route| route.remote)),
    row(&["bc_dst_port"], |_, _| port(|route| route.remote)),
    row(&["bc_reused"], |_, _| {
        single(|context| {
            let route = &context.stream?.route;
            (route.connected_ms > 0).then_some(Sample::Bool(route.reused))
        })
    }),
    // A connection that did not come to stand is tried again or given up: no rule sees it.
    row(&["bc_err"], |_, _| {
        single(|context| (context.stream?.route.connected_ms > 0).then_some(Sample::Int(0)))
    }),
    row(&["bc_err_str"], |_, _| {
        single(|context| (context.stream?.route.connected_ms > 0).then_some(Sample::Str(b"Success")))
    }),
    // A name is that of a failure.
    row(&["bc_err_name"], |_, _| nothing()),
    row(&["bc_rtt"], |_, sample| measured(sample, |[time, _]| time)),
    row(&["bc_rttvar"], |_, sample| {
        measured(sample, |[_, variance]| variance)
    }),
    row(&["bc_http_major"], |_, _| {
        single(|context| {
            let mode = context.config.proxy(context.backend()?).mode;
            let route = &context.stream?.route;
            let major = if route.glitches.is_some() { 2 } else { 1 };
            (route.connected_ms > 0 && mode == Mode::Http).then_some(Sample::Int(major))
        })
    }),
    row(&["bc_nb_streams", "bc_settings_streams_limit"], |_, _| {
        single(|context| (context.stream?.route.connected_ms > 0).then_some(Sample::Int(1)))
    }),
    row(&["bc_glitches"], |at, _| {
        let counts_http1 = at.config.dialect.does_as(3, 4);
        single(move |context| {
            let mode = context.config.proxy(context.backend()?).mode;
            let route = &context.stream?.route;
            let counted = match &route.glitches {
                Some(glitches) => Some(glitches.get()),
                None => counts_http1.then_some(0),
            };
            let counted = counted.filter(|_| route.connected_ms > 0 && mode == Mode::Http)?;
            Some(Sample::Int(counted.into()))
        })
    }),
    row(&["bc_be_queue"], |_, _| {
        single(|context| Some(Sample::Int(context.stream?.route.backend_queue.into())))
    }),
    row(&["bc_srv_queue"], |_, _| {
        single(|context| Some(Sample::Int(context.stream?.route.server_queue.into())))
    }),
];

/// An address of the connection to the server.
type Address = fn(&Route) -> Option<SocketAddr>;

fn address(read: Address) -> Result<Box<dyn Fetch>, String> {
    single(move |context| Some(Sample::Ip(read(&context.stream?.route)?.ip())))
}

fn port(read: Address) -> Result<Box<dyn Fetch>, String> {
    single(move |context| Some(Sample::Int(read(&context.stream?.route)?.port().into())))
}

/// One of the two times of the way to the server, in microseconds, in the unit of the argument.
fn measured(sample: &Written, pick: fn([u32; 2]) -> u32) -> Result<Box<dyn Fetch>, String> {
    let per_unit = microseconds_per_unit(sample);
    single(move |context| {
        let times = context.stream?.route.measured.as_deref()?;
        Some(Sample::Int((pick(*times) / per_unit).into()))
    })
}

/// The server that the stream goes to, once it is chosen.
fn chosen<'a>(context: &SampleContext<'a>) -> Option<&'a haproxy_cfg::model::Server> {
    let server = &backend(context)?.servers[context.stream?.route.server?];
    (!server.unlisted).then_some(server)
}

/// The server that the argument names: its proxy and its place there.
fn named(at: Compile<'_>, sample: &Written) -> Option<(usize, usize)> {
    let ArgValue::Server { backend, server } = &sample.args.first()?.value else {
        return None;
    };
    let proxy = at.proxy_named(backend.as_ref())?;
    let proxy_model = &at.config.proxies[proxy];
    let (index, _) = proxy_model
        .listed_servers()
        .find(|(_, known)| known.name == *server)?;
    proxy_model.servers.hold(index);
    Some((proxy, index))
}

/// Something of the server that the argument names.
fn of(
    at: Compile<'_>,
    sample: &Written,
    read: fn(&ServerState) -> Sample<'static>,
) -> Result<Box<dyn Fetch>, String> {
    match named(at, sample) {
        None => nothing(),
        Some((proxy, server)) => {
            single(move |context| Some(read(&context.runtime.proxies.get(proxy)?.servers[server])))
        }
    }
}
