//! Request targets (RFC 9112, section 3.2): which form one has, and whether it names the host that the `Host` header does.

use super::{Header, KnownHeader, RequestHead, Slice};

/// A target that is none, or that names another host than `Host` does: no two readers would agree on where the request
/// belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a target that is none, or of another host than the host header's")]
pub struct TargetError;

/// Settles which host the request at the beginning of `buf` is for. Where the target names a port that its scheme implies, the
/// port is taken out of it, and the `Host` header takes the target's word, as the original does it. With `unsafe_violations`
/// (as in [`HeadRules`](super::HeadRules)) a target that is none goes on as it is.
///
/// # Errors
/// When the target has none of the forms, or `Host` names another host.
pub fn settle_target(
    buf: &mut [u8],
    head: &mut RequestHead,
    unsafe_violations: bool,
) -> Result<(), TargetError> {
    match settle(buf, head) {
        Err(_) if unsafe_violations => Ok(()),
        settled => settled,
    }
}

fn settle(buf: &mut [u8], head: &mut RequestHead) -> Result<(), TargetError> {
    // Nearly all name a path.
    let uri = head.uri.of(buf);
    let is_connect = head.method.of(buf) == b"CONNECT";
    match uri.first() {
        Some(b'/' | b'*') if !is_connect => return Ok(()),
        _ => {}
    }
    let host = head
        .headers
        .iter_mut()
        .find(|header| header.known == KnownHeader::Host);
    if is_connect {
        return settle_connect(buf, uri, host);
    }
    let scheme = scheme_len(uri);
    let authority_start = scheme.map_or(0, |len| len + 3);
    let authority = authority_of(&uri[authority_start..]);
    let implied = scheme.and_then(|len| implied_port(&uri[..len]));
    let (name, port) = split_port(authority);
    let drops_port =
        implied.is_some_and(|implied| port.is_some_and(|port| port.is_empty() || port == implied));
    if let Some(host) = &host {
        let wanted = if drops_port { name } else { authority };
        let given = host.value.of(buf);
        if !authority.is_empty() && !same_host(wanted, given, implied) {
            return Err(TargetError);
        }
    }
    if drops_port {
        let port_end = authority_start + offset(&uri[authority_start..], authority) + authority.len();
        let name_end = port_end - (authority.len() - name.len());
        let name_len = name.len();
        drop_port(buf, &mut head.uri, host, name_len, name_end, port_end);
    }
    Ok(())
}

/// Octets that a host and its port may have, as far as newer versions of the original care: no blanks and controls, none beyond
/// ASCII, and nothing that ends an authority or has a user's name in front of it.
const OF_HOSTS: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut octet = 0x21;
    while octet < 0x7f {
        allowed[octet] = !matches!(
            octet as u8,
            b'#' | b',' | b'/' | b'?' | b'@' | b'[' | b'\\' | b']'
        );
        octet += 1;
    }
    allowed
};

/// Whether `Host` may have that value; an empty one is no host, but says so. In brackets stands an address of IPv6.
pub(super) fn is_host(value: &[u8]) -> bool {
    let rest = match value.strip_prefix(b"[") {
        None => value,
        Some(inside) => {
            let Some(end) = memchr::memchr(b']', inside) else {
                return false;
            };
            let (address, port) = inside.split_at(end);
            if !matches!(port, [_] | [_, b':', ..]) || !address.iter().all(|&o| OF_HOSTS[usize::from(o)]) {
                return false;
            }
            &port[1..]
        }
    };
    rest.iter().all(|&octet| OF_HOSTS[usize::from(octet)])
}

/// Takes the bytes from `name_end` to `port_end` of the target out, and points `Host` at the name in front of them.
fn drop_port(
    buf: &mut [u8],
    uri: &mut Slice,
    host: Option<&mut Header>,
    name_len: usize,
    name_end: usize,
    port_end: usize,
) {
    let start = uri.start as usize;
    let dropped = port_end - name_end;
    buf.copy_within(start..start + name_end, start + dropped);
    uri.start += dropped as u32;
    uri.len -= dropped as u32;
    if let Some(host) = host {
        host.value = Slice {
            start: uri.start + (name_end - name_len) as u32,
            len: name_len as u32,
        };
    }
}

/// `CONNECT`: a host and its port, and nothing else.
fn settle_connect(buf: &[u8], uri: &[u8], host: Option<&mut Header>) -> Result<(), TargetError> {
    let authority = authority_of(uri);
    let (name, Some(port)) = split_port(authority) else {
        return Err(TargetError);
    };
    if port.is_empty() || name.is_empty() || scheme_len(uri).is_some() {
        return Err(TargetError);
    }
    let Some(host) = host else { return Ok(()) };
    let implied = Some(port).filter(|port| matches!(*port, b"80" | b"443"));
    let given = host.value.of(buf);
    let wanted = if implied.is_some() { name } else { authority };
    if !same_host(wanted, given, implied) {
        return Err(TargetError);
    }
    // A tunnel's header does without what the target implies.
    if let (given_name, Some(given_port)) = split_port(given)
        && !given_port.is_empty()
        && Some(given_port) == implied
    {
        host.value.len = given_name.len() as u32;
    }
    Ok(())
}

/// Whether `Host` names what an authority does: letters' case and the implied port aside.
fn same_host(authority: &[u8], host: &[u8], implied: Option<&[u8]>) -> bool {
    let plain = match (split_port(host), implied) {
        ((name, Some(port)), Some(implied)) if port.is_empty() || port == implied => name,
        _ => host,
    };
    plain.eq_ignore_ascii_case(authority)
}

