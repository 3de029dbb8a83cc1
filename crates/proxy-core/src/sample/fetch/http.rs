//! Fetches of a message's first line, and of its body.

use super::capture::line_of;
use super::header::values;
use super::{Row, row, single};
use crate::hash::{avalanche, sdbm};
use crate::http1::{RequestRef, Version};
use crate::octets::first_of_two;
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["path"], |_, _| {
        single(|context| Some(Sample::Str(path(context.request?.uri())?)))
    }),
    row(&["pathq"], |_, _| {
        single(|context| Some(Sample::Str(path_and_query(context.request?.uri())?)))
    }),
    row(&["query"], |_, sample| {
        let with_mark = usize::from(sample.text(0).is_some());
        single(move |context| {
            let uri = context.request?.uri();
            let at = memchr::memchr(b'?', uri)? + 1;
            Some(Sample::Str(&uri[at - with_mark..]))
        })
    }),
    row(&["url"], |_, _| {
        single(|context| Some(Sample::Str(context.request?.uri())))
    }),
    row(&["url_ip"], |_, _| {
        single(|context| Some(Sample::Ip(host_address(context.request?.uri())?.0.into())))
    }),
    row(&["url_port"], |_, _| {
        single(|context| Some(Sample::Int(host_address(context.request?.uri())?.1.into())))
    }),
    row(&["base"], |_, _| {
        single(|context| {
            let base = base(context, path)?;
            (!base.is_empty()).then_some(Sample::Str(base))
        })
    }),
    row(&["baseq"], |_, _| {
        single(|context| {
            let base = base(context, path_and_query)?;
            (!base.is_empty()).then_some(Sample::Str(base))
        })
    }),
    row(&["base32"], |_, _| {
        single(|context| Some(Sample::Int(spread(base(context, path)?).into())))
    }),
    row(&["url32"], |_, _| {
        single(|context| Some(Sample::Int(spread(base(context, path_and_query)?).into())))
    }),
    row(&["base32+src"], |_, _| {
        single(|context| with_source(context, spread(base(context, path)?)))
    }),
    row(&["url32+src"], |_, _| {
        single(|context| with_source(context, spread(base(context, path_and_query)?)))
    }),
    row(&["method"], |_, _| {
        single(|context| {
            Some(Sample::Method(match context.request {
                Some(request) => request.method(),
                // Behind the request the line that was kept of it tells.
                None => line_of(context)?.method,
            }))
        })
    }),
    row(&["req.ver", "req_ver"], |at, _| {
        let outlives = at.config.dialect.does_as(3, 4);
        single(move |context| {
            if let Some(request) = context.request {
                return Some(Sample::Str(version(request.version())));
            }
            // It has gone by: what its first line said is told since 3.4.
            let line = line_of(context).filter(|_| outlives)?;
            line.version.strip_prefix(b"HTTP/").map(Sample::Str)
        })
    }),
    row(&["res.ver", "resp_ver"], |_, _| {
        single(|context| Some(Sample::Str(version(context.response?.version()))))
    }),
    row(&["status"], |_, _| {
        single(|context| {
            if let Some(response) = context.response {
                return Some(Sample::Int(response.status().into()));
            }
            // Behind a server's response the log line knows what it was.
            let log = &context.stream?.log;
            (log.server_status > 0).then_some(Sample::Int(log.status.into()))
        })
    }),
    row(&["http_first_req"], |_, _| {
        single(|context| Some(Sample::Bool(context.client.requests == 0)))
    }),
    row(&["req.body"], |_, _| {
        single(|context| Some(data(context, request_body(context)?)))
    }),
    row(&["req.body_len"], |_, _| {
        single(|context| Some(Sample::Int(request_body(context)?.len() as i64)))
    }),
    row(&["req.body_size"], |_, _| {
        single(|context| i64::try_from(request_body(context)?.size()).ok().map(Sample::Int))
    }),
    row(&["res.body"], |_, _| {
        single(|context| Some(data(context, response_body(context)?)))
    }),
    row(&["res.body_len"], |_, _| {
        single(|context| Some(Sample::Int(response_body(context)?.len() as i64)))
    }),
    row(&["res.body_size"], |_, _| {
        single(|context| {
            i64::try_from(response_body(context)?.size())
                .ok()
                .map(Sample::Int)
        })
    }),
    row(&["res.comp"], |_, _| {
        single(|context| {
            Some(Sample::Bool(
                context.stream.is_some_and(|stream| stream.compressed.is_some()),
            ))
        })
    }),
    row(&["res.comp_algo"], |_, _| {
        single(|context| Some(Sample::Str(context.stream?.compressed?.name().as_bytes())))
    }),
    row(&["res.cache_hit"], |_, _| {
        single(|context| Some(Sample::Bool(answering_cache(context).is_some())))
    }),
    row(&["res.cache_name"], |_, _| {
        single(|context| Some(Sample::Str(answering_cache(context)?)))
    }),
];

