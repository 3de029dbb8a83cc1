//! The aliases of format strings, `%ci` and its kin.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::keywords::{AliasRow, Output};
use haproxy_cfg::model::{Flags, Mode};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use rustc_hash::FxHashMap;

use crate::sample::context::Text;
use crate::sample::{SampleContext, destination, put_ipv4};
use crate::stream::{Stream, since};

/// Appends what an alias stands for; false when there is nothing to tell.
pub(super) type Write = for<'a> fn(&SampleContext<'a>, Flags, &mut Text<'a>) -> bool;

/// By name.
static BY_NAME: LazyLock<FxHashMap<&'static str, Write>> =
    LazyLock::new(|| ROWS.iter().map(|(name, write)| (*name, *write)).collect());

/// The alias's function. One that is only read, of which the file is told, gives nothing.
pub(super) fn make(row: &AliasRow) -> Write {
    BY_NAME.get(row.name).copied().unwrap_or(|_, _, _| false)
}

/// Aliases of what is known at the end of a stream only, so that the line waits for that.
const AT_THE_END: [&str; 22] = [
    "B", "ID", "TR", "Ta", "Tc", "Td", "Th", "Ti", "Tq", "Tr", "Tt", "Tu", "Tw", "U", "ac", "bc", "bq", "fc",
    "rc", "sc", "sq", "ts",
];

/// Aliases that make a line wait for the end of the stream.
pub(super) fn waits_for_end(row: &AliasRow) -> bool {
    AT_THE_END.contains(&row.name)
}

/// Whether an alias is text, which may be put into quotes: numbers, dates and states are not.
pub(super) fn is_text(row: &AliasRow) -> bool {
    row.output != Output::Sint && !matches!(row.name, "t" | "T" | "Tl" | "tr" | "trg" | "trl" | "ts" | "tsc")
}

