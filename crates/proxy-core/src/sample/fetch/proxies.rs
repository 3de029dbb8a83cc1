//! Fetches of proxies: their names, timeouts, gauges and rates.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Millis, Proxy, Sample as Written};

use super::{Fetch, Row, nothing, row, single};
use crate::sample::expression::Compile;
use crate::sample::{Sample, SampleContext};
use crate::state::{ProxyState, Rate, SideCounters, ThreadCounters};
use crate::stream::Settings;

pub(super) const ROWS: &[Row] = &[
    row(&["fe_name"], |_, _| {
        single(|context| Some(Sample::Str(&frontend(context).name)))
    }),
    row(&["fe_id"], |_, _| {
        single(|context| Some(Sample::Int(frontend(context).id.into())))
    }),
    row(&["fe_defbe"], |_, _| {
        single(|context| {
            let backend = frontend(context).default_backend?;
            Some(Sample::Str(&context.config.proxy(backend).name))
        })
    }),
    row(&["be_name"], |_, _| {
        single(|context| Some(Sample::Str(&gone_to(context)?.name)))
    }),
    row(&["be_id"], |_, _| {
        single(|context| Some(Sample::Int(gone_to(context)?.id.into())))
    }),
    row(&["fe_client_timeout"], |_, _| {
        single(|context| millis(frontend(context).timeouts.client))
    }),
    row(&["fe_tarpit_timeout"], |_, _| {
        single(|context| millis(frontend(context).timeouts.tarpit))
    }),
    row(&["be_connect_timeout"], |_, _| {
        single(|context| millis(backend(context)?.timeouts.connect))
    }),
    row(&["be_queue_timeout"], |_, _| {
        single(|context| millis(backend(context)?.timeouts.queue))
    }),
    row(&["be_server_timeout"], |_, _| {
        single(|context| millis(backend(context)?.timeouts.server))
    }),
    row(&["be_tarpit_timeout"], |_, _| {
        single(|context| millis(backend(context)?.timeouts.tarpit))
    }),
    row(&["be_tunnel_timeout"], |_, _| {
        single(|context| millis(backend(context)?.timeouts.tunnel))
    }),
    // Nothing changes it for one stream.
    row(&["be_max_retries", "cur_max_retries"], |_, _| {
        single(|context| Some(Sample::Int(backend(context)?.retries.into())))
    }),
    row(&["cur_client_timeout"], |_, _| {
        single(|context| {
            context.stream?;
            let settled = settings(context).and_then(|settings| settings.client_timeout);
            millis(settled.or(frontend(context).timeouts.client))
        })
    }),
    row(&["cur_connect_timeout"], |_, _| {
        single(|context| {
            let settled = settings(context).and_then(|settings| settings.connect_timeout);
            millis(settled.or(backend(context)?.timeouts.connect))
        })
    }),
    row(&["cur_queue_timeout"], |_, _| {
        single(|context| {
            let settled = settings(context).and_then(|settings| settings.queue_timeout);
            millis(settled.or(backend(context)?.timeouts.queue))
        })
    }),
    row(&["cur_server_timeout"], |_, _| {
        single(|context| {
            let settled = settings(context).and_then(|settings| settings.server_timeout);
            with_server(context, settled, |proxy| proxy.timeouts.server)
        })
    }),
    row(&["cur_tarpit_timeout"], |_, _| {
        single(|context| {
            context.stream?;
            let settled = settings(context).and_then(|settings| settings.tarpit_timeout);
            let proxy = backend(context).unwrap_or_else(|| frontend(context));
            millis(settled.or(proxy.timeouts.tarpit))
        })
    }),
    row(&["cur_tunnel_timeout"], |_, _| {
        single(|context| {
            let settled = settings(context).and_then(|settings| settings.tunnel_timeout);
            with_server(context, settled, |proxy| proxy.timeouts.tunnel)
        })
    }),
    row(&["nbsrv"], |at, sample| {
        let Some(index) = named(at, sample) else {
            return nothing();
        };
        single(move |context| {
            let state = context.runtime.proxies.get(index)?;
            let proxy = &context.config.proxies[index];
            Some(Sample::Int(crate::balance::servers_in_use(proxy, state)))
        })
    }),
    row(&["fe_conn"], |at, sample| {
        gauge(at, sample, |state| state.fe_sessions.get().into())
    }),
    row(&["be_conn"], |at, sample| {
        gauge(at, sample, |state| state.be_sessions.get().into())
    }),
    row(&["queue"], |at, sample| gauge(at, sample, waiting)),
    row(&["avg_queue"], |at, sample| {
        let Some(index) = named(at, sample) else {
            return nothing();
        };
        single(move |context| {
            let state = context.runtime.proxies.get(index)?;
            let servers = crate::balance::servers_in_use(&context.config.proxies[index], state);
            let waiting = waiting(state);
            Some(Sample::Int(if servers > 0 {
                (waiting + servers - 1) / servers
            } else {
                2 * waiting
            }))
        })
    }),
    row(&["connslots"], |at, sample| {
        let Some(index) = named(at, sample) else {
            return nothing();
        };
        single(move |context| Some(Sample::Int(slots(context, index)?)))
    }),
    row(&["be_conn_free"], |at, sample| {
        let Some(index) = named(at, sample) else {
            return nothing();
        };
        let all = at.config.proxies[index].options.allbackups;
        single(move |context| {
            let state = context.runtime.proxies.get(index)?;
            Some(Sample::Int(free(state, all)))
        })
    }),
    row(&["fe_req_rate"], |at, sample| {
        rate(at, sample, |thread| &thread.frontends, |side| &side.req_rate)
    }),
    row(&["fe_sess_rate"], |at, sample| {
        rate(at, sample, |thread| &thread.frontends, |side| &side.sess_rate)
    }),
    row(&["be_sess_rate"], |at, sample| {
        rate(at, sample, |thread| &thread.backends, |side| &side.sess_rate)
    }),
    row(&["act_conn"], |_, _| {
        single(|context| Some(Sample::Int(context.runtime.connections.get().into())))
    }),
];

