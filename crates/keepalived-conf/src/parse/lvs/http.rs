//! `HTTP_GET` and `SSL_GET`, with the URLs that they ask for.

use syntax::{Diagnostic, Span};

use super::value::lacks;
use super::{check, check::end as end_of_check};
use crate::lines::Line;
use crate::reading::Reading;

/// Digits of a digest.
const DIGEST: usize = 32;

/// Ends one: without URLs it asks for nothing. (The original dies of it.)
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    if check(reading).is_some_and(|check| check.urls == 0) {
        let message = "HTTP/SSL_GET checker has no urls specified - ignoring";
        let told = Diagnostic::warning("missing-keyword", message)
            .at(closed)
            .help("write `url { path /… }` into it");
        return reading.fault(told);
    }
    end_of_check(reading, closed);
}

/// `http_protocol`.
pub(crate) fn protocol(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "1.0, 1.1, 1.0C or 1.1C") else {
        return;
    };
    if !matches!(
        &*word.bytes,
        b"1.0" | b"1.1" | b"1.0C" | b"1.1C" | b"1.0K" | b"1.1K"
    ) {
        let message = format!("Invalid http_protocol version {}", word.text());
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write 1.0 or 1.1, with C behind it for `Connection: close`");
        reading.fault(told);
    }
}

/// `virtualhost`.
pub(crate) fn virtualhost(reading: &mut Reading<'_>, line: &Line) {
    if line.arg(0).is_none() {
        lacks(
            reading,
            line,
            "HTTP_GET virtualhost name missing",
            "write the Host of requests",
        );
    }
}

/// Begins a URL.
pub(crate) fn begin_url(reading: &mut Reading<'_>, _: &Line) -> bool {
    if let Some(check) = check(reading) {
        check.url_path = false;
        check.urls += 1;
    }
    true
}

/// Ends it.
pub(crate) fn end_url(reading: &mut Reading<'_>, closed: Span) {
    if check(reading).is_some_and(|check| !check.url_path) {
        let told = Diagnostic::warning(
            "missing-keyword",
            "HTTP/SSL_GET checker url has no path - ignoring",
        )
        .at(closed)
        .help("write `path /…` into it");
        reading.fault(told);
    }
}

/// `path`.
pub(crate) fn path(reading: &mut Reading<'_>, line: &Line) {
    let named = reading.need(line, 0, "a path").is_some();
    if let Some(check) = check(reading) {
        check.url_path |= named;
    }
}

/// `digest`.
pub(crate) fn digest(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the MD5 of the answer") else {
        return;
    };
    let text = word.text();
    if text.len() != DIGEST {
        let message = format!(
            "digest '{text}' character length should be {DIGEST} rather than {}",
            text.len()
        );
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write the MD5 of the answer in hexadecimal digits");
        reading.fault(told);
    }
}

/// `status_code`: numbers and ranges of them; the first that is none ends them.
pub(crate) fn status_code(reading: &mut Reading<'_>, line: &Line) {
    let code = |text: &str| text.parse::<u16>().ok().filter(|code| (100..=599).contains(code));
    let fits = |text: &str| match text.split_once('-') {
        Some((low, high)) => code(low).zip(code(high)).is_some_and(|(low, high)| low <= high),
        None => code(text).is_some(),
    };
    if let Some(word) = line.args().iter().find(|word| !fits(&word.text())) {
        let told = Diagnostic::warning(
            "bad-value",
            format!("Invalid HTTP_GET status code '{}'", word.text()),
        )
        .at(word.span)
        .help("write codes from 100 to 599, or ranges such as 200-299");
        reading.fault(told);
    }
}

/// `virtualhost` of a URL.
pub(crate) fn url_virtualhost(reading: &mut Reading<'_>, line: &Line) {
    if line.arg(0).is_none() {
        lacks(
            reading,
            line,
            "Missing HTTP_GET virtualhost name",
            "write the Host of the request",
        );
    }
}

/// What is taken as it is: the original reads it without a word.
pub(crate) fn any(_: &mut Reading<'_>, _: &Line) {}
