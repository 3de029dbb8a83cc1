//! The files of a configuration as one run of lines and braces.

use syntax::{Diagnostic, FileId, SourceFile, SourceMap, Span};

use super::define::{Definitions, Fault, Predefined, definition};
use super::include::{Checks, braces, folder, has_wildcards, join, matching};
use super::text::Text;
use super::words::{OpenQuote, Piece, Word, pieces, without_comment};
use crate::host::Host;

/// Files that include each other are not followed deeper than this.
const MAX_DEPTH: usize = 32;
/// Files beyond this size are refused: spans hold 32 bits.
const MAX_FILE_BYTES: usize = 1 << 30;

/// Words up to a brace or the end of the line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// At least one.
    pub(crate) words: Vec<Word>,
    /// The words as they stand, blanks and quotes included: scripts are cut in their own way.
    pub(crate) raw: Vec<u8>,
}

/// What the grammar sees.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Line(Line),
    /// `{`.
    Open(Span),
    /// `}`.
    Close(Span),
}

impl Item {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Line(line) => line.span(),
            Self::Open(span) | Self::Close(span) => *span,
        }
    }
}

impl Line {
    pub(crate) fn keyword(&self) -> &Word {
        &self.words[0]
    }

    /// The words behind the keyword.
    pub(crate) fn args(&self) -> &[Word] {
        &self.words[1..]
    }

    /// Argument `index`, counted from 0.
    pub(crate) fn arg(&self, index: usize) -> Option<&Word> {
        self.words.get(index + 1)
    }

    /// From the keyword to the last word.
    pub(crate) fn span(&self) -> Span {
        let first = self.words[0].span;
        let last = self.words.last().map_or(first, |word| word.span);
        if last.file == first.file {
            first.to(last)
        } else {
            first
        }
    }

    /// Where a missing argument would stand.
    pub(crate) fn behind(&self) -> Span {
        let span = self.span();
        Span::new(span.file, span.end, span.end)
    }
}

/// Something that reading lines has to tell.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) diagnostic: Diagnostic,
    /// Whether the original counts it as an error of the configuration.
    pub(crate) counts: bool,
}

/// All items of a configuration.
#[derive(Debug, Default)]
pub(crate) struct Items {
    pub(crate) items: Vec<Item>,
    pub(crate) told: Vec<Told>,
    pub(crate) random_seed: Option<u32>,
}

/// Reads `bytes` as the file `name`, and what it includes. `id` is the configuration's id.
pub(crate) fn read(
    name: &str,
    bytes: Vec<u8>,
    host: &dyn Host,
    id: &str,
    all_config: bool,
    sources: &mut SourceMap,
) -> Items {
    let mut reader = Reader {
        host,
        id,
        sources,
        definitions: Definitions::default(),
        out: Items::default(),
    };
    let checks = if all_config {
        Checks::ALL
    } else {
        Checks::default()
    };
    let path = join(&host.current_folder(), name);
    reader.file(name, &path, bytes, checks, 0);
    reader.out.random_seed = reader.definitions.random_seed;
    reader.out
}

struct Reader<'a> {
    host: &'a dyn Host,
    id: &'a str,
    sources: &'a mut SourceMap,
    definitions: Definitions,
    out: Items,
}

