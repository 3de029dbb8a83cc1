//! What the patterns of `reqrep` and its kin look for. They saw whole lines, the request line too; today's rules see a method, a
//! target or one header, so a pattern has to be taken apart.

/// What of a message a pattern looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// The request line.
    Request {
        /// The method's pattern; none when any will do.
        method: Option<String>,
        /// Groups that the method's pattern has.
        groups: usize,
        /// The target's pattern, anchored as far as the line was.
        target: String,
        /// Whether it reaches the end of the target, so that nothing behind it would be lost.
        whole: bool,
    },
    /// One header.
    Header {
        /// Its name.
        name: String,
        /// Whether the name stands in a group of its own, the first.
        grouped: bool,
        /// The value's pattern; none when any will do.
        value: Option<String>,
    },
    /// All headers whose names begin so.
    Headers(String),
    /// A status line: the status.
    Status(String),
}

/// Patterns of a method that any method fits.
const ANY_METHOD: &[&str] = &[
    "[^ :]*",
    "[^: ]*",
    "[^ :]+",
    "[^ ]*",
    "[^ ]+",
    "[^:]*",
    "[^:]+",
    ".*",
    ".+",
    ".*?",
    "[A-Z]*",
    "[A-Z]+",
    "[a-zA-Z]+",
    "[A-Za-z]+",
    "\\w*",
    "\\w+",
    "\\S*",
    "\\S+",
    "[^\\s]*",
    "[^\\s]+",
];

/// Takes a pattern apart; none when it looks at more, or at something else, than one of today's rules does.
pub(super) fn pattern(text: &str) -> Option<Pattern> {
    header(text).or_else(|| request(text))
}

