//! Lines that begin with a dot (manual, section 2.4): `.if` and its kin choose lines, `.notice` and its kin speak.

mod condition;
mod version;

use syntax::{Applicability, Context, Diagnostic, FileId, Severity, Span};

pub use condition::FEATURES;
use condition::{Facts, Unparsable, evaluate};

use crate::dialect::Dialect;
use crate::environment::{Here, Variables};
use crate::host::Host;
use crate::lex::{Environment, LexError, Rules, Word, excerpt, words};
use crate::parse::Reading;

/// The block that would be the hundredth inside another is refused, as by the original.
const MAX_DEPTH: usize = 99;

/// All directives.
const DIRECTIVES: [&str; 8] = [
    ".if", ".elif", ".else", ".endif", ".notice", ".warning", ".alert", ".diag",
];

/// State of one `.if` block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    /// Its lines are read.
    Taken,
    /// An earlier branch was read, or a condition could not be evaluated, so that nobody knows which to read.
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
                if no_more(reading, words) && self.blocks.pop().is_none() {
                    lone(reading, span, ".endif");
                }
            }
            // Only the words that open and close blocks count in lines that are not read.
            _ if !self.active() => {}
            b".notice" => speak(reading, words, Severity::Note),
            b".warning" => speak(reading, words, Severity::Warning),
            b".alert" => speak(reading, words, Severity::Alert),
            b".diag" => speak(reading, words, Severity::Diag),
            name => {
                let shown = String::from_utf8_lossy(name).into_owned();
                let message = format!("unknown directive '{shown}'.");
                let mut told = Diagnostic::alert("unknown-directive", message)
                    .at(span)
                    .context(Context::ParsingTight);
                if let Some(near) = syntax::closest(name, DIRECTIVES) {
                    told = told.help(format!("did you mean '{near}'?")).fix(
                        format!("write '{near}'"),
                        span,
                        near,
                        Applicability::MaybeIncorrect,
                    );
                }
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
                format!("too many nested '.if', max is {}.", MAX_DEPTH + 1),
            );
        }
        let block = if self.active() {
            branch(reading, words)
        } else {
            Block::Outer
        };
        self.blocks.push((block, words[0].span));
    }

    fn otherwise(&mut self, reading: &mut Reading<'_>, words: &[Word<'_>], conditional: bool) {
        let name = if conditional { ".elif" } else { ".else" };
        let span = words[0].span;
        if !conditional && !no_more(reading, words) {
            return;
        }
        let Some((block, opened)) = self.blocks.pop() else {
            return lone(reading, span, name);
        };
        let next = match block {
            Block::Else(_) => {
                reading.tell(
                    Diagnostic::alert("else-twice", format!("'{name}' after '.else' is not permitted."))
                        .at(span)
                        .context(Context::ParsingTight)
                        .label(opened, "the block begins here")
                        .help("'.else' is the last branch of a block; close it with '.endif'"),
                );
                block
            }
            Block::Outer => Block::Outer,
            Block::Taken | Block::Over if conditional => Block::Over,
            Block::Taken | Block::Over => Block::Else(false),
            Block::Waiting if !conditional => Block::Else(true),
            Block::Waiting => branch(reading, words),
        };
        self.blocks.push((next, opened));
    }
}

/// What becomes of the block whose condition stands behind `words[0]`.
fn branch(reading: &mut Reading<'_>, words: &[Word<'_>]) -> Block {
    // The original joins the words before it looks at them.
    let mut text = String::new();
    let mut starts = Vec::with_capacity(words.len());
    for word in &words[1..] {
        if !starts.is_empty() {
            text.push(' ');
        }
        starts.push(text.len());
        text.push_str(&String::from_utf8_lossy(&word.text));
    }
    let facts = Facts {
        env: &*reading,
        dialect: reading.dialect,
    };
    match evaluate(&text, &facts) {
        Ok(true) => Block::Taken,
        Ok(false) => Block::Waiting,
        Err(Unparsable { message, at, help }) => {
            let name = String::from_utf8_lossy(&words[0].text).into_owned();
            let shown = excerpt(&format!("{name} "), text.as_bytes(), at);
            let message = format!("{message} in '{name}' at position {}:\n{shown}", at + 1);
            let index = starts.partition_point(|start| *start <= at).saturating_sub(1);
            let span = match words.get(index + 1) {
                Some(word) => {
                    let start = at - starts[index];
                    reading.part(word, start..start + 1)
                }
                None => words[0].span,
            };
            reading.tell(
                Diagnostic::alert("bad-condition", message)
                    .at(span)
                    .context(Context::ParsingTight)
                    .help(help),
            );
            Block::Over
        }
    }
}