/// The name of the cache that the response is from.
fn answering_cache<'a>(context: &SampleContext<'a>) -> Option<&'a [u8]> {
    let store = context.stream?.caching.as_ref()?.found.as_ref()?;
    Some(store.name())
}

/// The first `Host`, and what `part` takes of the target behind it.
fn base<'a>(context: &SampleContext<'a>, part: fn(&'a [u8]) -> Option<&'a [u8]>) -> Option<&'a [u8]> {
    let request: RequestRef<'a> = context.request?;
    let host = values(request.headers(), b"host", false)
        .next()
        .unwrap_or_default();
    let part = part(request.uri()).unwrap_or_default();
    Some(context.arena.join(&[host, part]))
}

/// The hash that stands for an address of the web in tables.
fn spread(text: &[u8]) -> u32 {
    avalanche(sdbm(text))
}

/// A hash with the client's address behind it.
fn with_source<'a>(context: &SampleContext<'a>, hash: u32) -> Option<Sample<'a>> {
    let hash = hash.to_be_bytes();
    Some(Sample::Bin(match context.client.src?.ip() {
        std::net::IpAddr::V4(v4) => context.arena.join(&[&hash, &v4.octets()]),
        std::net::IpAddr::V6(v6) => context.arena.join(&[&hash, &v6.octets()]),
    }))
}

/// What has come of a body.
fn data<'a>(context: &SampleContext<'a>, body: crate::sample::Body<'a>) -> Sample<'a> {
    Sample::Bin(body.data(context.arena))
}

/// The body, where the request is at hand and no more of it is waited for.
pub(super) fn request_body<'a>(context: &SampleContext<'a>) -> Option<crate::sample::Body<'a>> {
    context.request?;
    if !context.body.complete {
        context.wait();
        return None;
    }
    Some(context.body)
}

/// The body, where the response is at hand.
fn response_body<'a>(context: &SampleContext<'a>) -> Option<crate::sample::Body<'a>> {
    context.response.map(|_| context.body)
}

fn version(version: Version) -> &'static [u8] {
    match version {
        Version::Http10 => b"1.0",
        Version::Http11 => b"1.1",
        Version::Http2 => b"2.0",
    }
}

/// From the first slash behind the authority to the question mark; none for `*` and for an authority alone.
pub(crate) fn path(uri: &[u8]) -> Option<&[u8]> {
    let path = &uri[path_start(uri)?..];
    let end = first_of_two(path, b'?', b'#');
    Some(&path[..end])
}

/// From the first slash behind the authority to the end.
pub(crate) fn path_and_query(uri: &[u8]) -> Option<&[u8]> {
    Some(&uri[path_start(uri)?..])
}

/// Where the path begins.
pub(crate) fn path_start(uri: &[u8]) -> Option<usize> {
    match uri.first()? {
        b'/' => Some(0),
        b'*' => None,
        _ => {
            let authority = memchr::memmem::find(uri, b"://")? + 3;
            Some(authority + memchr::memchr(b'/', &uri[authority..])?)
        }
    }
}

/// The address and the port of a target that names its host by an address; the scheme's port where it has none.
fn host_address(uri: &[u8]) -> Option<(std::net::Ipv4Addr, u16)> {
    let scheme_end = memchr::memmem::find(uri, b"://")?;
    let authority = &uri[scheme_end + 3..];
    let end = authority
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let authority = std::str::from_utf8(&authority[..end.unwrap_or(authority.len())]).ok()?;
    let default = if uri[..scheme_end].eq_ignore_ascii_case(b"https") {
        443
    } else {
        80
    };
    match authority.split_once(':') {
        None => Some((authority.parse().ok()?, default)),
        Some((host, port)) => Some((host.parse().ok()?, port.parse().ok()?)),
    }
}
