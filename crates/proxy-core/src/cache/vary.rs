//! Variants of a response (RFC 9111, section 4.1), as far as the manual's `process-vary` goes: `Accept-Encoding` by what the response's
//! coding is, `Referer` and `Origin` by their values.

use sha2::{Digest as _, Sha256};

use crate::http1::{Headers, list_tokens};

/// Codings that IANA lists, each a bit; one that has two names stands in one row.
const CODINGS: [&[&[u8]]; 11] = [
    &[b"identity"],
    &[b"gzip", b"x-gzip"],
    &[b"deflate"],
    &[b"br"],
    &[b"compress", b"x-compress"],
    &[b"zstd"],
    &[b"dcb"],
    &[b"dcz"],
    &[b"exi"],
    &[b"aes128gcm"],
    &[b"pack200-gzip"],
];

/// The bit of `identity`.
const IDENTITY: u16 = 1;

/// Every coding.
const ALL: u16 = (1 << CODINGS.len()) - 1;

/// Some of the codings, a bit for each.
pub(super) type Codings = u16;

/// What is left of a header's value: equal values have equal ones, and nobody makes another value for one that is given.
pub(super) type Fingerprint = [u8; 16];

/// What a request says in the headers that variants depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wishes {
    codings: Codings,
    referer: Fingerprint,
    origin: Fingerprint,
    /// `Referer` or `Origin` came twice: no variant is the right one.
    doubtful: bool,
}

/// Which requests a response is for: those that are the same in what it depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Variant {
    codings: Option<Codings>,
    referer: Option<Fingerprint>,
    origin: Option<Fingerprint>,
}

impl Wishes {
    /// What the request with these headers wishes for.
    pub(super) fn of(headers: Headers<'_>) -> Self {
        let mut doubtful = false;
        let mut single = |name: &[u8]| {
            let mut values = headers.get(name);
            let first = values.next();
            doubtful |= values.next().is_some();
            fingerprint(first)
        };
        Self {
            referer: single(b"referer"),
            origin: single(b"origin"),
            codings: accepted(headers),
            doubtful,
        }
    }
}

impl Variant {
    /// The variant that a response is, with these headers, to a request with those wishes; none for one that depends on what is not
    /// looked at here, or has a coding that nobody knows.
    pub(super) fn of(response: Headers<'_>, wishes: &Wishes) -> Option<Self> {
        let mut variant = Self::default();
        for value in response.get(b"vary") {
            let mut any = false;
            for name in list_tokens(value) {
                any = true;
                if name.eq_ignore_ascii_case(b"accept-encoding") {
                    variant.codings = Some(applied(response)?);
                } else if name.eq_ignore_ascii_case(b"referer") {
                    variant.referer = Some(wishes.referer);
                } else if name.eq_ignore_ascii_case(b"origin") {
                    variant.origin = Some(wishes.origin);
                } else {
                    return None;
                }
            }
            if !any {
                return None;
            }
        }
        (variant.is_all() || !wishes.doubtful).then_some(variant)
    }

    /// Whether it is for all requests.
    pub(super) fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is for a request with those wishes.
    pub(super) fn suits(&self, wishes: &Wishes) -> bool {
        if self.is_all() {
            return true;
        }
        !wishes.doubtful
            && self.codings.is_none_or(|codings| codings & !wishes.codings == 0)
            && self.referer.is_none_or(|referer| referer == wishes.referer)
            && self.origin.is_none_or(|origin| origin == wishes.origin)
    }

    /// It as 20 bytes, for those who list entries; all zero for one that is for all requests.
    pub(super) fn octets(&self) -> [u8; 20] {
        let mut octets = [0; 20];
        octets[..2].copy_from_slice(&self.codings.unwrap_or(0).to_be_bytes());
        octets[2..10].copy_from_slice(&self.referer.unwrap_or_default()[..8]);
        octets[10..18].copy_from_slice(&self.origin.unwrap_or_default()[..8]);
        octets
    }
}

fn fingerprint(value: Option<&[u8]>) -> Fingerprint {
    let Some(value) = value else {
        return Fingerprint::default();
    };
    let digest = Sha256::digest(value);
    let mut out = Fingerprint::default();
    out.copy_from_slice(&digest[..16]);
    out
}

fn bit(name: &[u8]) -> Option<Codings> {
    let known = |names: &&[&[u8]]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    CODINGS.iter().position(known).map(|at| 1 << at)
}

/// The codings that a request takes (RFC 9110, section 12.5.3). One that says nothing takes all.
fn accepted(headers: Headers<'_>) -> Codings {
    let (mut taken, mut refused, mut any, mut said) = (0, 0, false, false);
    for value in headers.get(b"accept-encoding") {
        said = true;
        for token in list_tokens(value) {
            let mut parts = token.split(|octet| *octet == b';');
            let name = parts.next().unwrap_or_default().trim_ascii();
            let wanted = !parts.any(refuses);
            if name == b"*" {
                any |= wanted;
            } else if let Some(bit) = bit(name) {
                let side = if wanted { &mut taken } else { &mut refused };
                *side |= bit;
            }
        }
    }
    if !said || any {
        taken = ALL;
    }
    (taken | IDENTITY) & !refused
}

/// Whether a parameter is a weight of nothing.
fn refuses(parameter: &[u8]) -> bool {
    let parameter = parameter.trim_ascii();
    let Some(weight) = parameter.strip_prefix(b"q=").or(parameter.strip_prefix(b"Q=")) else {
        return false;
    };
    let digits = weight.strip_prefix(b"0.").or(weight.strip_prefix(b"0"));
    digits.is_some_and(|rest| rest.iter().all(|octet| *octet == b'0'))
}

/// The codings that a response has; none where one of them is unknown.
fn applied(headers: Headers<'_>) -> Option<Codings> {
    let mut all = 0;
    for value in headers.get(b"content-encoding") {
        let mut names = list_tokens(value).peekable();
        names.peek()?;
        for name in names {
            all |= bit(name)?;
        }
    }
    Some(if all == 0 { IDENTITY } else { all })
}
