//! Lines that begin with a dot (manual, section 2.4): `.if` and its kin choose lines, `.notice` and its kin speak.

use syntax::{Context, Diagnostic, Severity, Span};

use crate::lex::{Environment as _, Word};
use crate::parse::Reading;

/// Blocks deeper than this are refused, as the original does.
const MAX_DEPTH: usize = 10;

/// State of one `.if` block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    /// Its lines are read.
    Taken,
    /// An earlier branch was read.
    Over,
    /// No branch was read yet.
    Waiting,
    /// It stands in lines that are not read.
    Outer,
    /// Behind `.else`, read or not.
    Else(bool),
}

/// The open `.if` blocks of a file.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    blocks: Vec<(Block, Span)>,
}

impl Conditions {
    /// Whether lines are read.
    pub(crate) fn active(&self) -> bool {
        self.blocks
            .last()
            .is_none_or(|(block, _)| matches!(block, Block::Taken | Block::Else(true)))
    }

    /// Carries a directive out. `words` is not empty.
    pub(crate) fn directive(&mut self, reading: &mut Reading<'_>, words: &[Word<'_>]) {
        let span = words[0].span;
        match &*words[0].text {
            b".if" => self.open(reading, words),
            b".elif" => self.otherwise(reading, words, true),
            b".else" => self.otherwise(reading, words, false),
            b".endif" => {
                no_more(reading, words, 1);
                if self.blocks.pop().is_none() {
                    lone(reading, span, ".endif");
                }
            }
            name if !self.active() => {
                // Only the words that open and close blocks count in lines that are not read.
                let _ = name;
            }
            b".notice" => speak(reading, words, Severity::Note),
            b".warning" => speak(reading, words, Severity::Warning),
            b".alert" => speak(reading, words, Severity::Alert),
            b".diag" => {
                if reading.options.diagnostics {
                    speak(reading, words, Severity::Diag);
                }
            }
            name => {
                let name = String::from_utf8_lossy(name).into_owned();
                let known = [
                    ".if", ".elif", ".else", ".endif", ".notice", ".warning", ".alert", ".diag",
                ];
                let near = syntax::closest(name.as_bytes(), known);
                let section = reading.section_word();
                let message = if section.is_empty() {
                    format!("unknown keyword '{name}' out of section.")
                } else {
                    format!("unknown keyword '{name}' in '{section}' section")
                };
                let mut told = Diagnostic::alert("unknown-directive", message).at(span);
                told.help = near.map(|near| format!("did you mean '{near}'?"));
                reading.tell(told);
            }
        }
    }

    /// Tells blocks that were never closed.
    pub(crate) fn finish(&mut self, reading: &mut Reading<'_>, end: Span) {
        let Some((_, opened)) = self.blocks.last().copied() else {
            return;
        };
        reading.tell(
            Diagnostic::alert("unclosed-if", "non-terminated '.if' block.")
                .at(end)
                .context(Context::ParsingTight)
                .label(opened, "opened here")
                .help("add '.endif'"),
        );
        self.blocks.clear();
    }

    fn open(&mut self, reading: &mut Reading<'_>, words: &[Word<'_>]) {
        if self.blocks.len() >= MAX_DEPTH {
            reading.alert_tight(
                "if-too-deep",
                words[0].span,
                format!("too many nested '.if', max is {MAX_DEPTH}."),
            );
        }
        let block = if !self.active() {
            Block::Outer
        } else if evaluate(reading, words) {
            Block::Taken
        } else {
            Block::Waiting
        };
        self.blocks.push((block, words[0].span));
    }

    fn otherwise(&mut self, reading: &mut Reading<'_>, words: &[Word<'_>], conditional: bool) {
        let name = if conditional { ".elif" } else { ".else" };
        let span = words[0].span;
        let Some((block, opened)) = self.blocks.pop() else {
            return lone(reading, span, name);
        };
        if !conditional {
            no_more(reading, words, 1);
        }
        let next = match block {
            Block::Else(_) => {
                reading.alert_tight(
                    "else-twice",
                    span,
                    format!("lone '{name}' with no matching '.if'."),
                );
                block
            }
            Block::Outer => Block::Outer,
            Block::Taken | Block::Over if conditional => Block::Over,
            Block::Taken | Block::Over => Block::Else(false),
            Block::Waiting if !conditional => Block::Else(true),
            Block::Waiting if evaluate(reading, words) => Block::Taken,
            Block::Waiting => Block::Waiting,
        };
        self.blocks.push((next, opened));
    }
}

fn lone(reading: &mut Reading<'_>, span: Span, name: &str) {
    reading.alert_tight(
        "lone-directive",
        span,
        format!("lone '{name}' with no matching '.if'."),
    );
}

fn no_more(reading: &mut Reading<'_>, words: &[Word<'_>], max: usize) {
    if let Some(extra) = words.get(max).filter(|word| !word.text.is_empty()) {
        let name = String::from_utf8_lossy(&words[0].text).into_owned();
        let shown = String::from_utf8_lossy(&extra.text).into_owned();
        reading.alert_tight(
            "extra-argument",
            extra.span,
            format!(
                "Unexpected argument '{shown}' for '{name}'. Use quotes if the message should contain spaces."
            ),
        );
    }
}

