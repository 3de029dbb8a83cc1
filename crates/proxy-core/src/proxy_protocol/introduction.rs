//! What servers are told of a client, or see of it: found out before a server is chosen, and put into the header, the source
//! address or the TLS handshake of a connection once one is.

use std::net::{IpAddr, SocketAddr};

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{Config, HeaderParts, Outgoing, ProxyId, Server, ServerName, ShownSource};

use super::{ClientTls, Facts, kind, tlvs, write_v1, write_v2};
use crate::format::FormatPlan;
use crate::http1::RequestRef;
use crate::sample::{Expression, Parts, Sample, SampleContext, destination};

/// The values of one's own that a server is told, each with its type.
type OwnValues = Box<[(u8, FormatPlan)]>;

/// What the servers of a backend ask for, made ready.
#[derive(Debug)]
pub struct IntroductionPlan {
    /// Something of a header or of a source address depends on the client.
    tells: bool,
    /// By server.
    own: Box<[OwnValues]>,
    /// The names that servers are asked for in TLS, each way to find one once.
    names: Box<[NamePlan]>,
    /// By server: which of them.
    name_of: Box<[Option<usize>]>,
}

/// How the name is found that a server is asked for.
#[derive(Debug)]
enum NamePlan {
    /// An expression.
    Sample(Expression),
    /// The host of the request.
    Host,
}

/// What is known of a client for one request, or one TCP session.
#[derive(Debug, Default)]
pub struct Introduction {
    addresses: Option<(SocketAddr, SocketAddr)>,
    authority: Option<Vec<u8>>,
    unique_id: Vec<u8>,
    tls: Option<ClientTls>,
    /// By server.
    own: Vec<Vec<(u8, Vec<u8>)>>,
    /// By server: the address in the header that its `usesrc` names.
    shown: Vec<Option<IpAddr>>,
    /// The names that servers are asked for.
    names: Vec<Option<Vec<u8>>>,
}

impl IntroductionPlan {
    /// None where no server of the backend asks for anything.
    ///
    /// # Errors
    /// What is wrong with a format, and its server's number.
    pub(crate) fn compile(config: &Config, backend: ProxyId) -> Result<Option<Box<Self>>, (usize, String)> {
        let servers = &config.proxy(backend).servers;
        let asks = |server: &Server| server.outgoing.as_ref().is_some_and(|outgoing| depends(outgoing));
        let tells = servers.iter().any(asks);
        let (names, name_of) = names(config, backend)?;
        if !tells && names.is_empty() {
            return Ok(None);
        }
        let mut own = Vec::with_capacity(servers.of_file().len());
        for (at, server) in servers.of_file().iter().enumerate() {
            let header = server
                .outgoing
                .as_ref()
                .and_then(|outgoing| outgoing.header.as_ref());
            let mut values = Vec::new();
            for (kind, format) in header.iter().flat_map(|header| &header.own) {
                let plan = FormatPlan::compile(config, backend, format).map_err(|error| (at, error))?;
                values.push((*kind, plan));
            }
            own.push(values.into());
        }
        Ok(Some(Box::new(Self {
            tells,
            own: own.into(),
            names: names.into(),
            name_of: name_of.into(),
        })))
    }

    /// What is known of the client of `context`. `common_name` is the one in its certificate.
    #[must_use]
    pub fn introduce(&self, context: &SampleContext<'_>, common_name: Option<Vec<u8>>) -> Introduction {
        let names = self.names.iter().map(|name| name.of(context)).collect();
        if !self.tells {
            return Introduction {
                names,
                ..Introduction::default()
            };
        }
        let client = context.client;
        let told = tlvs(client.told().unwrap_or_default()).flatten();
        let authority = told.filter(|tlv| tlv.kind == kind::AUTHORITY).last();
        let tls = context.world.tls();
        let server_name = || tls.and_then(|tls| tls.server_name);
        let servers = &context.config.proxy(context.proxy).servers;
        let header = |server: &Server| match &server.outgoing.as_ref()?.source.as_ref()?.shown {
            Some(ShownSource::Header(name, which)) => address_in(context.request?, name, *which),
            _ => None,
        };
        let own = |values: &OwnValues| {
            let value = |(kind, format): &(u8, FormatPlan)| (*kind, format.text(context).to_vec());
            values.iter().map(value).collect()
        };
        Introduction {
            addresses: client.src.zip(destination(context)),
            authority: authority
                .map(|tlv| tlv.value)
                .or_else(server_name)
                .map(<[u8]>::to_vec),
            unique_id: context
                .stream
                .and_then(|stream| stream.unique_id.as_deref())
                .unwrap_or_default()
                .to_vec(),
            tls: tls.map(|tls| ClientTls {
                version: tls.version.as_bytes().to_vec(),
                cipher: Some(tls.cipher.as_bytes().to_vec()),
                certificate: common_name.is_some() && !tls.resumed,
                certificate_once: common_name.is_some(),
                common_name,
            }),
            own: self.own.iter().map(own).collect(),
            shown: servers.of_file().iter().map(header).collect(),
            names,
        }
    }

    /// Whether a certificate of the client's is looked at.
    #[must_use]
    pub fn tells(&self) -> bool {
        self.tells
    }
}

