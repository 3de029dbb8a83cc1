//! Sample expressions, `fetch(arguments),converter(arguments),…` (manual, section 7.3): one parser for all places that take
//! them. ACLs, log-formats, rules and stick lines word its faults in their own ways; the faults are the same.

mod argument;
mod call;
mod check;
pub(crate) mod lookup;
pub(crate) mod map;
pub(super) mod pattern;
pub(crate) mod regex;
mod usage;
pub(crate) mod variable;

use syntax::{Applicability, Context, Diagnostic, Span, Version, closest};

use crate::keywords::{CONVERTER_INDEX, FETCH_INDEX, FetchRow};
use crate::lex::Word;
use crate::model::{ArgValue, Converter, Sample};
use crate::parse::Reading;
use crate::parse::frame::{Frame, Wrong};
use crate::parse::line::shown;
use crate::written::ReferencePlace;

pub(in crate::parse) use call::{name_length, place};
pub(crate) use usage::{CONTEXTS, Usage, source};

/// What part of an expression is wrong: the places word some of them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// The fetch's arguments are not of its types.
    Arguments,
    /// The fetch's arguments are of its types, but not right.
    Check,
    /// No comma stands behind the fetch.
    Comma,
    /// Anything else.
    Other,
}

/// What is wrong with an expression.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// The name of the fetch, as far as it was read.
    pub(super) name: String,
    /// The original's words, without those that name the fetch, and without a full stop.
    pub(super) message: String,
    pub(super) span: Span,
    pub(super) help: String,
    /// What was probably meant by what stands at `span`.
    pub(super) meant: Option<String>,
}

impl Fault {
    /// The original's words, without a full stop.
    pub(super) fn words(&self) -> String {
        let Self { name, message, .. } = self;
        match self.kind {
            FaultKind::Arguments => format!("fetch method '{name}' : {message}"),
            FaultKind::Check => format!("invalid args in fetch method '{name}' : {message}"),
            FaultKind::Comma => format!("missing comma after fetch keyword '{name}'"),
            FaultKind::Other => message.clone(),
        }
    }
}

/// How an expression ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With the words that are left: converters may stand in words of their own.
    Words,
    /// With the word.
    Word,
    /// With whatever is no part of it, in the word itself: a bracket.
    Inside,
}

/// An expression that was read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) sample: Sample,
    /// How many words it took.
    pub(super) words: usize,
    /// The offset behind it in the last of them.
    pub(super) end: usize,
}

/// Where the names that an expression refers to are told to stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a> {
    /// The place; none calls the fetch a keyword of ACLs.
    pub(super) place: Option<&'static str>,
    /// The fetch, where it was written by another name.
    pub(super) fetch: Option<&'a str>,
}

