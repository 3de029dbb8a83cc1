//! What can be seen of a certificate file without a TLS library: that it is there, and holds a certificate and a key.

use bstr::ByteSlice as _;
use syntax::{Diagnostic, Span};

use super::reading::Reading;
use crate::host::PathKind;
use crate::values::strip_os_code;

/// Files beside a certificate that belong to it and are not loaded by themselves.
const COMPANIONS: &[&str] = &[".key", ".ocsp", ".issuer", ".sctl", ".dh"];

/// Tells what is wrong with the file or folder at `path`; gives false when a folder holds nothing to load.
pub(super) fn check(reading: &mut Reading<'_>, path: &str, prefix: &str, span: Span) -> bool {
    if super::stored::is_stored(reading, path) {
        return true;
    }
    let mut found = true;
    let bundle = bundle(reading, path);
    if !bundle.is_empty() {
        for file in bundle {
            check_file(reading, &file, prefix, span);
        }
        return true;
    }
    match reading.host.path_kind(path) {
        Err(error) => {
            let why = strip_os_code(&error);
            let message = format!("{prefix} : unable to stat SSL certificate from file '{path}' : {why}.");
            reading.tell(
                Diagnostic::alert("missing-certificate", message)
                    .at(span)
                    .help("put a PEM file with certificate and key there, or correct the path"),
            );
        }
        Ok(PathKind::File) => check_file(reading, path, prefix, span),
        Ok(PathKind::Folder) => match reading.host.list_folder(path) {
            Err(error) => {
                let why = strip_os_code(&error);
                let message = format!("{prefix} : unable to scan directory '{path}' : {why}.");
                reading.tell(
                    Diagnostic::alert("missing-certificate", message)
                        .at(span)
                        .help("let this user read it"),
                );
            }
            Ok(mut names) => {
                found = false;
                names.sort_unstable();
                names.retain(|name| {
                    !name.starts_with('.') && !COMPANIONS.iter().any(|end| name.ends_with(end))
                });
                for name in names {
                    let file = format!("{}/{name}", path.trim_end_matches('/'));
                    if matches!(reading.host.path_kind(&file), Ok(PathKind::File)) {
                        found = true;
                        check_file(reading, &file, prefix, span);
                    }
                }
            }
        },
    }
    found
}

/// The files that stand in the place of one that is not there, one for each kind of key.
fn bundle(reading: &Reading<'_>, path: &str) -> Vec<String> {
    if !reading.written.global.ssl_extra.bundle || reading.host.path_kind(path).is_ok() {
        return Vec::new();
    }
    let files = BUNDLE.iter().map(|kind| format!("{path}.{kind}"));
    let is_file = |file: &String| matches!(reading.host.path_kind(file), Ok(PathKind::File));
    files.filter(is_file).collect()
}

/// Kinds of keys of a bundle.
const BUNDLE: &[&str] = &["rsa", "ecdsa", "dsa"];

/// Tells what is wrong with the certificate that a server is shown.
pub(crate) fn of_server(reading: &mut Reading<'_>, path: &str, prefix: &str, span: Span) {
    let told = reading.diagnostics.len();
    check(reading, path, prefix, span);
    for diagnostic in &mut reading.diagnostics[told..] {
        diagnostic.context = syntax::Context::Place;
    }
}

fn check_file(reading: &mut Reading<'_>, path: &str, prefix: &str, span: Span) {
    let content = match reading.host.read_file(path) {
        Ok(content) => content,
        Err(error) => {
            let why = strip_os_code(&error);
            let message = format!("{prefix} : unable to load certificate from file '{path}' : {why}.");
            let told = Diagnostic::alert("bad-certificate", message).at(span);
            return reading.tell(told.help("let this user read it"));
        }
    };
    if !content.contains_str("-----BEGIN CERTIFICATE")
        && !content.contains_str("-----BEGIN TRUSTED CERTIFICATE")
    {
        let message = format!("{prefix} : unable to load certificate from file '{path}'.");
        let help = "the file must hold a certificate in PEM form";
        return reading.tell(Diagnostic::alert("bad-certificate", message).at(span).help(help));
    }
    let Some(key) = key_of(reading, path, &content) else {
        let message = format!("{prefix} : No Private Key found in '{path}' or '{path}.key'.");
        let help = "append the private key to the file, or put it beside with the name above";
        return reading.tell(
            Diagnostic::alert("missing-private-key", message)
                .at(span)
                .help(help),
        );
    };
    if reading.host.key_belongs(&content, &key) == Some(false) {
        let message =
            format!("{prefix} : inconsistencies between private key and certificate loaded '{path}'.");
        let help = "put the key that the certificate was made for into the file";
        reading.tell(
            Diagnostic::alert("wrong-private-key", message)
                .at(span)
                .help(help),
        );
    }
}

/// The file that holds the key: the certificate's own, or one beside it.
fn key_of(reading: &Reading<'_>, path: &str, content: &[u8]) -> Option<Vec<u8>> {
    let holds = |content: &[u8]| content.contains_str("PRIVATE KEY-----");
    if holds(content) {
        return Some(content.to_vec());
    }
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    [format!("{path}.key"), format!("{stem}.key")]
        .iter()
        .filter_map(|beside| reading.host.read_file(beside).ok())
        .find(|content| holds(content))
}
