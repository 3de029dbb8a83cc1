//! Lines of `crt-store` (manual, section 12.7).

use bstr::ByteSlice as _;
use syntax::{Diagnostic, Span};

use super::super::line::Line;
use super::super::reading::Reading;
use super::super::stored;
use super::super::tls::based;
use super::given;
use crate::model::Word;
use crate::signature::{Given, Value};

/// `load crt FILE …`: the certificate must be named, and be there unless one is made for it.
pub(crate) fn load(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    if given.option("crt").is_none() {
        let message = "'load' in section 'crt-store': mandatory 'crt' parameter not found.";
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help("write: load crt FILE"));
    }
    let text = |name: &str| given.option(name)?.first()?.value.text().cloned();
    reading.keep(given.clone());
    let made = given
        .option("generate-dummy")
        .and_then(|values| values.first()?.value.word())
        == Some("on");
    if let (Some(path), false) = (text("crt"), made || given.option("acme").is_some()) {
        certificate(reading, &path, line.span());
        store(reading, &given, &path, line.span());
    }
}

/// `crt-base` and `key-base`, which count for the lines below.
pub(crate) fn base(reading: &mut Reading<'_>, line: &Line<'_>) {
    // It is kept by being read.
    let _ = given(reading, line);
}

/// A folder of the section at hand, or of the global section.
fn folder(reading: &Reading<'_>, name: &str) -> Option<Word> {
    let section = reading.written.sections.last();
    let line = section.and_then(|section| section.lines.iter().rev().find(|line| line.name == name));
    let own = line.and_then(|line| line.arguments.first()?.value.text().cloned());
    let global = match name {
        "crt-base" => &reading.written.global.crt_base,
        _ => &reading.written.global.key_base,
    };
    own.or_else(|| global.clone())
}

/// Takes a certificate into the store of the section at hand.
fn store(reading: &mut Reading<'_>, given: &Given, path: &Word, span: Span) {
    let (crt_base, key_base) = (folder(reading, "crt-base"), folder(reading, "key-base"));
    let crt = based(crt_base.as_ref(), path);
    let section = reading.written.sections.last();
    let store = section.map(|section| section.name.clone()).unwrap_or_default();
    let word = |value: &Value| {
        value
            .text()
            .map(|text| text.to_vec())
            .or_else(|| Some(value.word()?.as_bytes().to_vec()))
    };
    let options: Vec<(Vec<u8>, Vec<u8>)> = given
        .arguments
        .iter()
        .filter_map(|argument| match &argument.value {
            Value::Option(name, values) => {
                let value = values.first().and_then(|argument| word(&argument.value));
                Some((name.as_bytes().to_vec(), value.unwrap_or_default()))
            }
            _ => None,
        })
        .collect();
    let alias = options
        .iter()
        .find(|(name, _)| name == b"alias")
        .map(|(_, alias)| alias);
    let name: Word = match (alias, store.is_empty()) {
        (None, true) => crt.clone(),
        (alias, _) => {
            let own = alias.map_or(path.as_slice(), Vec::as_slice);
            [&b"@"[..], store.as_slice(), b"/", own].concat().into()
        }
    };
    if stored::is_stored(reading, &name.to_string()) {
        let message = format!("'load' in section 'crt-store': store '{name}' was already defined.");
        let told = Diagnostic::alert("given-twice", message).at(span);
        return reading.tell(told.help("give each of them an alias of its own"));
    }
    stored::note(
        reading,
        &name,
        &crt,
        (crt_base.as_ref(), key_base.as_ref()),
        &options,
        span,
    );
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
