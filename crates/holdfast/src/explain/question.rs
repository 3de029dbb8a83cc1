//! What is asked: the client's connection and its bytes, made of the command line.

use std::net::{IpAddr, SocketAddr};

use haproxy_cfg::model::{Address, Bind, Config, Mode, Proxy, ProxyId};
use proxy::rehearsal::{PretendedTls, Question};

use super::Options;

/// The port of a client that names none.
const CLIENT_PORT: u16 = 40_000;

/// Where a client connects to: a port, with an address or without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    ip: Option<IpAddr>,
    port: u16,
}

impl Place {
    /// `ADDRESS:PORT` or `PORT`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Ok(port) = text.trim_start_matches([':', '*']).parse() {
            return Ok(Self { ip: None, port });
        }
        let address: SocketAddr = text
            .parse()
            .map_err(|_| "write ADDRESS:PORT, [ADDRESS]:PORT or PORT".to_owned())?;
        Ok(Self {
            ip: Some(address.ip()),
            port: address.port(),
        })
    }

    fn is_at(self, bind: &Bind) -> bool {
        match &bind.address {
            Address::Inet(at) => {
                let same_family = |ip: IpAddr| ip.is_ipv4() == at.is_ipv4() || bind.v4v6;
                at.port() == self.port
                    && self
                        .ip
                        .is_none_or(|ip| ip == at.ip() || at.ip().is_unspecified() && same_family(ip))
            }
            _ => false,
        }
    }
}

/// `ADDRESS` or `ADDRESS:PORT`.
pub(super) fn client(text: &str) -> Result<SocketAddr, String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(SocketAddr::new(ip, CLIENT_PORT));
    }
    text.parse()
        .map_err(|_| "write ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT".to_owned())
}

/// The question that the command line asks. Where certificates are not here, lines that had some are in clear.
pub(super) fn of(options: &Options, config: &Config, lacks_certificates: bool) -> Result<Question, String> {
    let (frontend, bind) = listener(options, config, options.tls && !lacks_certificates)?;
    let listener = config.proxy(frontend).binds.get(usize::from(bind));
    let dst = listener.and_then(|listener| match &listener.address {
        Address::Inet(at) => {
            let ip = options.to.and_then(|to| to.ip).unwrap_or_else(|| at.ip());
            Some(SocketAddr::new(ip, at.port()))
        }
        _ => None,
    });
    let is_tls = options.tls || options.sni.is_some() || options.alpn.is_some();
    let alpn = options.alpn.as_ref().map(|name| name.clone().into_bytes());
    Ok(Question {
        frontend,
        bind,
        src: Some(options.src),
        dst,
        tls: is_tls.then(|| PretendedTls {
            server_name: options.sni.as_ref().map(|name| name.clone().into_bytes()),
            alpn,
        }),
        says: match &options.payload {
            Some(payload) => text_or_file(payload)?,
            None if config.proxy(frontend).mode == Mode::Http => request(options)?,
            // Below HTTP a client that is asked nothing says nothing.
            None => Vec::new(),
        },
        answer: response(&options.response)?,
    })
}

/// The frontend and its bind, one with TLS where that is asked for.
fn listener(options: &Options, config: &Config, over_tls: bool) -> Result<(ProxyId, u16), String> {
    let all = config.proxies.iter().enumerate();
    let frontends: Vec<(usize, &Proxy)> = all
        .filter(|(_, proxy)| proxy.kind.is_frontend() && !proxy.disabled && !proxy.binds.is_empty())
        .collect();
    let names = || {
        let names: Vec<String> = frontends
            .iter()
            .map(|(_, proxy)| proxy.name.to_string())
            .collect();
        names.join(", ")
    };
    let fits = |bind: &Bind| options.to.is_none_or(|to| to.is_at(bind)) && (!over_tls || bind.ssl.is_some());
    let mut found = Vec::new();
    for (at, proxy) in &frontends {
        if options
            .frontend
            .as_ref()
            .is_some_and(|name| *proxy.name != *name.as_bytes())
        {
            continue;
        }
        if let Some(bind) = proxy.binds.iter().position(fits) {
            let number = u16::try_from(bind).map_err(|_| "too many binds".to_owned())?;
            found.push((ProxyId(*at as u32), number));
        }
    }
    match (&found[..], &options.frontend) {
        (_, Some(name)) if !frontends.iter().any(|(_, proxy)| *proxy.name == *name.as_bytes()) => {
            Err(format!(
                "there is no frontend '{name}' with a listener; there are: {}",
                names()
            ))
        }
        ([one], _) => Ok(*one),
        ([], _) if frontends.is_empty() => Err("the files have no frontend with a listener".to_owned()),
        ([], _) => Err(format!("no listener is like that; frontends are: {}", names())),
        ([first, ..], Some(_)) => Ok(*first),
        (_, None) => Err(format!(
            "several listeners are like that, say --frontend NAME or --to ADDRESS: {}",
            names()
        )),
    }
}

/// The request's bytes.
fn request(options: &Options) -> Result<Vec<u8>, String> {
    let words: Vec<&str> = options.request.split_whitespace().collect();
    let (method, target, version) = match words[..] {
        [method, target] => (method, target, "HTTP/1.1"),
        [method, target, version] => (method, target, version),
        _ => return Err("--request: write METHOD TARGET, such as 'GET /index.html'".to_owned()),
    };
    let body = text_or_file(&options.body)?;
    let mut bytes = format!("{method} {target} {version}\r\n").into_bytes();
    let has = |name: &str| {
        options.header.iter().any(|header| {
            let known = header.split(':').next().unwrap_or_default();
            known.trim().eq_ignore_ascii_case(name)
        })
    };
    if !has("host") && version == "HTTP/1.1" {
        bytes.extend_from_slice(b"Host: localhost\r\n");
    }
    for header in &options.header {
        if !header.contains(':') {
            return Err(format!("--header {header}: write 'NAME: VALUE'"));
        }
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    if !body.is_empty() && !has("content-length") && !has("transfer-encoding") {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// A whole response of a status, or the one in a file.
fn response(text: &str) -> Result<Vec<u8>, String> {
    if text.starts_with('@') {
        return text_or_file(text);
    }
    let status: u16 = text
        .parse()
        .ok()
        .filter(|status| (100..1000).contains(status))
        .ok_or_else(|| format!("--response {text}: write a status, such as 200, or @FILE"))?;
    Ok(format!("HTTP/1.1 {status} Answer\r\nContent-Length: 0\r\n\r\n").into_bytes())
}

/// A text of the command line, or what stands in the file that `@` names.
fn text_or_file(text: &str) -> Result<Vec<u8>, String> {
    match text.strip_prefix('@') {
        None => Ok(text.as_bytes().to_vec()),
        Some(path) => std::fs::read(path).map_err(|error| format!("{path}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_addresses_and_ports() {
        let place = |text| Place::parse(text).map(|place| (place.ip.map(|ip| ip.to_string()), place.port));
        assert_eq!(place("80"), Ok((None, 80)));
        assert_eq!(place(":80"), Ok((None, 80)));
        assert_eq!(place("10.0.0.1:443"), Ok((Some("10.0.0.1".to_owned()), 443)));
        assert_eq!(place("[fd00::1]:443"), Ok((Some("fd00::1".to_owned()), 443)));
        assert!(place("10.0.0.1").is_err());
        assert_eq!(client("10.0.0.1").map(|at| at.port()), Ok(CLIENT_PORT));
        assert_eq!(client("10.0.0.1:7").map(|at| at.port()), Ok(7));
        assert!(client("localhost").is_err());
    }
}
