//! `show errors`: the last bad messages, byte for byte (management guide, section 9.3).

use haproxy_cfg::model::ProxyId;

use crate::state::{CapturedError, Direction};

use super::ongoing::{Answer, Question};
use super::{Call, Reply};

/// Columns of a line of a dump, behind the offset.
const COLUMNS: usize = 70;

/// `show errors [PROXY] [request|response]`.
pub(super) fn show(call: &mut Call<'_, '_>) -> Reply {
    match Wanted::read(call) {
        Ok(_) => Reply::ask(Question::Now, list),
        Err(reply) => reply,
    }
}

struct Wanted {
    proxy: Option<ProxyId>,
    directions: &'static [Direction],
}

impl Wanted {
    fn read(call: &Call<'_, '_>) -> Result<Self, Reply> {
        let word = call.argument(0);
        let number = std::str::from_utf8(word)
            .ok()
            .and_then(|digits| digits.parse::<i64>().ok());
        let proxy = match number {
            _ if word.is_empty() => None,
            Some(-1) => None,
            Some(number) => {
                let mut proxies = call.view.proxies();
                let found = proxies.find(|(_, proxy)| i64::from(proxy.id) == number);
                Some(found.ok_or_else(|| Reply::error("No such proxy."))?.0)
            }
            None => {
                let found = call.find_proxy(word, |_| true);
                Some(found.ok_or_else(|| Reply::error("No such proxy."))?)
            }
        };
        let directions = match call.argument(1) {
            b"request" => &[Direction::Request][..],
            b"response" => &[Direction::Response],
            _ => &[Direction::Request, Direction::Response],
        };
        Ok(Self { proxy, directions })
    }
}

fn list(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Now(now) = answer else {
        return Reply::Done;
    };
    let wanted = match Wanted::read(call) {
        Ok(wanted) => wanted,
        Err(reply) => return reply,
    };
    let captured = &call.view.runtime.captured;
    call.out.extend_from_slice(b"Total events captured on [");
    call.out.extend_from_slice(&now);
    call.out
        .extend_from_slice(format!("] : {}\n", captured.count()).as_bytes());
    for (id, _) in call.view.proxies() {
        for &direction in wanted.directions {
            let Some((number, error)) = captured.latest(id, direction) else {
                continue;
            };
            let is_of = |proxy| error.frontend == proxy || error.backend == Some(proxy);
            if wanted.proxy.is_none_or(is_of) {
                write(call, direction, number, &error);
            }
        }
    }
    Reply::Done
}

fn named(out: &mut Vec<u8>, before: &str, known: Option<(&[u8], i64)>) {
    let (name, number) = known.unwrap_or((b"<NONE>", -1));
    out.extend_from_slice(before.as_bytes());
    out.extend_from_slice(name);
    out.extend_from_slice(format!(" (#{number})").as_bytes());
}

fn write(call: &mut Call<'_, '_>, direction: Direction, number: u32, error: &CapturedError) {
    let config = call.view.config;
    let proxy = |id: ProxyId| {
        let proxy = config.proxy(id);
        (&proxy.name[..], i64::from(proxy.id))
    };
    let frontend = proxy(error.frontend);
    let backend = error.backend.map(proxy);
    let server = error.backend.zip(error.server).map(|(id, at)| {
        let server = &config.proxy(id).servers[at];
        (&server.name[..], i64::from(server.id))
    });
    let out = &mut *call.out;
    out.extend_from_slice(b" \n[");
    out.extend_from_slice(&error.date);
    match direction {
        Direction::Request => {
            named(out, "] frontend ", Some(frontend));
            out.extend_from_slice(b": invalid request\n");
            named(out, "  backend ", backend);
        }
        Direction::Response => {
            named(out, "] backend ", backend);
            out.extend_from_slice(b": invalid response\n");
            named(out, "  frontend ", Some(frontend));
        }
    }
    named(out, ", server ", server);
    let src = error
        .src
        .map_or_else(|| "unix".to_owned(), |src| format!("{}:{}", src.ip(), src.port()));
    let (free, len) = (error.size.saturating_sub(error.bytes.len()), error.bytes.len());
    let (state, state_number) = error.fault.expected;
    let flags = 0x1400 | if direction == Direction::Response { 4 } else { 0 };
    let text = format!(
        ", event #{number}, src {src}\n  buffer starts at 0 (including 0 out), {free} free,\n  len {len}, wraps at {}, \
         error at position {}\n  H1 connection flags 0x00000000, H1 stream flags 0x00000810\n  H1 msg state \
         {state}({state_number}), H1 msg flags {flags:#010x}\n  H1 chunk len 0 bytes, H1 body len 0 bytes :\n  \n",
        error.size, error.fault.at,
    );
    out.extend_from_slice(text.as_bytes());
    dump(&error.bytes, out);
}

/// Appends bytes as text: a line of the dump for each line of theirs, and further ones marked by a `+` where they are long.
fn dump(bytes: &[u8], out: &mut Vec<u8>) {
    let (mut at, mut goes_on) = (0, false);
    while at < bytes.len() {
        out.extend_from_slice(format!("  {at:05}{} ", if goes_on { '+' } else { ' ' }).as_bytes());
        let mut columns = 0;
        goes_on = true;
        while let Some(&byte) = bytes.get(at) {
            let shown = escape(byte);
            if columns + shown.len() > COLUMNS {
                break;
            }
            columns += shown.len();
            out.extend_from_slice(shown.as_bytes());
            at += 1;
            if byte == b'\n' {
                goes_on = false;
                break;
            }
        }
        out.push(b'\n');
    }
}

fn escape(byte: u8) -> String {
    match byte {
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\t' => "\\t".to_owned(),
        0x1b => "\\e".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b' '..=b'~' => char::from(byte).to_string(),
        other => format!("\\x{other:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As haproxy 2.6.12 writes it.
    #[test]
    fn a_dump_breaks_where_lines_end_and_where_they_are_long() {
        let mut bytes = b"GET /a".to_vec();
        bytes.extend([1; 17]);
        bytes.extend(b"bc\\\x1b\x7f~ \t\"\r\n\r\n");
        bytes.extend([b'z'; 75]);
        bytes.extend(b"\r\nEND");
        bytes.extend([b'q'; 66]);
        bytes.extend(b"\x01\n");
        let mut out = Vec::new();
        dump(&bytes, &mut out);
        let ones = "\\x01".repeat(16);
        let (z, q) = ("z".repeat(70), "q".repeat(66));
        let expected = format!(
            "  00000  GET /a{ones}\n  00022+ \\x01bc\\\\\\e\\x7F~ \\t\"\\r\\n\n  00034  \\r\\n\n  00036  {z}\n  00106+ \
             zzzzz\\r\\n\n  00113  END{q}\n  00182+ \\x01\\n\n"
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
