//! OpenSSL's cipher strings (openssl-ciphers(1)): which suites of TLS 1.2 and before a string allows, in order of preference.
//! TLS 1.3 has suites of its own, which these strings do not touch.

mod alias;
mod suite;
mod table;

pub use suite::{Auth, Enc, Kx, Mac, Since, Suite};

use table::SUITES;

/// A string that allows no suite at all, or that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CipherError {
    /// Nothing is left.
    #[error("it allows no cipher suite")]
    Empty,
    /// An element is not a name, an alias or a command.
    #[error("'{0}' cannot be read")]
    Unreadable(String),
}

/// What a string allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CipherList {
    /// Suites in order of preference.
    pub suites: Vec<Suite>,
    /// Names that stand for nothing OpenSSL 3.0 knows: suites it no longer has, or mistakes.
    pub unknown: Vec<String>,
    /// `@SECLEVEL`, when the string sets it.
    pub security_level: Option<u8>,
}

/// Evaluates a cipher string.
///
/// # Errors
/// When nothing is left, or when an element cannot be read.
pub fn evaluate(text: &str) -> Result<CipherList, CipherError> {
    if let Some(names) = suite_b(text) {
        let suites = names.iter().filter_map(|name| by_name(name)).collect();
        return Ok(CipherList {
            suites,
            unknown: Vec::new(),
            security_level: None,
        });
    }
    let mut list = List::new();
    let mut rest = text;
    if let Some(behind) = text.strip_prefix("DEFAULT")
        && (behind.is_empty() || behind.starts_with(is_separator))
    {
        list.apply_element("ALL")?;
        list.apply_element("!COMPLEMENTOFDEFAULT")?;
        list.apply_element("!eNULL")?;
        rest = behind;
    }
    for element in rest.split(is_separator).filter(|element| !element.is_empty()) {
        list.apply_element(element)?;
    }
    let suites: Vec<Suite> = list
        .entries
        .iter()
        .filter(|entry| entry.active)
        .map(|entry| entry.suite)
        .collect();
    if suites.is_empty() {
        return Err(CipherError::Empty);
    }
    Ok(CipherList {
        suites,
        unknown: list.unknown,
        security_level: list.security_level,
    })
}

