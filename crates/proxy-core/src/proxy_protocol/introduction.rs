//! What servers are told of a client, or see of it: found out before a server is chosen, and put into the header, the source
//! address or the TLS handshake of a connection once one is.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{Config, HeaderParts, Outgoing, ProxyId, Server, ServerName, ShownSource, Word};

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
    own: Vec<OwnValues>,
    /// By server: the header that its `usesrc` names, and which of several.
    headers: Vec<Option<(Word, i32)>>,
    /// The names that servers are asked for in TLS, each way to find one once.
    names: Vec<NamePlan>,
    /// By server: which of them.
    name_of: Vec<Option<usize>>,
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
    /// What it was found out by, where that is not what the file's servers ask for.
    by: Option<Arc<IntroductionPlan>>,
}

impl IntroductionPlan {
    /// For these servers of a backend, each with its number.
    ///
    /// # Errors
    /// What is wrong with a format, and its server's number.
    pub(super) fn compile<'c>(
        config: &'c Config,
        backend: ProxyId,
        servers: impl Iterator<Item = (usize, &'c Server)>,
    ) -> Result<Self, (usize, String)> {
        let mut plan = Self {
            tells: false,
            own: Vec::new(),
            headers: Vec::new(),
            names: Vec::new(),
            name_of: Vec::new(),
        };
        let mut known = Vec::new();
        for (at, server) in servers {
            plan.tells |= server.outgoing.as_ref().is_some_and(|outgoing| depends(outgoing));
            let outgoing = server.outgoing.as_ref();
            let header = outgoing.and_then(|outgoing| outgoing.header.as_ref());
            let mut values = Vec::new();
            for (kind, format) in header.iter().flat_map(|header| &header.own) {
                let format = FormatPlan::compile(config, backend, format).map_err(|error| (at, error))?;
                values.push((*kind, format));
            }
            put(&mut plan.own, at, values.into());
            let source = outgoing.and_then(|outgoing| outgoing.source.as_ref());
            if let Some(ShownSource::Header(name, which)) = source.and_then(|source| source.shown.as_ref()) {
                put(&mut plan.headers, at, Some((name.clone(), *which)));
            }
            let Some(name) = name_of(server) else { continue };
            let found = known.iter().position(|before| *before == name);
            let position = match found {
                Some(position) => position,
                None => {
                    plan.names.push(match name {
                        ServerName::Sample(sample) => {
                            let expression = Expression::compile(config, backend, sample, Output::Str);
                            NamePlan::Sample(expression.map_err(|error| (at, error))?)
                        }
                        ServerName::Host | ServerName::Nothing => NamePlan::Host,
                    });
                    known.push(name);
                    known.len() - 1
                }
            };
            put(&mut plan.name_of, at, Some(position));
        }
        Ok(plan)
    }

    /// Whether any of the servers asks for something.
    pub(super) fn asks(&self) -> bool {
        self.tells || !self.names.is_empty()
    }

    /// Whether a server asks for something.
    #[must_use]
    pub fn is_asked_for_by(server: &Server) -> bool {
        let tells = server.outgoing.as_ref().is_some_and(|outgoing| depends(outgoing));
        tells || name_of(server).is_some()
    }

    /// As [`Self::introduce`], by a plan that may be another one the next time.
    pub(super) fn introduce_by(
        plan: &Arc<Self>,
        context: &SampleContext<'_>,
        common_name: Option<Vec<u8>>,
    ) -> Introduction {
        Introduction {
            by: Some(Arc::clone(plan)),
            ..plan.introduce(context, common_name)
        }
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
        let header = |header: &Option<(Word, i32)>| {
            let (name, which) = header.as_ref()?;
            address_in(context.request?, name, *which)
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
            shown: self.headers.iter().map(header).collect(),
            names,
            by: None,
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

/// How a server is asked for by name in traffic, where it is.
fn name_of(server: &Server) -> Option<&ServerName> {
    let tls = server.tls.as_ref().filter(|tls| tls.traffic)?;
    Some(&tls.name).filter(|name| **name != ServerName::Nothing)
}

/// Puts something into a list by number; those between it and the ones before get nothing.
fn put<T: Default>(list: &mut Vec<T>, at: usize, value: T) {
    if list.len() <= at {
        list.resize_with(at + 1, T::default);
    }
    list[at] = value;
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
    /// Whether it was found out by that plan.
    pub(super) fn is_by(&self, plan: &Arc<IntroductionPlan>) -> bool {
        self.by.as_ref().is_some_and(|by| Arc::ptr_eq(by, plan))
    }

    /// The name that server `number` is asked for in TLS; none where it is asked for none. `file` is what the file's servers ask for.
    #[must_use]
    pub fn name(&self, file: Option<&IntroductionPlan>, number: usize) -> Option<&[u8]> {
        let plan = self.by.as_deref().or(file)?;
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
