//! A whole reading: inputs to files, files to lines, lines to the as-written model, that to the resolved one.

use bstr::ByteSlice as _;
use syntax::render::{HaproxyShape, haproxy};
use syntax::{Applicability, Context, Diagnostic, FileId, Severity, SourceFile, SourceMap, Span};

use crate::dialect::Dialect;
use crate::dump::DumpOptions;
use crate::empty_word;
use crate::host::{Host, PathKind};
use crate::lex;
use crate::lex::{EmptyParts, LexError, MAX_WORDS, Rules, TokenKind, content, tokens, words_in};
use crate::log_variables::FORMATS;
use crate::model::{Config, Word};
use crate::parse::{Line, Reading, Section};
use crate::preprocess::Conditions;
use crate::resolve;
use crate::values::strip_os_code;
use crate::written::{SectionLines, Written};

/// Something to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file, or a folder whose `*.cfg` files are read in the order of their names.
    Path(String),
    /// A text that is at hand.
    Text {
        /// The name that messages give it.
        name: String,
        /// The text.
        bytes: Vec<u8>,
    },
}

/// What a command line may ask of a reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// A server whose name does not resolve is no error (`-dr`).
    pub ignore_unresolved: bool,
    /// The name of this node among peers (`-L`); the host's name when none.
    pub local_peer: Option<String>,
    /// A master starts the workers (`-W`), as it does with `master-worker` in the file.
    pub master_worker: bool,
    /// Tell what is suspicious as well (`-dD`).
    pub diagnostics: bool,
    /// Write down what was read (`-dC`).
    pub dump: Option<DumpOptions>,
    /// Keep the words of each line that was read ([`Loaded::lines`]).
    pub lines: bool,
    /// Environment variables that the process sets for its files, besides `HAPROXY_LOCALPEER`.
    pub variables: Vec<(String, Vec<u8>)>,
}

/// A word of a line: what it means, quotes and escapes taken away and variables put in, and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadWord {
    /// What it means.
    pub text: Word,
    /// Where it was written.
    pub span: Span,
}

/// What a reading gives.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration, as far as it could be understood; to be run only without errors.
    pub config: Config,
    /// What stands in each section besides what the configuration holds.
    pub sections: Vec<SectionLines>,
    /// The words of each line of the files that no condition left out, with `no` and `default`; empty unless
    /// [`LoadOptions::lines`] asks for them. None of them is without a word.
    pub lines: Vec<Vec<ReadWord>>,
    /// The files that were read.
    pub sources: SourceMap,
    /// What was read, written down again; empty unless [`LoadOptions::dump`] asks for it.
    pub dump: Vec<u8>,
    /// All that is to be told, in the original's order: each file in turn, then what concerns the whole.
    pub diagnostics: Vec<Diagnostic>,
    /// What the sections said; kept, so that whoever ends right after a check need not take it apart.
    #[expect(dead_code, reason = "it is dropped, or not, with what it belongs to")]
    written: Written,
    /// How many diagnostics had been told before the first file was read.
    files_start: usize,
    /// Name of each file and how many diagnostics had been told once it was read.
    file_ends: Vec<(String, usize)>,
}

impl Loaded {
    /// Whether the configuration is refused.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.refuses)
    }

    /// Whether anything would be warned of.
    #[must_use]
    pub fn has_warnings(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Warning)
    }

    /// Whether there is anything to listen on: without, a valid configuration cannot be started.
    #[must_use]
    pub fn has_listener(&self) -> bool {
        self.config
            .proxies
            .iter()
            .any(|proxy| !proxy.disabled && !proxy.binds.is_empty())
    }

    /// All that is to be told in the original's shape, with the lines that sum up errors.
    #[must_use]
    pub fn report(&self, shape: HaproxyShape) -> String {
        let mut out = String::new();
        let mut told = self.files_start;
        for diagnostic in self.diagnostics.get(..told).unwrap_or(&[]) {
            out.push_str(&haproxy(diagnostic, &self.sources, shape));
        }
        let sum_up = |out: &mut String, message: String| {
            let line = Diagnostic::alert("errors-found", message).context(Context::Whole);
            out.push_str(&haproxy(&line, &self.sources, shape));
        };
        for (name, end) in &self.file_ends {
            let of_file = self.diagnostics.get(told..*end).unwrap_or(&[]);
            told = (*end).max(told);
            for diagnostic in of_file {
                out.push_str(&haproxy(diagnostic, &self.sources, shape));
            }
            if of_file.iter().any(|diagnostic| diagnostic.refuses) {
                sum_up(&mut out, format!("Error(s) found in configuration file : {name}"));
            }
        }
        for diagnostic in self.diagnostics.get(told..).unwrap_or(&[]) {
            out.push_str(&haproxy(diagnostic, &self.sources, shape));
        }
        if self.has_errors() {
            sum_up(&mut out, "Fatal errors found in configuration.".to_owned());
        }
        out
    }
}