/// Reads the expression that begins at `start` of the first of `words`. `fetch` is the row of its name where the caller knows
/// what it stands for.
pub(super) fn read(
    reading: &mut Reading<'_>,
    words: &[Word<'_>],
    start: usize,
    ending: Ending,
    fetch: Option<&'static FetchRow>,
    names: Names<'_>,
) -> Result<Parsed, Fault> {
    let Some(first) = words.first() else {
        return Err(missing(Span::default()));
    };
    let text = &*first.text;
    let length = name_length(&text[start.min(text.len())..]);
    let name = String::from_utf8_lossy(&text[start..start + length]).into_owned();
    if name.is_empty() {
        return Err(missing(first.span));
    }
    let found = match fetch {
        Some(row) => Some((row, None)).filter(|_| !row.too_new(reading.dialect)),
        None => lookup::fetch(reading, &name),
    };
    let Some((row, old)) = found else {
        return Err(unknown_fetch(reading, &name, place(first, start, start + length)));
    };
    let fault = |kind, message, span| Fault {
        kind,
        name: name.clone(),
        message,
        span,
        help: usage_of(row.name, row.args, row.arity.min),
        meant: None,
    };
    if let Some(old) = old {
        tell_old(
            reading,
            &name,
            old.now,
            old.removed,
            place(first, start, start + length),
        );
    }
    let types = row.args_in(reading.dialect);
    let (mut args, mut at) = call::arguments(first, start + length, types, usize::from(row.arity.min))
        .map_err(|wrong| {
            fault(
                FaultKind::Arguments,
                wrong.message,
                place(first, wrong.at, text.len()),
            )
        })?;
    let span = place(first, start, at);
    match check::check(reading, row.name, types, &mut args) {
        Ok(remark) => tell_remark(reading, remark, span),
        Err(message) => return Err(fault(FaultKind::Check, message, span)),
    }
    let written = names.fetch.map_or_else(|| name.clone(), str::to_owned);
    let origin = ReferencePlace {
        fetch: written,
        converter: None,
        place: names.place,
    };
    refer(reading, &args, &origin);
    let mut sample = Sample {
        name: name.clone().into(),
        fetch: row,
        args,
        converters: Vec::new(),
        output: row.output_in(reading.dialect),
        span,
    };
    let mut index = 0;
    loop {
        let word = &words[index];
        let text = &*word.text;
        let mut chained = false;
        if let Some(byte) = text.get(at) {
            if *byte != b',' {
                if ending == Ending::Inside {
                    break;
                }
                let span = place(word, at, text.len());
                let Some(last) = sample.converters.last() else {
                    return Err(fault(
                        FaultKind::Comma,
                        String::from("missing comma after fetch keyword"),
                        span,
                    ));
                };
                let message = format!("missing comma after converter '{}'", last.row.name);
                return Err(fault(FaultKind::Other, message, span));
            }
            at += text[at..].iter().take_while(|byte| **byte == b',').count();
            chained = at < text.len();
        }
        if !chained {
            if ending != Ending::Words {
                break;
            }
            // A converter may stand in a word of its own; any other word ends the expression.
            let next = words.get(index + 1);
            let is_converter = next.is_some_and(|next| {
                let length = name_length(&next.text);
                std::str::from_utf8(&next.text[..length])
                    .is_ok_and(|name| lookup::converter(reading, name).is_some())
            });
            if !is_converter {
                break;
            }
            index += 1;
            at = 0;
        }
        at = converter(reading, &words[index], at, &mut sample, &origin)?;
    }
    sample.span = words[0].span;
    if index == 0 {
        sample.span = place(first, start, at);
    } else {
        sample.span.end = words[index].span.end;
    }
    Ok(Parsed {
        sample,
        words: index + 1,
        end: at,
    })
}

/// Reads the converter at `start` of `word` and puts it behind `sample`; gives the offset behind it.
fn converter(
    reading: &mut Reading<'_>,
    word: &Word<'_>,
    start: usize,
    sample: &mut Sample,
    origin: &ReferencePlace,
) -> Result<usize, Fault> {
    let text = &*word.text;
    let length = name_length(&text[start..]);
    let name = String::from_utf8_lossy(&text[start..start + length]).into_owned();
    let other = |message: String, span: Span, help: String| Fault {
        kind: FaultKind::Other,
        name: sample.name.to_string(),
        message,
        span,
        help,
        meant: None,
    };
    let Some(row) = lookup::converter(reading, &name) else {
        let later = reading.came_later(CONVERTER_INDEX.get(name.as_str()).and_then(|row| row.since));
        let names = CONVERTER_INDEX.keys().copied();
        let near = closest(name.as_bytes(), names).filter(|_| later.is_none());
        let help = later.unwrap_or_else(|| {
            near.map_or("see the manual, section 7.3.1".to_owned(), |near| {
                format!("did you mean '{near}'?")
            })
        });
        let span = place(word, start, start + length);
        let mut wrong = other(format!("unknown converter '{name}'"), span, help);
        wrong.meant = near.map(str::to_owned);
        return Err(wrong);
    };
    let help = || usage_of(row.name, row.args, row.arity.min);
    if !sample.output.casts_to(row.input, reading.dialect) {
        let help = format!(
            "'{name}' takes {}, and is given {}",
            row.input.name(),
            sample.output.name()
        );
        let span = place(word, start, start + length);
        return Err(other(format!("converter '{name}' cannot be applied"), span, help));
    }
    let types = row.args_in(reading.dialect);
    let (mut args, end) =
        call::arguments(word, start + length, types, usize::from(row.arity.min)).map_err(|wrong| {
            let message = format!(
                "invalid arg {} in converter '{name}' : {}",
                wrong.number, wrong.message
            );
            other(message, place(word, wrong.at, text.len()), help())
        })?;
    let span = place(word, start, end);
    match check::check(reading, row.name, types, &mut args) {
        Ok(remark) => tell_remark(reading, remark, span),
        Err(message) => {
            let message = format!("invalid args in converter '{name}' : {message}");
            return Err(other(message, span, help()));
        }
    }
    refer(
        reading,
        &args,
        &ReferencePlace {
            converter: Some(row.name),
            ..origin.clone()
        },
    );
    sample.output = row.output_in(reading.dialect, sample.output);
    sample.converters.push(Converter { row, args, span });
    Ok(end)
}

/// Remembers the names and expressions that are judged once all is read.
fn refer(reading: &mut Reading<'_>, args: &[crate::model::Arg], origin: &ReferencePlace) {
    for (at, arg) in args.iter().enumerate() {
        let judged_later = matches!(
            arg.value,
            ArgValue::Frontend(_)
                | ArgValue::Backend(_)
                | ArgValue::Table(_)
                | ArgValue::Server { .. }
                | ArgValue::Userlist(_)
                | ArgValue::Regex(_)
        );
        if judged_later {
            reading.refer_argument(arg, at + 1, origin);
        }
    }
}

/// Tells a fetch that is called otherwise now.
fn tell_old(reading: &mut Reading<'_>, name: &str, now: &str, removed: Version, span: Span) {
    let message = format!("the sample fetch '{name}' is not supported any more since HAProxy {removed}.");
    let told = Diagnostic::warning("removed-keyword", message)
        .at(span)
        .help(format!("write: {now}"))
        .fix(format!("write {now}"), span, now, Applicability::Safe);
    reading.tell(told);
}

fn missing(span: Span) -> Fault {
    Fault {
        kind: FaultKind::Other,
        name: String::new(),
        message: "missing fetch method".to_owned(),
        span,
        help: "write a sample fetch, such as src or req.hdr(host)".to_owned(),
        meant: None,
    }
}

fn unknown_fetch(reading: &Reading<'_>, name: &str, span: Span) -> Fault {
    let later = reading.came_later(FETCH_INDEX.get(name).and_then(|row| row.since));
    let names = FETCH_INDEX.keys().copied();
    let near = closest(name.as_bytes(), names).filter(|_| later.is_none());
    let help = later.unwrap_or_else(|| {
        near.map_or("see the manual, section 7.3".to_owned(), |near| {
            format!("did you mean '{near}'?")
        })
    });
    Fault {
        kind: FaultKind::Other,
        name: name.to_owned(),
        message: format!("unknown fetch method '{name}'"),
        span,
        help,
        meant: near.map(str::to_owned),
    }
}

/// How a fetch or a converter is written.
fn usage_of(name: &str, args: &[crate::keywords::ArgType], min: u8) -> String {
    if args.is_empty() {
        return format!("'{name}' takes no arguments");
    }
    let described: Vec<String> = args
        .iter()
        .enumerate()
        .map(|(at, kind)| {
            let what = kind.describe().replace("\\|", "|");
            if at < usize::from(min) {
                format!("<{what}>")
            } else {
                format!("[<{what}>]")
            }
        })
        .collect();
    format!("write: {name}({})", described.join(","))
}

/// How the messages about an expression are worded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wording<'a> {
    /// What stands around the original's words.
    pub(crate) frame: Frame<'a>,
    /// What the original calls the fetch where it says that what it looks at is not at hand; none for the expression as
    /// written.
    pub(crate) named: Option<&'a str>,
    /// Where the original says that it is not at hand.
    pub(crate) here: &'a str,
}

