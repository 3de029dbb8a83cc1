//! What servers are told of a client, or see of it: found out before a server is chosen, and put into the header or the source
//! address of a connection once one is.

use std::net::{IpAddr, SocketAddr};

use haproxy_cfg::model::{Config, HeaderParts, Outgoing, ProxyId, Server, ShownSource};

use super::{ClientTls, Facts, kind, tlvs, write_v1, write_v2};
use crate::format::FormatPlan;
use crate::http1::RequestRef;
use crate::sample::{Parts, SampleContext, destination};

/// The values of one's own that a server is told, each with its type.
type OwnValues = Box<[(u8, FormatPlan)]>;

/// What the servers of a backend ask for, made ready.
#[derive(Debug)]
pub struct IntroductionPlan {
    /// By server.
    own: Box<[OwnValues]>,
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
}

impl IntroductionPlan {
    /// None where no server of the backend asks for anything.
    ///
    /// # Errors
    /// What is wrong with a format, and its server's number.
    pub(crate) fn compile(config: &Config, backend: ProxyId) -> Result<Option<Box<Self>>, (usize, String)> {
        let servers = &config.proxy(backend).servers;
        let asks = |server: &Server| server.outgoing.as_ref().is_some_and(|outgoing| depends(outgoing));
        if !servers.iter().any(asks) {
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
        Ok(Some(Box::new(Self { own: own.into() })))
    }

    /// What is known of the client of `context`. `common_name` is the one in its certificate.
    #[must_use]
    pub fn introduce(&self, context: &SampleContext<'_>, common_name: Option<Vec<u8>>) -> Introduction {
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
        }
    }
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
