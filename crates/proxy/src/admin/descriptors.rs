//! The files that the process has open, as `/proc` tells of them. What they are shown as is `proxy_core`'s to say.

use std::collections::HashMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use proxy_core::cli::{Descriptor, DescriptorKind, LiveStream};

/// All of them, by number, with the streams that they belong to. Empty where `/proc` is not at hand, such as in a `chroot`. On a
/// machine with many connections it takes its time: to be called apart from the traffic.
pub(super) fn all(streams: &[LiveStream]) -> Vec<Descriptor> {
    let Ok(folder) = fs::read_dir("/proc/self/fd") else {
        return Vec::new();
    };
    let sockets = sockets();
    let mut by_descriptor = HashMap::new();
    for stream in streams {
        by_descriptor.insert(stream.client_fd, (stream, true));
        by_descriptor.insert(stream.server_fd, (stream, false));
    }
    let mut found: Vec<Descriptor> = folder
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let fd = entry.file_name().to_str()?.parse().ok()?;
            // The folder that is being read is gone by now.
            let name = fs::read_link(entry.path()).ok()?.display().to_string();
            let inode = name
                .strip_prefix("socket:[")
                .and_then(|rest| rest.strip_suffix(']'));
            let kind = inode.and_then(|inode| sockets.get(inode.parse::<u64>().ok().as_ref()?));
            Some(Descriptor {
                fd,
                kind: kind.cloned().unwrap_or(DescriptorKind::Other(name)),
                stream: by_descriptor
                    .get(&fd)
                    .map(|(stream, of_client)| ((*stream).clone(), *of_client)),
            })
        })
        .collect();
    found.sort_by_key(|one| one.fd);
    found
}

/// The sockets of this network namespace, by inode.
fn sockets() -> HashMap<u64, DescriptorKind> {
    let mut sockets = HashMap::new();
    let read = |name: &str| fs::read_to_string(format!("/proc/self/net/{name}")).unwrap_or_default();
    for (name, family) in [
        ("tcp", "ipv4"),
        ("tcp6", "ipv6"),
        ("udp", "ipv4"),
        ("udp6", "ipv6"),
    ] {
        let listens = |state: &str| state == "0A";
        for line in read(name).lines().skip(1) {
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            let [_, from, to, state, _, _, _, _, _, inode, ..] = words[..] else {
                continue;
            };
            let (Some(from), Some(to), Ok(inode)) = (address(from), address(to), inode.parse()) else {
                continue;
            };
            let kind = if name.starts_with("udp") {
                DescriptorKind::Datagrams(family, from.to_string())
            } else if listens(state) {
                DescriptorKind::Listener(family, from.to_string())
            } else {
                DescriptorKind::Connection(family, from.to_string(), to.to_string())
            };
            sockets.insert(inode, kind);
        }
    }
    for line in read("unix").lines().skip(1) {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, _, _, flags, kind, _, inode, ..] = words[..] else {
            continue;
        };
        let (Ok(inode), path) = (inode.parse(), words.get(7).unwrap_or(&"*")) else {
            continue;
        };
        let path = (*path).to_owned();
        let kind = match (kind, flags) {
            // What listens has this flag alone.
            ("0001", "00010000") => DescriptorKind::Listener("unix", path),
            ("0001", _) => DescriptorKind::Connection("unix", path, "*".to_owned()),
            _ => DescriptorKind::Datagrams("unix", path),
        };
        sockets.insert(inode, kind);
    }
    sockets
}

/// An address in the kernel's tables: words of four bytes in the machine's order, then the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let words: Option<Vec<u8>> = (0..ip.len() / 8)
        .map(|at| u32::from_str_radix(ip.get(at * 8..at * 8 + 8)?, 16).ok())
        .try_fold(Vec::new(), |mut bytes, word| {
            bytes.extend_from_slice(&word?.to_ne_bytes());
            Some(bytes)
        });
    let words = words?;
    let ip = match words.len() {
        4 => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(words).ok()?)),
        16 => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(words).ok()?)),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd as _;

    use super::*;

    #[test]
    fn listeners_and_connections_are_found_with_their_addresses() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let client = TcpStream::connect(at).unwrap();
        let from = client.local_addr().unwrap().to_string();
        let all = all(&[]);
        let kind = |fd| all.iter().find(|one| one.fd == fd).map(|one| &one.kind);
        let expected = DescriptorKind::Listener("ipv4", at.to_string());
        assert_eq!(kind(listener.as_raw_fd()), Some(&expected));
        let expected = DescriptorKind::Connection("ipv4", from, at.to_string());
        assert_eq!(kind(client.as_raw_fd()), Some(&expected));
    }
}
