//! Commands about cookies that are made of where servers are.

use haproxy_cfg::model::{ProxyId, ProxyKind};

use super::{Call, Reply};

/// Runs `act` on the backend that the first argument names.
fn with(call: &mut Call<'_, '_>, act: impl FnOnce(&mut Call<'_, '_>, ProxyId) -> Reply) -> Reply {
    let word = call.argument(0);
    if word.is_empty() {
        return Reply::error("A backend name is expected.");
    }
    match call.find_proxy(word, ProxyKind::is_backend) {
        Some(id) => act(call, id),
        None => Reply::error("No such backend."),
    }
}

fn want(call: &mut Call<'_, '_>, wanted: bool) -> Reply {
    with(call, |call, id| {
        call.control.want_dynamic_cookies(id, wanted);
        Reply::Done
    })
}

pub(super) fn enable(call: &mut Call<'_, '_>) -> Reply {
    want(call, true)
}

pub(super) fn disable(call: &mut Call<'_, '_>) -> Reply {
    want(call, false)
}

pub(super) fn set_key(call: &mut Call<'_, '_>) -> Reply {
    with(call, |call, id| {
        let key = call.argument(1).to_vec();
        if key.is_empty() {
            return Reply::error("String value expected.");
        }
        call.control.set_dynamic_cookie_key(id, &key);
        Reply::Done
    })
}