impl Reader<'_> {
    fn tell(&mut self, diagnostic: Diagnostic, counts: bool) {
        self.out.told.push(Told { diagnostic, counts });
    }

    fn file(&mut self, name: &str, path: &str, bytes: Vec<u8>, mut checks: Checks, depth: usize) {
        if bytes.len() > MAX_FILE_BYTES {
            let message = format!("configuration file {name} is larger than {MAX_FILE_BYTES} bytes");
            return self.tell(Diagnostic::alert("file-too-large", message), true);
        }
        let folder = folder(path);
        let file = self.sources.add(SourceFile::new(name, bytes));
        let Some(bytes) = self.sources.file(file).map(|file| file.bytes().clone()) else {
            return;
        };
        let mut start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        while start < bytes.len() {
            let mut end = line_end(&bytes, start);
            let mut line = trimmed(&bytes, file, start, end);
            if let Some(condition) = self.condition(&line) {
                line = condition;
            } else {
                start = end + 1;
                continue;
            }
            if definition(line.bytes()).is_some() {
                // A definition goes on behind a backslash.
                let mut whole = without_comment(&line);
                while whole.bytes().trim_ascii_end().ends_with(b"\\") {
                    let kept = whole.bytes().trim_ascii_end().len() - 1;
                    whole = whole.slice(0, kept);
                    start = end + 1;
                    if start >= bytes.len() {
                        break;
                    }
                    end = line_end(&bytes, start);
                    let newline = Text::standing_for(b"\n", whole.whole());
                    whole.push(&newline);
                    whole.push(&without_comment(&trimmed(&bytes, file, start, end)));
                }
                if let Some((name, value)) = definition(whole.bytes()) {
                    self.definitions.set(name, value);
                }
                start = end + 1;
                continue;
            }
            start = end + 1;
            if self.include(&line, &folder, checks, depth) {
                continue;
            }
            let predefined = Predefined {
                host: self.host,
                folder: &folder,
                id: self.id,
            };
            match self.definitions.expand(&without_comment(&line), &predefined) {
                Ok(lines) => {
                    for line in lines {
                        self.line(&line, &mut checks);
                    }
                }
                Err(fault) => self.bad_definition(&fault),
            }
        }
    }

    /// The line behind its `@…`, or none when it is for another id.
    fn condition(&self, line: &Text) -> Option<Text> {
        let bytes = line.bytes();
        if bytes.first() != Some(&b'@') {
            return Some(line.clone());
        }
        let negated = bytes.get(1) == Some(&b'^');
        let start = 1 + usize::from(negated);
        let end = bytes[start..]
            .iter()
            .position(|byte| super::words::is_blank(*byte))
            .map_or(bytes.len(), |length| start + length);
        let holds = bytes[start..end] == *self.id.as_bytes();
        let rest = bytes[end..]
            .iter()
            .take_while(|byte| super::words::is_blank(**byte))
            .count();
        (holds != negated).then(|| line.slice(end + rest, bytes.len()))
    }

    /// A line with everything put in.
    fn line(&mut self, line: &Text, checks: &mut Checks) {
        let blanks = line
            .bytes()
            .iter()
            .take_while(|byte| super::words::is_blank(**byte))
            .count();
        let Some(line) = self.condition(&line.slice(blanks, line.bytes().len())) else {
            return;
        };
        let line = without_comment(&line);
        let (pieces, open) = pieces(&line);
        if let Some(OpenQuote(span)) = open {
            let shown = String::from_utf8_lossy(line.bytes().trim_ascii_end()).into_owned();
            let told = Diagnostic::warning("open-quote", format!("Unmatched quote: '{shown}'"))
                .at(span)
                .note(format!("Unterminated quote '{shown}'"))
                .help("close the quote with \" in the same line; what stands behind it is not read");
            self.tell(told, true);
        }
        let mut words: Vec<Word> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Word(word) => words.push(word),
                Piece::Open(span) => {
                    self.words(&mut words, &line, checks);
                    self.out.items.push(Item::Open(span));
                }
                Piece::Close(span) => {
                    self.words(&mut words, &line, checks);
                    self.out.items.push(Item::Close(span));
                }
            }
        }
        self.words(&mut words, &line, checks);
    }

    fn words(&mut self, words: &mut Vec<Word>, line: &Text, checks: &mut Checks) {
        let Some(first) = words.first() else { return };
        match &*first.bytes {
            b"include_check" => self.include_check(&words[1..], checks),
            b"random_seed" => {
                self.definitions.random_seed = words.get(1).and_then(|word| word.text().parse().ok());
            }
            _ => {}
        }
        let words = std::mem::take(words);
        let start = words.first().map_or(0, |word| word.within.0);
        let end = words.last().map_or(start, |word| word.within.1);
        let raw = line.bytes()[start..end].to_vec();
        self.out.items.push(Item::Line(Line { words, raw }));
    }

    fn include_check(&mut self, options: &[Word], checks: &mut Checks) {
        if options.is_empty() {
            *checks = Checks::ALL;
            return;
        }
        let incremental = options
            .first()
            .is_some_and(|word| word.bytes.starts_with(b"+") || word.bytes.starts_with(b"-"));
        if !incremental {
            *checks = Checks::default();
        }
        let mut on = true;
        for word in options {
            let mut name = &*word.bytes;
            if let Some(rest) = name.strip_prefix(b"+") {
                (on, name) = (true, rest);
            } else if let Some(rest) = name.strip_prefix(b"-") {
                (on, name) = (false, rest);
            }
            let place = match name {
                b"" => continue,
                b"readable" => &mut checks.readable,
                b"match" => &mut checks.matched,
                b"wildcard_match" => &mut checks.wildcard,
                b"brace_match" => &mut checks.brace,
                _ => {
                    let message = format!("Unknown include_check option '{}'", word.text());
                    let told = Diagnostic::warning("bad-value", message)
                        .at(word.span)
                        .help("write readable, match, wildcard_match or brace_match");
                    self.tell(told, true);
                    continue;
                }
            };
            *place = on;
        }
    }

    /// Reads what the line includes; false when it is another line.
    fn include(&mut self, line: &Text, folder: &str, checks: Checks, depth: usize) -> bool {
        let keyword_end = line
            .bytes()
            .iter()
            .position(|byte| super::words::is_blank(*byte))
            .unwrap_or(line.bytes().len());
        let Some(checks) = Checks::of_keyword(&line.bytes()[..keyword_end], checks) else {
            return false;
        };
        let text = without_comment(line);
        let start = keyword_end
            + text.bytes()[keyword_end..]
                .iter()
                .take_while(|byte| super::words::is_blank(**byte))
                .count();
        let end = text.bytes().trim_ascii_end().len().max(start);
        let span = text.span(start, end);
        let pattern = String::from_utf8_lossy(&text.bytes()[start..end]).into_owned();
        let pattern = pattern.trim_matches('"');
        if pattern.is_empty() {
            let told = Diagnostic::warning(
                "missing-argument",
                format!(
                    "Unknown keyword '{}'",
                    String::from_utf8_lossy(&line.bytes()[..keyword_end])
                ),
            )
            .at(span)
            .help("write the file's name behind it");
            self.tell(told, true);
            return true;
        }
        if depth >= MAX_DEPTH {
            let told = Diagnostic::alert("include-depth", "files include each other without end")
                .at(span)
                .help("remove the line, or the one that leads back here");
            self.tell(told, true);
            return true;
        }
        let parts = braces(pattern);
        let mut found = 0;
        for part in &parts {
            let paths = matching(self.host, folder, part);
            if paths.is_empty() && parts.len() > 1 && checks.brace {
                self.missing(part, span, true);
            }
            for path in paths {
                found += 1;
                match self.host.read_file(&path) {
                    Ok(bytes) => self.file(&path, &path, bytes, checks, depth + 1),
                    Err(error) => {
                        let message = format!("Configuration file '{path}' cannot be read: {error}");
                        let told = Diagnostic::warning("cannot-open", message)
                            .at(span)
                            .help("check that the file may be read");
                        self.tell(told, checks != Checks::default());
                    }
                }
            }
        }
        if found == 0 {
            let counts = checks.wildcard || (checks.matched && !has_wildcards(pattern));
            self.missing(pattern, span, counts);
        }
        true
    }

    fn missing(&mut self, pattern: &str, span: Span, counts: bool) {
        let told = Diagnostic::warning("cannot-open", format!("Config files missing '{pattern}'."))
            .at(span)
            .help("no such file; a relative name starts from the folder of the file that includes it");
        self.tell(told, counts);
    }

    fn bad_definition(&mut self, fault: &Fault) {
        let told = match fault {
            Fault::Endless(span) => Diagnostic::alert("endless-definition", "a definition that has no end")
                .at(*span)
                .help("a parameter's value must not lead back to the parameter"),
            Fault::BadRepeat(span) => Diagnostic::warning("bad-repeat", "a ~SEQ or ~LST that cannot be read")
                .at(*span)
                .help("write ~SEQ(name, start, step, end) or ~LST(name, value, ...)"),
        };
        self.tell(told, true);
    }
}

/// Where the line that starts there ends, its newline not counted.
fn line_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |length| start + length)
}

/// The line without blanks in front.
fn trimmed(bytes: &[u8], file: FileId, start: usize, end: usize) -> Text {
    let blanks = bytes[start..end]
        .iter()
        .take_while(|byte| super::words::is_blank(**byte))
        .count();
    let from = start + blanks;
    // A file is at most MAX_FILE_BYTES long, which fits.
    Text::of_source(&bytes[from..end], file, u32::try_from(from).unwrap_or(u32::MAX))
}
