//! Map files of converters: that they can be read, and that each line's key and value are of the converter's types.

use crate::model::{ArgValue, MatchKind};
use crate::parse::Reading;

use super::pattern::{self, Rules};

/// Checks the file of the converter `name`: `map_MATCH_OUTPUT`, where both parts may be left out.
///
/// # Errors
/// The original's words for what is wrong.
pub(super) fn check(
    reading: &Reading<'_>,
    name: &str,
    path: &[u8],
    default: Option<&ArgValue>,
) -> Result<(), String> {
    let mut parts = name.split('_').skip(1);
    let matcher = match parts.next() {
        Some("beg") => MatchKind::Beg,
        Some("end") => MatchKind::End,
        Some("sub") => MatchKind::Sub,
        Some("dir") => MatchKind::Dir,
        Some("dom") => MatchKind::Dom,
        Some("int") => MatchKind::Int,
        Some("ip") => MatchKind::Ip,
        Some("reg" | "regm") => MatchKind::Reg,
        _ => MatchKind::Str,
    };
    let gives = parts.next().unwrap_or_default();
    let shown = String::from_utf8_lossy(path);
    let file = pattern::file(reading, &shown)?;
    for line in file.lines() {
        let (key, value) = pattern::key_and_value(line.text());
        pattern::read(reading, matcher, Rules::default(), key)
            .map_err(|fault| format!("{fault} at line {} of file '{shown}'", line.number))?;
        let right = match gives {
            "int" => crate::values::integer(value).is_some(),
            "ip" => crate::values::network(value).is_some_and(|_| !value.contains(&b'/')),
            _ => true,
        };
        if !right {
            let value = String::from_utf8_lossy(value);
            return Err(format!(
                "unable to parse '{value}' at line {} of file '{shown}'",
                line.number
            ));
        }
    }
    if let (Some(ArgValue::Text(text)), "ip") = (default, gives)
        && std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse::<std::net::IpAddr>().ok())
            .is_none()
    {
        return Err(format!("map: cannot parse default ip <{text}>."));
    }
    Ok(())
}
