//! Lines of `crt-store` (manual, section 12.7).

use bstr::ByteSlice as _;
use syntax::{Diagnostic, Span};

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::super::tls::based;
use super::given;
use crate::model::Word;
use crate::signature::Value;

/// Options of `load` with the version since which they are known.
const OPTIONS: &[(&str, (u16, u16))] = &[
    ("crt", (3, 0)),
    ("key", (3, 0)),
    ("ocsp", (3, 0)),
    ("issuer", (3, 0)),
    ("sctl", (3, 0)),
    ("alias", (3, 0)),
    ("ocsp-update", (3, 0)),
    ("acme", (3, 2)),
    ("domains", (3, 2)),
    ("generate-dummy", (3, 3)),
    ("keytype", (3, 3)),
    ("bits", (3, 3)),
    ("curves", (3, 3)),
    ("jwt", (3, 3)),
];

/// `load crt FILE …`: the certificate must be named, and be there unless one is made for it.
pub(crate) fn load(reading: &mut Reading<'_>, line: &Line<'_>) {
    if unreadable(reading, line) {
        return;
    }
    let Some(given) = given(reading, line) else { return };
    let text = |name: &str| given.option(name)?.first()?.value.text().cloned();
    let made = given
        .option("generate-dummy")
        .and_then(|values| values.first()?.value.word())
        == Some("on");
    if let (Some(path), false) = (text("crt"), made || given.option("acme").is_some()) {
        certificate(reading, &path, line.span());
    }
    reading.keep(given);
}

/// Tells the first option that cannot be read, in the original's words.
fn unreadable(reading: &mut Reading<'_>, line: &Line<'_>) -> bool {
    let known = |name: &[u8]| {
        let row = OPTIONS.iter().find(|(option, _)| option.as_bytes() == name);
        row.is_some_and(|(_, (major, minor))| !reading.spoken_before(*major, *minor))
    };
    let mut words = line.args().iter();
    let mut named = false;
    let mut wrong = None;
    while let Some(word) = words.next() {
        if !known(&word.text) {
            let text = shown(word);
            let message = format!("'load {text}' in section 'crt-store': unknown keyword '{text}'.");
            let names = OPTIONS.iter().map(|(name, _)| *name);
            let near = syntax::closest(&word.text, names).map(|near| format!("did you mean '{near}'?"));
            let help = near.unwrap_or_else(|| "write: load crt FILE, and options behind it".to_owned());
            wrong = Some(("unknown-option", word.span, message, help));
            break;
        }
        named |= &*word.text == b"crt";
        let value = words.next();
        let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
        if &*word.text == b"ocsp-update" && !matches!(&*text, "on" | "off") {
            let message = format!("cannot parse 'ocsp-update' value '{text}', 'on' or 'off' is expected.");
            let span = value.map_or(line.behind(), |value| value.span);
            wrong = Some(("unknown-option", span, message, "write: on, or: off".to_owned()));
            break;
        }
        if &*word.text == b"crt" && value.is_none() {
            certificate(reading, &Word::default(), line.span());
            return true;
        }
    }
    if wrong.is_none() && !named {
        let message = "'load' in section 'crt-store': mandatory 'crt' parameter not found.".to_owned();
        wrong = Some((
            "missing-argument",
            line.behind(),
            message,
            "write: load crt FILE".to_owned(),
        ));
    }
    let Some((code, span, message, help)) = wrong else {
        return false;
    };
    // The original names the place twice here.
    let (file, at) = reading.sources.locate(line.keyword().span);
    let message = if reading.dialect.strict {
        format!("parsing [{file}:{}] : {message}", at.line)
    } else {
        message
    };
    reading.tell(Diagnostic::alert(code, message).at(span).help(help));
    true
}

/// Tells a file that is not there, or holds no certificate.
fn certificate(reading: &mut Reading<'_>, path: &Word, span: Span) {
    let section = reading.written.sections.last();
    let base = section.and_then(|section| {
        let line = section.lines.iter().rev().find(|line| line.name == "crt-base")?;
        line.arguments.first().map(|argument| &argument.value)
    });
    let base = base
        .and_then(Value::text)
        .or(reading.written.global.crt_base.as_ref());
    let whole = based(base, path).to_string();
    let content = reading.host.read_file(&whole);
    let holds = |content: &[u8]| content.contains_str("-----BEGIN CERTIFICATE");
    let opened = match &content {
        Ok(content) if holds(content) => return,
        Ok(_) => String::new(),
        Err(_) => format!("cannot open the file '{whole}'.\n "),
    };
    let named = if reading.dialect.does_as(3, 1) {
        path.to_string()
    } else {
        whole
    };
    let message = format!("{opened}'{named}' cannot be read or parsed.");
    let told = Diagnostic::alert("missing-certificate", message).at(span);
    reading.tell(told.help("put a PEM file with the certificate there, or correct the path"));
}