fn lone(reading: &mut Reading<'_>, span: Span, name: &str) {
    reading.alert_tight(
        "lone-directive",
        span,
        format!("lone '{name}' with no matching '.if'."),
    );
}

/// Whether nothing stands behind the directive, which is told otherwise.
fn no_more(reading: &mut Reading<'_>, words: &[Word<'_>]) -> bool {
    let Some(extra) = words.get(1).filter(|word| !word.text.is_empty()) else {
        return true;
    };
    unexpected(reading, &words[0], extra, "");
    false
}

fn unexpected(reading: &mut Reading<'_>, name: &Word<'_>, extra: &Word<'_>, behind: &str) {
    let name = String::from_utf8_lossy(&name.text).into_owned();
    let shown = String::from_utf8_lossy(&extra.text).into_owned();
    reading.alert_tight(
        "extra-argument",
        extra.span,
        format!("Unexpected argument '{shown}' for '{name}'.{behind}"),
    );
}

fn speak(reading: &mut Reading<'_>, words: &[Word<'_>], severity: Severity) {
    if severity == Severity::Diag && !reading.options.diagnostics {
        return;
    }
    if let Some(extra) = words.get(2).filter(|word| !word.text.is_empty()) {
        let behind = " Use quotes if the message should contain spaces.";
        return unexpected(reading, &words[0], extra, behind);
    }
    let text = words
        .get(1)
        .map(|word| String::from_utf8_lossy(&word.text).into_owned())
        .unwrap_or_default();
    let told = Diagnostic::new(severity, "spoken", format!("'{text}'."));
    reading.tell(told.at(words[0].span).context(Context::ParsingTight));
}

/// Evaluates a condition as `.if` has it, from a command line (`-cc`).
///
/// # Errors
/// What is wrong with it, in the original's words.
pub fn condition_holds(
    text: &str,
    dialect: Dialect,
    host: &dyn Host,
    variables: &[(String, Vec<u8>)],
) -> Result<bool, String> {
    let mut of_process = OfProcess {
        variables: Variables::default(),
        host,
    };
    for (name, value) in variables {
        of_process.variables.set(name, value.clone());
    }
    let line = text.split('\n').next().unwrap_or("");
    // Right at the beginning, too, a carriage return ends it.
    let line = if line.starts_with('\r') { "" } else { line };
    let words = words(
        line.as_bytes(),
        FileId::default(),
        0,
        &of_process,
        Rules::COMMAND_LINE,
    )
    .map_err(|error| {
        let mut what = error.what().to_owned();
        if let Some(first) = what.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        match error {
            LexError::TooManyWords { .. } => format!("Error in condition: {what}."),
            _ => format!("Syntax Error in condition: {what}."),
        }
    })?;
    let joined = words
        .iter()
        .map(|word| String::from_utf8_lossy(&word.text))
        .collect::<Vec<_>>()
        .join(" ");
    // A blank that begins it stays, as the original takes it for the end of an empty word.
    let lead = if line.starts_with([' ', '\t']) { " " } else { "" };
    let joined = format!("{lead}{joined}");
    let facts = Facts {
        env: &of_process,
        dialect,
    };
    evaluate(&joined, &facts)
        .map_err(|fault| format!("Failed to evaluate condition: {}\n{}", fault.message, fault.help))
}

/// The environment of a command line: there is no file at hand.
struct OfProcess<'h> {
    variables: Variables,
    host: &'h dyn Host,
}

impl Environment for OfProcess<'_> {
    fn variable(&self, name: &str) -> Option<Vec<u8>> {
        self.variables.get(name, self.host)
    }

    fn pseudo(&self, name: &str) -> Option<Vec<u8>> {
        Here::default().pseudo(name)
    }
}