const ROWS: &[(&str, Write)] = &[
    // Bytes and status.
    ("B", |context, _, out| {
        of_stream(context, out, |stream| early(stream, stream.log.bytes))
    }),
    ("U", |context, _, out| {
        of_stream(context, out, |stream| stream.log.received.to_string())
    }),
    ("ST", |context, _, out| {
        // Rules on a response see its status before the client got one.
        let received = context.response.map(|response| i32::from(response.status()));
        of_stream(context, out, |stream| match stream.log.status {
            -1 => received.unwrap_or(-1).to_string(),
            status => status.to_string(),
        })
    }),
    // Addresses.
    ("ci", |context, flags, out| host(out, context.client.src, flags)),
    ("cp", |context, flags, out| {
        port(out, context.client.src, context, flags)
    }),
    ("fi", |context, flags, out| host(out, destination(context), flags)),
    ("fp", |context, flags, out| {
        port(out, destination(context), context, flags)
    }),
    // Names.
    ("H", |context, _, out| text(out, context.world.hostname())),
    ("f", |context, _, out| {
        text(out, &context.config.proxy(context.client.frontend).name)
    }),
    ("ft", |context, _, out| {
        out.extend_from_slice(&context.config.proxy(context.client.frontend).name);
        if context.client.tls {
            out.push(b'~');
        }
        true
    }),
    ("b", |context, _, out| {
        let proxy = context.backend().unwrap_or(context.client.frontend);
        text(out, &context.config.proxy(proxy).name)
    }),
    ("s", |context, _, out| {
        let Some(stream) = context.stream else {
            return false;
        };
        if stream.log.is_stats {
            let metrics = stream.log.is_metrics;
            return text(out, if metrics { b"<PROMEX>" } else { b"<STATS>" });
        }
        let backend = context.backend().unwrap_or(context.client.frontend);
        match stream.route.server {
            Some(at) => text(out, &context.config.proxy(backend).servers[at].name),
            None if stream.is_cached() => text(out, b"<CACHE>"),
            None => text(out, b"<NOSRV>"),
        }
    }),
    ("OG", |context, _, out| match context.stream {
        Some(stream) => text(out, stream.log.origin.get().as_bytes()),
        None => false,
    }),
    // The connection to the server.
    ("si", |context, flags, out| {
        remote(context).is_some_and(|address| host(out, Some(address), flags))
    }),
    ("sp", |context, flags, out| {
        remote(context).is_some_and(|address| port(out, Some(address), context, flags))
    }),
    ("bi", |context, flags, out| {
        local(context).is_some_and(|address| host(out, Some(address), flags))
    }),
    ("bp", |context, flags, out| {
        local(context).is_some_and(|address| port(out, Some(address), context, flags))
    }),
    // TLS.
    ("sslv", |context, _, out| {
        let tls = context.world.tls();
        tls.is_some_and(|tls| text(out, tls.version.as_bytes()))
    }),
    ("sslc", |context, _, out| {
        let tls = context.world.tls();
        tls.is_some_and(|tls| text(out, tls.cipher.as_bytes()))
    }),
    // Numbers of the process.
    ("rt", |context, flags, out| {
        let stream = context.stream;
        stream.is_some_and(|stream| number(out, stream.number.into(), flags))
    }),
    ("lc", |context, flags, out| {
        let frontend = &context.runtime.proxies[context.client.frontend.0 as usize];
        number(out, frontend.log_lines.load(Relaxed).into(), flags)
    }),
    ("pid", |context, flags, out| {
        number(out, context.world.pid().into(), flags)
    }),
    ("ID", |context, _, out| {
        match context.stream.and_then(|stream| stream.unique_id.as_deref()) {
            Some(id) => text(out, id),
            None => false,
        }
    }),
    // The request.
    ("r", |context, _, out| match line(context) {
        Some(line) => escaped(out, line),
        None => text(out, b"<BADREQ>"),
    }),
    ("CC", |context, _, out| captured_cookie(context, true, out)),
    ("CS", |context, _, out| captured_cookie(context, false, out)),
    ("HM", |context, _, out| match word(context, 0) {
        Some(method) => escaped(out, method),
        None => text(out, b"<BADREQ>"),
    }),
    ("HU", |context, _, out| match word(context, 1) {
        Some(uri) => escaped(out, uri),
        None => text(out, b"<BADREQ>"),
    }),
    ("HV", |context, _, out| match word(context, 2) {
        Some(version) => escaped(out, version),
        None => text(out, b"<BADREQ>"),
    }),
    ("HP", |context, _, out| match word(context, 1) {
        Some(uri) => escaped(out, &uri[..memchr::memchr(b'?', uri).unwrap_or(uri.len())]),
        None => text(out, b"<BADREQ>"),
    }),
    ("HPO", |context, _, out| match word(context, 1) {
        Some(uri) => {
            let uri = &uri[..memchr::memchr(b'?', uri).unwrap_or(uri.len())];
            let start = crate::sample::path_start(uri).unwrap_or(0);
            escaped(out, &uri[start..])
        }
        None => text(out, b"<BADREQ>"),
    }),
    ("HQ", |context, _, out| match word(context, 1) {
        Some(uri) => escaped(out, &uri[memchr::memchr(b'?', uri).unwrap_or(uri.len())..]),
        None => text(out, b"<BADREQ>"),
    }),
    // Connections and queues.
    ("ac", |context, _, out| {
        text(out, context.runtime.connections.get().to_string().as_bytes())
    }),
    ("fc", |context, _, out| {
        let at = context.client.frontend.0 as usize;
        text(
            out,
            context.runtime.proxies[at]
                .fe_sessions
                .get()
                .to_string()
                .as_bytes(),
        )
    }),
    ("bc", |context, _, out| {
        let proxy = context.backend().unwrap_or(context.client.frontend);
        text(
            out,
            context.runtime.proxies[proxy.0 as usize]
                .be_sessions
                .get()
                .to_string()
                .as_bytes(),
        )
    }),
    ("sc", |context, _, out| {
        let Some(stream) = context.stream else {
            return false;
        };
        let proxy = context.backend().unwrap_or(context.client.frontend);
        let state = &context.runtime.proxies[proxy.0 as usize];
        let left = stream.route.server_left.unwrap_or_else(|| {
            let server = stream.route.server.map(|at| &state.servers[at]);
            server.map_or(0, |server| server.sessions.get())
        });
        text(out, left.to_string().as_bytes())
    }),
    ("rc", |context, _, out| {
        of_stream(context, out, |stream| {
            let plus = if stream.route.redispatched { "+" } else { "" };
            format!("{plus}{}", stream.route.retries)
        })
    }),
    ("sq", |context, _, out| {
        of_stream(context, out, |stream| stream.route.server_queue.to_string())
    }),
    ("bq", |context, _, out| {
        of_stream(context, out, |stream| stream.route.backend_queue.to_string())
    }),
    // Termination.
    ("ts", |context, _, out| {
        let Some(stream) = context.stream else {
            return false;
        };
        text(out, &stream.log.termination[..2])
    }),
    ("tsc", |context, _, out| {
        let Some(stream) = context.stream else {
            return false;
        };
        text(out, &stream.log.termination)
    }),
    // Times, in milliseconds.
    ("Th", |context, _, out| {
        text(out, context.client.handshake_ms.to_string().as_bytes())
    }),
    ("Ti", |context, _, out| time(context, out, |log| log.idle())),
    ("TR", |context, _, out| time(context, out, |log| log.request())),
    ("Tq", |context, _, out| {
        time(context, out, |log| log.handshake_idle_and_request())
    }),
    ("Tw", |context, _, out| time(context, out, |log| log.queue())),
    ("Tc", |context, _, out| time(context, out, |log| log.connect())),
    ("Tr", |context, _, out| time(context, out, |log| log.response())),
    ("Td", |context, _, out| time(context, out, |log| log.data())),
    ("Ta", |context, _, out| total(context, out, |log| log.active())),
    ("Tt", |context, _, out| total(context, out, |log| log.total())),
    ("Tu", |context, _, out| total(context, out, |log| log.user())),
    // Dates.
    ("t", |context, _, out| {
        date(
            out,
            accepted(context),
            offset(context, accepted(context)),
            Form::Milliseconds,
        )
    }),
    ("T", |context, _, out| {
        date(out, accepted(context), 0, Form::Offset)
    }),
    ("Tl", |context, _, out| {
        date(
            out,
            accepted(context),
            offset(context, accepted(context)),
            Form::Offset,
        )
    }),
    ("Ts", |context, flags, out| {
        number(out, (accepted(context) / 1000).cast_signed(), flags)
    }),
    ("ms", |context, flags, out| {
        let ms = accepted(context) % 1000;
        let digits = if flags.hexadecimal {
            format!("{ms:02X}")
        } else {
            format!("{ms:03}")
        };
        text(out, digits.as_bytes())
    }),
    ("tr", |context, _, out| {
        date(
            out,
            began(context),
            offset(context, began(context)),
            Form::Milliseconds,
        )
    }),
    ("trg", |context, _, out| {
        date(out, began(context), 0, Form::Offset)
    }),
    ("trl", |context, _, out| {
        date(out, began(context), offset(context, began(context)), Form::Offset)
    }),
];

