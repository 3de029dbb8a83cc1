//! `reload_time_file`: a file that says when the configuration is to be read again.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use vrrp::log::Log;

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// The longest line that is a time, and more than that.
const LONGEST: u64 = 64;

/// A reload that is to come.
#[derive(Debug)]
pub(super) struct Schedule {
    file: String,
    repeat: bool,
    /// What the file was like when it was last read.
    seen: Option<(SystemTime, u64)>,
    due: Option<Timestamp>,
    look_at: Instant,
}

impl Schedule {
    /// One that the file `file` decides on.
    pub(super) fn new(file: String, repeat: bool) -> Self {
        Self {
            file,
            repeat,
            seen: None,
            due: None,
            look_at: Instant::now(),
        }
    }

    /// The file.
    pub(super) fn file(&self) -> (&str, bool) {
        (&self.file, self.repeat)
    }

    /// When [`Self::look`] wants to be called.
    pub(super) fn poll_timeout(&self) -> Instant {
        // What is in the past is due now.
        let left =
            |due: Timestamp| Duration::try_from(due.duration_since(Timestamp::now())).unwrap_or_default();
        let due = self.due.map(|due| Instant::now() + left(due));
        due.map_or(self.look_at, |due| due.min(self.look_at))
    }

    /// Looks at the file and at the clock: whether it is time.
    pub(super) fn look(&mut self, log: &Log) -> bool {
        let now = Instant::now();
        if now >= self.look_at {
            self.look_at = now + LOOK;
            self.read(log);
        }
        let is_due = self.due.is_some_and(|due| due <= Timestamp::now());
        if is_due {
            self.due = None;
            if self.repeat {
                // It is read again, and says when the next one is.
                self.seen = None;
            } else if let Err(error) = fs::remove_file(&self.file) {
                log.info(format!(
                    "Reload time file {} cannot be removed: {error}",
                    self.file
                ));
            }
        }
        is_due
    }

    fn read(&mut self, log: &Log) {
        let Ok(what) = fs::metadata(&self.file) else {
            self.seen = None;
            if let Some(due) = self.due.take() {
                log.info(format!("Cancelling reload scheduled for {}", shown(due)));
            }
            return;
        };
        let now = (what.modified().unwrap_or(SystemTime::UNIX_EPOCH), what.len());
        if self.seen.replace(now) == Some(now) {
            return;
        }
        let line = match first_line(Path::new(&self.file)) {
            Ok(line) => line,
            Err(error) => return log.info(format!("Reload time file {}: {error}", self.file)),
        };
        self.due = None;
        match moment(&line, Timestamp::now(), &TimeZone::system()) {
            Ok(due) => {
                log.info(format!("Scheduling reload for {}", shown(due)));
                self.due = Some(due);
            }
            Err(why) => log.info(format!("Reload time {line} {why} - ignoring")),
        }
    }
}

fn first_line(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn shown(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// The moment that a line names: `HH:MM:SS`, the next one of that time; or with `YY-MM-DD` or `YYYY-MM-DD` before it. With a `Z`
/// behind it, it is UTC.
fn moment(line: &str, now: Timestamp, here: &TimeZone) -> Result<Timestamp, &'static str> {
    const FORMAT: &str = "format is incorrect";
    let (text, zone) = match line.strip_suffix('Z') {
        Some(text) => (text, TimeZone::UTC),
        None => (line, here.clone()),
    };
    let digits = |text: &str, at: usize, length: usize| {
        let part = text.get(at..at + length)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse::<i16>().ok())?
    };
    let time = |text: &str| {
        let is_time = text.len() == 8 && &text[2..3] == ":" && &text[5..6] == ":";
        let part = |at| digits(text, at, 2).and_then(|number| i8::try_from(number).ok());
        is_time.then(|| Time::new(part(0)?, part(3)?, part(6)?, 0).ok())?
    };
    if !text.is_ascii() {
        return Err(FORMAT);
    }
    let at = |date: jiff::civil::Date, time: Time| {
        let both = DateTime::from_parts(date, time);
        both.to_zoned(zone.clone())
            .map(|zoned| zoned.timestamp())
            .map_err(|_| FORMAT)
    };
    let Some((date, clock)) = text.split_once(' ') else {
        let clock = time(text).ok_or(FORMAT)?;
        let today = now.to_zoned(zone.clone()).date();
        let first = at(today, clock)?;
        return if first > now {
            Ok(first)
        } else {
            at(today.tomorrow().map_err(|_| FORMAT)?, clock)
        };
    };
    let clock = time(clock).ok_or(FORMAT)?;
    let (year, rest) = match date.len() {
        8 => (digits(date, 0, 2).map(|year| 2000 + year), &date[2..]),
        10 => (digits(date, 0, 4), &date[4..]),
        _ => return Err(FORMAT),
    };
    let separated = rest.starts_with('-') && rest.get(3..4) == Some("-");
    let part = |at| digits(rest, at, 2).and_then(|number| i8::try_from(number).ok());
    let (Some(year), Some(month), Some(day), true) = (year, part(1), part(4), separated) else {
        return Err(FORMAT);
    };
    let date = jiff::civil::Date::new(year, month, day).map_err(|_| FORMAT)?;
    let found = at(date, clock)?;
    if found > now {
        Ok(found)
    } else {
        Err("is in the past")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<String, &'static str> {
        let now: Timestamp = "2026-11-22T21:14:00Z".parse().expect("a time");
        let here = TimeZone::fixed(jiff::tz::offset(2));
        moment(line, now, &here).map(|at| at.to_string())
    }

    #[test]
    fn times_are_read_in_three_forms() {
        assert_eq!(read("21:14:05Z").as_deref(), Ok("2026-11-22T21:14:05Z"));
        assert_eq!(read("21:14:00Z").as_deref(), Ok("2026-11-23T21:14:00Z"));
        assert_eq!(read("23:30:00").as_deref(), Ok("2026-11-22T21:30:00Z"));
        assert_eq!(read("26-12-01 08:00:00").as_deref(), Ok("2026-12-01T06:00:00Z"));
        assert_eq!(
            read("2027-01-01 00:00:00Z").as_deref(),
            Ok("2027-01-01T00:00:00Z")
        );
        assert_eq!(read("26-11-22 21:13:59Z"), Err("is in the past"));
        for bad in [
            "junk",
            "",
            "1:2:3",
            "25:00:00",
            "2026-13-01 00:00:00",
            "26-11-22  21:14:05",
            " 21:14:05",
            "é1:14:05",
        ] {
            assert_eq!(read(bad), Err("format is incorrect"), "{bad}");
        }
    }
}
