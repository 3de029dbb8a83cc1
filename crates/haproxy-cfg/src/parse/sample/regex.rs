//! Regular expressions of PCRE style: what is wrong with one, in PCRE2's words. Only the form is judged; what an expression
//! matches is left to who compiles it.

/// The original's words for what is wrong with the expression, without a full stop.
pub(crate) fn fault(text: &[u8]) -> Option<String> {
    let scan = Scanner {
        text,
        groups: capturing_groups(text),
    };
    let (error, offset) = scan.run().err()?;
    let shown = String::from_utf8_lossy(text);
    Some(format!(
        "regex '{shown}' is invalid (error={error}, erroffset={offset})"
    ))
}

type Fault = (&'static str, usize);

struct Scanner<'t> {
    text: &'t [u8],
    /// How many groups capture, for references to them.
    groups: usize,
}

impl Scanner<'_> {
    fn run(&self) -> Result<(), Fault> {
        let mut at = 0;
        let mut depth = 0_usize;
        // What stands in front can be repeated.
        let mut repeatable = false;
        while let Some(&byte) = self.text.get(at) {
            match byte {
                b'\\' => {
                    at = self.escape(at)?;
                    repeatable = true;
                    continue;
                }
                b'[' => {
                    at = self.class(at)?;
                    repeatable = true;
                    continue;
                }
                b'(' => {
                    let (next, opens) = self.group(at)?;
                    depth += usize::from(opens);
                    repeatable = false;
                    at = next;
                    continue;
                }
                b')' if depth == 0 => return Err(("unmatched closing parenthesis", at)),
                b')' => {
                    depth -= 1;
                    repeatable = true;
                }
                b'|' => repeatable = false,
                b'*' | b'+' | b'?' => {
                    at = self.quantified(at, at + 1, repeatable)?;
                    repeatable = false;
                    continue;
                }
                b'{' => {
                    if let Some(end) = self.braces(at)? {
                        at = self.quantified(at, end, repeatable)?;
                        repeatable = false;
                        continue;
                    }
                    repeatable = true;
                }
                _ => repeatable = true,
            }
            at += 1;
        }
        if depth > 0 {
            return Err(("missing closing parenthesis", self.text.len()));
        }
        Ok(())
    }

    /// The offset behind a quantifier from `start` to `end` and the `?` or `+` that may follow it.
    fn quantified(&self, start: usize, end: usize, repeatable: bool) -> Result<usize, Fault> {
        if !repeatable {
            return Err(("quantifier does not follow a repeatable item", start));
        }
        Ok(end + usize::from(matches!(self.text.get(end), Some(b'?' | b'+'))))
    }

    /// The offset behind `{N}`, `{N,}` or `{N,M}`; none when the brace stands for itself.
    fn braces(&self, start: usize) -> Result<Option<usize>, Fault> {
        let Some(length) = self.text[start..].iter().position(|byte| *byte == b'}') else {
            return Ok(None);
        };
        let end = start + length;
        let inside = &self.text[start + 1..end];
        let comma = inside.iter().position(|byte| *byte == b',');
        let (low, high) = match comma {
            Some(at) => (&inside[..at], &inside[at + 1..]),
            None => (inside, inside),
        };
        let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        if low.is_empty() || !digits(low) || !digits(high) {
            return Ok(None);
        }
        let number = |part: &[u8]| {
            std::str::from_utf8(part)
                .ok()
                .and_then(|part| part.parse::<u32>().ok())
        };
        let too_big = |part: &[u8]| !part.is_empty() && number(part).is_none_or(|number| number > 65_535);
        if too_big(low) || too_big(high) {
            return Err(("number too big in {} quantifier", end));
        }
        if !high.is_empty() && number(low) > number(high) {
            return Err(("numbers out of order in {} quantifier", end));
        }
        Ok(Some(end + 1))
    }

    /// The offset behind the escape at `start`.
    fn escape(&self, start: usize) -> Result<usize, Fault> {
        let behind = start + 2;
        match self.text.get(start + 1) {
            None => Err(("\\ at end of pattern", self.text.len())),
            Some(b'Q') => {
                let rest = &self.text[behind..];
                let end = rest.windows(2).position(|pair| pair == b"\\E");
                Ok(end.map_or(self.text.len(), |length| behind + length + 2))
            }
            Some(b'x') if self.text.get(behind) == Some(&b'{') => {
                let inside = &self.text[behind + 1..];
                let digits = inside.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                match inside.get(digits) {
                    Some(b'}') if digits > 0 => Ok(behind + digits + 2),
                    _ => Err(("non-hex character in \\x{} (closing brace missing?)", behind + 1)),
                }
            }
            Some(digit @ b'1'..=b'9') if !self.text.get(behind).is_some_and(u8::is_ascii_digit) => {
                if usize::from(digit - b'0') > self.groups {
                    return Err(("reference to non-existent subpattern", start + 1));
                }
                Ok(behind)
            }
            Some(_) => Ok(behind),
        }
    }

    /// The offset behind the class at `start`.
    fn class(&self, start: usize) -> Result<usize, Fault> {
        const UNCLOSED: &str = "missing terminating ] for character class";
        let mut at = start + 1;
        at += usize::from(self.text.get(at) == Some(&b'^'));
        let first = at;
        let mut before: Option<u8> = None;
        while let Some(&byte) = self.text.get(at) {
            match byte {
                b']' if at > first => return Ok(at + 1),
                b'\\' => {
                    at += 2;
                    before = None;
                    continue;
                }
                b'[' if self.text.get(at + 1) == Some(&b':') => {
                    let rest = &self.text[at + 2..];
                    if let Some(length) = rest.windows(2).position(|pair| pair == b":]")
                        && rest[..length]
                            .iter()
                            .all(|byte| byte.is_ascii_lowercase() || *byte == b'^')
                    {
                        let name = rest[..length].strip_prefix(b"^").unwrap_or(&rest[..length]);
                        if !POSIX_CLASSES.iter().any(|known| known.as_bytes() == name) {
                            return Err(("unknown POSIX class name", at + 2));
                        }
                        at += length + 4;
                        before = None;
                        continue;
                    }
                    before = Some(byte);
                }
                b'-' => match (before.take(), self.text.get(at + 1)) {
                    (Some(low), Some(&high)) if !matches!(high, b']' | b'\\' | b'[') => {
                        if high < low {
                            return Err(("range out of order in character class", at + 1));
                        }
                        at += 1;
                    }
                    _ => {}
                },
                _ => before = Some(byte),
            }
            at += 1;
        }
        Err((UNCLOSED, self.text.len()))
    }

    /// The offset behind what opens the group at `start`, and whether a parenthesis is to close it.
    fn group(&self, start: usize) -> Result<(usize, bool), Fault> {
        let kind = start + 2;
        if self.text.get(start + 1) != Some(&b'?') {
            return Ok((start + 1, true));
        }
        let rest = &self.text[kind.min(self.text.len())..];
        match rest.first() {
            Some(b'#') => match rest.iter().position(|byte| *byte == b')') {
                Some(length) => Ok((kind + length + 1, false)),
                None => Err(("missing ) after (?# comment", self.text.len())),
            },
            Some(
                b':' | b'=' | b'!' | b'>' | b'|' | b'<' | b'P' | b'\'' | b'&' | b'R' | b'+' | b'C' | b'*',
            ) => Ok((kind + 1, true)),
            Some(b'(') => Ok((kind, true)),
            Some(byte) if byte.is_ascii_digit() => Ok((kind + 1, true)),
            _ => {
                let flags = rest
                    .iter()
                    .take_while(|byte| {
                        matches!(byte, b'i' | b'm' | b's' | b'x' | b'n' | b'J' | b'U' | b'^' | b'-')
                    })
                    .count();
                match rest.get(flags) {
                    Some(b')') => Ok((kind + flags + 1, false)),
                    Some(b':') => Ok((kind + flags + 1, true)),
                    Some(byte) if byte.is_ascii_digit() => Ok((kind + flags + 1, true)),
                    Some(_) => Err(("unrecognized character after (? or (?-", kind + flags)),
                    None => Err(("missing closing parenthesis", self.text.len())),
                }
            }
        }
    }
}

