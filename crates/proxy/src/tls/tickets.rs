//! Session tickets under keys of a file (`tls-ticket-keys`): whoever has the file resumes the sessions of others who have it, also
//! behind a restart. Each line of the file has 48 or 80 bytes: 16 that name the key, and the secret. A ticket is the key's name, a
//! nonce, and the session under AES-256-GCM; the original's tickets hold other things and are not read.

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::server::ProducesTickets;

/// Keys that are kept: the newest is for those who will have it first, the one before encrypts, all decrypt.
const KEPT: usize = 3;

/// Bytes of a key's name.
const NAME: usize = 16;

/// How long a session may be resumed, seconds: the original's default.
const LIFETIME: u32 = 300;

/// The keys of a file, which change while the process runs.
#[derive(Debug)]
pub(super) struct Ring {
    pub(super) file: String,
    keys: RwLock<Vec<Arc<Key>>>,
}

struct Key {
    bytes: Vec<u8>,
    cipher: LessSafeKey,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

impl Key {
    /// None where the bytes are neither 48 nor 80.
    fn new(bytes: Vec<u8>) -> Option<Self> {
        if !matches!(bytes.len(), 48 | 80) {
            return None;
        }
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &bytes[NAME..]);
        let derived = hmac::sign(&secret, b"session tickets");
        let key = UnboundKey::new(&AES_256_GCM, derived.as_ref()).ok()?;
        Some(Self {
            bytes,
            cipher: LessSafeKey::new(key),
        })
    }
}

impl Ring {
    /// The last keys of a file's content. The text to tell when it holds none.
    pub(super) fn parse(file: &str, content: &[u8]) -> Result<Self, String> {
        let mut keys = Vec::new();
        for (index, line) in content.split(|byte| *byte == b'\n').enumerate() {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            let bytes = STANDARD
                .decode(line)
                .map_err(|_| format!("'{file}' : unable to decode base64 key on line {}", index + 1))?;
            let key =
                Key::new(bytes).ok_or_else(|| format!("'{file}' : wrong sized key on line {}", index + 1))?;
            keys.push(Arc::new(key));
        }
        if keys.len() < KEPT {
            return Err(format!(
                "'{file}' : please supply at least 3 keys in the tls-tickets-file"
            ));
        }
        keys.drain(..keys.len() - KEPT);
        Ok(Self {
            file: file.to_owned(),
            keys: RwLock::new(keys),
        })
    }

    fn keys(&self) -> Vec<Arc<Key>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys as they are shown.
    pub(super) fn shown(&self) -> Vec<Vec<u8>> {
        self.keys().iter().map(|key| key.bytes.clone()).collect()
    }

    /// Makes a key the newest; false where it has another size than the others.
    pub(super) fn rotate(&self, bytes: &[u8]) -> bool {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let fits = keys.first().is_none_or(|key| key.bytes.len() == bytes.len());
        let Some(key) = Key::new(bytes.to_vec()).filter(|_| fits) else {
            return false;
        };
        keys.push(Arc::new(key));
        let surplus = keys.len().saturating_sub(KEPT);
        keys.drain(..surplus);
        true
    }
}

/// Tickets for the clients of some settings.
#[derive(Debug)]
pub(super) struct Tickets {
    pub(super) ring: Arc<Ring>,
    /// What clients were asked for: a session is resumed only where it would have been let in.
    pub(super) asked: Vec<u8>,
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        LIFETIME
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let keys = self.ring.keys();
        let key = keys.get(keys.len().checked_sub(2)?)?;
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).ok()?;
        let mut sealed = plain.to_vec();
        let nonce_of = Nonce::assume_unique_for_key(nonce);
        key.cipher
            .seal_in_place_append_tag(nonce_of, Aad::from(&self.asked), &mut sealed)
            .ok()?;
        Some([&key.bytes[..NAME], &nonce, &sealed].concat())
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        let (name, rest) = ticket.split_at_checked(NAME)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN)?;
        let keys = self.ring.keys();
        let key = keys.iter().find(|key| key.bytes[..NAME] == *name)?;
        let mut bytes = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = key
            .cipher
            .open_in_place(nonce, Aad::from(&self.asked), &mut bytes)
            .ok()?;
        Some(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(keys: &[u8]) -> Vec<u8> {
        let lines = keys.iter().map(|byte| STANDARD.encode([*byte; 48]) + "\n");
        lines.collect::<String>().into_bytes()
    }

    fn tickets(keys: &[u8], asked: &[u8]) -> Tickets {
        Tickets {
            ring: Arc::new(Ring::parse("keys", &content(keys)).unwrap()),
            asked: asked.to_vec(),
        }
    }

    #[test]
    fn who_has_the_key_and_asks_for_the_same_reads_a_ticket() {
        let ours = tickets(&[1, 2, 3], b"none");
        let ticket = ours.encrypt(b"session").unwrap();
        assert_eq!(ticket[..NAME], [2; NAME], "the last key but one encrypts");
        assert_eq!(tickets(&[1, 2, 3], b"none").decrypt(&ticket).unwrap(), b"session");
        assert_eq!(tickets(&[2, 3, 4], b"none").decrypt(&ticket).unwrap(), b"session");
        assert_eq!(tickets(&[3, 4, 5], b"none").decrypt(&ticket), None);
        assert_eq!(tickets(&[1, 2, 3], b"required").decrypt(&ticket), None);
        let mut bent = ticket.clone();
        *bent.last_mut().unwrap() ^= 1;
        assert_eq!(ours.decrypt(&bent), None);
        assert_eq!(ours.decrypt(&ticket[..20]), None);
    }

    #[test]
    fn a_key_that_is_put_in_encrypts_once_another_one_follows() {
        let ours = tickets(&[1, 2, 3], b"");
        let before = ours.encrypt(b"session").unwrap();
        assert!(!ours.ring.rotate(&[4; 80]), "keys of one file have one size");
        assert!(ours.ring.rotate(&[4; 48]));
        assert_eq!(ours.encrypt(b"session").unwrap()[..NAME], [3; NAME]);
        assert_eq!(ours.decrypt(&before).unwrap(), b"session");
        assert!(ours.ring.rotate(&[5; 48]) && ours.ring.rotate(&[6; 48]));
        assert_eq!(ours.decrypt(&before), None);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        let told = |content: &[u8]| Ring::parse("keys", content).unwrap_err();
        assert!(told(&content(&[1, 2])).contains("at least 3 keys"));
        assert!(told(b"????").contains("unable to decode base64 key on line 1"));
        assert!(told(b"AAAA").contains("wrong sized key on line 1"));
    }
}
