//! `include` and its kin: which files a pattern names.

use crate::host::Host;

/// What must hold of an included file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checks {
    /// What matches must be readable.
    pub(crate) readable: bool,
    /// Something must match, unless the pattern has wildcards.
    pub(crate) matched: bool,
    /// Something must match even then.
    pub(crate) wildcard: bool,
    /// Each part of a brace must match something.
    pub(crate) brace: bool,
}

impl Checks {
    /// Those that a keyword asks for, on top of `base`; none when it is no keyword of inclusion.
    pub(crate) fn of_keyword(keyword: &[u8], base: Self) -> Option<Self> {
        let mut checks = base;
        match keyword {
            b"include" => {}
            b"includer" => checks.readable = true,
            b"includem" => checks.matched = true,
            b"includew" => checks.wildcard = true,
            b"includeb" => checks.brace = true,
            b"includea" => checks = Self::ALL,
            _ => return None,
        }
        Some(checks)
    }

    /// All of them.
    pub(crate) const ALL: Self = Self {
        readable: true,
        matched: true,
        wildcard: true,
        brace: true,
    };
}

/// Whether a pattern has wildcards of its own, braces not counted.
pub(crate) fn has_wildcards(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// The patterns that a pattern with braces stands for.
pub(crate) fn braces(pattern: &str) -> Vec<String> {
    const MAX: usize = 1024;
    let mut done = Vec::new();
    let mut left = vec![pattern.to_owned()];
    while let Some(pattern) = left.pop() {
        if done.len() + left.len() > MAX {
            break;
        }
        match innermost(&pattern) {
            Some((start, end)) => {
                for part in pattern[start + 1..end].split(',').rev() {
                    left.push(format!("{}{part}{}", &pattern[..start], &pattern[end + 1..]));
                }
            }
            None => done.push(pattern),
        }
    }
    done
}

/// The first pair of braces that holds no other.
fn innermost(pattern: &str) -> Option<(usize, usize)> {
    let end = pattern.find('}')?;
    let start = pattern[..end].rfind('{')?;
    Some((start, end))
}

/// The paths that match a pattern without braces, in the order of their names. `base` is where relative ones start.
pub(crate) fn matching(host: &dyn Host, base: &str, pattern: &str) -> Vec<String> {
    let whole = join(base, pattern);
    let mut found = vec![String::new()];
    for part in whole.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for folder in &found {
            if !has_wildcards(part) {
                next.push(format!("{folder}/{part}"));
                continue;
            }
            let shown = if folder.is_empty() { "/" } else { folder };
            // A folder that cannot be listed holds nothing that matches.
            let mut names = host.list_folder(shown).unwrap_or_default();
            names.sort_unstable();
            next.extend(
                names
                    .iter()
                    .filter(|name| (!name.starts_with('.') || part.starts_with('.')) && fits(part, name))
                    .map(|name| format!("{folder}/{name}")),
            );
        }
        found = next;
    }
    found.retain(|path| host.file_status(path).is_ok());
    found
}

/// `path` as seen from `base`.
pub(crate) fn join(base: &str, path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{}/{path}", base.trim_end_matches('/'))
    }
}

/// The folder of a path.
pub(crate) fn folder(path: &str) -> String {
    match path.rfind('/') {
        None => ".".to_owned(),
        Some(0) => "/".to_owned(),
        Some(at) => path[..at].to_owned(),
    }
}

/// Whether a name fits a pattern of `*`, `?` and `[…]`.
fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut to) = (0, 0);
    // Where to go on when what follows the last star does not fit.
    let mut star: Option<(usize, usize)> = None;
    while to < name.len() {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at, to));
                at += 1;
                continue;
            }
            Some('?') => Some(at + 1),
            Some('[') => class(&pattern, at, name[to]),
            Some(letter) if *letter == name[to] => Some(at + 1),
            _ => None,
        };
        match (step, star) {
            (Some(next), _) => {
                at = next;
                to += 1;
            }
            (None, Some((from, taken))) => {
                star = Some((from, taken + 1));
                at = from + 1;
                to = taken + 1;
            }
            (None, None) => return false,
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

/// Behind the `[…]` at `at`, when `letter` is in it.
fn class(pattern: &[char], at: usize, letter: char) -> Option<usize> {
    let negated = matches!(pattern.get(at + 1), Some('!' | '^'));
    let first = at + 1 + usize::from(negated);
    let end = first + 1 + pattern.get(first + 1..)?.iter().position(|c| *c == ']')?;
    let mut inside = false;
    let mut index = first;
    while index < end {
        if pattern.get(index + 1) == Some(&'-') && index + 2 < end {
            inside |= (pattern[index]..=pattern[index + 2]).contains(&letter);
            index += 3;
        } else {
            inside |= pattern[index] == letter;
            index += 1;
        }
    }
    (inside != negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_patterns_as_in_a_shell() {
        for (pattern, name) in [
            ("*.conf", "a.conf"),
            ("a?c", "abc"),
            ("[a-c]x", "bx"),
            ("[!a]", "b"),
            ("a*b*c", "a1b2bc"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.conf", "a.cfg"),
            ("a?c", "ac"),
            ("[a-c]x", "dx"),
            ("[!a]", "a"),
            ("[a", "a"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn braces_stand_for_each_of_their_parts() {
        assert_eq!(braces("a"), ["a"]);
        assert_eq!(
            braces("{foo/{,cat},bar}"),
            ["foo/", "bar", "foo/cat", "bar"][..]
                .to_vec()
                .into_iter()
                .collect::<Vec<_>>()
        );
    }
}