impl NamePlan {
    /// None where it is empty, or there is none.
    fn of(&self, context: &SampleContext<'_>) -> Option<Vec<u8>> {
        let name = match self {
            Self::Sample(expression) => match expression.sample(context)? {
                Sample::Str(name) => name.to_vec(),
                _ => return None,
            },
            Self::Host => {
                let hosts = context.request?.headers().get(b"host").last()?;
                Parts::of(hosts)
                    .last()?
                    .split(|byte| *byte == b':')
                    .next()?
                    .to_vec()
            }
        };
        Some(name).filter(|name| !name.is_empty())
    }
}

/// The ways to find names, and which of them each server has.
type Names = (Vec<NamePlan>, Vec<Option<usize>>);

/// How the servers of a backend are asked for by name. The error comes with its server's number.
fn names(config: &Config, backend: ProxyId) -> Result<Names, (usize, String)> {
    let servers = config.proxy(backend).servers.of_file();
    let (mut plans, mut name_of) = (Vec::new(), Vec::new());
    let mut known: Vec<&ServerName> = Vec::new();
    for (number, server) in servers.iter().enumerate() {
        let tls = server.tls.as_ref().filter(|tls| tls.traffic);
        let Some(name) = tls
            .map(|tls| &tls.name)
            .filter(|name| **name != ServerName::Nothing)
        else {
            name_of.push(None);
            continue;
        };
        if let Some(at) = known.iter().position(|before| *before == name) {
            name_of.push(Some(at));
            continue;
        }
        plans.push(match name {
            ServerName::Sample(sample) => {
                let expression = Expression::compile(config, backend, sample, Output::Str);
                NamePlan::Sample(expression.map_err(|error| (number, error))?)
            }
            ServerName::Host | ServerName::Nothing => NamePlan::Host,
        });
        name_of.push(Some(known.len()));
        known.push(name);
    }
    if plans.is_empty() {
        name_of.clear();
    }
    Ok((plans, name_of))
}

/// Whether something of a connection depends on the client.
fn depends(outgoing: &Outgoing) -> bool {
    let shown = outgoing.source.as_ref().and_then(|source| source.shown.as_ref());
    outgoing.header.is_some() || shown.is_some_and(|shown| !matches!(shown, ShownSource::Fixed(..)))
}

/// The address in one of the parts of a header, counted from 1, or from the last one downwards from -1.
fn address_in(request: RequestRef<'_>, name: &[u8], which: i32) -> Option<IpAddr> {
    let parts = || request.headers().get(name).flat_map(Parts::of);
    let at = usize::try_from(which.unsigned_abs()).ok()?.checked_sub(1)?;
    let at = if which > 0 {
        at
    } else {
        parts().count().checked_sub(at + 1)?
    };
    let part = std::str::from_utf8(parts().nth(at)?).ok()?;
    // A port may stand behind it.
    part.parse()
        .ok()
        .or_else(|| part.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

impl Introduction {
    /// The name that server `number` is asked for in TLS; none where it is asked for none.
    #[must_use]
    pub fn name(&self, plan: &IntroductionPlan, number: usize) -> Option<&[u8]> {
        let at = plan.name_of.get(number).copied().flatten()?;
        self.names.get(at)?.as_deref()
    }

    /// The header that connections to a server begin with; none where it wants none.
    #[must_use]
    pub fn header(&self, server: &Server, number: usize) -> Option<Vec<u8>> {
        let wanted = server.outgoing.as_ref()?.header.as_ref()?;
        let tells = wanted.tells;
        let mut out = Vec::new();
        if !tells.has(HeaderParts::V2) {
            write_v1(&mut out, self.addresses);
            return Some(out);
        }
        let tls = |tls: &ClientTls| ClientTls {
            cipher: tls.cipher.clone().filter(|_| tells.has(HeaderParts::SSL_CIPHER)),
            common_name: tls
                .common_name
                .clone()
                .filter(|_| tells.has(HeaderParts::CERT_CN)),
            ..tls.clone()
        };
        let facts = Facts {
            checksum: tells.has(HeaderParts::CRC32C),
            authority: self
                .authority
                .clone()
                .filter(|_| tells.has(HeaderParts::AUTHORITY)),
            unique_id: tells.has(HeaderParts::UNIQUE_ID).then(|| self.unique_id.clone()),
            tls: tells.has(HeaderParts::SSL).then(|| self.tls.as_ref().map(tls)),
            own: self.own.get(number).cloned().unwrap_or_default(),
        };
        write_v2(&mut out, self.addresses, &facts);
        Some(out)
    }

    /// The address that a server is to see in place of one of this machine's; port 0 lets the system choose. None where it is to
    /// see one of this machine's, or nothing else is known.
    #[must_use]
    pub fn shown(&self, server: &Server, number: usize) -> Option<SocketAddr> {
        let source = server.outgoing.as_ref()?.source.as_ref()?;
        match source.shown.as_ref()? {
            ShownSource::Client => self.addresses.map(|(source, _)| source),
            ShownSource::ClientIp => self.addresses.map(|(source, _)| SocketAddr::new(source.ip(), 0)),
            ShownSource::Header(..) => {
                let ip = self.shown.get(number).copied().flatten()?;
                Some(SocketAddr::new(ip, 0))
            }
            ShownSource::Fixed(..) => None,
        }
    }
}
