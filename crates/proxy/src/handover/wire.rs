//! What stands beside each descriptor: the namespace and the interface that it is bound to, each as a length of one byte and the
//! name, and four bytes of options, which are always zero: whoever takes a socket asks the socket itself.

/// Bytes of the options.
const OPTIONS: usize = 4;

/// Appends a record. A name of more than 255 bytes, which the system has none of, is sent empty.
pub(super) fn put(out: &mut Vec<u8>, namespace: &[u8], interface: &[u8]) {
    for name in [namespace, interface] {
        match u8::try_from(name.len()) {
            Ok(length) => {
                out.push(length);
                out.extend_from_slice(name);
            }
            Err(_) => out.push(0),
        }
    }
    out.extend_from_slice(&[0; OPTIONS]);
}

/// A record: namespace, interface, and what stands behind it. None when bytes are missing.
pub(super) fn get(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (namespace, rest) = name(bytes)?;
    let (interface, rest) = name(rest)?;
    Some((namespace, interface, rest.get(OPTIONS..)?))
}

fn name(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_those_that_haproxy_sends() {
        let mut out = Vec::new();
        put(&mut out, b"blue", b"");
        put(&mut out, b"blue", b"lo");
        put(&mut out, b"", b"");
        assert_eq!(out, b"\x04blue\0\0\0\0\0\x04blue\x02lo\0\0\0\0\0\0\0\0\0\0");
        let (namespace, interface, rest) = get(&out[10..]).unwrap();
        assert_eq!((namespace, interface, rest.len()), (&b"blue"[..], &b"lo"[..], 6));
    }

    #[test]
    fn a_record_that_is_cut_short_is_none() {
        let mut out = Vec::new();
        put(&mut out, b"ns", b"if");
        for end in 0..out.len() {
            assert_eq!(get(&out[..end]), None, "{end}");
        }
    }
}
