//! `filter bwlim-in` and `filter bwlim-out`: limits for how fast bodies go through, which rules switch on.

use super::line::{Line, shown};
use super::reading::{Reading, Section};
use super::rules::sample::read_at;
use super::sample::Usage;
use crate::lex::Word;
use crate::model::{Bandwidth, BandwidthScope, Millis, Sample, Word as Name};
use crate::signature::{Cursor, Subject, Value};
use crate::values::{Unit, measure, time};

/// What the options of a line gave.
#[derive(Default)]
struct Options {
    limit: u64,
    key: Option<Box<Sample>>,
    table: Option<Name>,
    default_limit: u64,
    default_period: Millis,
    min: u64,
}

impl Options {
    /// Whether the limit is to be shared.
    fn is_shared(&self) -> bool {
        self.limit > 0 || self.key.is_some() || self.table.is_some()
    }
}

/// Reads the line of the filter `kind` and keeps it with its section. Gives whether it is right; what is wrong is told.
pub(super) fn read(reading: &mut Reading<'_>, line: &Line<'_>, kind: &'static str) -> bool {
    let lead = format!("'filter' : '{kind}' : ");
    let subject = Subject {
        lead: &lead,
        ..Subject::new("filter", line.behind())
    };
    let Some(name) = line.arg(1) else {
        let message = "a name is expected as first argument";
        subject.alert(
            reading,
            "missing-argument",
            line.behind(),
            message,
            "name the filter",
        );
        return false;
    };
    let Section::Proxy(index) = reading.section else {
        return false;
    };
    let name = Name::from(name.text.to_vec());
    let known = &reading.written.proxies[index].bandwidth;
    if let Some(before) = known.iter().find(|known| known.name == name) {
        let before = before.span;
        let proxy = String::from_utf8_lossy(&reading.own_name()).into_owned();
        let message = format!("'filter' : bwlim filter '{name}' already declared for proxy '{proxy}'");
        let told = syntax::Diagnostic::alert("given-twice", message).at(line.span());
        reading.tell(told.label(before, "declared here").help("give it another name"));
        return false;
    }
    let Some(options) = options(reading, line, &subject, kind) else {
        return false;
    };
    let shared = options.is_shared();
    let wrong = if shared && (options.default_limit > 0 || options.default_period > 0) {
        Some("cannot mix per-stream and shared parameter")
    } else if shared && options.key.is_none() {
        Some("<key> option is missing")
    } else if shared && options.limit == 0 {
        Some("<limit> option is missing")
    } else if !shared && options.default_period == 0 {
        Some("<default-period> option is missing")
    } else if !shared && options.default_limit == 0 {
        Some("<default-limit> option is missing")
    } else {
        None
    };
    if let Some(wrong) = wrong {
        let help =
            "write: default-limit BYTES default-period TIME, or: limit BYTES key EXPRESSION table NAME";
        subject.alert(reading, "missing-argument", line.span(), wrong, help);
        return false;
    }
    let own = Name::from(reading.own_name().to_vec());
    let scope = match options.key {
        Some(key) => BandwidthScope::Shared {
            limit: options.limit,
            key,
            table: options.table.unwrap_or(own),
        },
        None => BandwidthScope::Stream {
            limit: options.default_limit,
            period: options.default_period,
        },
    };
    reading.written.proxies[index].bandwidth.push(Bandwidth {
        name,
        incoming: kind == "bwlim-in",
        min: options.min,
        scope,
        span: line.span(),
    });
    true
}

fn options(reading: &mut Reading<'_>, line: &Line<'_>, subject: &Subject<'_>, kind: &str) -> Option<Options> {
    let mut out = Options::default();
    let mut cursor = Cursor::new(line.args(), 2);
    while let Some(word) = cursor.next() {
        let option = shown(word).into_owned();
        match &*option {
            "limit" => out.limit = bytes(reading, &mut cursor, subject, &option)?,
            "default-limit" => out.default_limit = bytes(reading, &mut cursor, subject, &option)?,
            "min-size" => out.min = bytes(reading, &mut cursor, subject, &option)?,
            "default-period" => {
                let word = value(reading, &mut cursor, subject, &option, "value")?;
                match time(&word.text, Unit::Millisecond) {
                    Ok(time) if time.stray.is_none() => out.default_period = time.value,
                    _ => {
                        let message = format!("invalid value for option '{option}'");
                        subject.alert(
                            reading,
                            "bad-time",
                            word.span,
                            message,
                            "write a time, such as 10s",
                        );
                        return None;
                    }
                }
            }
            "table" => {
                let word = value(reading, &mut cursor, subject, &option, "table name")?;
                out.table = Some(word.text.to_vec().into());
            }
            "key" => {
                if cursor.peek().is_none() {
                    value(reading, &mut cursor, subject, &option, "sample expression")?;
                }
                let frame = Subject {
                    lead: "'filter' : ",
                    ..Subject::new("filter", line.behind())
                };
                match read_at(reading, &mut cursor, &frame, Usage::ANYWHERE, "")? {
                    Value::Sample(key) => out.key = Some(key),
                    _ => return None,
                }
            }
            _ => {
                let message = format!("'filter {kind}' : unknown keyword '{option}'.");
                let told = syntax::Diagnostic::alert("unknown-keyword", message).at(word.span);
                reading.tell(told.help("remove it"));
                return None;
            }
        }
    }
    Some(out)
}

/// The word behind an option.
fn value<'w>(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'w>,
    subject: &Subject<'_>,
    option: &str,
    what: &str,
) -> Option<&'w Word<'w>> {
    let word = cursor.next();
    if word.is_none() {
        let message = format!("the {what} is missing for '{option}' option");
        let help = format!("write: {option} {}", what.to_uppercase());
        subject.alert(reading, "missing-argument", subject.behind, message, help);
    }
    word
}

fn bytes(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    option: &str,
) -> Option<u64> {
    let word = value(reading, cursor, subject, option, "value")?;
    let bytes = measure(&word.text, u64::from(u32::MAX));
    if let Err(rest) = &bytes {
        let stray = String::from_utf8_lossy(&rest[..rest.len().min(1)]).into_owned();
        let message = format!("invalid value for option '{option}' (unexpected character '{stray}')");
        subject.alert(
            reading,
            "bad-size",
            word.span,
            message,
            "write bytes, such as 100k",
        );
    }
    bytes.ok()
}