/// Bytes of a scheme, if `://` stands behind one.
fn scheme_len(uri: &[u8]) -> Option<usize> {
    let len = uri
        .iter()
        .position(|octet| !(octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.')))?;
    (uri[0].is_ascii_alphabetic() && uri[len..].starts_with(b"://")).then_some(len)
}

/// What stands in front of a path, without a user's name.
fn authority_of(rest: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'/', rest).unwrap_or(rest.len());
    let authority = &rest[..end];
    memchr::memrchr(b'@', authority).map_or(authority, |at| &authority[at + 1..])
}

/// An authority's host and port; no port where none is named (even an empty one is) or what stands there is none.
fn split_port(authority: &[u8]) -> (&[u8], Option<&[u8]>) {
    let digits = authority
        .iter()
        .rev()
        .take_while(|octet| octet.is_ascii_digit())
        .count();
    let colon = authority.len() - digits;
    match authority[..colon].split_last() {
        Some((b':', name)) => (name, Some(&authority[colon..])),
        _ => (authority, None),
    }
}

fn implied_port(scheme: &[u8]) -> Option<&'static [u8]> {
    if scheme.eq_ignore_ascii_case(b"http") {
        Some(b"80")
    } else if scheme.eq_ignore_ascii_case(b"https") {
        Some(b"443")
    } else {
        None
    }
}

/// Where `authority`, which [`authority_of`] found in `rest`, begins there.
fn offset(rest: &[u8], authority: &[u8]) -> usize {
    let end = memchr::memchr(b'/', rest).unwrap_or(rest.len());
    end - authority.len()
}

#[cfg(test)]
mod tests {
    use super::super::{RequestRef, parse_request};
    use super::*;

    /// Target and host as they go on.
    fn settled(line: &str, host: Option<&str>) -> Option<(String, Option<String>)> {
        let host = host.map_or(String::new(), |host| format!("Host: {host}\r\n"));
        let mut text = format!("{line} HTTP/1.1\r\n{host}\r\n").into_bytes();
        let mut head = RequestHead::default();
        assert!(parse_request(&text, &mut head, 101).unwrap());
        settle_target(&mut text, &mut head, false).ok()?;
        let request = RequestRef {
            buf: &text,
            head: &head,
        };
        let own = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some((own(request.uri()), request.headers().get(b"host").next().map(own)))
    }

    #[test]
    fn hosts_are_what_newer_versions_take_for_one() {
        for host in [
            "",
            ":",
            ":80",
            "a",
            "a:80",
            "a:b",
            "a:80:90",
            "::1",
            "[::1]",
            "[::1]:80",
            "[]",
            "[zz]:x",
            "%41",
            "a\"b<c>|`^{}~",
        ] {
            assert!(is_host(host.as_bytes()), "{host}");
        }
        for host in [
            "a b",
            "a\tb",
            "a\u{7f}",
            "\u{e4}",
            "a,b",
            "a@b",
            "a/b",
            "a?b",
            "a#b",
            "a\\b",
            "[::1",
            "[::1]x",
            "[::1]]",
            "[::1]:80]",
            "a[",
            "x:[::1]",
            "[a b]",
            "[[::1]]",
            "]",
        ] {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn targets_name_a_path_or_the_host_of_the_request() {
        for (line, host) in [
            ("GET /x", Some("a")),
            ("GET http://A/x", Some("a")),
            ("GET http://a/", Some("a:80")),
            ("GET http://u:p@a/", Some("a")),
            ("OPTIONS *", None),
            ("GET ftp://a/", None),
            ("CONNECT a:8080", Some("a:8080")),
            ("CONNECT a:443", Some("a")),
        ] {
            let (uri, given) = settled(line, host).unwrap();
            assert_eq!(uri, line.split(' ').nth(1).unwrap());
            assert_eq!(given.as_deref(), host, "{line}");
        }
        for (line, host) in [
            ("GET x", "a"),
            ("GET http://y/", "a"),
            ("GET ://a", "a"),
            ("GET http://a?x", "a"),
            ("GET http://a:8080/", "a"),
            ("GET https://a:80/", "a"),
            ("GET ftp://a:21/", "a"),
            ("CONNECT a", "a"),
            ("CONNECT a:", "a"),
            ("CONNECT a:b", "a"),
            ("CONNECT /", "a"),
            ("CONNECT *", "a"),
            ("CONNECT http://a:443/", "a"),
            ("CONNECT a:8080", "a"),
            ("CONNECT a:443", "a:80"),
        ] {
            assert_eq!(settled(line, Some(host)), None, "{line}");
        }
    }

    #[test]
    fn a_target_that_is_none_goes_on_when_asked_for() {
        let mut text = *b"GET b:80 HTTP/1.1\r\nHost: a\r\n\r\n";
        let mut head = RequestHead::default();
        assert!(parse_request(&text, &mut head, 101).unwrap());
        assert_eq!(settle_target(&mut text, &mut head, false), Err(TargetError));
        assert_eq!(settle_target(&mut text, &mut head, true), Ok(()));
        assert_eq!(head.uri.of(&text), b"b:80");
    }

    #[test]
    fn an_implied_port_is_left_out_and_the_target_names_the_host() {
        for (line, host, uri, given) in [
            ("GET http://a:80/x", "a", "http://a/x", "a"),
            ("GET http://a:/", "a:80", "http://a/", "a"),
            ("GET http://a:80", "A", "http://a", "a"),
            ("GET http://u:p@a:80/x", "a", "http://u:p@a/x", "a"),
            ("GET https://[::1]:443/", "[::1]", "https://[::1]/", "[::1]"),
            ("CONNECT a:443", "A:443", "a:443", "A"),
        ] {
            let settled = settled(line, Some(host)).unwrap();
            assert_eq!(settled, (uri.to_owned(), Some(given.to_owned())), "{line}");
        }
        assert_eq!(settled("GET http://a:80/", None).unwrap().0, "http://a/");
    }
}
