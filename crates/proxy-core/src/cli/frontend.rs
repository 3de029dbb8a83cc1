//! Commands about frontends and the process's limit.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{ProxyId, ProxyKind};

use super::{Call, FrontendChange, Reply};

/// The frontend that an argument names, or the answer when there is none.
fn named(call: &Call<'_, '_>, index: usize) -> Result<ProxyId, Reply> {
    let word = call.argument(index);
    if word.is_empty() {
        return Err(Reply::error("A frontend name is expected."));
    }
    call.find_proxy(word, ProxyKind::is_frontend)
        .ok_or_else(|| Reply::error("No such frontend."))
}

pub(super) fn disable(call: &mut Call<'_, '_>) -> Reply {
    let id = match named(call, 0) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let state = &call.view.runtime.proxies[id.0 as usize];
    if state.stopped.load(Relaxed) {
        return Reply::error("Frontend was previously shut down, cannot disable.");
    }
    if state.paused.load(Relaxed) {
        return Reply::error("All sockets are already disabled.");
    }
    change(call, id, FrontendChange::Pause)
}

pub(super) fn enable(call: &mut Call<'_, '_>) -> Reply {
    let id = match named(call, 0) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let state = &call.view.runtime.proxies[id.0 as usize];
    if state.stopped.load(Relaxed) {
        return Reply::error("Frontend was previously shut down, cannot enable.");
    }
    if !state.paused.load(Relaxed) {
        return Reply::error("All sockets are already enabled.");
    }
    change(call, id, FrontendChange::Resume)
}

pub(super) fn shutdown(call: &mut Call<'_, '_>) -> Reply {
    let id = match named(call, 0) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    if call.view.runtime.proxies[id.0 as usize].stopped.load(Relaxed) {
        return Reply::error("Frontend was already shut down.");
    }
    change(call, id, FrontendChange::Stop)
}

fn change(call: &mut Call<'_, '_>, id: ProxyId, change: FrontendChange) -> Reply {
    match call.control.change_frontend(id, change) {
        Ok(()) => Reply::Done,
        Err(refused) => Reply::error(&refused.0),
    }
}

pub(super) fn set_maxconn(call: &mut Call<'_, '_>) -> Reply {
    let id = match named(call, 0) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    match limit(call.argument(1)) {
        Limit::Missing | Limit::NotANumber => Reply::error("Integer value expected."),
        Limit::Negative => Reply::error("Value out of range."),
        Limit::Of(n) => {
            call.control.set_frontend_maxconn(id, n);
            Reply::Done
        }
    }
}

pub(super) fn set_process_maxconn(call: &mut Call<'_, '_>) -> Reply {
    let start = call.view.config.global.maxconn;
    match limit(call.argument(0)) {
        Limit::Missing | Limit::NotANumber => Reply::error("Expects an integer value."),
        Limit::Negative => Reply::error("Value out of range."),
        Limit::Of(n) if start.is_some_and(|max| n > max) => Reply::error("Value out of range."),
        Limit::Of(0) => {
            call.control
                .set_process_maxconn(start.unwrap_or_else(|| call.view.maxconn()));
            Reply::Done
        }
        Limit::Of(n) => {
            call.control.set_process_maxconn(n);
            Reply::Done
        }
    }
}

enum Limit {
    Missing,
    NotANumber,
    Negative,
    Of(u32),
}

fn limit(text: &[u8]) -> Limit {
    match std::str::from_utf8(text).map(str::parse::<i64>) {
        _ if text.is_empty() => Limit::Missing,
        Ok(Ok(n)) => u32::try_from(n).map_or(Limit::Negative, Limit::Of),
        _ => Limit::NotANumber,
    }
}