impl<'a> Wording<'a> {
    /// In that frame.
    pub(crate) fn new(frame: Frame<'a>) -> Self {
        Self {
            frame,
            named: None,
            here: "here",
        }
    }

    /// With the fetch called `name` where what it looks at is not at hand.
    pub(crate) fn named(mut self, name: &'a str) -> Self {
        self.named = Some(name);
        self
    }
}

/// Reads the expression that begins with word `at` of `words`, as [`parse`] does, but leaves it to the caller to tell what is
/// wrong, and to ask with [`needs`] whether what it looks at is at hand.
pub(crate) fn read_words(
    reading: &mut Reading<'_>,
    words: &[Word<'_>],
    at: usize,
    usage: Usage,
) -> Result<(Sample, usize), Wrong> {
    let rest = words.get(at..).unwrap_or_default();
    let filled = rest
        .iter()
        .position(|word| word.text.is_empty())
        .unwrap_or(rest.len());
    let names = Names {
        place: usage.place,
        fetch: None,
    };
    let known = reading.written.argument_references.len();
    match read(reading, &rest[..filled], 0, Ending::Words, None, names) {
        Ok(parsed) => {
            if needs(reading, &parsed.sample, usage).is_some() {
                reading.written.argument_references.truncate(known);
            } else {
                note(reading, &parsed.sample);
            }
            Ok((parsed.sample, at + parsed.words))
        }
        Err(fault) => {
            reading.written.argument_references.truncate(known);
            let span = match (fault.span == Span::default(), words.last()) {
                (true, Some(last)) => Span::new(last.span.file, last.span.end, last.span.end),
                _ => fault.span,
            };
            Err(Wrong {
                code: "bad-expression",
                words: fault.words(),
                span,
                help: fault.help,
                meant: fault.meant,
            })
        }
    }
}

/// What an expression needs, in the words of messages, when that is not at hand where `usage` says.
pub(crate) fn needs(reading: &Reading<'_>, sample: &Sample, usage: Usage) -> Option<&'static str> {
    (!usage.has(reading, sample.fetch)).then(|| source(reading, sample.fetch).name())
}

/// Reads the expression that begins with word `at` of `words`, where what `usage` says is at hand. Gives it and the index of the
/// word behind it; none when it is wrong, which is told. An expression that can be read but not evaluated yet is told to be
/// read only.
pub(crate) fn parse(
    reading: &mut Reading<'_>,
    words: &[Word<'_>],
    at: usize,
    usage: Usage,
    wording: Wording<'_>,
) -> Option<(Sample, usize)> {
    let (sample, next) = match read_words(reading, words, at, usage) {
        Ok(read) => read,
        Err(wrong) => {
            wording.frame.tell(reading, wrong);
            return None;
        }
    };
    let Some(needs) = needs(reading, &sample, usage) else {
        return Some((sample, next));
    };
    let written = words
        .get(at)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    let named = wording.named.unwrap_or(&written);
    let wrong = Wrong {
        code: "not-at-hand",
        words: format!(
            "fetch method '{named}' extracts information from '{needs}', none of which is available {}",
            wording.here
        ),
        span: sample.span,
        help: NOT_AT_HAND.to_owned(),
        meant: None,
    };
    wording.frame.tell(reading, wrong);
    None
}

/// What to do about a fetch that does not work where it stands.
pub(super) const NOT_AT_HAND: &str =
    "keep it where it is at hand, with set-var, and look at that variable here";

/// Tells what is remarkable about a call that is right.
fn tell_remark(reading: &mut Reading<'_>, remark: check::Remark, span: Span) {
    if let Some(remark) = remark {
        let told = Diagnostic::warning("unused-argument", remark).at(span);
        reading.tell(told.context(Context::Whole).help("remove the argument"));
    }
}

/// Notes what an expression that stands asks of the data path, and tells once of each fetch and converter that is not acted on.
pub(crate) fn note(reading: &mut Reading<'_>, sample: &Sample) {
    let global = &mut reading.written.global;
    match sample.fetch.name {
        "bc_src" | "bc_src_port" | "bc_dst" | "bc_dst_port" => global.names_server_addresses = true,
        "bc_rtt" | "bc_rttvar" => global.measures_servers = true,
        "dst_conn" => global.counts_binds = true,
        name if name.starts_with("ssl_bc") || name.starts_with("ssl_s_") => {
            global.names_server_handshakes = true;
        }
        "cpu_calls" | "cpu_ns_avg" | "cpu_ns_tot" | "lat_ns_avg" | "lat_ns_tot" => global.counts_calls = true,
        _ => {}
    }
    if !sample.fetch.acts {
        reading.tell_read_only(&format!("the sample fetch '{}'", sample.fetch.name), sample.span);
    }
    for converter in sample.converters.iter().filter(|converter| !converter.row.acts) {
        reading.tell_read_only(&format!("the converter '{}'", converter.row.name), converter.span);
    }
}