/// Bytes of a line from which it was refused before 2.2.
const OLD_LINE_BYTES: usize = 2048;

/// Files beyond this size are refused: spans hold 32 bits.
const MAX_FILE_BYTES: usize = 1 << 30;

/// Reads all of `inputs` as one configuration in `dialect`.
///
/// It reads on behind every fault; what it cannot understand is told and left out.
#[must_use]
pub fn load(inputs: &[Input], dialect: Dialect, host: &dyn Host, options: LoadOptions) -> Loaded {
    let mut reading = Reading::new(host, dialect, options);
    let mut file_ends = Vec::new();
    let local_peer = reading
        .options
        .local_peer
        .clone()
        .unwrap_or_else(|| host.hostname());
    reading
        .variables
        .set("HAPROXY_LOCALPEER", local_peer.into_bytes());
    for (name, value) in reading.options.variables.clone() {
        reading.variables.set(&name, value);
    }
    let newer = !reading.dialect.strict || reading.dialect.at_least(2, 8);
    let formats = FORMATS.iter().filter(|_| newer);
    for (name, format) in formats.clone() {
        reading.variables.set(name, format.as_bytes().to_vec());
    }
    let files = expand(&mut reading, inputs);
    let files_start = reading.diagnostics.len();
    for (name, bytes) in files {
        let id = reading.sources.add(SourceFile::new(name.clone(), bytes));
        read_file(&mut reading, id);
        file_ends.push((name, reading.diagnostics.len()));
    }
    for (name, _) in formats {
        reading.variables.unset(name);
    }
    let config = resolve::resolve(&mut reading);
    Loaded {
        config,
        sections: std::mem::take(&mut reading.written.sections),
        lines: reading.lines.unwrap_or_default(),
        dump: reading.dump.map(|dump| dump.written()).unwrap_or_default(),
        written: reading.written,
        sources: reading.sources,
        diagnostics: reading.diagnostics,
        files_start,
        file_ends,
    }
}

/// The files of the inputs, in order.
fn expand(reading: &mut Reading<'_>, inputs: &[Input]) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for input in inputs {
        match input {
            Input::Text { name, bytes } => out.push((name.clone(), bytes.clone())),
            Input::Path(path) => match reading.host.path_kind(path) {
                Ok(PathKind::File) => read_into(reading, &mut out, path.clone()),
                Ok(PathKind::Folder) => match reading.host.list_folder(path) {
                    Ok(mut names) => {
                        names.retain(|name| {
                            let file = || reading.host.path_kind(&format!("{path}/{name}"));
                            // What cannot be looked at is told when it is read.
                            name.ends_with(".cfg")
                                && !name.starts_with('.')
                                && !matches!(file(), Ok(PathKind::Folder))
                        });
                        if names.is_empty() {
                            empty_folder(reading, path);
                        }
                        names.sort_unstable();
                        for name in names {
                            read_into(reading, &mut out, format!("{path}/{name}"));
                        }
                    }
                    Err(error) => cannot_open(reading, path, &error),
                },
                Err(error) => cannot_open(reading, path, &error),
            },
        }
    }
    out.retain(|(name, bytes)| {
        let fits = bytes.len() <= MAX_FILE_BYTES;
        if !fits {
            let message = format!("configuration file {name} is larger than {MAX_FILE_BYTES} bytes.");
            reading.tell(Diagnostic::alert("file-too-large", message).context(Context::Whole));
        }
        fits
    });
    out
}

fn read_into(reading: &mut Reading<'_>, out: &mut Vec<(String, Vec<u8>)>, path: String) {
    match reading.host.read_file(&path) {
        Ok(bytes) => out.push((path, bytes)),
        Err(error) => cannot_open(reading, &path, &error),
    }
}

fn empty_folder(reading: &mut Reading<'_>, path: &str) {
    let message = format!("No configuration file found in folder {path}.");
    let help = "files are read from it when their names end in .cfg";
    reading.tell(
        Diagnostic::alert("empty-folder", message)
            .context(Context::Whole)
            .help(help),
    );
}