/// The suites of TLS 1.3 with their numbers.
const TLS13: &[(&str, u16)] = &[
    ("TLS_AES_128_GCM_SHA256", 0x1301),
    ("TLS_AES_256_GCM_SHA384", 0x1302),
    ("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
    ("TLS_AES_128_CCM_SHA256", 0x1304),
    ("TLS_AES_128_CCM_8_SHA256", 0x1305),
];

/// The TLS 1.3 suites of a `ciphersuites` list, by their numbers, in its order.
///
/// # Errors
/// When a name is none, or when there is none at all.
pub fn tls13_suites(text: &str) -> Result<Vec<u16>, CipherError> {
    let suites = text
        .split(':')
        .filter(|name| !name.is_empty())
        .map(|name| {
            let known = TLS13.iter().find(|(known, _)| *known == name);
            known
                .map(|(_, id)| *id)
                .ok_or_else(|| CipherError::Unreadable(name.to_owned()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if suites.is_empty() {
        Err(CipherError::Empty)
    } else {
        Ok(suites)
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ':' | ' ' | ';' | ',')
}

/// OpenSSL's name of the cipher suite with that number in the protocol; those of TLS 1.3 are called as they are everywhere.
#[must_use]
pub fn name_of(id: u16) -> Option<&'static str> {
    let older = || SUITES.iter().find(|suite| suite.id == id).map(|suite| suite.name);
    let newer = TLS13.iter().find(|(_, number)| *number == id);
    newer.map(|(name, _)| *name).or_else(older)
}

/// The bits of the key of the cipher suite of that name.
#[must_use]
pub fn bits_of(name: &str) -> Option<u16> {
    if TLS13.iter().any(|(known, _)| *known == name) {
        return Some(if name.contains("AES_128") { 128 } else { 256 });
    }
    SUITES
        .iter()
        .find(|suite| suite.name == name)
        .map(|suite| suite.bits)
}

fn suite_b(text: &str) -> Option<&'static [&'static str]> {
    const S128: &str = "ECDHE-ECDSA-AES128-GCM-SHA256";
    const S256: &str = "ECDHE-ECDSA-AES256-GCM-SHA384";
    if text.starts_with("SUITEB128ONLY") || text.starts_with("SUITEB128C2") {
        Some(&[S128])
    } else if text.starts_with("SUITEB128") {
        Some(&[S128, S256])
    } else if text.starts_with("SUITEB192") {
        Some(&[S256])
    } else {
        None
    }
}

fn by_name(name: &str) -> Option<Suite> {
    SUITES.iter().copied().find(|suite| suite.name == name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Add,
    Remove,
    Kill,
    MoveToEnd,
}

struct Entry {
    suite: Suite,
    active: bool,
}

/// The list while a string is being worked through. Suites that are not (or no longer) in it stay in place, since their
/// order counts when they are added.
struct List {
    entries: Vec<Entry>,
    unknown: Vec<String>,
    security_level: Option<u8>,
}

impl List {
    fn new() -> Self {
        let entries = SUITES
            .iter()
            .map(|suite| Entry {
                suite: *suite,
                active: false,
            })
            .collect();
        Self {
            entries,
            unknown: Vec::new(),
            security_level: None,
        }
    }

    fn apply_element(&mut self, element: &str) -> Result<(), CipherError> {
        let (operation, names) = match element.as_bytes()[0] {
            b'!' => (Operation::Kill, &element[1..]),
            b'-' => (Operation::Remove, &element[1..]),
            b'+' => (Operation::MoveToEnd, &element[1..]),
            b'@' => return self.command(element),
            _ => (Operation::Add, element),
        };
        let mut tests = Vec::new();
        for name in names.split('+') {
            let readable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '=' | '_');
            if name.is_empty() || !name.chars().all(readable) {
                return Err(CipherError::Unreadable(element.to_owned()));
            }
            if let Some(suite) = by_name(name) {
                tests.push(Test::Suite(suite.id));
            } else if let Some(matches) = alias::find(name) {
                tests.push(Test::Alias(matches));
            } else {
                // An element with a name that means nothing has no effect, as in OpenSSL.
                if !name.starts_with("TLS_") {
                    self.unknown.push(name.to_owned());
                }
                return Ok(());
            }
        }
        self.apply(operation, |suite| {
            tests.iter().all(|test| match test {
                Test::Suite(id) => suite.id == *id,
                Test::Alias(matches) => matches(suite),
            })
        });
        Ok(())
    }

    fn command(&mut self, element: &str) -> Result<(), CipherError> {
        let unreadable = || CipherError::Unreadable(element.to_owned());
        if element == "@STRENGTH" {
            // Stable: suites of the same strength keep their order.
            self.entries.sort_by_key(|entry| {
                let strength = if entry.active { entry.suite.bits } else { u16::MAX };
                std::cmp::Reverse(strength)
            });
            return Ok(());
        }
        let level = element.strip_prefix("@SECLEVEL=").ok_or_else(unreadable)?;
        let level: u8 = level.parse().map_err(|_| unreadable())?;
        if level > 5 {
            return Err(unreadable());
        }
        self.security_level = Some(level);
        Ok(())
    }

    fn apply(&mut self, operation: Operation, matches: impl Fn(&Suite) -> bool) {
        let (hit, mut kept): (Vec<Entry>, Vec<Entry>) =
            std::mem::take(&mut self.entries).into_iter().partition(|entry| {
                let eligible = match operation {
                    Operation::Add => !entry.active,
                    Operation::Remove | Operation::MoveToEnd => entry.active,
                    Operation::Kill => true,
                };
                eligible && matches(&entry.suite)
            });
        match operation {
            Operation::Add => kept.extend(hit.into_iter().map(|entry| Entry {
                active: true,
                ..entry
            })),
            Operation::MoveToEnd => kept.extend(hit),
            Operation::Remove => {
                // Back to where they are added from first, in the order that they had.
                let removed = hit.into_iter().map(|entry| Entry {
                    active: false,
                    ..entry
                });
                kept = removed.chain(kept).collect();
            }
            Operation::Kill => {}
        }
        self.entries = kept;
    }
}

enum Test {
    Suite(u16),
    Alias(fn(&Suite) -> bool),
}