fn remote(context: &SampleContext<'_>) -> Option<SocketAddr> {
    context.stream?.route.remote
}

fn local(context: &SampleContext<'_>) -> Option<SocketAddr> {
    context.stream?.route.local
}

fn text(out: &mut Text<'_>, text: &[u8]) -> bool {
    out.extend_from_slice(text);
    true
}

/// Decimal digits, or hexadecimal ones with `+X`.
fn number(out: &mut Text<'_>, value: i64, flags: Flags) -> bool {
    if flags.hexadecimal {
        text(out, format!("{value:04X}").as_bytes())
    } else {
        text(out, itoa::Buffer::new().format(value).as_bytes())
    }
}

fn of_stream(context: &SampleContext<'_>, out: &mut Text<'_>, what: impl FnOnce(&Stream) -> String) -> bool {
    match context.stream {
        Some(stream) => text(out, what(stream).as_bytes()),
        None => false,
    }
}

/// A plus in front of what is not final yet (`option logasap`).
fn early(stream: &Stream, value: impl std::fmt::Display) -> String {
    let plus = if stream.log.early { "+" } else { "" };
    format!("{plus}{value}")
}

fn host(out: &mut Text<'_>, address: Option<SocketAddr>, flags: Flags) -> bool {
    match address {
        Some(SocketAddr::V4(address)) if flags.hexadecimal => {
            let digits = format!("{:08X}", u32::from(*address.ip()));
            text(out, digits.as_bytes())
        }
        Some(SocketAddr::V6(address)) if flags.hexadecimal => {
            let digits = format!("{:032X}", u128::from(*address.ip()));
            text(out, digits.as_bytes())
        }
        Some(SocketAddr::V4(address)) => {
            put_ipv4(out, *address.ip());
            true
        }
        Some(SocketAddr::V6(address)) => text(out, address.ip().to_string().as_bytes()),
        None => text(out, b"unix"),
    }
}

