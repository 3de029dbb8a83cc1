//! Where compression begins: what a request asks for, what its response's head says then, and what a request's own does.

use haproxy_cfg::model::{Compression, CompressionAlgorithm, ProxyId};
use proxy_core::compression::{Fit, Squeeze, apply, choose, fits, of_request};

use super::count::count_sides_of_bodies;
use super::txn::Txn;
use crate::session::Session;

/// What the lines of backend and frontend say, the backend's first.
fn settings(session: &Session, backend: ProxyId) -> [Option<&Compression>; 2] {
    let config = session.thread.config();
    let frontend = session.client.frontend;
    let of = |id: ProxyId| config.proxy(id).compression.as_deref();
    [of(backend), of(frontend).filter(|_| frontend != backend)]
}

/// Settles how the response to a request is compressed, if it is; with `compression offload` the server is not told that it
/// could do so.
pub(super) fn ask(session: &Session, txn: &mut Txn, backend: ProxyId) {
    let settings = settings(session, backend);
    txn.compression = choose(&settings, txn.request());
    if txn
        .compression
        .is_some_and(|algorithm| algorithm != CompressionAlgorithm::Identity)
        && settings.iter().flatten().any(|settings| settings.offload)
    {
        txn.edit_request(usize::MAX).remove(b"accept-encoding");
    }
    pack_request(session, txn, &settings);
}

/// Begins to compress the request, if that is asked for.
fn pack_request(session: &Session, txn: &mut Txn, settings: &[Option<&Compression>]) {
    let traits = txn.req_traits;
    let Some(algorithm) = of_request(settings, txn.request(), &traits) else {
        return;
    };
    let room = session.thread.config().global.tune.bufsize as usize;
    // One without room for what is to be said of it goes on as it is.
    if apply(&mut txn.edit_request(room), algorithm, &traits).is_ok() {
        txn.progress.request_squeeze = Some(Box::new(Squeeze::new(algorithm, traits.chunked)));
    }
}

/// Settles whether the response at hand is compressed, as the server sent it: what rules make of it is not looked at.
pub(super) fn judge(session: &Session, txn: &mut Txn, backend: ProxyId) {
    let Some(algorithm) = txn.compression.filter(|_| !txn.progress.to_head) else {
        return;
    };
    let fit = Fit {
        traits: &txn.res_traits,
        there: txn.response_body().len() as u64,
    };
    if fits(&settings(session, backend), txn.response(), fit) {
        txn.stream.compressed = Some(algorithm);
    }
}

/// Begins to compress the response at hand, whose head is as it goes to the client but for that.
pub(super) fn begin(session: &Session, txn: &mut Txn) {
    let Some(algorithm) = txn.stream.compressed else {
        return;
    };
    let traits = txn.res_traits;
    let room = session.thread.config().global.tune.bufsize as usize;
    if apply(&mut txn.edit_response(room), algorithm, &traits).is_err() {
        txn.stream.compressed = None;
        return;
    }
    txn.progress.squeeze = Some(Box::new(Squeeze::new(algorithm, traits.chunked)));
    count_sides_of_bodies(session, txn, |side| side.comp_rsp.inc());
}