fn cannot_open(reading: &mut Reading<'_>, path: &str, error: &std::io::Error) {
    let why = strip_os_code(error);
    let message = format!("Cannot open configuration file/directory {path} : {why}");
    reading.tell(
        Diagnostic::alert("cannot-open", message)
            .context(Context::Whole)
            .help("check the path given with -f, and that this user may read it"),
    );
}

/// What becomes of a line.
type Act = fn(&mut Reading<'_>, &Line<'_>);

/// Reads a file that a line of another names: its lines, which are none of the configuration's sections, go to `act`.
pub(crate) fn read_within(reading: &mut Reading<'_>, id: FileId, act: Act) {
    let section = reading.section;
    let here = std::mem::take(&mut reading.here);
    let dump = reading.dump.take();
    let lines = reading.lines.take();
    read_lines(reading, id, act);
    reading.lines = lines;
    reading.section = section;
    reading.here = here;
    reading.dump = dump;
}

/// Reads a file of the configuration.
fn read_file(reading: &mut Reading<'_>, id: FileId) {
    // Sections end with their file.
    reading.section = Section::None;
    read_lines(reading, id, crate::parse::line_of_section);
    crate::parse::end_of_section(reading);
}

/// Reads the lines of a file.
fn read_lines(reading: &mut Reading<'_>, id: FileId, act: Act) {
    let Some(file) = reading.sources.file(id) else {
        return;
    };
    let bytes = file.bytes().clone();
    reading.here.file = file.name().to_owned();
    reading.here.section.clear();
    let mut conditions = Conditions::default();
    let mut start = 0;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        byte_order_mark(reading, id);
        start = 3;
    }
    // Hardly any file has such bytes: they are looked for in all of it at once.
    let may_stray = memchr::memchr2(0, b'\r', &bytes).is_some();
    let mut number = 0;
    // The words of a line, whose room is used again for the next.
    let mut room = Vec::new();
    while start < bytes.len() {
        number += 1;
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |length| start + length);
        let line = &bytes[start..end];
        reading.here.line = number;
        let base = offset(start);
        let read = if may_stray { content(line) } else { line };
        read_line(reading, &mut conditions, read, id, base, &mut room, act);
        if may_stray {
            stray_bytes(reading, id, line, base);
        }
        if end == bytes.len() {
            unfinished_line(reading, id, line, base);
        }
        start = end + 1;
    }
    // The end of the last line, not the empty place behind its newline.
    let end = bytes.strip_suffix(b"\n").unwrap_or(&bytes).len();
    conditions.finish(reading, Span::new(id, offset(end), offset(end)));
}

/// Reads a line; lines that a condition leaves out are cut into words all the same, as the original does. `room` is what the
/// words of the line before took, and those of this line may take.
fn read_line<'f>(
    reading: &mut Reading<'_>,
    conditions: &mut Conditions,
    line: &'f [u8],
    id: FileId,
    base: u32,
    room: &mut Vec<lex::Word<'f>>,
    act: Act,
) {
    let rules = Rules {
        quotes: !reading.spoken_before(1, 6),
        parts: match reading.dialect {
            dialect if dialect.does_as(3, 3) => EmptyParts::Dropped,
            dialect if dialect.at_least(2, 7) => EmptyParts::DroppedUnset,
            _ => EmptyParts::Kept,
        },
        ..Rules::FILE
    };
    if reading.spoken_before(2, 2) && line.len() >= OLD_LINE_BYTES {
        let message = format!("line too long, limit: {}.", OLD_LINE_BYTES - 1);
        let span = Span::new(id, base, base + offset(line.len()));
        return reading.tell(
            Diagnostic::alert("line-too-long", message)
                .at(span)
                .context(Context::ParsingTight)
                .help("split the line"),
        );
    }
    let words = match words_in(std::mem::take(room), line, id, base, reading, rules) {
        Ok(words) => words,
        Err(error) => {
            let mut told = error.told(line, id, base);
            if let (LexError::TooManyWords { at, .. }, true) = (&error, reading.spoken_before(2, 2)) {
                let rest = String::from_utf8_lossy(&line[*at..]).into_owned();
                told.message = format!(
                    "line too long, truncating at word {}, position {}: <{rest}>.",
                    MAX_WORDS + 1,
                    at + 1
                );
            }
            if !conditions.active() && !reading.dialect.strict {
                // Nothing of it would have been read.
                told.severity = Severity::Warning;
            }
            let letters = Rules {
                quotes: false,
                ..rules
            };
            let old = (!reading.dialect.strict && error.came_with_quotes())
                .then(|| words_in(Vec::new(), line, id, base, reading, letters).ok())
                .flatten();
            let Some(words) = old else {
                return reading.tell(told);
            };
            told.severity = Severity::Warning;
            told.refuses = false;
            let help = told.help.take().unwrap_or_default();
            reading.tell(told.help(format!(
                "{help}; haproxy since 1.6 refuses the line, and here it is read as before that, when quotes and dollar \
                 signs were letters"
            )));
            words
        }
    };
    // An empty first word, as an unset variable gives it, makes an empty line.
    let Some(first) = words.first().filter(|word| !word.text.is_empty()) else {
        return;
    };
    if first.text.starts_with(b".") && !reading.spoken_before(2, 4) {
        return conditions.directive(reading, &words);
    }
    if conditions.active() {
        if empty_word::tell(reading, &words, line, base) {
            return;
        }
        if let Some(lines) = &mut reading.lines {
            let kept = |word: &lex::Word<'_>| ReadWord {
                text: Word::from(&*word.text),
                span: word.span,
            };
            lines.push(words.iter().map(kept).collect());
        }
        if let Some(dump) = &mut reading.dump {
            dump.add(reading.here.line, &words);
        }
        // As seen in 2.6; it was put right later.
        let stutters = reading.dialect.strict && !reading.dialect.at_least(2, 7);
        let line = Line::new(words, stutters);
        act(reading, &line);
        *room = line.into_words();
    }
}

