//! Lines of `crt-store` (manual, section 12.7).

use bstr::ByteSlice as _;
use syntax::{Diagnostic, Span};

use super::super::line::Line;
use super::super::reading::Reading;
use super::super::tls::based;
use super::given;
use crate::model::Word;
use crate::signature::Value;

/// `load crt FILE …`: the certificate must be named, and be there unless one is made for it.
pub(crate) fn load(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    if given.option("crt").is_none() {
        let message = "'load' in section 'crt-store': mandatory 'crt' parameter not found.";
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help("write: load crt FILE"));
    }
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
