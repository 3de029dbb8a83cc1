//! Whether a response may be kept, and how long it is fresh (RFC 9111, sections 3 and 4.2, as far as the original goes).

use super::asked::{Asked, Storing, begins};
use super::date;
use super::vary::Variant;
use crate::http1::{ResponseRef, list_tokens};

/// What is to be known of a response that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fitness {
    /// Seconds for which it is fresh from now on.
    pub(super) lifetime: u64,
    /// Seconds that it was old when it came.
    pub(super) age: u64,
    /// When it last changed, as far as it tells, in seconds since the epoch.
    pub(super) modified: u64,
    /// Which requests it is for.
    pub(super) variant: Variant,
}

/// What a cache's section settles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// Seconds that a response is kept at most.
    pub(super) max_age: u64,
    /// Variants are told apart.
    pub(super) process_vary: bool,
}

/// What a response says of how long it is fresh.
#[derive(Clone, Copy, Debug, Default)]
struct Freshness {
    shared: Option<u64>,
    own: Option<u64>,
}

/// Whether the response to a request may be kept; `now` in seconds since the epoch.
pub(super) fn fitness(asked: &Asked, response: ResponseRef<'_>, terms: Terms, now: u64) -> Option<Fitness> {
    if asked.store == Storing::No || response.status() != 200 {
        return None;
    }
    let headers = response.headers();
    if headers
        .get(b"pragma")
        .any(|value| value.eq_ignore_ascii_case(b"no-cache"))
    {
        return None;
    }
    let mut freshness = Freshness::default();
    let mut is_public = false;
    for token in headers.get(b"cache-control").flat_map(list_tokens) {
        if [&b"private"[..], b"no-store", b"no-cache"]
            .iter()
            .any(|word| begins(token, word))
        {
            return None;
        }
        is_public |= token.eq_ignore_ascii_case(b"public");
        if begins(token, b"s-maxage") {
            freshness.shared = seconds(&token[b"s-maxage".len()..])?.or(freshness.shared);
        } else if begins(token, b"max-age") {
            freshness.own = seconds(&token[b"max-age".len()..])?.or(freshness.own);
        }
    }
    if asked.store == Storing::Public && !is_public {
        return None;
    }
    let has_vary = headers.get(b"vary").next().is_some();
    if has_vary && !terms.process_vary {
        return None;
    }
    let variant = Variant::of(headers, &asked.wishes)?;
    let told = match freshness.shared.or(freshness.own) {
        Some(told) => Some(told),
        None => match headers.get(b"expires").next() {
            // What is no date is in the past.
            Some(text) => Some(date::parse(text)?.checked_sub(now).filter(|left| *left > 0)?),
            None => None,
        },
    };
    let says_how_long = headers
        .get(b"cache-control")
        .flat_map(list_tokens)
        .any(|token| begins(token, b"max-age") || begins(token, b"s-maxage"));
    let is_validated = ["etag", "last-modified"]
        .iter()
        .any(|name| headers.get(name.as_bytes()).next().is_some());
    if told.is_none() && !says_how_long && !is_validated {
        return None;
    }
    let age = match headers.get(b"age").next() {
        Some(text) => {
            let age = whole(text)?;
            // An age makes no sense for a response that does not say how long it is fresh.
            told.filter(|told| age <= *told)?;
            age
        }
        None => 0,
    };
    let date_of = |name: &[u8]| headers.get(name).next().and_then(date::parse);
    Some(Fitness {
        lifetime: told.unwrap_or(u64::MAX).min(terms.max_age),
        age,
        modified: date_of(b"last-modified").or(date_of(b"date")).unwrap_or(now),
        variant,
    })
}

/// What stands behind the name of a directive: its seconds; the inner none where it has none. None where that is no number, or none
/// that leaves any time.
#[expect(
    clippy::option_option,
    reason = "nothing said and something wrong said are not the same"
)]
fn seconds(rest: &[u8]) -> Option<Option<u64>> {
    let Some(value) = rest.strip_prefix(b"=") else {
        return Some(None);
    };
    let value = value.trim_ascii();
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    if value.is_empty() {
        return if rest.ends_with(b"\"") { None } else { Some(None) };
    }
    let value = value.strip_prefix(b"+").unwrap_or(value);
    let digits = value.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let told = whole(&value[..digits])?;
    (told > 0).then_some(Some(told))
}

/// A whole number of digits alone; what is too large for one is the largest.
fn whole(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = std::str::from_utf8(text).ok()?.parse();
    Some(number.unwrap_or(u64::MAX))
}
