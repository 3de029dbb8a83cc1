//! The options behind `stats uri`: `;csv`, `;norefresh`, `;up`, `;st=…`, `?scope=…`.

/// The formats of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The page.
    #[default]
    Html,
    /// `;csv`.
    Csv,
    /// `;json`.
    Json,
    /// `;json-schema`.
    JsonSchema,
    /// `;typed`.
    Typed,
}

/// What a request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// In which format.
    pub format: Format,
    /// `;norefresh`: the page does not reload itself.
    pub no_refresh: bool,
    /// `;up`: without servers that are down.
    pub up: bool,
    /// `;no-maint`: without servers in maintenance.
    pub no_maint: bool,
    /// `;st=CODE`: how the last use of the form ended.
    pub outcome: Option<FormOutcome>,
    /// `?scope=…`: of proxies with this in their name.
    pub scope: Vec<u8>,
}

/// How a use of the form ended, as `;st=` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormOutcome {
    /// Nothing had to change.
    None,
    /// All was done.
    Done,
    /// Some of it was done.
    Partial,
    /// The form could not be read or names something that does not exist.
    Error,
    /// The form is larger than the buffer.
    TooLarge,
    /// The form is not allowed.
    Denied,
    /// Any other.
    Unknown,
}

impl FormOutcome {
    /// The code in `;st=`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Done => "DONE",
            Self::Partial => "PART",
            Self::Error => "ERRP",
            Self::TooLarge => "EXCD",
            Self::Denied => "DENY",
            Self::Unknown => "UNKN",
        }
    }

    fn parse(text: &[u8]) -> Self {
        [
            Self::None,
            Self::Done,
            Self::Partial,
            Self::Error,
            Self::TooLarge,
            Self::Denied,
        ]
        .into_iter()
        .find(|outcome| text.starts_with(outcome.code().as_bytes()))
        .unwrap_or(Self::Unknown)
    }
}

/// The longest scope that is taken, bytes.
const SCOPE_MAX: usize = 20;

impl Options {
    /// Reads what stands behind `stats uri` in a request's target.
    #[must_use]
    pub fn parse(rest: &[u8]) -> Self {
        let mut options = Self::default();
        for word in rest.split(|b| matches!(b, b';' | b'?' | b'&')) {
            match word {
                b"csv" => options.format = Format::Csv,
                b"json" => options.format = Format::Json,
                b"json-schema" => options.format = Format::JsonSchema,
                b"typed" => options.format = Format::Typed,
                b"norefresh" => options.no_refresh = true,
                b"up" => options.up = true,
                b"no-maint" => options.no_maint = true,
                _ => {
                    if let Some(code) = word.strip_prefix(b"st=") {
                        options.outcome = Some(FormOutcome::parse(code));
                    } else if let Some(scope) = word.strip_prefix(b"scope=") {
                        options.scope = scope
                            .iter()
                            .take(SCOPE_MAX)
                            .map(|&b| if is_name_byte(b) { b } else { b'_' })
                            .collect();
                    }
                }
            }
        }
        options
    }
}

/// May stand in a proxy's name.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_in_any_order() {
        let options = Options::parse(b";up;csv;norefresh");
        assert_eq!(
            (options.format, options.up, options.no_refresh),
            (Format::Csv, true, true)
        );
        let options = Options::parse(b";st=PART?scope=ab<c");
        assert_eq!(options.outcome, Some(FormOutcome::Partial));
        assert_eq!(options.scope, b"ab_c");
        assert_eq!(Options::parse(b";st=foo").outcome, Some(FormOutcome::Unknown));
        assert_eq!(Options::parse(b""), Options::default());
    }
}
