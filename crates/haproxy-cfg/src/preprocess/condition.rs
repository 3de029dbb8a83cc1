//! The conditions of `.if`, `.elif` and of `-cc` (manual, section 2.4): numbers, predicates, `!`, `&&`, `||`, parentheses.

use syntax::{Version, closest};

use super::version::Release;
use crate::dialect::Dialect;
use crate::lex::Environment;

/// What a condition may ask about.
pub(crate) struct Facts<'a> {
    pub(crate) env: &'a dyn Environment,
    pub(crate) dialect: Dialect,
}

/// Why a condition cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unparsable {
    /// In the original's words.
    pub(crate) message: String,
    /// Offset in the condition.
    pub(crate) at: usize,
    /// What to write instead.
    pub(crate) help: String,
}

/// Parentheses may stand this deep in each other.
const MAX_DEPTH: usize = 340;

/// A predicate: a name and what it asks.
struct Predicate {
    name: &'static str,
    /// How many arguments it takes.
    arguments: usize,
    /// The version since which it is known.
    since: Version,
    holds: fn(&Facts<'_>, &[String]) -> bool,
    /// Which first arguments are versions; since 3.1 others are refused.
    takes: fn(&str) -> bool,
}

const fn predicate(
    name: &'static str,
    arguments: usize,
    since: (u16, u16),
    holds: fn(&Facts<'_>, &[String]) -> bool,
) -> Predicate {
    Predicate {
        name,
        arguments,
        since: Version::new(since.0, since.1),
        holds,
        takes: |_| true,
    }
}

impl Predicate {
    const fn taking(mut self, takes: fn(&str) -> bool) -> Self {
        self.takes = takes;
        self
    }
}

/// All of them. The TLS library answers for an OpenSSL 3.0, as what files ask of that one works here.
const PREDICATES: [Predicate; 13] = [
    // That library is not the one that is answered for, so no version of it can be compared.
    predicate("awslc_api_atleast", 1, (3, 3), |_, _| false).taking(|_| false),
    predicate("awslc_api_before", 1, (3, 3), |_, _| false).taking(|_| false),
    predicate("defined", 1, (2, 4), |facts, args| {
        facts.env.variable(&args[0]).is_some()
    }),
    predicate("enabled", 1, (2, 8), |_, args| {
        ENABLED.contains(&args[0].as_str())
    }),
    predicate("feature", 1, (2, 4), |_, args| has_feature(&args[0])),
    predicate("openssl_version_atleast", 1, (2, 5), |_, args| {
        Release::of_openssl(&args[0]) <= Release::OPENSSL
    })
    .taking(Release::is_of_openssl),
    predicate("openssl_version_before", 1, (2, 5), |_, args| {
        Release::of_openssl(&args[0]) > Release::OPENSSL
    })
    .taking(Release::is_of_openssl),
    predicate("ssllib_name_startswith", 1, (2, 5), |_, args| {
        "OpenSSL".starts_with(&args[0])
    }),
    predicate("streq", 2, (2, 4), |_, args| args[0] == args[1]),
    predicate("strneq", 2, (2, 4), |_, args| args[0] != args[1]),
    predicate("strstr", 2, (2, 8), |_, args| args[0].contains(&args[1])),
    predicate("version_atleast", 1, (2, 4), |facts, args| {
        Release::read(&args[0]) <= Release::spoken(facts.dialect)
    }),
    predicate("version_before", 1, (2, 4), |facts, args| {
        Release::read(&args[0]) > Release::spoken(facts.dialect)
    }),
];

/// What the program can be built with, by the names that the original gives it, and whether it is there.
pub const FEATURES: &[(&str, bool)] = &[
    ("51DEGREES", false),
    ("ACCEPT4", true),
    ("BACKTRACE", false),
    ("CPU_AFFINITY", false),
    ("DEVICEATLAS", false),
    ("EPOLL", true),
    ("GETADDRINFO", true),
    ("KQUEUE", false),
    ("LIBCRYPT", true),
    ("LINUX_SPLICE", true),
    ("LINUX_TPROXY", true),
    ("LUA", false),
    ("NS", false),
    ("OPENSSL", true),
    ("OT", false),
    ("PCRE", false),
    ("PCRE2", false),
    ("POLL", true),
    ("PROMEX", true),
    ("QUIC", false),
    ("RUSTLS", true),
    ("SLZ", false),
    ("SYSTEMD", true),
    ("TFO", true),
    ("THREAD", true),
    ("TPROXY", true),
    ("WURFL", false),
    ("ZLIB", false),
];

/// What can be switched off on the original's command line, and is on here.
const ENABLED: [&str; 3] = ["EPOLL", "GETADDRINFO", "REUSEPORT"];

fn has_feature(name: &str) -> bool {
    // An empty name is found in any list.
    name.is_empty() || FEATURES.contains(&(name, true))
}

/// Whether `text` holds; an empty one does not, but one of blanks is a fault.
///
/// # Errors
/// The first fault, and its place.
pub(crate) fn evaluate(text: &str, facts: &Facts<'_>) -> Result<bool, Unparsable> {
    let mut expression = Expression {
        text,
        at: 0,
        depth: 0,
        decided: false,
        unfinished: None,
        facts,
    };
    if text.is_empty() {
        return Ok(false);
    }
    if text.trim_matches([' ', '\t']).is_empty() {
        return Err(Unparsable {
            message: format!("unparsable conditional sub-expression '{text}'"),
            at: 0,
            help: "write a condition, or none at all, which does not hold".to_owned(),
        });
    }
    let Some(value) = expression.disjunction()? else {
        let (start, at) = expression.unfinished.unwrap_or((0, 0));
        return Err(expression.unparsable(start, at));
    };
    expression.skip_blanks();
    match expression.rest().chars().next() {
        None => Ok(value),
        Some(stray) => Err(Unparsable {
            message: format!("unexpected character '{stray}' at the end of conditional expression '{text}'"),
            at: expression.at,
            help: "join expressions with '&&' or '||'".to_owned(),
        }),
    }
}

struct Expression<'t, 'f> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// What is read does not count: the side before it has decided.
    decided: bool,
    /// Where the last disjunction that lacks its right side begins, and where its `||` is.
    unfinished: Option<(usize, usize)>,
    facts: &'f Facts<'f>,
}

impl Expression<'_, '_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    fn skip(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Takes an operator with the blanks behind it.
    fn operator(&mut self, token: &str) -> bool {
        let found = self.skip(token);
        if found {
            self.skip_blanks();
        }
        found
    }

    /// The error at `at` about what begins at `start`.
    fn unparsable(&self, start: usize, at: usize) -> Unparsable {
        let rest = &self.text[start..];
        let word: &str = rest
            .trim_start_matches(['!', ' '])
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .next()
            .unwrap_or("");
        let known = PREDICATES.iter().map(|predicate| predicate.name);
        let help = match closest(word.as_bytes(), known.clone()) {
            Some(near) => format!("did you mean '{near}(…)'?"),
            None => format!(
                "write a number, '!', '&&', '||', parentheses, or one of {}",
                known.collect::<Vec<_>>().join(", ")
            ),
        };
        Unparsable {
            message: format!("unparsable conditional expression '{rest}'"),
            at,
            help,
        }
    }

    /// None where there is nothing, or nothing behind `||`.
    fn disjunction(&mut self) -> Result<Option<bool>, Unparsable> {
        let start = self.at;
        let Some(mut value) = self.conjunction()? else {
            return Ok(None);
        };
        let mut first = None;
        loop {
            self.skip_blanks();
            let operator = self.at;
            if !self.operator("||") {
                return Ok(Some(value));
            }
            let operator = *first.get_or_insert(operator);
            match self.aside(value, Self::conjunction)? {
                Some(right) => value |= right,
                None => {
                    self.unfinished = Some((start, operator));
                    return Ok(None);
                }
            }
        }
    }

    /// Reads a side, which does not count where the one before it has `decided`.
    fn aside(
        &mut self,
        decided: bool,
        read: fn(&mut Self) -> Result<Option<bool>, Unparsable>,
    ) -> Result<Option<bool>, Unparsable> {
        let before = self.decided;
        self.decided |= decided;
        let side = read(self);
        self.decided = before;
        side
    }

    fn conjunction(&mut self) -> Result<Option<bool>, Unparsable> {
        let Some(mut value) = self.term()? else {
            return Ok(None);
        };
        loop {
            self.skip_blanks();
            let operator = self.at;
            if !self.operator("&&") {
                return Ok(Some(value));
            }
            match self.aside(!value, Self::term)? {
                Some(right) => value &= right,
                None => return Err(self.unparsable(operator, operator)),
            }
        }
    }

    fn term(&mut self) -> Result<Option<bool>, Unparsable> {
        // Blanks before the first term are a part of it in messages.
        let start = self.at;
        self.skip_blanks();
        if self.rest().is_empty() {
            return Ok(None);
        }
        let mut negated = false;
        while self.skip("!") {
            negated = !negated;
            self.skip_blanks();
        }
        let value = if self.operator("(") {
            self.parentheses(start)?
        } else if let Some(number) = self.number() {
            number
        } else {
            self.predicate(start)?
        };
        Ok(Some(value != negated))
    }

    /// What stands behind an opening parenthesis, and the closing one.
    fn parentheses(&mut self, start: usize) -> Result<bool, Unparsable> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let mut fault = self.unparsable(self.at, self.at);
            fault.message = format!("unparsable conditional sub-expression '{}'", self.rest());
            fault.help = format!("use no more than {MAX_DEPTH} parentheses in each other");
            return Err(fault);
        }
        let Some(value) = self.disjunction()? else {
            return Err(self.unparsable(start, start));
        };
        self.skip_blanks();
        if !self.skip(")") {
            return Err(Unparsable {
                message: format!(
                    "expected ')' after conditional expression '{}'",
                    &self.text[start..]
                ),
                at: start,
                help: "close the parenthesis".to_owned(),
            });
        }
        self.depth -= 1;
        Ok(value)
    }

    /// Whether a number is there and is not 0: decimal, octal behind `0`, hexadecimal behind `0x`.
    fn number(&mut self) -> Option<bool> {
        let rest = self.rest();
        let digits = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let sign = rest.len() - digits.len();
        let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
        let (digits, radix, prefix) = match hexadecimal {
            Some(behind) if behind.starts_with(|c: char| c.is_ascii_hexdigit()) => (behind, 16, 2),
            _ if digits.starts_with('0') => (digits, 8, 0),
            _ => (digits, 10, 0),
        };
        let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        if length == 0 {
            return None;
        }
        let zero = digits[..length].bytes().all(|digit| digit == b'0');
        self.at += sign + prefix + length;
        Some(!zero)
    }

    fn predicate(&mut self, start: usize) -> Result<bool, Unparsable> {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let (name, behind) = rest.split_at(length);
        let dialect = self.facts.dialect;
        let found = PREDICATES
            .iter()
            .find(|predicate| predicate.name == name)
            .filter(|predicate| !dialect.strict || predicate.since <= dialect.version)
            .filter(|_| behind.is_empty() || behind.starts_with([' ', '\t', '(']));
        let Some(predicate) = found else {
            return Err(self.unparsable(start, start));
        };
        let name = predicate.name;
        self.at += length;
        let opened = self.skip("(");
        let arguments = self.arguments(predicate, opened)?;
        let judged = dialect.strict && dialect.at_least(3, 1) && !self.decided;
        if let Some(argument) = arguments
            .first()
            .filter(|argument| judged && !(predicate.takes)(argument))
        {
            return Err(Unparsable {
                message: format!(
                    "invalid argument to conditional expression predicate '{name}': '{argument}'"
                ),
                at: self.at,
                help: "write a whole version, such as 3.0.0".to_owned(),
            });
        }
        Ok((predicate.holds)(self.facts, &arguments))
    }

    /// The arguments of a predicate, as many as it takes.
    fn arguments(&mut self, predicate: &Predicate, opened: bool) -> Result<Vec<String>, Unparsable> {
        let mut arguments = vec![if opened { self.argument() } else { String::new() }];
        while opened && arguments.len() < predicate.arguments && self.skip(",") {
            let argument = self.argument();
            arguments.push(argument);
        }
        let name = predicate.name;
        let wanted = predicate.arguments;
        let form = format!("write: {name}({})", vec!["…"; wanted].join(","));
        let fault = |at: usize, message: String| Unparsable {
            message,
            at,
            help: form,
        };
        let place = format!("in argument 1 of predicate '{name}' used in conditional expression");
        if arguments.len() < wanted {
            let got = arguments.len();
            let message = format!("missing arguments (got {got}/{wanted}), type 'string' expected {place}");
            return Err(fault(self.at, message));
        }
        if opened && !self.skip(")") {
            let rest = self.rest();
            let before = if rest.is_empty() {
                String::new()
            } else {
                format!("before '{rest}' ")
            };
            return Err(fault(self.at, format!("expected ')' {before}{place}")));
        }
        Ok(arguments)
    }

    /// One argument, up to a comma or a closing parenthesis: quotes and backslashes are those of a line, but `\#`, `\$` and
    /// `\xNN` mean nothing.
    fn argument(&mut self) -> String {
        let mut out = String::new();
        let mut quote = None;
        let mut chars = self.rest().char_indices().peekable();
        let mut length = self.rest().len();
        while let Some((at, char)) = chars.next() {
            match (char, quote) {
                (',' | ')', None) => {
                    length = at;
                    break;
                }
                ('"' | '\'', None) => quote = Some(char),
                (_, Some(open)) if char == open => quote = None,
                ('\\', None | Some('"')) => {
                    let literal = match chars.peek() {
                        Some((_, 'n')) => '\n',
                        Some((_, 'r')) => '\r',
                        Some((_, 't')) => '\t',
                        Some((_, escaped @ ('\\' | ' ' | '"' | '\''))) => *escaped,
                        _ => {
                            out.push('\\');
                            continue;
                        }
                    };
                    out.push(literal);
                    chars.next();
                }
                _ => out.push(char),
            }
        }
        self.at += length;
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Environment for Fixed {
        fn variable(&self, name: &str) -> Option<Vec<u8>> {
            (name == "X").then(Vec::new)
        }

        fn pseudo(&self, _name: &str) -> Option<Vec<u8>> {
            None
        }
    }

    fn judged(text: &str, dialect: Dialect) -> Result<bool, Unparsable> {
        evaluate(text, &Facts { env: &Fixed, dialect })
    }

    fn holds(text: &str) -> bool {
        judged(text, Dialect::exactly(2, 6)).expect(text)
    }

    #[test]
    fn expressions_are_evaluated_as_the_original_does() {
        for text in [
            "1",
            "-1",
            "+1",
            "01",
            "0x1",
            "2147483648",
            "99999999999999999999",
            " 1 ",
            "!0",
            "!!1",
            "! ! 1",
            "(1)",
            "((1))",
            "!(0)",
            "1&&1",
            "1 || 0",
            "0 || 1",
            "1 && 0 || 1",
            "1 || 0 && 0",
            "!1||1",
            "defined(X)",
            "!defined(NX)",
            "defined(\"X\")",
            "feature(OPENSSL)",
            "feature()",
            "streq(a,a)",
            "streq(,)",
            "streq(\"a b\",\"a b\")",
            "streq(\"a,b\",'a,b')",
            "streq('a)',\"a)\")",
            r#"streq(\"a\"b,"\"a\"b")"#,
            r#"streq(a\ b,"a b")"#,
            r#"streq(a\nb,"a\nb")"#,
            r"streq(a\zb,a\zb)",
            "strneq(a,b)",
            "strneq(a, a)",
            "version_atleast(2.6)",
            "version_atleast",
            "version_before(2.7)",
            "ssllib_name_startswith(Open)",
            "openssl_version_atleast(3.0.0)",
            "openssl_version_atleast(1.1.1a)",
            "openssl_version_before(4.0.0)",
        ] {
            assert!(holds(text), "{text}");
        }
        for text in [
            "",
            "0",
            "00",
            "!1",
            "0||0",
            "1&&0",
            "(1 || 1) && 0",
            "defined(NX)",
            "defined",
            "defined()",
            "defined( X)",
            "feature(openssl)",
            "feature(OPENSSL ZLIB)",
            "streq(a,b)",
            "streq(a, a)",
            "strneq(,)",
            "version_atleast(2.7)",
            "version_before(2.6)",
            "openssl_version_before(3.0.0)",
        ] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn faults_are_those_of_the_original() {
        for (text, message, position) in [
            (" ", "unparsable conditional sub-expression ' '", 1),
            ("x", "unparsable conditional expression 'x'", 1),
            (" x", "unparsable conditional expression ' x'", 1),
            ("( x", "unparsable conditional expression 'x'", 3),
            (
                "1x",
                "unexpected character 'x' at the end of conditional expression '1x'",
                2,
            ),
            (
                "08",
                "unexpected character '8' at the end of conditional expression '08'",
                2,
            ),
            (
                "1 1",
                "unexpected character '1' at the end of conditional expression '1 1'",
                3,
            ),
            ("!", "unparsable conditional expression '!'", 1),
            ("()", "unparsable conditional expression ')'", 2),
            ("(", "unparsable conditional expression '('", 1),
            ("!(", "unparsable conditional expression '!('", 1),
            ("(1", "expected ')' after conditional expression '(1'", 1),
            ("! (1", "expected ')' after conditional expression '! (1'", 1),
            (
                "((1 || 0) && (0",
                "expected ')' after conditional expression '(0'",
                14,
            ),
            ("1 && (x", "unparsable conditional expression 'x'", 7),
            ("1 &&", "unparsable conditional expression '&&'", 3),
            ("1 ||", "unparsable conditional expression '1 ||'", 3),
            ("0 || 1 ||", "unparsable conditional expression '0 || 1 ||'", 3),
            ("1 && 1 ||", "unparsable conditional expression '1 && 1 ||'", 8),
            ("(1 ||", "unparsable conditional expression '(1 ||'", 1),
            ("1 ||| 1", "unparsable conditional expression '| 1'", 5),
            (
                "1 & 1",
                "unexpected character '&' at the end of conditional expression '1 & 1'",
                3,
            ),
            ("DEFINED(X)", "unparsable conditional expression 'DEFINED(X)'", 1),
            ("defined&&1", "unparsable conditional expression 'defined&&1'", 1),
            (
                "strstr(a,b)",
                "unparsable conditional expression 'strstr(a,b)'",
                1,
            ),
            (
                "defined X",
                "unexpected character 'X' at the end of conditional expression 'defined X'",
                9,
            ),
            (
                "defined(X",
                "expected ')' in argument 1 of predicate 'defined' used in conditional expression",
                10,
            ),
            (
                "1 && defined(X,Y)",
                "expected ')' before ',Y)' in argument 1 of predicate 'defined' used in conditional expression",
                15,
            ),
            (
                "streq()",
                "missing arguments (got 1/2), type 'string' expected in argument 1 of predicate 'streq' used in \
                 conditional expression",
                7,
            ),
            (
                "streq(\"a,b)",
                "missing arguments (got 1/2), type 'string' expected in argument 1 of predicate 'streq' used in \
                 conditional expression",
                12,
            ),
        ] {
            let fault = judged(text, Dialect::exactly(2, 6)).expect_err(text);
            assert_eq!(
                (fault.message.as_str(), fault.at + 1),
                (message, position),
                "{text}"
            );
        }
    }

    #[test]
    fn predicates_of_later_versions_are_known_where_they_are_spoken() {
        let now = Dialect::default();
        assert_eq!(judged("strstr(abc,b) && !strstr(b,abc)", now), Ok(true));
        assert_eq!(judged("enabled(EPOLL) && !enabled(KQUEUE)", now), Ok(true));
        assert_eq!(judged("awslc_api_atleast(10)", now), Ok(false));
        assert!(judged("enabled(EPOLL)", Dialect::exactly(2, 4)).is_err());
        assert!(judged("ssllib_name_startswith(O)", Dialect::exactly(2, 4)).is_err());
    }

    #[test]
    fn a_misspelt_predicate_is_recognized() {
        let fault = judged("1 && !featur(X)", Dialect::default()).unwrap_err();
        assert_eq!(fault.help, "did you mean 'feature(…)'?");
    }

    #[test]
    fn parentheses_have_their_depth() {
        let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(judged(&nested(340), Dialect::default()), Ok(true));
        let fault = judged(&nested(341), Dialect::default()).unwrap_err();
        assert!(
            fault
                .message
                .starts_with("unparsable conditional sub-expression '1)"),
            "{}",
            fault.message
        );
        let beside = format!("1{}", " && (1)".repeat(500));
        assert_eq!(judged(&beside, Dialect::default()), Ok(true));
    }
}
