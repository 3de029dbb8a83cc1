//! The walk through lines and braces: which keyword is it, does it have a block, where does that end.

use syntax::{Applicability, Diagnostic, Span, Status, closest};

use crate::keywords::{Act, Row, find, names, ours, place, place_name, places_of};
use crate::lines::{Item, Line};
use crate::reading::Reading;

/// Blocks within blocks are not followed deeper than this; the language has five.
const MAX_DEPTH: usize = 16;

/// Reads all of it.
pub(crate) fn read(reading: &mut Reading<'_>, items: &[Item]) {
    let mut walk = Walk {
        items,
        at: 0,
        opened: Vec::new(),
        quiet: 0,
        depth: 0,
    };
    walk.block(reading, place::TOP, None);
    let missing = walk.opened.len();
    if let Some(span) = walk.opened.last() {
        let message = format!("There are {missing} missing '}}'s or extra '{{'s");
        let mut told = Diagnostic::warning("open-block", message)
            .at(*span)
            .help("close it with '}'; what stands behind it was read as a part of it");
        for span in &walk.opened[..missing - 1] {
            told = told.label(*span, "not closed either");
        }
        reading.fault(told);
    }
}

struct Walk<'i> {
    items: &'i [Item],
    at: usize,
    /// The braces that are open.
    opened: Vec<Span>,
    /// How many blocks around are only read: what stands in them is not told of by itself.
    quiet: usize,
    depth: usize,
}

impl<'i> Walk<'i> {
    fn next(&mut self) -> Option<&'i Item> {
        let item = self.items.get(self.at)?;
        self.at += 1;
        Some(item)
    }

    fn close(&mut self, reading: &mut Reading<'_>, span: Span) {
        if self.opened.pop().is_none() {
            reading.fault(
                Diagnostic::warning("extra-brace", "Extra '}' found")
                    .at(span)
                    .help("there is no '{' to it: remove it, or open its block"),
            );
        }
    }

    /// The keywords of a block up to its end, whose place is given back. `name` is that of the block's keyword.
    fn block(&mut self, reading: &mut Reading<'_>, here: u32, name: Option<&Line>) -> Span {
        while let Some(item) = self.next() {
            match item {
                Item::Line(line) => self.keyword(reading, here, name, line),
                Item::Open(span) => self.unexpected(reading, *span),
                Item::Close(span) => {
                    self.close(reading, *span);
                    if name.is_some() {
                        return *span;
                    }
                    reading.fault(
                        Diagnostic::warning("unknown-keyword", "Unknown keyword '}'")
                            .at(*span)
                            .help("no block is open here: remove it"),
                    );
                }
            }
        }
        self.end()
    }

    fn unexpected(&mut self, reading: &mut Reading<'_>, span: Span) {
        self.opened.push(span);
        reading.fault(
            Diagnostic::warning("unexpected-brace", "Unexpected '{' - ignoring")
                .at(span)
                .help("what stands before it has no block")
                .note("the lines behind it are read as if it were not there, and its '}' ends the block around it"),
        );
    }

    /// The place behind the last item.
    fn end(&self) -> Span {
        self.items.last().map_or_else(Span::default, |item| {
            let span = item.span();
            Span::new(span.file, span.end, span.end)
        })
    }

    fn keyword(&mut self, reading: &mut Reading<'_>, here: u32, name: Option<&Line>, line: &'i Line) {
        let word = line.keyword();
        let row = find(here, &word.bytes).filter(|row| {
            let dialect = reading.dialect;
            !dialect.strict
                || (!row.row.name.starts_with(ours::PREFIX)
                    && row.row.since.is_none_or(|since| since <= dialect.version)
                    && row.row.removed_in.is_none_or(|removed| dialect.version < removed))
        });
        let Some(row) = row else {
            return unknown(reading, here, name, line);
        };
        if !row.row.replacement.is_empty() {
            outdated(reading, row, line);
        }
        let read_only = row.row.status == Status::ReadOnly;
        if read_only {
            self.read_only(reading, here, row, line);
        }
        let Some(act) = row.act.or(row.check) else {
            if line.args().len() < usize::from(row.row.arity.min) {
                reading.need(line, line.args().len(), "a value");
            }
            return extra_words(reading, row, line);
        };
        self.quiet += usize::from(read_only);
        match act {
            Act::Line(run) => {
                run(reading, line);
                extra_words(reading, row, line);
            }
            Act::Block { place, begin, end } => {
                extra_words(reading, row, line);
                let wanted = begin(reading, line);
                self.open(reading, line, true);
                if !wanted || self.depth >= MAX_DEPTH {
                    self.skip();
                } else {
                    self.depth += 1;
                    let closed = self.block(reading, place, Some(line));
                    self.depth -= 1;
                    end(reading, closed);
                }
            }
            Act::List { begin, entry, end } => {
                extra_parameters(reading, row, line);
                let wanted = begin(reading, line);
                self.open(reading, line, false);
                if wanted {
                    let closed = self.list(reading, entry);
                    end(reading, closed);
                } else {
                    self.skip();
                }
            }
        }
        self.quiet -= usize::from(read_only);
    }

    /// Takes the `{` of a block, on its keyword's line or behind it.
    fn open(&mut self, reading: &mut Reading<'_>, line: &Line, block: bool) {
        if let Some(Item::Open(span)) = self.items.get(self.at) {
            self.at += 1;
            self.opened.push(*span);
            return;
        }
        let at = self.items.get(self.at).map_or_else(|| self.end(), Item::span);
        let shown: Vec<_> = line.words.iter().map(|word| word.text()).collect();
        let shown = shown.join(" ");
        let mut told =
            Diagnostic::warning("missing-brace", "Missing '{' at beginning of configuration block")
                .at(at)
                .label(line.span(), "of this block")
                .help(format!("write `{shown} {{`"))
                .fix("open the block", line.behind(), " {", Applicability::Safe);
        told = told.note("what follows is read as its block, up to the next '}', as versions 1.2 did");
        if block {
            reading.fault(told);
        } else {
            reading.tell(told);
        }
    }

    /// The entries of a list up to its end.
    fn list(&mut self, reading: &mut Reading<'_>, entry: crate::keywords::Run) -> Span {
        while let Some(item) = self.next() {
            match item {
                Item::Line(line) => entry(reading, line),
                Item::Open(span) => self.unexpected(reading, *span),
                Item::Close(span) => {
                    self.close(reading, *span);
                    return *span;
                }
            }
        }
        self.end()
    }

    /// Leaves out a block, and the blocks in it.
    fn skip(&mut self) {
        let mut depth = 1;
        while let Some(item) = self.next() {
            match item {
                Item::Open(span) => {
                    depth += 1;
                    self.opened.push(*span);
                }
                Item::Close(_) => {
                    depth -= 1;
                    // It was counted when it opened.
                    self.opened.pop();
                    if depth == 0 {
                        return;
                    }
                }
                Item::Line(_) => {}
            }
        }
    }

    fn read_only(&mut self, reading: &mut Reading<'_>, here: u32, row: &'static Row, line: &Line) {
        if self.quiet > 0 || !reading.told_read_only.insert(row.row.name) {
            return;
        }
        let name = row.row.name;
        let lvs = matches!(name, "virtual_server" | "virtual_server_group" | "SSL");
        let message = match here {
            _ if lvs => format!("'{name}' is read, but the LVS part is not run yet"),
            _ => format!("'{name}' is read, but not acted on yet"),
        };
        if lvs {
            // One word about it is enough.
            for other in ["virtual_server", "virtual_server_group", "SSL"] {
                reading.told_read_only.insert(other);
            }
        }
        reading.tell(
            Diagnostic::warning("not-acted-on", message)
                .at(line.keyword().span)
                .help("the configuration runs as if it were not there"),
        );
    }
}

