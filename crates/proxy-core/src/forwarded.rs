//! The header `Forwarded` that tells servers about the client (`option forwarded`, RFC 7239).

use std::net::{IpAddr, SocketAddr};

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{Config, Forwarded, ForwardedPart, ProxyId};

use crate::sample::{Expression, Sample, SampleContext, text};

/// What stands for a node that nobody knows (RFC 7239, section 6.2).
const UNKNOWN: &[u8] = b"unknown";

/// The parts of the header, made ready.
#[derive(Debug)]
pub struct ForwardedPlan {
    proto: bool,
    host: Part,
    by: Node,
    client: Node,
}

/// Where a part comes from.
#[derive(Debug)]
enum Part {
    Absent,
    Known,
    Computed(Expression),
}

/// One end of a connection.
#[derive(Debug)]
struct Node {
    name: Part,
    port: Part,
}

impl ForwardedPlan {
    /// Makes ready what `parts` of the proxy `own` say.
    ///
    /// # Errors
    /// What is wrong with an expression, as only the whole configuration can show.
    pub fn compile(config: &Config, own: ProxyId, parts: &Forwarded) -> Result<Self, String> {
        let part = |part: &ForwardedPart, wanted| {
            Ok::<_, String>(match part {
                ForwardedPart::Absent => Part::Absent,
                ForwardedPart::Known => Part::Known,
                ForwardedPart::Computed(sample) => {
                    Part::Computed(Expression::compile(config, own, sample, wanted)?)
                }
            })
        };
        Ok(Self {
            proto: parts.proto,
            host: part(&parts.host, Output::Str)?,
            by: Node {
                name: part(&parts.by, Output::Any)?,
                port: part(&parts.by_port, Output::Any)?,
            },
            client: Node {
                name: part(&parts.client, Output::Any)?,
                port: part(&parts.client_port, Output::Any)?,
            },
        })
    }

    /// Writes the header's value into `out`; nothing where there is nothing to tell.
    pub fn write(&self, context: &SampleContext<'_>, out: &mut Vec<u8>) {
        if self.proto {
            pair(
                out,
                "proto",
                if context.client.tls { b"https" } else { b"http" },
                false,
            );
        }
        let host = match &self.host {
            Part::Absent => None,
            Part::Known => context
                .request
                .and_then(|request| request.headers().get(b"host").next_back()),
            Part::Computed(expression) => match expression.sample(context) {
                Some(Sample::Str(host)) => Some(host),
                _ => None,
            },
        };
        if let Some(host) = host.filter(|host| !host.is_empty()) {
            pair(out, "host", host, true);
        }
        let own = context.client.dst.or_else(|| context.world.connected_to());
        self.by.write(context, own, "by", out);
        self.client.write(context, context.client.src, "for", out);
    }
}

impl Node {
    /// Writes the node, whose address is `address` where it is not computed.
    fn write(&self, context: &SampleContext<'_>, address: Option<SocketAddr>, name: &str, out: &mut Vec<u8>) {
        let found = match &self.name {
            Part::Absent => return,
            Part::Known => address.map(|address| ip(address.ip())),
            Part::Computed(expression) => expression.sample(context).and_then(|sample| match sample {
                Sample::Ip(address) => Some(ip(address)),
                Sample::Bool(_) => None,
                other => hidden_or_address(text(other, context.arena)),
            }),
        };
        let port = match &self.port {
            Part::Absent => None,
            Part::Known => address.map(|address| address.port().to_string().into_bytes()),
            Part::Computed(expression) => expression.sample(context).and_then(|sample| match sample {
                Sample::Int(port) => u16::try_from(port).ok().map(|port| port.to_string().into_bytes()),
                Sample::Ip(_) | Sample::Bool(_) => None,
                other => port(text(other, context.arena)),
            }),
        };
        let mut value = found.unwrap_or_else(|| UNKNOWN.to_vec());
        let quoted = value.first() == Some(&b'[') || port.is_some();
        if let Some(port) = port {
            value.push(b':');
            value.extend_from_slice(&port);
        }
        pair(out, name, &value, quoted);
    }
}

/// An address as a node's name.
fn ip(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
    .into_bytes()
}

