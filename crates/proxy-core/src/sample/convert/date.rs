//! Converters of dates: as HTTP writes them, and in the ways of strftime.

mod moment;
mod strftime;

use haproxy_cfg::model::Converter;

use self::moment::{DAYS, MONTHS, Moment};
use super::{Convert, Row, of_text, room, row, with};
use crate::sample::{Sample, integer};

pub(super) const ROWS: &[Row] = &[
    row(&["http_date"], |at, converter| {
        let padded = at.config.dialect.does_as(2, 8);
        let offset = converter.integer(0).unwrap_or(0);
        let unit = converter.text(1).map(|unit| unit.to_vec());
        let part = match unit.as_deref() {
            Some(b"ms") => Some(1000),
            Some(b"us") => Some(1_000_000),
            _ => None,
        };
        with(move |context, sample| {
            let time = integer(sample)?.wrapping_add(offset);
            let at = Moment::utc(cut(time / part.unwrap_or(1)));
            let (day, month) = (&DAYS[at.weekday][..3], &MONTHS[at.month][..3]);
            let fraction = Fraction {
                part: part.map(|part| time % part),
                digits: match part {
                    // As a number, older versions write it, and so without zeros in front.
                    _ if !padded => 0,
                    Some(1000) => 3,
                    _ => 6,
                },
            };
            Some(Sample::Str(context.arena.text(format_args!(
                "{day}, {:02} {month} {:04} {:02}:{:02}:{:02}{fraction} GMT",
                at.day, at.year, at.hour, at.minute, at.second,
            ))))
        })
    }),
    row(&["utime"], |_, converter| formatted(converter, Place::Utc, 1)),
    row(&["ltime"], |_, converter| formatted(converter, Place::Local, 1)),
    row(&["ms_utime"], |_, converter| {
        formatted(converter, Place::Utc, 1000)
    }),
    row(&["ms_ltime"], |_, converter| {
        formatted(converter, Place::Local, 1000)
    }),
    row(&["us_utime"], |_, converter| {
        formatted(converter, Place::Utc, 1_000_000)
    }),
    row(&["us_ltime"], |_, converter| {
        formatted(converter, Place::Local, 1_000_000)
    }),
    row(&["date"], |_, _| {
        of_text(|context, text| {
            let now = i64::try_from(context.world.epoch_us() / 1_000_000).unwrap_or(i64::MAX);
            moment::parse_http(text, Moment::utc(now).year).map(Sample::Int)
        })
    }),
];

/// Where the clock stands that is read.
#[derive(Clone, Copy)]
enum Place {
    Utc,
    Local,
}

/// The seconds that the original looks at: 55 bits of them.
fn cut(seconds: i64) -> i64 {
    seconds & 0x007f_ffff_ffff_ffff
}

/// What stands behind the seconds of an HTTP date, if anything.
struct Fraction {
    part: Option<i64>,
    /// At least so many.
    digits: usize,
}

impl std::fmt::Display for Fraction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.digits;
        self.part.map_or(Ok(()), |part| write!(f, ".{part:0digits$}"))
    }
}

/// A time in a format of strftime; `parts` of the number are a second.
fn formatted(converter: &Converter, place: Place, parts: i64) -> Result<Box<dyn Convert>, String> {
    let format = converter
        .text(0)
        .map(|format| format.to_vec())
        .unwrap_or_default();
    let offset = converter.integer(1).unwrap_or(0);
    with(move |context, sample| {
        let time = match parts {
            1 => cut(integer(sample)?),
            _ => integer(sample)?,
        };
        let time = time.wrapping_add(offset);
        let nanoseconds = (parts > 1).then(|| time.rem_euclid(parts) * (1_000_000_000 / parts));
        let seconds = time.div_euclid(parts);
        let mut out = context.arena.bytes(format.len() * 4);
        match place {
            Place::Utc => {
                strftime::write(&format, &Moment::utc(seconds), nanoseconds, &mut out);
            }
            Place::Local => {
                let zone = context.world.local(seconds);
                let at = Moment::at(seconds, zone.offset, &zone.name);
                strftime::write(&format, &at, nanoseconds, &mut out);
            }
        }
        // What does not fit gives nothing, as strftime says.
        if out.len() >= room(context) {
            out.clear();
        }
        Some(Sample::Str(out.into_bump_slice()))
    })
}
