//! Finds out what servers are told of a client, for backends whose servers ask for it.

use haproxy_cfg::model::ProxyId;
use proxy_core::proxy_protocol::Introduction;
use proxy_core::stream::Stream;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::context::{AtHand, looking};
use crate::io::Io;
use crate::session::Session;

/// What servers of `backend` are told of the client; none where none of them asks.
#[inline]
pub(crate) fn introduce<'a>(
    session: &'a Session,
    backend: ProxyId,
    at_hand: impl FnOnce() -> AtHand<'a>,
) -> Option<Box<Introduction>> {
    let plans = &session.thread.shared.plan.proxies[backend.0 as usize].introductions;
    if plans.is_empty() {
        return None;
    }
    let name = plans.tells().then(|| session.io.common_name()).flatten();
    looking(&session.thread, &session.client, backend, at_hand(), |context| {
        plans.introduce(context, name)
    })
}

/// The same for a session of TCP mode.
pub(crate) fn introduce_session(
    session: &Session,
    stream: &Stream,
    backend: ProxyId,
    payload: &[u8],
) -> Option<Box<Introduction>> {
    introduce(session, backend, || AtHand {
        stream: Some(stream),
        payload,
        io: Some(&session.io),
        ..AtHand::default()
    })
}

impl Io {
    /// The common name in the client's certificate, empty when there is none in it; none without a certificate.
    fn common_name(&self) -> Option<Vec<u8>> {
        let Self::Tls(io) = self else { return None };
        let certificate = io.certificate(0)?;
        let name = X509Certificate::from_der(certificate)
            .ok()
            .and_then(|(_, parsed)| {
                let name = parsed.subject().iter_common_name().next()?;
                Some(name.attr_value().data.to_vec())
            });
        Some(name.unwrap_or_default())
    }
}