fn speak(reading: &mut Reading<'_>, words: &[Word<'_>], severity: Severity) {
    no_more(reading, words, 2);
    let text = words
        .get(1)
        .map(|word| String::from_utf8_lossy(&word.text).into_owned())
        .unwrap_or_default();
    let told = Diagnostic::new(severity, "spoken", format!("'{text}'."));
    reading.tell(told.at(words[0].span).context(Context::ParsingTight));
}

/// The value of the expression behind `.if`; a fault is told and counts as false.
fn evaluate(reading: &mut Reading<'_>, words: &[Word<'_>]) -> bool {
    let joined: Vec<u8> = words[1..]
        .iter()
        .map(|word| &*word.text)
        .collect::<Vec<_>>()
        .join(&b' ');
    let text = String::from_utf8_lossy(&joined).into_owned();
    let mut expression = Expression {
        text: text.trim(),
        reading,
    };
    match expression.disjunction() {
        Ok(value) if expression.text.is_empty() => value,
        Ok(_) | Err(Unparsable) => {
            let name = String::from_utf8_lossy(&words[0].text).into_owned();
            let span = words[1..].first().map_or(words[0].span, |word| word.span);
            reading.tell(
                Diagnostic::alert("bad-condition", format!("unparsable conditional expression '{text}' in '{name}'."))
                    .at(span)
                    .context(Context::ParsingTight)
                    .help(
                        "use defined(NAME), feature(NAME), streq(A,B), strneq(A,B), strstr(A,B), version_atleast(V), \
                         version_before(V), a number, '!', '&&', '||' and parentheses",
                    ),
            );
            false
        }
    }
}

struct Unparsable;

struct Expression<'t, 'r, 'h> {
    text: &'t str,
    reading: &'r Reading<'h>,
}

impl Expression<'_, '_, '_> {
    fn skip(&mut self, token: &str) -> bool {
        let trimmed = self.text.trim_start();
        match trimmed.strip_prefix(token) {
            Some(rest) => {
                self.text = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn disjunction(&mut self) -> Result<bool, Unparsable> {
        let mut value = self.conjunction()?;
        while self.skip("||") {
            value |= self.conjunction()?;
        }
        Ok(value)
    }

    fn conjunction(&mut self) -> Result<bool, Unparsable> {
        let mut value = self.term(0)?;
        while self.skip("&&") {
            value &= self.term(0)?;
        }
        Ok(value)
    }

    fn term(&mut self, depth: usize) -> Result<bool, Unparsable> {
        // Bounded so that a line of parentheses cannot exhaust the stack.
        if depth > 64 {
            return Err(Unparsable);
        }
        if self.skip("!") {
            return Ok(!self.term(depth + 1)?);
        }
        if self.skip("(") {
            let mut value = self.term(depth + 1)?;
            loop {
                if self.skip("||") {
                    value |= self.term(depth + 1)?;
                } else if self.skip("&&") {
                    value &= self.term(depth + 1)?;
                } else {
                    break;
                }
            }
            return if self.skip(")") {
                Ok(value)
            } else {
                Err(Unparsable)
            };
        }
        let end = self
            .text
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        if let Some(inside) = rest.strip_prefix('(') {
            let close = inside.find(')').ok_or(Unparsable)?;
            let (args, rest) = (&inside[..close], &inside[close + 1..]);
            self.text = rest.trim_start();
            return self.predicate(word, args);
        }
        self.text = rest.trim_start();
        match word {
            "" if rest.is_empty() => Ok(false),
            _ => word
                .parse::<i64>()
                .map(|number| number != 0)
                .map_err(|_| Unparsable),
        }
    }

    fn predicate(&self, name: &str, args: &str) -> Result<bool, Unparsable> {
        let mut args = args.split(',').map(str::trim);
        let first = args.next().unwrap_or("");
        let second = args.next();
        match (name, second) {
            ("defined", _) => Ok(self.reading.get(first).is_some()),
            ("feature", _) => Ok(matches!(
                first,
                "OPENSSL" | "THREAD" | "EPOLL" | "GETADDRINFO" | "LINUX_SPLICE"
            )),
            ("enabled", _) => Ok(matches!(first, "EPOLL" | "GETADDRINFO" | "REUSEPORT")),
            ("streq", Some(second)) => Ok(first == second),
            ("strneq", Some(second)) => Ok(first != second),
            ("strstr", Some(second)) => Ok(first.contains(second)),
            ("version_atleast", _) => self.version_atleast(first),
            ("version_before", _) => self.version_atleast(first).map(|at_least| !at_least),
            // Holdfast's TLS library is none of OpenSSL's family.
            (
                "openssl_version_atleast"
                | "ssllib_name_startswith"
                | "awslc_api_atleast"
                | "awslc_api_before",
                _,
            ) => Ok(false),
            ("openssl_version_before", _) => Ok(true),
            _ => Err(Unparsable),
        }
    }

    fn version_atleast(&self, wanted: &str) -> Result<bool, Unparsable> {
        let (major, rest) = wanted.split_once('.').unwrap_or((wanted, "0"));
        let minor = rest.split(['.', '-']).next().unwrap_or("0");
        let major = major.parse().map_err(|_| Unparsable)?;
        let minor = minor.parse().map_err(|_| Unparsable)?;
        Ok(self.reading.dialect.at_least(major, minor))
    }
}
