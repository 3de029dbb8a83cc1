//! The local time zone, for the dates in log lines. It is read once, while its files can still be seen: behind `chroot` they
//! cannot.

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proxy_core::logline::{LocalTime, Zone};

static ZONE: OnceLock<TimeZone> = OnceLock::new();

/// Reads it.
pub(crate) fn read() {
    ZONE.get_or_init(TimeZone::system);
}

/// Makes what asks it, for one thread.
pub(crate) fn local() -> Zone {
    let zone = ZONE.get_or_init(TimeZone::system).clone();
    Box::new(move |seconds| match Timestamp::from_second(seconds) {
        Ok(time) => {
            let local = zone.to_offset_info(time);
            LocalTime::new(local.offset().seconds(), local.abbreviation())
        }
        // No clock shows such a time.
        Err(_) => LocalTime::default(),
    })
}
