//! How OCSP answers are fetched: `ocsp-update.*`.

use std::net::IpAddr;

use syntax::{Context, Diagnostic};

use super::super::line::Line;
use super::super::reading::Reading;
use super::kept;
use crate::signature::{ReadArgument, Value};

/// Seconds between two fetches of an answer: at least, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OcspDelays {
    least: i64,
    most: i64,
}

impl Default for OcspDelays {
    fn default() -> Self {
        Self {
            least: 300,
            most: 3600,
        }
    }
}

/// `ocsp-update.mindelay` and `.maxdelay`, which are held to each other as they come.
pub(crate) fn ocsp_delay(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = kept(reading, line) else { return };
    let seconds = given
        .arguments
        .first()
        .and_then(|argument| argument.value.number());
    let seconds = seconds.unwrap_or(0);
    let delays = &mut reading.written.ocsp_delays;
    let wrong = if given.name.ends_with("mindelay") {
        delays.least = seconds;
        (seconds > delays.most).then_some("higher than tune.ssl.ocsp-update.maxdelay")
    } else {
        delays.most = seconds;
        (seconds < delays.least).then_some("lower than tune.ssl.ocsp-update.mindelay")
    };
    if let Some(wrong) = wrong {
        let message = format!("'{}' can not be {wrong}.", given.name);
        let told = Diagnostic::alert("bad-number", message).at(line.span());
        reading.tell(told.help("give the longer delay first, and not less than the shorter one"));
    }
}

/// Where requests for OCSP answers go through.
pub(crate) const OCSP_PROXY: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    let text = word.map_or(&b""[..], |word| &word.text);
    // A name is not looked up.
    let written = String::from_utf8_lossy(text);
    let host = match written.parse::<IpAddr>() {
        Ok(_) => &*written,
        Err(_) => written.rsplit_once(':').map_or(&*written, |(host, _)| host),
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let wrong = if written.is_empty() {
        Some("'' resolves to an empty address (environment variable missing?)".to_owned())
    } else if written.starts_with('/') || matches!(host, "" | "*") || bare.parse::<IpAddr>().is_ok() {
        None
    } else {
        Some(format!("invalid address: '{host}' in '{written}'"))
    };
    let Some(wrong) = wrong else {
        return Some(Value::Text(text.to_vec().into()));
    };
    let message = format!("ocsp-update: Failed to parse destination address in {wrong}");
    let told = Diagnostic::alert("bad-address", message)
        .at(word.map_or(subject.behind, |word| word.span))
        .context(Context::Whole);
    subject.tell(
        reading,
        told.help("write an address and a port, such as 127.0.0.1:3128"),
    );
    None
});
