//! What a dump with a key shows of a word: the language's own words and numbers stay, all else becomes a mark that only the
//! same text under the same key has.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::keywords::{
    ACTION_INDEX, BIND_INDEX, CONVERTER_INDEX, DERIVED_INDEX, FETCH_INDEX, GLOBAL_INDEX, OPTION_INDEX,
    PROXY_INDEX, SECTION_INDEX, SERVER_INDEX, TIMEOUT_INDEX,
};

/// Words of the language that stand in no table of keywords.
const ARGUMENTS: &str = "\
    AND CONNECT DELETE FALSE GET HEAD HTTP OPTIONS OR PATCH POST PUT TRACE TRUE admin alert auth beg bin \
    bool check client code connect connection content crit daemon debug dir dom emerg enable end err \
    errorfile expect expire found group groups hdr health hide-version http httponly if indirect info \
    insecure-password insert int ip ipv4 ipv6 issuer kern lbase leastconn len level local0 local1 local2 \
    local3 local4 local5 local6 local7 location mail nocache none notice operator optional or password \
    path_only postonly prefix preserve queue random rdp-cookie realm refresh reg required rewrite \
    roundrobin rstatus rstring scheme secure send server session set show-desc show-legends show-modules \
    show-node size socket static-rr status stderr stdout store str string sub syslog table tcp tunnel \
    type uid unix unless uri user users warning whole";

/// Words behind which a line holds secrets.
const SECRETS: &[&[u8]] = &[
    b"auth",
    b"password",
    b"insecure-password",
    b"dynamic-cookie-key",
    b"cluster-secret",
    b"ca-sign-pass",
    b"anonkey",
    b"setenv",
    b"presetenv",
    b"set-param",
    b"acme-vars",
    b"pseudonym",
    b"secret",
];

/// What replaces texts.
pub(super) struct Mask {
    key: u32,
    /// Names that the configuration gives: they are replaced although the language has the same words.
    names: BTreeSet<Vec<u8>>,
}

impl Mask {
    pub(super) fn new(key: u32) -> Self {
        Self {
            key,
            names: BTreeSet::new(),
        }
    }

    /// Takes in the names that a line gives.
    pub(super) fn declare(&mut self, words: &[Vec<u8>]) {
        let names = matches!(
            words[0].as_slice(),
            b"server" | b"acl" | b"peer" | b"user" | b"group" | b"nameserver" | b"mailer" | b"cookie"
        ) || SECTION_INDEX.find(&words[0]).is_some();
        if let Some(name) = words.get(1).filter(|name| names && !name.is_empty()) {
            self.names.insert(name.clone());
        }
    }

    /// The words of a line.
    pub(super) fn words(&self, words: &[Vec<u8>], section: bool) -> Vec<Vec<u8>> {
        let mut out = vec![words[0].clone()];
        let mut secret = SECRETS.contains(&words[0].as_slice());
        for (index, word) in words.iter().enumerate().skip(1) {
            if secret {
                out.push(b"[...]".to_vec());
                break;
            }
            secret = SECRETS.contains(&word.as_slice());
            out.push(match section {
                true if index == 1 => self.mark(word),
                _ => self.word(word),
            });
        }
        out
    }

    fn word(&self, word: &[u8]) -> Vec<u8> {
        if self.names.contains(word) {
            return self.mark(word);
        }
        if let Some((address, rest)) = address(word) {
            let mut out = self.mark(address);
            out.extend_from_slice(rest);
            return out;
        }
        let mut out = Vec::with_capacity(word.len());
        let mut rest = word;
        while !rest.is_empty() {
            let length = rest.iter().take_while(|byte| is_letter(**byte)).count();
            let (run, behind) = rest.split_at(length);
            if !run.is_empty() {
                out.extend_from_slice(&self.run(run));
            }
            let punctuation = behind.iter().take_while(|byte| !is_letter(**byte)).count();
            out.extend_from_slice(&behind[..punctuation]);
            rest = &behind[punctuation..];
        }
        out
    }

    /// Letters without punctuation between them.
    fn run(&self, run: &[u8]) -> Vec<u8> {
        let stays = !self.names.contains(run)
            && address(run).is_none()
            && (is_measure(run) || is_of_the_language(run));
        if stays { run.to_vec() } else { self.mark(run) }
    }