const POSIX_CLASSES: &[&str] = &[
    "alpha", "lower", "upper", "alnum", "ascii", "blank", "cntrl", "digit", "graph", "print", "punct",
    "space", "word", "xdigit",
];

/// How many parentheses capture what they match.
fn capturing_groups(text: &[u8]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => {
                let named = matches!(text.get(at + 2..), Some([b'P', b'<', ..] | [b'\'', ..]))
                    || matches!(text.get(at + 2..), Some([b'<', next, ..]) if !matches!(next, b'=' | b'!'));
                let plain = !matches!(text.get(at + 1), Some(b'?' | b'*'));
                count += usize::from(plain || (named && text.get(at + 1) == Some(&b'?')));
            }
            _ => {}
        }
        at += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_in_pcres_words_with_their_offset() {
        for (text, error, offset) in [
            ("(", "missing closing parenthesis", 1),
            ("a(b", "missing closing parenthesis", 3),
            ("a)", "unmatched closing parenthesis", 1),
            ("[a", "missing terminating ] for character class", 2),
            ("*", "quantifier does not follow a repeatable item", 0),
            ("a**", "quantifier does not follow a repeatable item", 2),
            ("a|*", "quantifier does not follow a repeatable item", 2),
            ("a{2,1}", "numbers out of order in {} quantifier", 5),
            ("a{99999}", "number too big in {} quantifier", 7),
            ("\\1", "reference to non-existent subpattern", 1),
            ("a\\", "\\ at end of pattern", 2),
            ("[b-a]", "range out of order in character class", 3),
            (
                "\\x{zz}",
                "non-hex character in \\x{} (closing brace missing?)",
                3,
            ),
            ("[[:foo:]]", "unknown POSIX class name", 3),
            ("(?#", "missing ) after (?# comment", 3),
            ("(?z)", "unrecognized character after (? or (?-", 2),
            ("(?:a", "missing closing parenthesis", 4),
        ] {
            let wanted = format!("regex '{text}' is invalid (error={error}, erroffset={offset})");
            assert_eq!(fault(text.as_bytes()), Some(wanted));
        }
    }

    #[test]
    fn what_pcre_accepts_is_accepted() {
        for text in [
            "^/(a|b)/.*$",
            "(?<=a)b",
            "(?P<n>a)\\1",
            "(?<n>a)",
            "(?i)a",
            "x++",
            "a*?",
            "\\Q(\\E",
            "\\Q",
            "[]a]",
            "[^]]",
            "[a-]",
            "[[:alpha:]_]",
            "a{,5}",
            "{",
            "\\d+{2}x",
            "(?!x)",
            "(?>a)",
            "[\\]]",
            "a{2}",
            "a{2,}",
            "(a)(?:b)\\1",
        ] {
            // `\d+{2}` is the one that is not.
            let expected = text.contains("+{2}");
            assert_eq!(fault(text.as_bytes()).is_some(), expected, "{text}");
        }
    }
}
