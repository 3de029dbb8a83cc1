//! Commands about frontends and the process's limit.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{ProxyId, ProxyKind};

use crate::state::Rated;

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

/// `set rate-limit WHAT global LIMIT`.
pub(super) fn set_rate_limit(call: &mut Call<'_, '_>) -> Reply {
    const HELP: &str = "\
'set rate-limit' only supports :
   - 'connections global' to set the per-process maximum connection rate
   - 'sessions global' to set the per-process maximum session rate
   - 'ssl-sessions global' to set the per-process maximum SSL session rate
   - 'http-compression global' to set the per-process maximum compression speed in kB/s";
    let of = match (call.argument(0), call.argument(1)) {
        (b"connections", b"global") => Rated::Connections,
        (b"sessions", b"global") => Rated::Sessions,
        (b"ssl-sessions", b"global") => Rated::Tls,
        (b"http-compression", b"global") => {
            return Reply::error("How fast this program compresses cannot be limited yet: nothing was done.");
        }
        _ => return Reply::error(HELP),
    };
    let word = call.argument(2);
    if word.is_empty() {
        return Reply::error("Expects an integer value.");
    }
    // The digits that it begins with count, and without any it is 0.
    let (negative, digits) = match word.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let number = digits.iter().take_while(|byte| byte.is_ascii_digit());
    let number = number.fold(0_u64, |sum, byte| {
        sum.saturating_mul(10).saturating_add(u64::from(byte - b'0'))
    });
    match u32::try_from(number) {
        Ok(limit) if !negative || limit == 0 => {
            call.control.set_rate_limit(of, limit);
            Reply::Done
        }
        _ => Reply::error("Value out of range."),
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