fn port(out: &mut Text<'_>, address: Option<SocketAddr>, context: &SampleContext<'_>, flags: Flags) -> bool {
    // A unix socket is known by the number of the listener that took it.
    let port = address.map_or_else(
        || {
            let frontend = context.config.proxy(context.client.frontend);
            let bind = frontend.binds.get(usize::from(context.client.bind));
            bind.map_or(0, |bind| bind.id.into())
        },
        |address| address.port().into(),
    );
    if flags.hexadecimal {
        text(out, format!("{port:04X}").as_bytes())
    } else {
        number(out, port, flags)
    }
}

fn captured_cookie(context: &SampleContext<'_>, request: bool, out: &mut Text<'_>) -> bool {
    match context.stream.and_then(|stream| stream.captures.cookie(request)) {
        Some(cookie) => escaped(out, cookie),
        None => false,
    }
}

/// The request line, if there was a valid one.
fn line<'a>(context: &SampleContext<'a>) -> Option<&'a [u8]> {
    context
        .stream
        .map(|stream| &stream.log.line[..])
        .filter(|line| !line.is_empty())
}

/// A word of the request line.
fn word<'a>(context: &SampleContext<'a>, at: usize) -> Option<&'a [u8]> {
    line(context)?
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty())
        .nth(at)
}

/// Bytes that cannot be printed, quotes and `#` become `#XX`.
fn escaped(out: &mut Text<'_>, text: &[u8]) -> bool {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text {
        if (32..127).contains(&byte) && byte != b'#' && byte != b'"' {
            out.push(byte);
        } else {
            out.extend_from_slice(&[b'#', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    true
}

/// The times of a stream at the end of it, milliseconds; -1 for what never came.
struct Times<'a> {
    stream: &'a Stream,
    /// There are no requests: `mode tcp`.
    of_connection: bool,
    accepted: u64,
    now: u64,
}

impl Times<'_> {
    /// When the request began: the connection, where no byte of one came.
    fn began(&self) -> u64 {
        match self.stream.log.started_ms {
            0 => self.accepted,
            started => started,
        }
    }

    fn idle(&self) -> i32 {
        since(self.accepted, self.began())
    }

    fn request(&self) -> i32 {
        if self.stream.log.tarpitted {
            return -1;
        }
        since(self.stream.log.started_ms, self.stream.log.request_ms)
    }

    fn handshake_idle_and_request(&self) -> i32 {
        match self.request() {
            -1 => -1,
            request => self.idle() + request,
        }
    }

    fn queue(&self) -> i32 {
        let log = &self.stream.log;
        if log.tarpitted {
            return since(log.request_ms, self.now);
        }
        since(log.request_ms, self.stream.route.queued_until_ms)
    }

    fn connect(&self) -> i32 {
        since(self.stream.route.queued_until_ms, self.stream.route.connected_ms)
    }

    fn response(&self) -> i32 {
        since(self.stream.route.connected_ms, self.stream.log.response_ms)
    }

    fn data(&self) -> i32 {
        // Without requests the transfer begins with the connection.
        let begin = match self.stream.log.response_ms {
            0 if self.of_connection => self.stream.route.connected_ms,
            response => response,
        };
        since(begin, self.now)
    }

    fn active(&self) -> i32 {
        since(self.began(), self.now)
    }

    fn total(&self) -> i32 {
        since(self.accepted, self.now)
    }

    fn user(&self) -> i32 {
        self.total() - self.idle()
    }
}

/// Milliseconds between the connection, or the request before, and the request.
pub(crate) fn idle_time(context: &SampleContext<'_>) -> Option<i32> {
    Some(times(context)?.idle())
}

/// Milliseconds from there to the end of the request's head; -1 when that never came.
pub(crate) fn time_to_request(context: &SampleContext<'_>) -> Option<i32> {
    Some(times(context)?.handshake_idle_and_request())
}

/// Milliseconds from the request to now, as its user sees it.
pub(crate) fn user_time(context: &SampleContext<'_>) -> Option<i32> {
    Some(times(context)?.user())
}

fn times<'a>(context: &SampleContext<'a>) -> Option<Times<'a>> {
    Some(Times {
        stream: context.stream?,
        of_connection: context.config.proxy(context.client.frontend).mode == Mode::Tcp,
        accepted: context.client.accepted_ms,
        now: context.world.now_ms(),
    })
}

