//! Addresses of files (`file:///etc/a%20b.cfg`) and their paths.

use std::path::Path;

use lsp_types::Uri;

/// The path of a file; of what is no file, the address itself.
pub(super) fn path_of(uri: &Uri) -> String {
    let Some(path) = uri.as_str().strip_prefix("file://") else {
        return uri.as_str().to_owned();
    };
    let mut out = Vec::new();
    let mut bytes = path.as_bytes().iter();
    while let Some(byte) = bytes.next().copied() {
        let rest = bytes.as_slice();
        let code = rest
            .get(..2)
            .filter(|_| byte == b'%')
            .and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                bytes.nth(1);
            }
            None => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The address of a file that another one names; a relative name starts from that one's folder.
pub(super) fn uri_of(from: &str, name: &str) -> Option<Uri> {
    let path = Path::new(from).parent()?.join(name);
    let mut out = String::from("file://");
    for byte in path.to_str()?.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_lead_to_one_another() {
        let uri = uri_of("/etc/haproxy/haproxy.cfg", "maps/ä b.map").expect("an address");
        assert_eq!(uri.as_str(), "file:///etc/haproxy/maps/%C3%A4%20b.map");
        assert_eq!(path_of(&uri), "/etc/haproxy/maps/ä b.map");
    }
}
