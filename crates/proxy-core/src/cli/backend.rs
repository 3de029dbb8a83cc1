//! Backends that rules choose or pass by: `publish backend` and `unpublish backend`.

use haproxy_cfg::model::ProxyKind;

use super::{Call, Reply};

/// `publish backend NAME`.
pub(super) fn publish(call: &mut Call<'_, '_>) -> Reply {
    change(call, true)
}

/// `unpublish backend NAME`.
pub(super) fn unpublish(call: &mut Call<'_, '_>) -> Reply {
    change(call, false)
}

fn change(call: &mut Call<'_, '_>, published: bool) -> Reply {
    let name = call.argument(0);
    let Some(id) = call.find_proxy(name, ProxyKind::is_backend) else {
        let mut proxies = call.view.config.proxies.iter();
        let disabled = proxies.any(|proxy| proxy.disabled && proxy.kind.is_backend() && *proxy.name == *name);
        return Reply::error(if disabled {
            "No effect on a disabled backend."
        } else {
            "No such backend."
        });
    };
    call.control.publish(id, published);
    let what = if published { "published" } else { "unpublished" };
    Reply::Info(format!("Backend {what}.\n"))
}
