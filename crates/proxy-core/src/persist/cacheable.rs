//! Whether a cache on the way might keep a response (`cookie … nocache`).

use crate::http1::ResponseRef;

/// Statuses that may be kept without being told so (RFC 9110, section 15.1).
const KEPT: [u16; 12] = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501];

/// A response to that method that a cache might keep: nothing in it says no, and something gives it an age or a validator.
pub(super) fn is_cacheable(method: &[u8], response: ResponseRef<'_>) -> bool {
    let kept_method = !matches!(method, b"POST" | b"PUT" | b"DELETE" | b"CONNECT");
    if !kept_method || !KEPT.contains(&response.head.status) {
        return false;
    }
    let mut reason = false;
    for (name, value) in response.headers().iter() {
        if name.eq_ignore_ascii_case(b"cache-control") {
            for directive in value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
                match directive.to_ascii_lowercase_in(&mut [0; 32]) {
                    b"no-cache" | b"no-store" | b"private" | b"max-age=0" | b"s-maxage=0" => return false,
                    other if other.starts_with(b"max-age=") || other.starts_with(b"s-maxage=") => {
                        reason = true;
                    }
                    _ => {}
                }
            }
        } else if name.eq_ignore_ascii_case(b"pragma") {
            if value.eq_ignore_ascii_case(b"no-cache") {
                return false;
            }
        } else if [&b"etag"[..], b"last-modified", b"expires"]
            .iter()
            .any(|n| name.eq_ignore_ascii_case(n))
        {
            reason = true;
        }
    }
    reason
}

/// A word in lower case without an allocation.
trait Lowered {
    fn to_ascii_lowercase_in<'a>(&self, room: &'a mut [u8; 32]) -> &'a [u8];
}

impl Lowered for [u8] {
    fn to_ascii_lowercase_in<'a>(&self, room: &'a mut [u8; 32]) -> &'a [u8] {
        let len = self.len().min(room.len());
        for (to, from) in room.iter_mut().zip(self) {
            *to = from.to_ascii_lowercase();
        }
        &room[..len]
    }
}