    /// The mark of a text.
    fn mark(&self, text: &[u8]) -> Vec<u8> {
        // FNV-1a, and a last stir so that the upper bits depend on all of the text.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in self.key.to_le_bytes().iter().chain(text) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash ^= hash >> 32;
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{:06x}", hash >> 40).into_bytes()
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80
}

/// A number, perhaps with a unit of time or size, or a version.
fn is_measure(run: &[u8]) -> bool {
    let end = run.iter().position(u8::is_ascii_alphabetic).unwrap_or(run.len());
    let (number, unit) = run.split_at(end);
    number.iter().any(u8::is_ascii_digit)
        && number.len() <= 12
        && matches!(
            unit,
            b"" | b"us" | b"ms" | b"s" | b"m" | b"h" | b"d" | b"k" | b"g" | b"K" | b"M" | b"G"
        )
}

fn is_of_the_language(run: &[u8]) -> bool {
    let text = std::str::from_utf8(run).unwrap_or("");
    GLOBAL_INDEX.find(run).is_some()
        || PROXY_INDEX.find(run).is_some()
        || SECTION_INDEX.find(run).is_some()
        || OPTION_INDEX.find(run).is_some()
        || TIMEOUT_INDEX.find(run).is_some()
        || BIND_INDEX.find(run).is_some()
        || SERVER_INDEX.find(run).is_some()
        || ACTION_INDEX.find(run).is_some()
        || FETCH_INDEX.contains_key(text)
        || CONVERTER_INDEX.contains_key(text)
        || DERIVED_INDEX.contains_key(text)
        || ARGUMENTS.split(' ').any(|word| word == text)
        // A flag.
        || (text.len() == 2 && text.starts_with('-'))
}

/// The address that a word begins with, and what is behind it: a port, or a mask.
fn address(word: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_address = |part: &[u8]| std::str::from_utf8(part).is_ok_and(|text| text.parse::<IpAddr>().is_ok());
    if let Some(inside) = word.strip_prefix(b"[") {
        let end = inside.iter().position(|byte| *byte == b']')?;
        return is_address(&inside[..end]).then(|| (&inside[..end], &inside[end + 1..]));
    }
    let ends = std::iter::once(word.len()).chain(
        word.iter()
            .enumerate()
            .filter(|(_, byte)| matches!(byte, b':' | b'/'))
            .map(|(at, _)| at),
    );
    // The longest one: colons are in addresses, too.
    let end = ends.filter(|end| is_address(&word[..*end])).max()?;
    Some(word.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(line: &str) -> String {
        let words: Vec<Vec<u8>> = line.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        let mut mask = Mask::new(7);
        mask.declare(&[b"backend".to_vec(), b"cache".to_vec()]);
        let out = mask.words(&words, false);
        String::from_utf8(out.join(&b' ')).unwrap()
    }

    fn mark(text: &str) -> String {
        String::from_utf8(Mask::new(7).mark(text.as_bytes())).unwrap()
    }

    #[test]
    fn the_languages_own_words_and_numbers_stay() {
        for line in [
            "timeout client 30s",
            "balance roundrobin",
            "option httplog",
            "maxconn 1000",
            "tune.bufsize 16k",
            "http-request deny if !{ src -m found }",
            "bind :8080 ssl alpn",
        ] {
            assert_eq!(masked(line), line);
        }
    }

    #[test]
    fn names_and_addresses_are_replaced_by_their_marks() {
        assert_eq!(
            masked("server shop 10.1.2.3:8080 check"),
            format!("server {} {}:8080 check", mark("shop"), mark("10.1.2.3"))
        );
        assert_eq!(
            masked("bind [2001:db8::1]:443"),
            format!("bind {}:443", mark("2001:db8::1"))
        );
        assert_eq!(
            masked("acl x src 2001:db8::/32"),
            format!("acl {} src {}/32", mark("x"), mark("2001:db8::"))
        );
        assert_eq!(
            masked("use_backend cache if FALSE"),
            format!("use_backend {} if FALSE", mark("cache"))
        );
        assert_eq!(
            masked("acl x hdr(host) -i www.example.org").split(' ').nth(4),
            Some(mark("www.example.org").as_str())
        );
        assert_ne!(Mask::new(8).mark(b"shop"), Mask::new(7).mark(b"shop"));
    }

    #[test]
    fn lines_end_before_their_secrets() {
        assert_eq!(masked("stats auth admin:geheim"), "stats auth [...]");
        assert_eq!(
            masked("user joe insecure-password 12345"),
            format!("user {} insecure-password [...]", mark("joe"))
        );
        assert_eq!(masked("setenv PIN 1234"), "setenv [...]");
    }
}