/// What an expression gives as a node's name: an address, or one that hides it.
fn hidden_or_address(text: &[u8]) -> Option<Vec<u8>> {
    let address = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    match address {
        Some(address) => Some(ip(address)),
        None if text == UNKNOWN => Some(text.to_vec()),
        None => hidden(text),
    }
}

/// What an expression gives as a port: a number, or a word that hides it.
fn port(text: &[u8]) -> Option<Vec<u8>> {
    let number = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse::<u16>().ok());
    number.map_or_else(|| hidden(text), |number| Some(number.to_string().into_bytes()))
}

/// A word that hides what it stands for, with the underscore that tells it.
fn hidden(text: &[u8]) -> Option<Vec<u8>> {
    let rest = text.strip_prefix(b"_").unwrap_or(text);
    let is_right = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let right = !rest.is_empty() && rest.iter().all(is_right);
    right.then(|| [b"_", rest].concat())
}

/// Appends a name and its value.
fn pair(out: &mut Vec<u8>, name: &str, value: &[u8], quoted: bool) {
    if !out.is_empty() {
        out.push(b';');
    }
    out.extend_from_slice(name.as_bytes());
    out.push(b'=');
    if !quoted {
        return out.extend_from_slice(value);
    }
    out.push(b'"');
    for &byte in value {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::Dialect;
    use haproxy_cfg::testing::{FakeHost, load_on};

    use super::*;
    use crate::fixture::{looking, request};
    use crate::http1::RequestRef;
    use crate::state::Runtime;
    use crate::stream::Client;

    /// The header for a client of that address, where a backend says `option forwarded` with `arguments`.
    fn told(arguments: &str, src: &str) -> String {
        let file = format!("backend b\n    mode http\n    option forwarded {arguments}\n");
        let loaded = load_on(&file, Dialect::default(), &FakeHost::new());
        let config = loaded.config;
        let parts = config.proxies[0].forwarded.as_ref().expect("the option is on");
        let plan = ForwardedPlan::compile(&config, ProxyId(0), parts).expect("the expressions are right");
        let runtime = Runtime::new(&config, 1, 0);
        let client = Client {
            src: src.parse().ok(),
            dst: "192.0.2.1:80".parse().ok(),
            ..Client::default()
        };
        let text = b"GET / HTTP/1.1\r\nhost: a.test:80\r\nodd: x\"y\\z\r\n\r\n";
        let head = request(text);
        let request = RequestRef {
            buf: text,
            head: &head,
        };
        looking(&config, &runtime, &client, Some(request), |context| {
            let mut out = Vec::new();
            plan.write(context, &mut out);
            String::from_utf8(out).expect("a header of ASCII")
        })
    }

    #[test]
    fn without_arguments_it_tells_protocol_and_client() {
        assert_eq!(told("", "127.0.0.1:9"), "proto=http;for=127.0.0.1");
        assert_eq!(told("proto for", "[::1]:9"), "proto=http;for=\"[::1]\"");
        assert_eq!(told("for", "nobody"), "for=unknown");
    }

    #[test]
    fn ports_and_hosts_are_quoted() {
        assert_eq!(
            told("host by by_port for for_port", "127.0.0.1:9"),
            "host=\"a.test:80\";by=\"192.0.2.1:80\";for=\"127.0.0.1:9\""
        );
        assert_eq!(
            told("host-expr req.hdr(odd)", "127.0.0.1:9"),
            "host=\"x\\\"y\\\\z\""
        );
        assert_eq!(told("by_port for", "127.0.0.1:9"), "for=127.0.0.1");
    }

    #[test]
    fn expressions_may_hide_who_it_is() {
        assert_eq!(
            told(
                "host-expr str(host.com) by-expr str(_haproxy) for for_port-expr int(10)",
                "[::1]:9"
            ),
            "host=\"host.com\";by=_haproxy;for=\"[::1]:10\""
        );
        assert_eq!(
            told("for-expr int(5),hex", "127.0.0.1:9"),
            "for=_0000000000000005"
        );
        assert_eq!(told("for-expr str(1.2.3.4)", "127.0.0.1:9"), "for=1.2.3.4");
        assert_eq!(
            told("for-expr str(a/b) for_port-expr str(_p)", "127.0.0.1:9"),
            "for=\"unknown:_p\""
        );
        assert_eq!(
            told("for for_port-expr int(70000)", "127.0.0.1:9"),
            "for=127.0.0.1"
        );
    }
}