/// Tells bytes at which a line ends too early.
fn stray_bytes(reading: &mut Reading<'_>, id: FileId, line: &[u8], base: u32) {
    if let Some(at) = line.find_byte(0) {
        let message = format!("Stray NUL character at position {}.", at + 1);
        let span = Span::new(id, base + offset(at), base + offset(at + 1));
        reading.tell(
            Diagnostic::alert("nul-byte", message)
                .at(span)
                .context(Context::ParsingTight)
                .help("remove it: the original reads no further than to it")
                .fix("remove the NUL", span, "", Applicability::MaybeIncorrect),
        );
    }
    let inside = line.find_byte(b'\r').is_some_and(|at| at + 1 < line.len());
    if !inside || reading.dialect.strict {
        return;
    }
    let ignored = tokens(line)
        .into_iter()
        .find(|token| token.kind == TokenKind::Ignored);
    let Some(ignored) = ignored.filter(|token| {
        let behind = &line[token.start as usize..token.end as usize];
        !behind.iter().all(u8::is_ascii_whitespace)
    }) else {
        return;
    };
    let behind = Span::new(id, base + ignored.start, base + ignored.end);
    reading.tell(
        Diagnostic::warning(
            "carriage-return",
            "what stands behind the carriage return in this line is not read.",
        )
        .at(behind)
        .context(Context::ParsingTight)
        .help("begin a new line there, or remove the carriage return")
        .fix(
            "begin a new line",
            Span::new(id, behind.start, behind.start + 1),
            "\n",
            Applicability::MaybeIncorrect,
        ),
    );
}

/// The byte order mark that some editors put first is taken for a part of the first word by the original.
fn byte_order_mark(reading: &mut Reading<'_>, id: FileId) {
    let span = Span::new(id, 0, 3);
    reading.tell(
        Diagnostic::alert("byte-order-mark", "the file begins with a UTF-8 byte order mark.")
            .at(span)
            .context(Context::ParsingTight)
            .note("HAProxy takes it for a part of the first word, which it then does not know")
            .help("save the file as UTF-8 without a byte order mark")
            .fix("remove the byte order mark", span, "", Applicability::Safe),
    );
}

/// Since 2.3 a last line without its newline is refused, as the file may have been cut off.
fn unfinished_line(reading: &mut Reading<'_>, id: FileId, line: &[u8], base: u32) {
    let length = offset(line.len());
    let behind = Span::new(id, base + length, base + length);
    let strict = reading.dialect.strict && reading.dialect.at_least(2, 3);
    let severity = if strict {
        Severity::Alert
    } else {
        Severity::Warning
    };
    let position = line.len() + 1;
    let message = format!("Missing LF on last line, file might have been truncated at position {position}.");
    reading.tell(
        Diagnostic::new(severity, "missing-final-newline", message)
            .at(behind)
            .context(Context::ParsingTight)
            .fix(
                "end the last line with a newline",
                behind,
                "\n",
                Applicability::Safe,
            ),
    );
}

fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
