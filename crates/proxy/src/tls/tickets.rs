//! Session tickets: a session, and until when it may be resumed, encrypted for us.
//!
//! Under keys of our own they are for this process alone, and a key is forgotten with the last ticket under it. Under keys of a file
//! (`tls-ticket-keys`) whoever has the file resumes the sessions of others who have it, also
//! behind a restart. Each line of the file has 48 or 80 bytes: 16 that name the key, and the secret. A ticket is the key's name, a
//! nonce, and the session under AES-256-GCM; the original's tickets hold other things and are not read.

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::server::ProducesTickets;
use rustls_pki_types::UnixTime;

/// Keys that are kept: the newest is for those who will have it first, the one before encrypts, all decrypt.
const KEPT: usize = 3;

/// Bytes of a key's name.
const NAME: usize = 16;

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

/// Bytes of the time in front of a session.
const TIME: usize = 8;

/// A session with the time behind which it is over, seconds since the epoch.
fn with_end(plain: &[u8], now: u64, lifetime: u32) -> Vec<u8> {
    [&(now + u64::from(lifetime)).to_be_bytes()[..], plain].concat()
}

/// The session, if its time is not over.
fn before_end(content: &[u8], now: u64) -> Option<Vec<u8>> {
    let (end, plain) = content.split_first_chunk::<TIME>()?;
    (now < u64::from_be_bytes(*end)).then(|| plain.to_vec())
}

fn now() -> u64 {
    UnixTime::now().as_secs()
}

/// Tickets under keys of our own.
pub(super) struct OwnTickets {
    lifetime: u32,
    keys: RwLock<OwnKeys>,
}

/// The key that encrypts, and the one before.
struct OwnKeys {
    current: OwnKey,
    before: Option<OwnKey>,
}

struct OwnKey {
    name: [u8; NAME],
    cipher: LessSafeKey,
    made: u64,
}

impl OwnKey {
    fn new(now: u64) -> Option<Self> {
        let (mut name, mut secret) = ([0; NAME], [0; 32]);
        rand::fill(&mut name).ok()?;
        rand::fill(&mut secret).ok()?;
        let key = UnboundKey::new(&AES_256_GCM, &secret).ok()?;
        Some(Self {
            name,
            cipher: LessSafeKey::new(key),
            made: now,
        })
    }
}

impl std::fmt::Debug for OwnTickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnTickets")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

impl OwnTickets {
    /// Tickets that live for so many seconds. None where the system gives no random bytes.
    pub(super) fn new(lifetime: u32) -> Option<Self> {
        let keys = OwnKeys {
            current: OwnKey::new(now())?,
            before: None,
        };
        Some(Self {
            lifetime,
            keys: RwLock::new(keys),
        })
    }

    /// Makes a new key once the tickets under the one before are all over.
    fn renew(&self, now: u64) {
        let is_old =
            |keys: &OwnKeys| now.saturating_sub(keys.current.made) >= u64::from(self.lifetime.max(1));
        if !is_old(&self.keys.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        // Without random bytes the key at hand goes on.
        if is_old(&keys)
            && let Some(new) = OwnKey::new(now)
        {
            keys.before = Some(std::mem::replace(&mut keys.current, new));
        }
    }

    fn seal(&self, plain: &[u8], now: u64) -> Option<Vec<u8>> {
        self.renew(now);
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = &keys.current;
        seal(&key.cipher, &key.name, &[], with_end(plain, now, self.lifetime))
    }

    fn open(&self, ticket: &[u8], now: u64) -> Option<Vec<u8>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let (name, _) = ticket.split_at_checked(NAME)?;
        let mut both = [Some(&keys.current), keys.before.as_ref()].into_iter().flatten();
        let key = both.find(|key| key.name == *name)?;
        before_end(&open(&key.cipher, &[], ticket)?, now)
    }
}

impl ProducesTickets for OwnTickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        self.lifetime
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        self.seal(plain, now())
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        self.open(ticket, now())
    }
}

/// A ticket: the key's name, a nonce, and what is encrypted.
fn seal(cipher: &LessSafeKey, name: &[u8], asked: &[u8], mut sealed: Vec<u8>) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).ok()?;
    let nonce_of = Nonce::assume_unique_for_key(nonce);
    cipher
        .seal_in_place_append_tag(nonce_of, Aad::from(asked), &mut sealed)
        .ok()?;
    Some([name, &nonce, &sealed].concat())
}

/// What is in a ticket under a key.
fn open(cipher: &LessSafeKey, asked: &[u8], ticket: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = ticket.get(NAME..)?.split_at_checked(NONCE_LEN)?;
    let mut bytes = sealed.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = cipher.open_in_place(nonce, Aad::from(asked), &mut bytes).ok()?;
    Some(plain.to_vec())
}

/// Tickets for the clients of some settings, under keys of a file.
#[derive(Debug)]
pub(super) struct Tickets {
    ring: Arc<Ring>,
    /// What clients were asked for: a session is resumed only where it would have been let in.
    asked: Vec<u8>,
    lifetime: u32,
}

impl Tickets {
    pub(super) fn new(ring: Arc<Ring>, asked: Vec<u8>, lifetime: u32) -> Self {
        Self {
            ring,
            asked,
            lifetime,
        }
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        self.lifetime
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let keys = self.ring.keys();
        let key = keys.get(keys.len().checked_sub(2)?)?;
        let content = with_end(plain, now(), self.lifetime);
        seal(&key.cipher, &key.bytes[..NAME], &self.asked, content)
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        let (name, _) = ticket.split_at_checked(NAME)?;
        let keys = self.ring.keys();
        let key = keys.iter().find(|key| key.bytes[..NAME] == *name)?;
        before_end(&open(&key.cipher, &self.asked, ticket)?, now())
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
        let ring = Ring::parse("keys", &content(keys)).unwrap();
        Tickets::new(Arc::new(ring), asked.to_vec(), 300)
    }

    #[test]
    fn our_own_tickets_are_read_until_their_time_is_over() {
        let ours = OwnTickets::new(10).unwrap();
        let start = now();
        let ticket = ours.seal(b"session", start + 9).unwrap();
        assert_eq!(ours.open(&ticket, start + 18).unwrap(), b"session");
        assert_eq!(ours.open(&ticket, start + 19), None);
        // A key that is ten seconds old gives way to another, and reads its last tickets meanwhile.
        let other = ours.seal(b"session", start + 12).unwrap();
        assert_ne!(ticket[..NAME], other[..NAME]);
        assert_eq!(ours.open(&ticket, start + 18).unwrap(), b"session");
        assert_eq!(OwnTickets::new(10).unwrap().open(&other, start + 12), None);
        let mut bent = other;
        *bent.last_mut().unwrap() ^= 1;
        assert_eq!(ours.open(&bent, start + 12), None);
        assert_eq!(ours.open(b"short", start), None);
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