/// Tells of a keyword that is not known there.
fn unknown(reading: &mut Reading<'_>, here: u32, name: Option<&Line>, line: &Line) {
    let word = line.keyword();
    let shown = word.text();
    let mut told = Diagnostic::warning("unknown-keyword", format!("Unknown keyword '{shown}'")).at(word.span);
    let elsewhere = places_of(&word.bytes);
    told = match closest(&word.bytes, names(here)) {
        Some(near) if elsewhere.is_empty() => told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            word.span,
            near,
            Applicability::MaybeIncorrect,
        ),
        _ if !elsewhere.is_empty() => {
            let place = name.map_or_else(
                || "outside of every block".to_owned(),
                |_| format!("in {}", place_name(here)),
            );
            told.help(format!(
                "it is not known {place}; it stands in: {}",
                elsewhere.join(", ")
            ))
        }
        _ => told.help("the line is left out"),
    };
    reading.fault(told);
}

/// Tells of a keyword that has another name by now.
fn outdated(reading: &mut Reading<'_>, row: &Row, line: &Line) {
    let name = row.row.name;
    let instead = row.row.replacement;
    let told = Diagnostic::warning(
        "deprecated",
        format!("{name} is deprecated - please use '{instead}'"),
    )
    .at(line.keyword().span)
    .help(format!("write {instead}"));
    let dialect = reading.dialect;
    // Of `host` the manual alone says that it is out of use.
    let counts = name != "host"
        && row
            .row
            .deprecated_since
            .is_some_and(|since| !dialect.strict || since <= dialect.version);
    if counts {
        reading.fault(told);
    } else {
        reading.tell(told);
    }
}

/// Words that nothing looks at. The original says nothing of them.
fn extra_words(reading: &mut Reading<'_>, row: &Row, line: &Line) {
    let max = usize::from(row.row.arity.max);
    if row.row.arity.max == u8::MAX || line.args().len() <= max {
        return;
    }
    let extra = &line.args()[max..];
    let shown: Vec<_> = extra.iter().map(|word| word.text()).collect();
    let span = extra[0].span.to(extra[extra.len() - 1].span);
    let told = Diagnostic::warning(
        "extra-words",
        format!(
            "'{}' has words that nothing looks at: {}",
            row.row.name,
            shown.join(" ")
        ),
    )
    .at(span)
    .help("remove them, or put them between double quotes if they belong to the value");
    reading.tell(told);
}

/// The same before a block, of which the original complains.
fn extra_parameters(reading: &mut Reading<'_>, row: &Row, line: &Line) {
    let max = usize::from(row.row.arity.max);
    if let Some(extra) = line.args().get(max) {
        let told = Diagnostic::warning(
            "extra-words",
            format!("Block {} has extra parameters {} ...", row.row.name, extra.text()),
        )
        .at(extra.span)
        .help("write what belongs into the block between its braces");
        reading.fault(told);
    }
}
