//! What is said to a SOCKS4 proxy on the way to a server, and what it answers.

use std::net::SocketAddr;

/// Bytes of an answer.
pub const ANSWER: usize = 8;

/// Who we say we are, with its end.
const USER: &[u8] = b"HAProxy\0";

/// The code of an answer that grants the request.
const GRANTED: u8 = 0x5a;

/// Asks to be connected to `to`; none for an address of IPv6, which cannot be said.
#[must_use]
pub fn request(to: SocketAddr) -> Option<Vec<u8>> {
    let ip = match to.ip().to_canonical() {
        std::net::IpAddr::V4(ip) => ip,
        std::net::IpAddr::V6(_) => return None,
    };
    let mut request = vec![4, 1];
    request.extend_from_slice(&to.port().to_be_bytes());
    request.extend_from_slice(&ip.octets());
    request.extend_from_slice(USER);
    Some(request)
}

/// Whether an answer grants the request. As with the original, its code alone is looked at.
#[must_use]
pub fn is_granted(answer: &[u8; ANSWER]) -> bool {
    answer[1] == GRANTED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_the_originals() {
        let request = |to: &str| request(to.parse().unwrap());
        assert_eq!(
            request("127.0.0.1:443").unwrap(),
            b"\x04\x01\x01\xbb\x7f\0\0\x01HAProxy\0"
        );
        assert_eq!(request("[::ffff:127.0.0.1]:443"), request("127.0.0.1:443"));
        assert_eq!(request("[::1]:443"), None);
    }

    #[test]
    fn the_code_alone_counts() {
        assert!(is_granted(b"\0\x5a\0\0\0\0\0\0"));
        assert!(is_granted(b"\x04\x5a\x01\x02\x03\x04\x05\x06"));
        assert!(!is_granted(b"\0\x5b\0\0\0\0\0\0"));
    }
}
