//! `sample RANGES:SIZE` of a `log` line: which lines of each group of SIZE are sent.

use syntax::{Diagnostic, Span};

use super::super::line::shown;
use super::super::reading::Reading;
use crate::lex::Word;
use crate::model::LogSample;

/// Reads the ranges. None when they are wrong, which is told.
pub(super) fn read(reading: &mut Reading<'_>, option: Span, value: Option<&Word<'_>>) -> Option<LogSample> {
    let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
    let span = value.map_or(option, |value| value.span);
    let message = match ranges(&text) {
        Ok((ranges, size)) => return Some(LogSample { ranges, size }),
        Err(message) => message,
    };
    let told = Diagnostic::alert("bad-sample", format!("log : {message}")).at(span);
    reading.tell(told.help("write for example 1:10 for one line of ten, or 1-3,5:10"));
    None
}

/// First and last of each range, in their order, and the size; or what is wrong.
fn ranges(text: &str) -> Result<(Vec<(u32, u32)>, u32), String> {
    let Some((ranges, size_text)) = text.split_once(':') else {
        return Err("Missing sample size".to_owned());
    };
    let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0);
    let size = number(size_text)
        .ok_or_else(|| format!("wrong sample size '{size_text}' for sample range '{ranges}'"))?;
    if ranges.is_empty() {
        return Err("no sampling ranges given".to_owned());
    }
    let mut read = Vec::new();
    for range in ranges.split(',') {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        let pair = number(low).zip(number(high)).filter(|(low, high)| low <= high);
        read.push(pair.ok_or_else(|| format!("wrong sample range '{range}'"))?);
    }
    read.sort_unstable();
    if read.windows(2).any(|pair| pair[1].0 <= pair[0].1) {
        return Err("ranges are overlapping".to_owned());
    }
    let highest = read.last().map_or(0, |range| range.1);
    if size < highest {
        return Err(format!(
            "sample size {size} should be greater or equal to {highest} the maximum of the high ranges limits"
        ));
    }
    Ok((read, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_put_into_their_order_and_held_against_the_size() {
        assert_eq!(ranges("5,1-3:10"), Ok((vec![(1, 3), (5, 5)], 10)));
        assert!(ranges("1").is_err());
        assert!(ranges("1-3,3:10").is_err());
        assert!(ranges("11:10").is_err());
    }
}
