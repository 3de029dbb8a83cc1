//! What is kept of a handshake with a client beside what it agreed on: what its first message offered (`tune.ssl.capture-buffer-size`)
//! and the secrets of the connection (`tune.ssl.keylog`).

use super::fetch::ClientHello;

/// It.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientHandshake {
    /// The version that the first message bears, as a number; 0 where nothing was kept of it.
    pub hello_version: u16,
    /// The numbers of the cipher suites, two bytes each.
    pub ciphers: Vec<u8>,
    /// Those of the extensions.
    pub extensions: Vec<u8>,
    /// Those of the groups for key agreement.
    pub groups: Vec<u8>,
    /// The forms of points, a byte each.
    pub formats: Vec<u8>,
    /// The versions that an extension offers.
    pub versions: Vec<u8>,
    /// The signatures that it takes.
    pub signatures: Vec<u8>,
    /// The client's random bytes; empty where neither the message nor secrets were kept.
    pub random: Vec<u8>,
    /// Secrets, by their names in key logs.
    pub secrets: Vec<(&'static str, Vec<u8>)>,
}

impl ClientHandshake {
    /// Keeps what the first records of a client offer, each list as far as `room` bytes go.
    pub fn keep_hello(&mut self, records: &[u8], room: usize) {
        let Some(message) = joined(records) else { return };
        let Some(hello) = ClientHello::read(&message) else {
            return;
        };
        self.hello_version = u16::from_be_bytes(hello.version());
        self.random = hello.random().to_vec();
        let mut left = room;
        let mut keep = |bytes: &[u8], unit: usize| {
            let n = bytes.len().min(left) / unit * unit;
            left -= n;
            bytes[..n].to_vec()
        };
        self.ciphers = keep(hello.ciphers(), 2);
        self.extensions = keep(&hello.extension_numbers(), 2);
        self.groups = keep(hello.listed(10, 2).unwrap_or_default(), 2);
        self.formats = keep(hello.listed(11, 1).unwrap_or_default(), 1);
        self.versions = keep(hello.listed(43, 1).unwrap_or_default(), 2);
        self.signatures = keep(hello.listed(13, 2).unwrap_or_default(), 2);
    }

    /// A secret.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&[u8]> {
        let found = self.secrets.iter().find(|(label, _)| *label == name)?;
        Some(&found.1)
    }
}

/// The handshake message that the records begin with, which may lie in several.
fn joined(mut records: &[u8]) -> Option<Vec<u8>> {
    /// The kind of a record that carries a handshake.
    const HANDSHAKE: u8 = 0x16;
    let mut message = Vec::new();
    while let [HANDSHAKE, 3, _, high, low, rest @ ..] = records {
        let len = usize::from(*high) << 8 | usize::from(*low);
        let (content, behind) = rest.split_at_checked(len)?;
        message.extend_from_slice(content);
        if let [_, a, b, c, ..] = message.as_slice() {
            let whole = 4 + (usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c));
            if message.len() >= whole {
                return Some(message);
            }
        }
        records = behind;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A first message of a client as records of `size` bytes.
    fn records(size: usize) -> Vec<u8> {
        let extensions: &[&[u8]] = &[
            &[0, 10, 0, 6, 0, 4, 0, 29, 0, 23],
            &[0, 11, 0, 4, 3, 0, 1, 2],
            &[0, 13, 0, 4, 0, 2, 4, 3],
            &[0, 43, 0, 3, 2, 3, 4],
        ];
        let extensions = extensions.concat();
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([
            0,
            0,
            4,
            0x13,
            1,
            0x13,
            2,
            1,
            0,
            0,
            u8::try_from(extensions.len()).unwrap(),
        ]);
        body.extend(&extensions);
        let mut message = vec![1, 0, 0, u8::try_from(body.len()).unwrap()];
        message.extend(&body);
        let record = |part: &[u8]| [&[22, 3, 1, 0, u8::try_from(part.len()).unwrap()][..], part].concat();
        message.chunks(size).flat_map(record).collect()
    }

    #[test]
    fn lists_are_kept_in_turn_as_far_as_there_is_room() {
        for size in [255, 40, 3] {
            let mut kept = ClientHandshake::default();
            kept.keep_hello(&records(size), 100);
            assert_eq!(kept.hello_version, 0x303);
            assert_eq!(kept.random, [7; 32]);
            assert_eq!(kept.ciphers, [0x13, 1, 0x13, 2]);
            assert_eq!(kept.extensions, [0, 10, 0, 11, 0, 13, 0, 43]);
            assert_eq!(kept.groups, [0, 29, 0, 23]);
            assert_eq!(kept.formats, [0, 1, 2]);
            assert_eq!(kept.versions, [3, 4]);
            assert_eq!(kept.signatures, [4, 3]);
        }
        let mut kept = ClientHandshake::default();
        kept.keep_hello(&records(255), 14);
        assert_eq!(
            (kept.ciphers.len(), kept.extensions.len(), kept.groups.len()),
            (4, 8, 2)
        );
        assert!(kept.formats.is_empty() && kept.versions.is_empty());
    }

    #[test]
    fn what_is_no_whole_message_keeps_nothing() {
        let whole = records(255);
        for len in 0..whole.len() {
            let mut kept = ClientHandshake::default();
            kept.keep_hello(&whole[..len], 100);
            assert_eq!(kept, ClientHandshake::default(), "{len}");
        }
    }
}