/// The frontend of the client's connection.
fn frontend<'a>(context: &SampleContext<'a>) -> &'a Proxy {
    context.config.proxy(context.client.frontend)
}

/// The backend of the stream, once it is known.
pub(super) fn backend<'a>(context: &SampleContext<'a>) -> Option<&'a Proxy> {
    Some(context.config.proxy(context.backend()?))
}

/// The backend of the stream; as long as none is chosen, its frontend counts as that.
fn gone_to<'a>(context: &SampleContext<'a>) -> Option<&'a Proxy> {
    context.stream?;
    Some(backend(context).unwrap_or_else(|| frontend(context)))
}

fn settings<'a>(context: &SampleContext<'a>) -> Option<&'a Settings> {
    context.stream.map(|stream| &stream.settings)
}

/// A timeout; 0 when there is none.
fn millis(timeout: Option<Millis>) -> Option<Sample<'static>> {
    Some(Sample::Int(timeout.unwrap_or(0).into()))
}

/// A timeout towards the server: what was settled, or what the backend says once there is a connection. Before, none runs.
fn with_server(
    context: &SampleContext<'_>,
    settled: Option<Millis>,
    read: fn(&Proxy) -> Option<Millis>,
) -> Option<Sample<'static>> {
    let backend = backend(context)?;
    let is_connected = context.stream?.route.connected_ms > 0;
    millis(settled.or(read(backend).filter(|_| is_connected)))
}

/// The proxy that the first argument names.
fn named(at: Compile<'_>, sample: &Written) -> Option<usize> {
    at.proxy_named(sample.proxy(0))
}

/// Something of the proxy that the argument names.
fn gauge(at: Compile<'_>, sample: &Written, read: fn(&ProxyState) -> i64) -> Result<Box<dyn Fetch>, String> {
    match named(at, sample) {
        None => nothing(),
        Some(index) => single(move |context| Some(Sample::Int(read(context.runtime.proxies.get(index)?)))),
    }
}

/// Events of the last second on one side of the proxy that the argument names.
fn rate(
    at: Compile<'_>,
    sample: &Written,
    sides: fn(&ThreadCounters) -> &[SideCounters],
    rate: fn(&SideCounters) -> &Rate,
) -> Result<Box<dyn Fetch>, String> {
    let Some(index) = named(at, sample) else {
        return nothing();
    };
    single(move |context| {
        let now = context.world.now_ms();
        let of_thread = |thread| rate(&sides(thread)[index]).per_second(now);
        let sum: u64 = context.runtime.counters.iter().map(of_thread).sum();
        i64::try_from(sum).ok().map(Sample::Int)
    })
}

/// Requests that wait for a server of a backend, whichever it be.
fn waiting(state: &ProxyState) -> i64 {
    let for_one: u32 = state.servers.iter().map(|server| server.queued.get()).sum();
    i64::from(state.queued.get()) + i64::from(for_one)
}

/// What the usable servers of a backend could still take, their queues included; -1 where one of them has no limit.
fn slots(context: &SampleContext<'_>, index: usize) -> Option<i64> {
    let state = context.runtime.proxies.get(index)?;
    let model = context.config.proxies.get(index)?;
    let mut sum = 0;
    for (at, written) in model.listed_servers() {
        let server = &state.servers[at];
        if !server.is_usable() {
            continue;
        }
        let most = server.maxconn.load(Relaxed);
        if most == 0 || written.maxqueue == 0 {
            return Some(-1);
        }
        let left = i64::from(most) - i64::from(server.sessions.get());
        sum += left + i64::from(written.maxqueue) - i64::from(server.queued.get());
    }
    Some(sum)
}

/// Sessions that the servers in use could still take; -1 where one of them has no limit. Backup servers are in use when no other
/// is: all of them or the first.
fn free(state: &ProxyState, all_backups: bool) -> i64 {
    let in_use = |backups: bool| {
        let servers = state.servers.iter();
        servers.filter(move |server| server.is_backup() == backups && server.is_balanced())
    };
    let backups = in_use(false).next().is_none();
    let most = if backups && !all_backups { 1 } else { usize::MAX };
    let mut sum = 0;
    for server in in_use(backups).take(most) {
        let limit = server.maxconn.load(Relaxed);
        if limit == 0 {
            return -1;
        }
        sum += (i64::from(limit) - i64::from(server.sessions.get())).max(0);
    }
    sum
}