/// The pattern of a line of a response.
pub(super) fn response(text: &str) -> Option<Pattern> {
    header(text).or_else(|| {
        let parts = parts(text.strip_prefix('^')?);
        let status = parts.get(1)?.trim_matches(['(', ')']);
        let status = status.strip_suffix(".*").unwrap_or(status);
        let wanted = parts.first()?.trim_start_matches('(').starts_with("HTTP/");
        (wanted && status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| Pattern::Status(status.to_owned()))
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn header(text: &str) -> Option<Pattern> {
    let rest = text.strip_prefix('^')?;
    let (grouped, rest) = rest.strip_prefix('(').map_or((false, rest), |rest| (true, rest));
    if let Some(name) = rest.strip_suffix(".*").filter(|name| is_name(name) && !grouped) {
        return Some(Pattern::Headers(name.to_owned()));
    }
    let (name, value) = rest.split_once(':')?;
    let name = name.trim_end_matches('\\');
    if !is_name(name) {
        return None;
    }
    let value = if grouped { value.strip_prefix(')')? } else { value };
    let value = ["[ ]*", "[ ]+", "\\s*", "\\s+", " *", " +", " ", "\\ "]
        .iter()
        .find_map(|blank| value.strip_prefix(blank))
        .unwrap_or(value);
    let any = matches!(value, "" | ".*" | ".*$" | ".+" | "$");
    Some(Pattern::Header {
        name: name.to_owned(),
        grouped,
        value: (!any).then(|| format!("^{}", value.trim_start_matches('^'))),
    })
}

fn request(text: &str) -> Option<Pattern> {
    let anchored = text.strip_prefix('^');
    let parts = parts(anchored.unwrap_or(text));
    let (method, rest) = parts.split_first()?;
    let target = rest.first().filter(|target| !target.is_empty())?;
    let inner = method.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let bare = inner.unwrap_or(method);
    if bare.is_empty() || (anchored.is_none() && !matches!(bare, ".*" | ".+")) {
        return None;
    }
    let version = rest.get(1);
    let fits = version.is_none_or(|version| {
        let version = version.trim_matches(['(', ')', '$']);
        version.starts_with("HTTP") || matches!(version, ".*" | ".+")
    });
    if !fits || rest.len() > 2 || bare.contains('(') {
        return None;
    }
    let open = target.ends_with(".*")
        || target.ends_with(".*)")
        || target.ends_with(".*)$")
        || target.ends_with(".*$");
    let end = if version.is_some() && !target.ends_with('$') {
        "$"
    } else {
        ""
    };
    Some(Pattern::Request {
        method: (!ANY_METHOD.contains(&bare)).then(|| bare.to_owned()),
        groups: usize::from(inner.is_some()),
        target: format!("^{target}{end}"),
        whole: open || version.is_some(),
    })
}

/// Cuts a pattern at the blanks that stand outside of groups and classes.
fn parts(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let (mut depth, mut class) = (0_u32, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = (letter == '\\').then(|| letters.next()).flatten();
        let blank = (letter == ' ' || matches!(escaped, Some(' ' | 's'))) && depth == 0 && !class;
        if blank {
            // `\s+` is one blank as well.
            if matches!(letters.peek(), Some('+' | '*')) {
                letters.next();
            }
            out.push(String::new());
            continue;
        }
        match letter {
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth = depth.saturating_sub(1),
            _ => {}
        }
        if let Some(part) = out.last_mut() {
            part.push(letter);
            part.extend(escaped);
        }
    }
    out
}

/// The text that a target is replaced by, from that of a whole request line; none when it changes more than the target.
pub(super) fn target_text(text: &str, method: Option<&str>, groups: usize) -> Option<String> {
    let (first, rest) = text.split_once(' ')?;
    let keeps = first == "\\1" && groups == 1 || groups == 0 && method == Some(first);
    if !keeps {
        return None;
    }
    let target = match rest.split_once(' ') {
        None => rest,
        Some((target, version)) => {
            let kept = version.starts_with("HTTP/1") || (version.len() == 2 && version.starts_with('\\'));
            kept.then_some(target)?
        }
    };
    shift(target, groups)
}

/// The value that a header is replaced by, from that of its whole line; none when the line is to have another name.
pub(super) fn value_text(text: &str, name: &str, grouped: bool) -> Option<String> {
    let value = match text.strip_prefix("\\1").filter(|_| grouped) {
        Some(value) => value,
        None => {
            let (written, value) = text.split_once(':')?;
            written.eq_ignore_ascii_case(name).then_some(value)?
        }
    };
    shift(value.trim_start_matches(' '), usize::from(grouped)).filter(|value| !value.is_empty())
}

/// Counts references down by the groups that are gone; none when one of them is referred to.
fn shift(text: &str, groups: usize) -> Option<String> {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter);
        if letter == '\\'
            && let Some(number) = letters.peek().and_then(|digit| digit.to_digit(10))
        {
            let number = (number as usize).checked_sub(groups).filter(|left| *left > 0)?;
            letters.next();
            out.push_str(&number.to_string());
        }
    }
    Some(out)
}

/// Joins conditions that must hold with those that a line has (`if …`, `unless …`, as written); none when no form is at hand.
pub(super) fn joined(wanted: &[String], words: &[String]) -> Option<String> {
    let first = wanted.join(" ");
    match words.split_first() {
        None if wanted.is_empty() => Some(String::new()),
        None => Some(format!(" if {first}")),
        Some(_) if wanted.is_empty() => Some(format!(" {}", words.join(" "))),
        Some((word, terms)) if word == "if" => {
            let ways: Vec<String> = terms
                .split(|term| matches!(term.as_str(), "or" | "||"))
                .map(|way| format!("{first} {}", way.join(" ")))
                .collect();
            Some(format!(" if {}", ways.join(" or ")))
        }
        Some((_, [term])) => Some(match term.strip_prefix('!') {
            Some(term) => format!(" if {first} {term}"),
            None => format!(" if {first} !{term}"),
        }),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_lines_are_cut_into_method_and_target() {
        assert_eq!(
            pattern(r"^([^ :]*) /static/(.*)"),
            Some(Pattern::Request {
                method: None,
                groups: 1,
                target: "^/static/(.*)".to_owned(),
                whole: true
            })
        );
        assert_eq!(
            pattern(r"^GET /a HTTP/1\.0$"),
            Some(Pattern::Request {
                method: Some("GET".to_owned()),
                groups: 0,
                target: "^/a$".to_owned(),
                whole: true
            })
        );
        assert_eq!(pattern(r"\.exe"), None);
    }

    #[test]
    fn headers_have_a_name_and_perhaps_a_value() {
        let header = |name: &str, grouped, value: Option<&str>| {
            Some(Pattern::Header {
                name: name.to_owned(),
                grouped,
                value: value.map(str::to_owned),
            })
        };
        assert_eq!(
            pattern("^Host: www.(.*)"),
            header("Host", false, Some("^www.(.*)"))
        );
        assert_eq!(pattern("^(X-Date:)(.*)$"), header("X-Date", true, Some("^(.*)$")));
        assert_eq!(pattern("^Via:.*"), header("Via", false, None));
        assert_eq!(pattern("^X-Priv.*"), Some(Pattern::Headers("X-Priv".to_owned())));
        assert_eq!(
            response(r"^HTTP/1\.[01] 404.*"),
            Some(Pattern::Status("404".to_owned()))
        );
    }

    #[test]
    fn references_count_what_is_left() {
        assert_eq!(target_text(r"\1 /\2", None, 1).as_deref(), Some(r"/\1"));
        assert_eq!(
            target_text(r"GET /x HTTP/1.0", Some("GET"), 0).as_deref(),
            Some("/x")
        );
        assert_eq!(target_text(r"POST /x", Some("GET"), 0), None);
        assert_eq!(target_text(r"\1 /\1", None, 1), None);
        assert_eq!(value_text(r"x-date:\2", "X-Date", true).as_deref(), Some(r"\1"));
        assert_eq!(value_text("Other: a", "Host", false), None);
    }

    #[test]
    fn conditions_are_joined_in_each_of_their_ways() {
        let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let wanted = ["{ x }".to_owned()];
        assert_eq!(
            joined(&wanted, &words("if a b or c")).as_deref(),
            Some(" if { x } a b or { x } c")
        );
        assert_eq!(
            joined(&wanted, &words("unless a")).as_deref(),
            Some(" if { x } !a")
        );
        assert_eq!(joined(&wanted, &words("unless a b")), None);
        assert_eq!(joined(&[], &words("unless a b")).as_deref(), Some(" unless a b"));
    }
}
