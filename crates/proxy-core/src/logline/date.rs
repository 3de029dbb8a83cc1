//! Dates as logs write them, made anew once a second.

use std::fmt;
use std::io::Write as _;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use smallvec::SmallVec;

/// Local time, at a time given in seconds since the epoch.
pub type Zone = Box<dyn Fn(i64) -> LocalTime + Send>;

/// How clocks stand at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalTime {
    /// Seconds east of UTC.
    pub offset: i32,
    /// What that is called, such as `CEST`.
    pub name: SmallVec<[u8; 8]>,
}

impl LocalTime {
    /// So many seconds east of UTC, by that name.
    #[must_use]
    pub fn new(offset: i32, name: &str) -> Self {
        Self {
            offset,
            name: name.as_bytes().into(),
        }
    }
}

/// A zone's offset is asked for again this often, in seconds; every change falls on such a border.
const OFFSET_GRAIN: i64 = 900;

/// Length of `2009-02-06T12:14:14.`.
const ISO_UNTIL_FRACTION: usize = 20;

pub(super) const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Texts for the second that was asked for last. Each thread has its own.
pub struct DateText {
    zone: Zone,
    offset: i32,
    grain: i64,
    local: Cached,
    syslog: Cached,
    utc_offset: Cached,
    utc: Cached,
    rfc5424: Cached,
}

/// A text for one second.
#[derive(Debug)]
struct Cached {
    second: i64,
    text: Vec<u8>,
}

impl Default for Cached {
    fn default() -> Self {
        Self {
            second: i64::MIN,
            text: Vec::new(),
        }
    }
}

impl fmt::Debug for DateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DateText")
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

impl DateText {
    /// Texts in local time.
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            offset: 0,
            grain: i64::MIN,
            local: Cached::default(),
            syslog: Cached::default(),
            utc_offset: Cached::default(),
            utc: Cached::default(),
            rfc5424: Cached::default(),
        }
    }

    /// How clocks stand here, at a time in seconds since the epoch.
    #[must_use]
    pub fn local_at(&self, epoch: i64) -> LocalTime {
        (self.zone)(epoch)
    }

    /// `06/Feb/2009:12:14:14.655`: local time with milliseconds.
    pub fn write_accept(&mut self, out: &mut Vec<u8>, epoch_ms: u64) {
        let second = (epoch_ms / 1000) as i64;
        if self.local.second != second {
            let t = self.civil(second);
            self.local.set(
                second,
                format_args!(
                    "{:02}/{}/{:04}:{:02}:{:02}:{:02}",
                    t.day(),
                    month(t),
                    t.year(),
                    t.hour(),
                    t.minute(),
                    t.second()
                ),
            );
        }
        out.extend_from_slice(&self.local.text);
        let ms = (epoch_ms % 1000) as u16;
        out.push(b'.');
        out.push(b'0' + (ms / 100) as u8);
        out.push(b'0' + (ms / 10 % 10) as u8);
        out.push(b'0' + (ms % 10) as u8);
    }

    /// `06/Feb/2009:12:14:14 +0100`: local time with its offset, as CLF has it.
    pub fn write_clf(&mut self, out: &mut Vec<u8>, epoch_seconds: u64) {
        let second = epoch_seconds as i64;
        if self.utc_offset.second != second {
            let t = self.civil(second);
            self.utc_offset.set_clf(second, t, self.offset / 60);
        }
        out.extend_from_slice(&self.utc_offset.text);
    }

    /// `06/Feb/2009:11:14:14 +0000`: the same in UTC.
    pub fn write_clf_utc(&mut self, out: &mut Vec<u8>, epoch_seconds: u64) {
        let second = epoch_seconds as i64;
        if self.utc.second != second {
            let time = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
            self.utc.set_clf(second, Offset::UTC.to_datetime(time), 0);
        }
        out.extend_from_slice(&self.utc.text);
    }

    /// `Feb  6 12:14:14`: local time as RFC 3164 has it.
    pub fn write_rfc3164(&mut self, out: &mut Vec<u8>, epoch_seconds: u64) {
        let second = epoch_seconds as i64;
        if self.syslog.second != second {
            let t = self.civil(second);
            self.syslog.set(
                second,
                format_args!(
                    "{} {:2} {:02}:{:02}:{:02}",
                    month(t),
                    t.day(),
                    t.hour(),
                    t.minute(),
                    t.second()
                ),
            );
        }
        out.extend_from_slice(&self.syslog.text);
    }

    /// `2009-02-06T12:14:14.123456+01:00`: local time as RFC 5424 has it, from microseconds since the epoch.
    pub fn write_iso(&mut self, out: &mut Vec<u8>, epoch_us: u64) {
        let second = (epoch_us / 1_000_000) as i64;
        if self.rfc5424.second != second {
            let t = self.civil(second);
            let minutes = self.offset / 60;
            self.rfc5424.set(
                second,
                format_args!(
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{}{:02}:{:02}",
                    t.year(),
                    t.month(),
                    t.day(),
                    t.hour(),
                    t.minute(),
                    t.second(),
                    if minutes < 0 { '-' } else { '+' },
                    minutes.abs() / 60,
                    minutes.abs() % 60
                ),
            );
        }
        let (until, offset) = self.rfc5424.text.split_at(ISO_UNTIL_FRACTION);
        out.extend_from_slice(until);
        // Writing to a vector does not fail.
        let _infallible = write!(out, "{:06}", epoch_us % 1_000_000);
        out.extend_from_slice(offset);
    }

    /// `Fri, 06 Feb 2009 12:14:14 +0100 (CET)`: local time as RFC 5322 has it.
    pub fn write_mail(&mut self, out: &mut Vec<u8>, epoch_seconds: u64) {
        let second = epoch_seconds as i64;
        let t = self.civil(second);
        let minutes = self.offset / 60;
        // Writing to a vector does not fail.
        let _infallible = write!(
            out,
            "{} {}{:02}{:02} (",
            t.strftime("%a, %d %b %Y %H:%M:%S"),
            if minutes < 0 { '-' } else { '+' },
            minutes.abs() / 60,
            minutes.abs() % 60
        );
        out.extend_from_slice(&self.local_at(second).name);
        out.push(b')');
    }

    fn civil(&mut self, second: i64) -> DateTime {
        let grain = second.div_euclid(OFFSET_GRAIN);
        if self.grain != grain {
            self.grain = grain;
            self.offset = (self.zone)(second).offset;
        }
        let offset = Offset::from_seconds(self.offset).unwrap_or(Offset::UTC);
        let time = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
        offset.to_datetime(time)
    }
}

impl Cached {
    fn set_clf(&mut self, second: i64, t: DateTime, minutes: i32) {
        self.set(
            second,
            format_args!(
                "{:02}/{}/{:04}:{:02}:{:02}:{:02} {}{:02}{:02}",
                t.day(),
                month(t),
                t.year(),
                t.hour(),
                t.minute(),
                t.second(),
                if minutes < 0 { '-' } else { '+' },
                minutes.abs() / 60,
                minutes.abs() % 60
            ),
        );
    }

    fn set(&mut self, second: i64, text: fmt::Arguments<'_>) {
        self.second = second;
        self.text.clear();
        // Writing to a vector does not fail.
        let _infallible = self.text.write_fmt(text);
    }
}

fn month(time: DateTime) -> &'static str {
    MONTHS[(time.month() - 1) as usize]
}