fn time(context: &SampleContext<'_>, out: &mut Text<'_>, which: impl FnOnce(&Times<'_>) -> i32) -> bool {
    match times(context) {
        Some(times) => text(out, which(&times).to_string().as_bytes()),
        None => false,
    }
}

/// A time that is not final yet gets a plus.
fn total(context: &SampleContext<'_>, out: &mut Text<'_>, which: impl FnOnce(&Times<'_>) -> i32) -> bool {
    match times(context) {
        Some(times) => text(out, early(times.stream, which(&times)).as_bytes()),
        None => false,
    }
}

/// When the connection was accepted, milliseconds since the epoch.
fn accepted(context: &SampleContext<'_>) -> u64 {
    context.world.epoch_us_at(context.client.accepted_ms) / 1000
}

/// When the request began, milliseconds since the epoch.
fn began(context: &SampleContext<'_>) -> u64 {
    match context.stream.map(|stream| stream.log.started_ms) {
        None | Some(0) => accepted(context),
        Some(started) => context.world.epoch_us_at(started) / 1000,
    }
}

/// Seconds that clocks here are ahead of UTC.
fn offset(context: &SampleContext<'_>, epoch_ms: u64) -> i32 {
    context.world.local((epoch_ms / 1000).cast_signed()).offset
}

/// What stands behind a date's seconds.
#[derive(Clone, Copy)]
enum Form {
    Milliseconds,
    Offset,
}

fn date(out: &mut Text<'_>, epoch_ms: u64, offset: i32, form: Form) -> bool {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let seconds = (epoch_ms / 1000).cast_signed();
    let (Ok(at), Ok(zone)) = (Timestamp::from_second(seconds), Offset::from_seconds(offset)) else {
        return false;
    };
    let t: DateTime = zone.to_datetime(at);
    let month = MONTHS[(t.month() - 1).unsigned_abs() as usize];
    let second = format!(
        "{:02}/{month}/{:04}:{:02}:{:02}:{:02}",
        t.day(),
        t.year(),
        t.hour(),
        t.minute(),
        t.second()
    );
    out.extend_from_slice(second.as_bytes());
    let behind = match form {
        Form::Milliseconds => format!(".{:03}", epoch_ms % 1000),
        Form::Offset => {
            let minutes = offset / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            format!(" {sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
    };
    text(out, behind.as_bytes())
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::keywords::ALIASES;

    use super::BY_NAME;

    #[test]
    fn what_the_language_says_is_written_is_written() {
        // `%o` is settled when a format is read, and what is captured is no text of one piece.
        let elsewhere = ["o", "hr", "hrl", "hs", "hsl"];
        for row in ALIASES.iter().filter(|row| !elsewhere.contains(&row.name)) {
            assert_eq!(BY_NAME.contains_key(row.name), row.acts, "%{}", row.name);
        }
        for name in BY_NAME.keys() {
            assert!(ALIASES.iter().any(|row| row.name == *name), "%{name}");
        }
    }
}
