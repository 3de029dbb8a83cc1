//! Versions as conditions compare them: `MAJOR.MINOR.PATCH`, `-devN`, and a number of later commits.

use crate::dialect::Dialect;

/// A version in its order: a development version comes before the release, commits behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Release {
    major: u32,
    minor: u32,
    patch: u32,
    /// The highest number for the release itself.
    development: u32,
    commits: u32,
}

impl Release {
    /// The OpenSSL that the TLS library answers for: the last one of 3.0.
    pub(super) const OPENSSL: Self = Self {
        major: 3,
        minor: 0,
        patch: u32::MAX,
        development: u32::MAX,
        commits: 0,
    };

    /// The version that a dialect speaks. Of older versions it is the last one of the branch, except for the 2.6 that
    /// everything here was compared with.
    pub(super) fn spoken(dialect: Dialect) -> Self {
        let (major, minor) = (u32::from(dialect.version.major), u32::from(dialect.version.minor));
        Self {
            major,
            minor,
            patch: match (major, minor) {
                _ if dialect.version == Dialect::NEWEST => 0,
                (2, 6) => 12,
                _ => u32::MAX,
            },
            development: u32::MAX,
            commits: 0,
        }
    }

    /// Reads a version. What is missing is 0, and so is what is no number.
    pub(super) fn read(text: &str) -> Self {
        let mut rest = text.trim_start();
        // No version begins with a sign; the original takes it for one beyond all others.
        let signed = rest.starts_with('-');
        let mut numbers = [0; 3];
        for (index, number) in numbers.iter_mut().enumerate() {
            if index > 0 {
                let Some(behind) = rest.strip_prefix('.') else {
                    break;
                };
                rest = behind;
            }
            (*number, rest) = digits(rest);
        }
        let mut development = u32::MAX;
        if let Some(behind) = rest.strip_prefix("-dev") {
            (development, rest) = digits(behind);
        }
        // A fourth number, or one behind a dash, counts commits when nothing else follows it.
        let commits = rest
            .strip_prefix(['-', '.'])
            .and_then(|behind| behind.split('-').next())
            .and_then(|behind| behind.parse().ok())
            .unwrap_or(0);
        let [major, minor, patch] = numbers;
        Self {
            major: if signed { u32::MAX } else { major },
            minor,
            patch,
            development,
            commits,
        }
    }

    /// Whether a text is a version of OpenSSL: three numbers, with letters or more behind them.
    pub(super) fn is_of_openssl(text: &str) -> bool {
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let numbers: Vec<_> = text[..end].split('.').map(str::parse::<u8>).collect();
        numbers.len() == 3 && numbers.iter().all(Result::is_ok)
    }

    /// Reads a version of OpenSSL, which may end in a letter (`1.1.1a`).
    pub(super) fn of_openssl(text: &str) -> Self {
        let mut release = Self::read(text);
        let letters = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        release.commits = letters
            .bytes()
            .take_while(u8::is_ascii_lowercase)
            .map(|letter| u32::from(letter - b'a') + 1)
            .sum();
        if text.contains("-alpha") || text.contains("-beta") {
            release.development = 0;
        }
        release
    }
}

/// The number that a text begins with, 0 when there is none, and what is behind it.
fn digits(text: &str) -> (u32, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let value = match digits {
        "" => 0,
        // Beyond any version.
        _ => digits.parse().unwrap_or(u32::MAX),
    };
    (value, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_the_original_compares_them() {
        let spoken = Release::spoken(Dialect::exactly(2, 6));
        for reached in [
            "2.6",
            "2.6.12",
            "2",
            "2.6-dev1",
            "",
            "x",
            "2.x",
            "2.6.12-1+deb12u4",
            "2.",
            "2.6-dev",
            " 2.6",
            "2.6 ",
            "v2.6",
            "2..6",
        ] {
            assert!(Release::read(reached) <= spoken, "{reached}");
        }
        for later in [
            "2.6.13", "2.7", "3", "2.7-dev1", "2.6.12-1", "2.6.12-5", "2.6.12.1", "-1",
        ] {
            assert!(Release::read(later) > spoken, "{later}");
        }
    }

    #[test]
    fn versions_of_openssl_may_have_letters() {
        assert!(Release::of_openssl("1.1.1a") < Release::of_openssl("1.1.1b"));
        assert!(Release::of_openssl("0.9.8z") < Release::of_openssl("0.9.8za"));
        assert!(Release::of_openssl("3.0.0-alpha1") < Release::of_openssl("3.0.0"));
        assert!(Release::of_openssl("3.0.13") <= Release::OPENSSL);
        assert!(Release::of_openssl("3.1") > Release::OPENSSL);
    }
}
