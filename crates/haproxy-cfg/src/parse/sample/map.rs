//! Map files of converters: that they can be read, and that each line's key and value are of the converter's types.

use crate::model::{ArgValue, MapOutput, MatchKind, PatternExpression};
use crate::parse::Reading;
use crate::parse::patterns::{self, Column};
use crate::pattern::{key_and_value, lines, value_fits};

use super::pattern::{self, Rules};

/// What the converter `name` looks up and gives: `map_MATCH_OUTPUT`, where both parts may be left out.
#[must_use]
pub fn expression(name: &str) -> PatternExpression {
    let mut parts = name.split('_').skip(1);
    let matcher = parts.next().unwrap_or_default();
    PatternExpression {
        matcher: match matcher {
            "beg" => MatchKind::Beg,
            "end" => MatchKind::End,
            "sub" => MatchKind::Sub,
            "dir" => MatchKind::Dir,
            "dom" => MatchKind::Dom,
            "int" => MatchKind::Int,
            "ip" => MatchKind::Ip,
            "reg" | "regm" => MatchKind::Reg,
            _ => MatchKind::Str,
        },
        ignore_case: false,
        dotted: false,
        substitutes: matcher == "regm",
        gives: Some(match parts.next() {
            Some("int") => MapOutput::Int,
            Some("ip") => MapOutput::Ip,
            _ => MapOutput::Str,
        }),
    }
}

/// Checks the file of the converter `name`, and notes that it is used.
///
/// # Errors
/// The original's words for what is wrong.
pub(super) fn check(
    reading: &mut Reading<'_>,
    name: &str,
    path: &[u8],
    default: Option<&ArgValue>,
) -> Result<(), String> {
    let expression = expression(name);
    let gives = expression.gives.unwrap_or(MapOutput::Str);
    let shown = String::from_utf8_lossy(path);
    let file = patterns::open(reading, &shown, Column::Two)?;
    if !file.has(reading, expression) {
        for line in lines(&file.content) {
            let (key, value) = key_and_value(line.text);
            let wrong = |fault: String| format!("{fault} at line {} of file '{shown}'", line.number);
            pattern::check(reading, expression.matcher, Rules::default(), key).map_err(wrong)?;
            if !value_fits(gives, value) {
                let value = String::from_utf8_lossy(value);
                return Err(wrong(format!("unable to parse '{value}'")));
            }
        }
    }
    if let (Some(ArgValue::Text(text)), MapOutput::Ip) = (default, gives)
        && std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse::<std::net::IpAddr>().ok())
            .is_none()
    {
        return Err(format!("map: cannot parse default ip <{text}>."));
    }
    patterns::uses(reading, path, file, expression, false);
    Ok(())
}
