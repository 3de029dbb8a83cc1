//! Proxies and servers for this crate's tests, with nothing set but what every one has.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use haproxy_cfg::model::{Config, Mode, Proxy, ProxyId, ProxyKind, Server, ServerAddr};

use crate::http1::{Header, KnownHeader, RequestHead, RequestRef, ResponseHead, Slice, Version};
use crate::logline::LocalTime;
use crate::sample::{Arena, Body, PacketField, SampleContext, World};
use crate::state::Runtime;
use crate::stream::Client;

/// A listen section without servers.
pub(crate) fn proxy(name: &str) -> Proxy {
    Proxy {
        mode: Mode::Http,
        ..Proxy::new(ProxyKind::Listen, name.into(), 1)
    }
}

/// A server of weight 1.
pub(crate) fn server(name: &str) -> Server {
    let addr = ServerAddr::Inet {
        ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: Some(80),
        port_offset: 0,
    };
    Server::new(name.into(), 1, addr)
}

/// A configuration of one proxy, and its state.
pub(crate) fn running(proxy: Proxy) -> (Config, ProxyId, Runtime) {
    let config = Config {
        proxies: vec![proxy],
        ..Config::default()
    };
    let runtime = Runtime::new(&config, 1, 0);
    (config, ProxyId(0), runtime)
}

/// The recorded file of that name.
pub(crate) fn recorded(name: &str) -> serde_json::Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../compat-fixtures")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A request's head as text, indexed.
pub(crate) fn request(text: &[u8]) -> RequestHead {
    let (line, headers, len) = split(text);
    let words: Vec<_> = line.split(|&b| b == b' ').collect();
    RequestHead {
        method: slice(text, words[0]),
        uri: slice(text, words[1]),
        version: if words[2] == b"HTTP/1.0" {
            Version::Http10
        } else {
            Version::Http11
        },
        protocol: Slice::default(),
        headers,
        len,
        added: Vec::new(),
    }
}

/// A response's head as text, indexed.
pub(crate) fn response(text: &[u8]) -> ResponseHead {
    let (_, headers, len) = split(text);
    ResponseHead {
        status: 200,
        headers,
        len,
        ..ResponseHead::default()
    }
}

fn split(text: &[u8]) -> (&[u8], Vec<Header>, u32) {
    let end = bstr::ByteSlice::find(text, "\r\n\r\n").expect("a head ends");
    let mut lines = bstr::ByteSlice::split_str(&text[..end], "\r\n");
    let first = lines.next().expect("a head has a first line");
    let headers = lines.map(|line| {
        let colon = line
            .iter()
            .position(|&b| b == b':')
            .expect("a header has a colon");
        Header {
            name: slice(text, &line[..colon]),
            value: slice(text, line[colon + 1..].trim_ascii()),
            known: KnownHeader::of(&line[..colon]),
            plain_end: 0,
        }
    });
    (first, headers.collect(), end as u32 + 4)
}

fn slice(text: &[u8], part: &[u8]) -> Slice {
    Slice {
        start: (part.as_ptr() as usize - text.as_ptr() as usize) as u32,
        len: part.len() as u32,
    }
}

/// A world in which nothing moves: 2023-11-14 22:13:20 UTC, and no chance.
#[derive(Debug)]
pub(crate) struct StillWorld;

impl World for StillWorld {
    fn now_ms(&self) -> u64 {
        1_000_000
    }

    fn epoch_us(&self) -> u64 {
        1_700_000_000_000_000
    }

    fn epoch_us_at(&self, clock_ms: u64) -> u64 {
        self.epoch_us() + clock_ms * 1000 - self.now_ms() * 1000
    }

    fn random(&self) -> u64 {
        0x0123_4567_89ab_cdef
    }

    fn thread(&self) -> usize {
        0
    }

    fn pid(&self) -> u32 {
        4711
    }

    fn proves_password(&self, hash: &[u8], password: &[u8]) -> bool {
        // What proves it is the shell's: here a hash is the password behind a mark.
        hash.strip_prefix(b"$hash$") == Some(password)
    }

    fn hostname(&self) -> &'static [u8] {
        b"lb1"
    }

    fn is_stopping(&self) -> bool {
        false
    }

    fn variable(&self, name: &[u8]) -> Option<Box<[u8]>> {
        (name == b"SET").then(|| b"value".as_slice().into())
    }

    fn connected_to(&self) -> Option<std::net::SocketAddr> {
        None
    }

    fn client_tcp(&self) -> Option<crate::sample::TcpFacts> {
        Some(crate::sample::TcpFacts {
            rtt_us: 1500,
            rtt_variance_us: 750,
            unacked: 1,
            ..crate::sample::TcpFacts::default()
        })
    }

    fn saved_syn(&self) -> Option<Box<[u8]>> {
        None
    }

    fn cpu_usage(&self, _: crate::sample::Workers) -> u8 {
        0
    }

    fn is_local(&self, address: IpAddr) -> bool {
        address.is_loopback()
    }

    fn tls(&self) -> Option<crate::sample::Tls<'_>> {
        None
    }

    fn client_certificate(&self, _: usize) -> Option<&[u8]> {
        None
    }

    fn own_certificate(&self) -> Option<&[u8]> {
        None
    }

    fn client_verdict(&self) -> crate::sample::CertificateVerdict {
        crate::sample::CertificateVerdict::default()
    }

    fn effort(&self) -> Option<crate::sample::Effort> {
        None
    }

    fn set_nice(&self, _: i64) {}

    fn set_on_packets(&self, _: PacketField, _: u32) {}

    fn log(&self, _: &SampleContext<'_>, _: &'static str, _: Option<&[u8]>) {}

    fn note(&self, _: &[u8], _: &[u8]) {}

    fn local(&self, _: i64) -> LocalTime {
        LocalTime::new(0, "UTC")
    }
}

/// Shows `look` what samples are taken from, in the first proxy of `config`.
pub(crate) fn looking<T>(
    config: &Config,
    runtime: &Runtime,
    client: &Client,
    request: Option<RequestRef<'_>>,
    look: impl FnOnce(&SampleContext<'_>) -> T,
) -> T {
    look(&SampleContext {
        arena: &Arena::default(),
        config,
        runtime,
        world: &StillWorld,
        proxy: ProxyId(0),
        client,
        stream: None,
        request,
        response: None,
        body: Body::default(),
        payload: Body {
            complete: true,
            ..Body::default()
        },
        from_server: false,
        undecided: &std::cell::Cell::new(false),
    })
}
