//! Names and addresses that a session does not want to see (`set anon`): marks stand in their places, the same for the same text
//! under the same key. And `debug dev hash`, which shows the mark of a text.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::Level;
use xxhash_rust::xxh32::xxh32;

use super::{Call, Reply};

const RANGE: &str = "Value out of range (1 to 4294967295 expected).";

/// How a session sees names: as they are, or as marks under a key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks(Option<NonZeroU32>);

impl Marks {
    /// A name, or its mark.
    pub(super) fn name(self, name: &[u8]) -> Cow<'_, [u8]> {
        match self.0 {
            None => Cow::Borrowed(name),
            Some(key) => Cow::Owned(mark(key, name).into_bytes()),
        }
    }

    /// A name that is shown as text; what stands for none stays.
    pub(super) fn text(self, name: String) -> String {
        match self.0 {
            Some(key) if name != "-" => mark(key, name.as_bytes()),
            _ => name,
        }
    }

    /// An address; those of the machine itself tell nothing, and stay.
    pub(super) fn address(self, ip: IpAddr) -> String {
        let text = ip.to_string();
        match self.0 {
            Some(key) if !ip.is_loopback() => {
                let family = if ip.is_ipv4() { "IPV4" } else { "IPV6" };
                format!("{family}({})", mark(key, text.as_bytes()))
            }
            _ => text,
        }
    }

    /// An address and its port.
    pub(super) fn socket(self, at: SocketAddr) -> String {
        format!("{}:{}", self.address(at.ip()), at.port())
    }
}

/// 24 bits of the text's hash: enough to tell names apart, too few to find them again.
fn mark(key: NonZeroU32, text: &[u8]) -> String {
    format!("{:06x}", xxh32(text, key.get()) & 0x00ff_ffff)
}

fn key(word: &[u8]) -> Option<u32> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// `set anon on [KEY]`.
pub(super) fn on(call: &mut Call<'_, '_>) -> Reply {
    let word = call.argument(0);
    let chosen = if word.is_empty() {
        match NonZeroU32::new(call.view.runtime.anonymous_key.load(Relaxed)) {
            Some(of_process) => of_process,
            None => NonZeroU32::new(call.control.chance()).unwrap_or(NonZeroU32::MIN),
        }
    } else {
        match key(word).and_then(NonZeroU32::new) {
            Some(given) => given,
            None => return Reply::error(RANGE),
        }
    };
    call.session.marks = Marks(Some(chosen));
    Reply::Done
}

/// `set anon off`.
pub(super) fn off(call: &mut Call<'_, '_>) -> Reply {
    if !call.argument(0).is_empty() {
        return Reply::error("Key can't be added while disabling anonymized mode");
    }
    call.session.marks = Marks(None);
    Reply::Done
}

/// `set anon global-key KEY`; 0 is none.
pub(super) fn set_key(call: &mut Call<'_, '_>) -> Reply {
    match key(call.argument(0)) {
        Some(key) => {
            call.view.runtime.anonymous_key.store(key, Relaxed);
            Reply::Done
        }
        None => Reply::error("Value out of range (0 to 4294967295 expected)."),
    }
}

/// `show anon`. Who may only look is not told the key, by which names could be guessed.
pub(super) fn show(call: &mut Call<'_, '_>) -> Reply {
    match call.session.marks.0 {
        None => Reply::Info("Anonymized mode disabled\n".to_owned()),
        Some(_) if call.session.level < Level::Operator => {
            Reply::Info("Anonymized mode enabled\n".to_owned())
        }
        Some(key) => Reply::Info(format!("Anonymized mode enabled\nKey : {key}\n")),
    }
}

/// `debug dev hash TEXT`.
pub(super) fn hash(call: &mut Call<'_, '_>) -> Reply {
    let shown = call.session.marks.name(call.argument(0)).into_owned();
    call.out.extend_from_slice(&shown);
    call.out.push(b'\n');
    Reply::Done
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded with 3.4 and the key 77.
    #[test]
    fn marks_are_those_of_the_original() {
        let marks = Marks(NonZeroU32::new(77));
        for (name, mark) in [
            ("b", "d05201"),
            ("s1", "bf704a"),
            ("GLOBAL", "d1c258"),
            ("abc", "2409bf"),
        ] {
            assert_eq!(marks.name(name.as_bytes()), mark.as_bytes(), "{name}");
        }
        assert_eq!(marks.text("localhost".to_owned()), "f33bb1");
        assert_eq!(marks.text("-".to_owned()), "-");
        for (ip, shown) in [
            ("10.1.2.3", "IPV4(fe0374)"),
            ("10.1.2.4", "IPV4(48615a)"),
            ("fe80::1", "IPV6(b397f6)"),
            ("127.0.0.2", "127.0.0.2"),
            ("::1", "::1"),
        ] {
            assert_eq!(marks.address(ip.parse().unwrap()), shown);
        }
        let open = Marks::default();
        assert_eq!(open.name(b"b"), &b"b"[..]);
        assert_eq!(open.socket("10.1.2.3:5".parse().unwrap()), "10.1.2.3:5");
    }
}
