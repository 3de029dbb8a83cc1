//! A time as calendars and clocks show it, in the Gregorian calendar for all years.

pub(super) const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A time.
#[derive(Debug)]
pub(super) struct Moment<'z> {
    /// Seconds since the epoch.
    pub(super) epoch: i64,
    pub(super) year: i64,
    /// From 0.
    pub(super) month: usize,
    /// From 1.
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    /// From 0, which is Sunday.
    pub(super) weekday: usize,
    /// Day of the year, from 0.
    pub(super) day_of_year: i64,
    /// Seconds east of UTC.
    pub(super) offset: i32,
    /// What the zone is called.
    pub(super) zone: &'z [u8],
}

impl Moment<'static> {
    /// A time in UTC, in seconds since the epoch.
    pub(super) fn utc(epoch: i64) -> Self {
        Moment::at(epoch, 0, b"GMT")
    }
}

impl<'z> Moment<'z> {
    /// A time so many seconds east of UTC.
    pub(super) fn at(epoch: i64, offset: i32, zone: &'z [u8]) -> Self {
        const DAY: i64 = 86_400;
        let local = epoch.saturating_add(offset.into());
        let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        Self {
            epoch,
            year,
            month: usize::try_from(month - 1).unwrap_or(0),
            day,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            // The epoch was a Thursday.
            weekday: usize::try_from((days + 4).rem_euclid(7)).unwrap_or(0),
            day_of_year: days - days_since_epoch(year, 1, 1),
            offset,
            zone,
        }
    }

    /// Year and week by ISO 8601: the first week is that of the year's first Thursday.
    pub(super) fn iso_week(&self) -> (i64, i64) {
        // Days since Monday.
        let weekday = (self.weekday as i64 + 6) % 7;
        let thursday = self.day_of_year - weekday + 3;
        let length = |year| days_since_epoch(year + 1, 1, 1) - days_since_epoch(year, 1, 1);
        if thursday < 0 {
            (self.year - 1, (thursday + length(self.year - 1)) / 7 + 1)
        } else if thursday >= length(self.year) {
            (self.year + 1, 1)
        } else {
            (self.year, thursday / 7 + 1)
        }
    }
}

/// Days from the epoch to a date. Eras of 400 years from the first of March, so that leap days stand at the end.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

/// Year, month from 1 and day of a number of days from the epoch.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Seconds since the epoch of a date in one of HTTP's three forms (RFC 9110, section 5.6.7). Years of two digits are the latest
/// that lie no more than 50 years behind `this_year`.
pub(super) fn parse_http(text: &[u8], this_year: i64) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let (weekday, rest) = text.split_once(' ')?;
    let month_of = |name: &str| {
        let found = MONTHS.iter().position(|month| &month[..3] == name)?;
        i64::try_from(found + 1).ok()
    };
    let number = |digits: &str, length: usize| {
        let right = digits.len() == length && digits.bytes().all(|digit| digit.is_ascii_digit());
        right.then(|| digits.parse::<i64>().ok()).flatten()
    };
    let parts: Vec<&str> = rest.split_ascii_whitespace().collect();
    let known = |name: &str| DAYS.iter().any(|day| *day == name || &day[..3] == name);
    let (year, month, day, clock) = match (weekday.strip_suffix(','), parts.as_slice()) {
        (Some(name), [day, month, year, clock, "GMT"]) if known(name) => {
            (number(year, 4)?, month_of(month)?, number(day, 2)?, *clock)
        }
        (Some(name), [date, clock, "GMT"]) if known(name) => {
            let mut date = date.split('-');
            let (day, month, year) = (date.next()?, date.next()?, date.next()?);
            let year = number(year, 2)? + this_year.div_euclid(100) * 100;
            let year = if year > this_year + 50 { year - 100 } else { year };
            (year, month_of(month)?, number(day, 2)?, *clock)
        }
        (None, [month, day, clock, year]) if known(weekday) => {
            let day = number(day, 2).or_else(|| number(day, 1))?;
            (number(year, 4)?, month_of(month)?, day, *clock)
        }
        _ => return None,
    };
    let mut clock = clock.split(':');
    let (hour, minute, second) = (clock.next()?, clock.next()?, clock.next()?);
    let (hour, minute, second) = (number(hour, 2)?, number(minute, 2)?, number(second, 2)?);
    let right = clock.next().is_none() && hour < 24 && minute < 60 && second <= 60 && (1..=31).contains(&day);
    right.then(|| days_since_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}
