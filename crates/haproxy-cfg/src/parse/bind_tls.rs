//! What the TLS settings of a listener amount to once its line is read: certificates that are there, lists that a library
//! takes, versions that are left.

use std::sync::Arc;

use bstr::ByteSlice as _;
use syntax::{Context, Diagnostic, Severity, Span, closest};

use super::bind::{BindLine, GivenAs};
use super::line::shown;
use super::reading::Reading;
use super::stored;
use super::tls_versions::{Asked, version_name};
use super::{bind, certificate, tls};
use crate::keywords::{BIND_INDEX, place};
use crate::lex;
use crate::model::{BindCertificate, BindSsl, ListedAt, OwnSsl, TlsVersion, Word};
use crate::signature::{self, Cursor, Subject, Value};
use crate::values::{may_select, strip_os_code, unknown_group};

/// A listener's line, for messages.
struct Place<'a> {
    prefix: &'a str,
    written: &'a str,
    span: Span,
}

/// The TLS settings of a line, judged; none where it asks for no TLS.
pub(in crate::parse) fn settings(
    reading: &mut Reading<'_>,
    flags: &BindLine,
    prefix: &str,
    written: &str,
    span: Span,
) -> Option<BindSsl> {
    let place = Place {
        prefix,
        written,
        span,
    };
    let mut found = flags.given.iter().any(|(by, _)| *by == GivenAs::Default);
    let mut certificates = Vec::new();
    for (_, path) in flags.given.iter().filter(|(by, _)| *by != GivenAs::List) {
        found |= certificate::check(reading, &path.to_string(), prefix, span);
    }
    for (by, path) in &flags.given {
        if *by == GivenAs::List {
            let lines = listed(reading, path, flags, &place);
            found |= lines.as_ref().is_none_or(|lines| !lines.is_empty());
            certificates.extend(lines.unwrap_or_default());
        } else {
            certificates.push(BindCertificate {
                path: path.clone(),
                is_default: *by == GivenAs::Default,
                ..BindCertificate::default()
            });
        }
    }
    if !flags.is_ssl {
        return None;
    }
    lists(reading, flags, &place);
    let mut ssl = flags.ssl.clone();
    ssl.certificates = certificates;
    ssl.curves = flags.curves.clone().or_else(|| flags.ecdhe.clone());
    let lists = flags.given.iter().filter(|(by, _)| *by == GivenAs::List);
    ssl.lists = lists.map(|(_, path)| path.clone()).collect();
    ssl.may_lack_certificates |= reading
        .proxy_ref()
        .is_some_and(|proxy| proxy.more.has_certificates);
    versions(reading, flags, &mut ssl, &place);
    if flags.ssl.verify.0 && flags.ssl.ca_file.is_none() && flags.ssl.ca_verify_file.is_none() {
        let what = "verify is enabled but no CA file specified";
        unusable(
            reading,
            Severity::Alert,
            "no-ca",
            what,
            "add: ca-file FILE",
            &place,
        );
    }
    if flags.generate && found && !flags.ca_sign_file {
        let at = at(reading, span);
        let message = format!(
            "{}: cannot enable certificate generation, no CA certificate File configured at [{at}].",
            proxy(reading)
        );
        tell(
            reading,
            Severity::Alert,
            "no-ca",
            message,
            "add: ca-sign-file FILE",
            span,
        );
    }
    let of_section = reading
        .proxy_ref()
        .is_some_and(|proxy| proxy.more.has_certificates);
    if !found && !flags.generate_alone() && !of_section {
        none_specified(reading, flags, &place);
    }
    Some(ssl)
}

impl BindLine {
    /// Certificates are made on the fly by an authority that is named.
    fn generate_alone(&self) -> bool {
        self.generate && self.ca_sign_file
    }
}

fn none_specified(reading: &mut Reading<'_>, flags: &BindLine, place: &Place<'_>) {
    let at = at(reading, place.span);
    let lead = format!(
        "{}: no SSL certificate specified for bind '{}' at [{at}]",
        proxy(reading),
        place.written
    );
    // With strict-sni there may be none, for those that come later.
    let (severity, message) = if flags
        .ssl
        .strict_sni
        .or(reading.written.global.ssl_default_bind.strict_sni)
        == Some(true)
    {
        let message = format!("{lead}, ssl connections will fail (use 'crt').");
        (Severity::Warning, message)
    } else {
        (Severity::Alert, format!("{lead} (use 'crt')."))
    };
    tell(
        reading,
        severity,
        "no-certificate",
        message,
        "add: crt FILE",
        place.span,
    );
}

fn proxy(reading: &Reading<'_>) -> String {
    // Of the last section, which may be none of a proxy.
    let section = reading.written.sections.last();
    let name = section.map(|section| section.name.to_string());
    format!("Proxy '{}'", name.unwrap_or_default())
}

fn at(reading: &Reading<'_>, span: Span) -> String {
    let (file, at) = reading.sources.locate(span);
    format!("{file}:{}", at.line)
}

fn tell(
    reading: &mut Reading<'_>,
    severity: Severity,
    code: &'static str,
    message: String,
    help: &str,
    span: Span,
) {
    let told = Diagnostic::new(severity, code, message).at(span);
    reading.tell(told.context(Context::Whole).help(help));
}

/// Tells what a TLS library would not take.
fn unusable(
    reading: &mut Reading<'_>,
    severity: Severity,
    code: &'static str,
    what: &str,
    help: &str,
    place: &Place<'_>,
) {
    let at = at(reading, place.span);
    let message = format!(
        "{}: {what} for bind '{}' at [{at}].",
        proxy(reading),
        place.written
    );
    tell(reading, severity, code, message, help, place.span);
}

/// Suites and groups.
fn lists(reading: &mut Reading<'_>, flags: &BindLine, place: &Place<'_>) {
    // Later versions may be built with a library that knows more of them.
    let newer = if reading.dialect.strict {
        Severity::Alert
    } else {
        Severity::Warning
    };
    if let Some(ciphers) = flags.ssl.ciphers.as_ref().filter(|ciphers| !may_select(ciphers)) {
        let what = format!("unable to set SSL cipher list to '{ciphers}'");
        let help = "name suites of OpenSSL, such as ECDHE-RSA-AES128-GCM-SHA256, or leave 'ciphers' out";
        unusable(reading, Severity::Alert, "no-cipher", &what, help, place);
    }
    let suites = flags.ssl.ciphersuites.as_ref();
    if let Some(suites) = suites.filter(|suites| !tls::suites_known(suites)) {
        let what = format!("unable to set TLS 1.3 cipher suites to '{suites}'");
        let help = "name suites of TLS 1.3, such as TLS_AES_128_GCM_SHA256";
        unusable(reading, newer, "no-cipher", &what, help, place);
    }
    if let Some(curves) = &flags.curves
        && let Some(unknown) = unknown_group(curves)
    {
        let what = format!("unable to set SSL curves list to '{curves}'");
        let unknown = String::from_utf8_lossy(unknown);
        let help = format!(
            "'{unknown}' is no group of OpenSSL's, or stands here twice: write for example X25519:P-256"
        );
        unusable(reading, newer, "no-group", &what, &help, place);
    }
    if let Some(curve) = flags
        .ecdhe
        .as_ref()
        .filter(|curve| unknown_group(curve).is_some())
    {
        let what = format!("unable to set elliptic named curve to '{curve}'");
        unusable(
            reading,
            newer,
            "no-group",
            &what,
            "write for example: ecdhe prime256v1",
            place,
        );
    }
}

/// Settles which versions are spoken, and tells when none is left, or when the options need a guess.
fn versions(reading: &mut Reading<'_>, flags: &BindLine, ssl: &mut BindSsl, place: &Place<'_>) {
    let asked = flags.versions.over(reading.written.tls_of_binds);
    // Older versions had no least version of their own.
    let lowest = if reading.spoken_before(2, 2) {
        TlsVersion::Tls10
    } else {
        TlsVersion::Tls12
    };
    let settled = asked.settle(lowest);
    if settled.ignored {
        let what = "no-sslv3/no-tlsv1x are ignored";
        let at = at(reading, place.span);
        let message = format!(
            "{}: {what} for bind '{}' at [{at}]. Use only 'ssl-min-ver' and 'ssl-max-ver' to fix.",
            proxy(reading),
            place.written
        );
        let help = "name the versions by ssl-min-ver and ssl-max-ver alone";
        tell(
            reading,
            Severity::Warning,
            "min-version",
            message,
            help,
            place.span,
        );
    }
    if let Some(max) = settled.raised {
        let name = version_name(max);
        let at = at(reading, place.span);
        let message = format!(
            "{}: Ambiguous configuration for bind '{}' at [{at}]: the ssl-min-ver value is not configured and the \
             ssl-max-ver value is lower than the default ssl-min-ver value (TLSv1.2). Setting the ssl-min-ver to \
             {name}. Use 'ssl-min-ver' to fix this.",
            proxy(reading),
            place.written
        );
        let help = format!("add: ssl-min-ver {name}");
        tell(
            reading,
            Severity::Warning,
            "min-version",
            message,
            &help,
            place.span,
        );
    }
    if settled.range.is_none() {
        let what = "all SSL/TLS versions are disabled";
        unusable(
            reading,
            Severity::Alert,
            "no-version",
            what,
            "allow TLSv1.2 or TLSv1.3",
            place,
        );
    }
    if flags.versions != Asked::default() {
        ssl.min_ver = settled.range.map(|(min, _)| min);
        ssl.max_ver = settled.range.map(|(_, max)| max);
    }
}

/// The certificates of a `crt-list`: a file in each line, with options in brackets and names behind it. None where something is
/// wrong with the list, which is told.
fn listed(
    reading: &mut Reading<'_>,
    path: &Word,
    flags: &BindLine,
    place: &Place<'_>,
) -> Option<Vec<BindCertificate>> {
    let prefix = format!("{} : 'crt-list'", place.prefix);
    let refuse = |reading: &mut Reading<'_>, message: String, help: &str| {
        let told = Diagnostic::alert("bad-file", format!("{prefix} : {message}")).at(place.span);
        reading.tell(told.help(help));
    };
    let name = path.to_string();
    let content = match reading.host.read_file(&name) {
        Ok(content) => content,
        Err(error) => {
            let message = format!("cannot open file '{name}' : {}", strip_os_code(&error));
            refuse(reading, message, "check the path");
            return None;
        }
    };
    let mut found = Vec::new();
    for (index, line) in content.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let (left, of_store) = stored::taken_out(in_brackets(line));
        let rebuilt = match line.contains(&b'[') {
            true if !of_store.is_empty() => {
                let (before, rest) = line.split_once_str("[").unwrap_or((line, b""));
                let behind = rest.split_once_str("]").map_or(&b""[..], |(_, behind)| behind);
                [before, b"[", &left, b"]", behind].concat()
            }
            _ => line.to_vec(),
        };
        let line = rebuilt.as_slice();
        let unknown = options_of(line).find(|word| {
            !word.is_empty()
                && BIND_INDEX
                    .find(word)
                    .is_none_or(|row| row.row.places & place::CRT_LIST == 0)
        });
        if let Some(unknown) = unknown {
            let message = format!(
                "parsing [{name}:{}]: unknown ssl keyword {}",
                index + 1,
                String::from_utf8_lossy(unknown)
            );
            refuse(
                reading,
                message,
                "options of a certificate are those of TLS, such as alpn and verify",
            );
            return None;
        }
        let file = line
            .split(|byte| byte.is_ascii_whitespace() || *byte == b'[')
            .next();
        let file = stored::named(reading, file.unwrap_or_default());
        let key_base = reading.written.global.key_base.clone();
        let crt_base = reading.written.global.crt_base.clone();
        let bases = (crt_base.as_ref(), key_base.as_ref());
        stored::note(reading, &file, &file, bases, &of_store, place.span);
        let file = file.to_string();
        let told = reading.diagnostics.len();
        certificate::check(reading, &file, &prefix, place.span);
        if reading.diagnostics.len() > told {
            return None;
        }
        let own = own_settings(reading, line, flags, place)?;
        let (not_for, names): (Vec<&[u8]>, Vec<&[u8]>) =
            filters_of(line).partition(|name| name.starts_with(b"!"));
        let lower = |name: &[u8]| Word::from(name.to_ascii_lowercase());
        found.push(BindCertificate {
            path: file.into_bytes().into(),
            names: names.into_iter().map(lower).collect(),
            not_for: not_for.into_iter().map(|name| lower(&name[1..])).collect(),
            own: own.map(Arc::new),
            is_default: filters_of(line).eq([&b"*"[..]]) && !reading.spoken_before(3, 0),
            listed: Some(ListedAt {
                list: path.clone(),
                line: u32::try_from(index + 1).unwrap_or(u32::MAX),
                options: shown_options(line),
                filters: filters_of(line).map(Word::from).collect(),
            }),
        });
    }
    Some(found)
}

/// What a line of a list says in brackets, over what the bind line says; the inner none where it says nothing. None where something
/// is wrong with it, which is told.
fn own_settings(
    reading: &mut Reading<'_>,
    line: &[u8],
    bind: &BindLine,
    place: &Place<'_>,
) -> Option<Option<OwnSsl>> {
    let words: Vec<lex::Word<'_>> = in_brackets(line)
        .fields()
        .map(|text| lex::Word {
            text: text.to_vec().into(),
            span: place.span,
        })
        .collect();
    if words.is_empty() {
        return Some(None);
    }
    let mut own = BindLine::default();
    let mut cursor = Cursor::new(&words, 0);
    while let Some(word) = cursor.next() {
        // The names were looked at before.
        let row = BIND_INDEX.find(&word.text)?;
        if row.is_read_only() {
            reading.tell_read_only_of(row.row.name, " of a crt-list", place.span);
        }
        let subject = Subject::new(row.row.name, place.span);
        let values = signature::sequence(reading, &mut cursor, row.signature.unwrap_or_default(), &subject)?;
        if let Some(act) = row.act {
            bind::apply(reading, &mut own, act, &values);
        }
    }
    // Versions of the line stand for themselves.
    let says_versions = own.versions != Asked::default();
    let mut judged = BindSsl::default();
    versions(
        reading,
        if says_versions { &own } else { bind },
        &mut judged,
        place,
    );
    Some(Some(OwnSsl {
        alpn: own.ssl.alpn,
        ca_file: own.ssl.ca_file,
        crl_file: own.ssl.crl_file,
        ciphers: own.ssl.ciphers,
        ciphersuites: own.ssl.ciphersuites,
        curves: own.curves.or(own.ecdhe),
        sigalgs: own.ssl.sigalgs,
        client_sigalgs: own.ssl.client_sigalgs,
        ca_verify_file: own.ssl.ca_verify_file,
        no_ca_names: own.ssl.no_ca_names,
        verify: own.verify_given.then_some(own.ssl.verify),
        versions: says_versions.then_some((judged.min_ver, judged.max_ver)),
    }))
}

/// `ssl-f-use crt FILE [OPTIONS]`: a certificate of a frontend. Elsewhere it is not looked at.
pub(crate) fn of_frontend(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let (mut left, mut of_store) = (Vec::new(), Vec::new());
    let mut path = None;
    while let Some(word) = cursor.next() {
        if stored::is_option(&word.text) {
            let value = cursor.next();
            let text = value.map(|value| value.text.to_vec()).unwrap_or_default();
            if &*word.text == b"crt" {
                path = Some(stored::named(reading, &text));
            }
            of_store.push((word.text.to_vec(), text));
            continue;
        }
        let from = cursor.position() - 1;
        let row = BIND_INDEX.find(&word.text);
        let Some(row) = row.filter(|row| row.row.places & place::CRT_LIST != 0) else {
            let message = format!("unknown crt keyword '{}'", shown(word));
            let near = closest(&word.text, BIND_INDEX.names()).map(|near| format!("did you mean '{near}'?"));
            let help = near.unwrap_or_else(|| "options of a certificate are those of TLS".to_owned());
            subject.alert(reading, "unknown-option", word.span, message, &help);
            return None;
        };
        let own = Subject::new(row.row.name, word.span);
        signature::sequence(reading, cursor, row.signature.unwrap_or_default(), &own)?;
        for word in &cursor.words()[from..cursor.position()] {
            left.extend_from_slice(&word.text);
            left.push(b' ');
        }
    }
    let Some(path) = path else {
        let message = "Trying to load a certificate but no 'crt' keyword specified.".to_owned();
        subject.alert(
            reading,
            "missing-argument",
            subject.behind,
            message,
            "write: ssl-f-use crt FILE",
        );
        return None;
    };
    let key_base = reading.written.global.key_base.clone();
    let crt_base = reading.written.global.crt_base.clone();
    let bases = (crt_base.as_ref(), key_base.as_ref());
    if !stored::is_stored(reading, &path.to_string()) {
        if let Err(error) = reading.host.path_kind(&path.to_string()) {
            let why = strip_os_code(&error);
            let message = format!("unable to stat SSL certificate from file '{path}' : {why}.");
            let help = "put a PEM file with certificate and key there, or correct the path";
            subject.alert(reading, "missing-certificate", subject.behind, message, help);
            return None;
        }
        stored::note(reading, &path, &path, bases, &of_store, subject.behind);
    }
    serves(reading);
    // From here on it is a line of a list.
    let line = [&b"- ["[..], left.trim(), b"]"].concat();
    let place = Place {
        prefix: "'ssl-f-use'",
        written: "ssl-f-use",
        span: subject.behind,
    };
    let own = own_settings(reading, &line, &BindLine::default(), &place)?;
    if let Some(proxy) = reading.proxy() {
        let certificate = BindCertificate {
            path,
            own: own.map(Arc::new),
            listed: Some(ListedAt {
                list: [&b"@"[..], proxy.name.as_slice()].concat().into(),
                line: 0,
                options: (!left.is_empty()).then(|| shown_options(&line)).flatten(),
                filters: Vec::new(),
            }),
            ..BindCertificate::default()
        };
        proxy.more.certificates.insert(0, certificate);
    }
    Some(Value::List(Vec::new()))
}

/// Notes that the listeners of the section at hand have a certificate, the lines before as well.
fn serves(reading: &mut Reading<'_>) {
    let Some(proxy) = reading.proxy() else { return };
    proxy.more.has_certificates = true;
    let mut lines = Vec::new();
    for bind in &mut proxy.more.binds {
        lines.push(bind.span);
        if let Some(ssl) = &mut bind.ssl {
            ssl.may_lack_certificates = true;
        }
    }
    let lacks = |told: &Diagnostic| {
        told.code == "no-certificate" && told.span.is_some_and(|span| lines.contains(&span))
    };
    reading.diagnostics.retain(|told| !lacks(told));
}

/// What stands in brackets in a line.
fn in_brackets(line: &[u8]) -> &[u8] {
    let behind = line.split_once_str("[").map(|(_, rest)| rest);
    let inside = behind.and_then(|rest| rest.split_once_str("]"));
    inside.map_or(&b""[..], |(inside, _)| inside)
}

/// The order in which the original shows the options of a line.
const SHOWN: &[&str] = &[
    "alpn",
    "npn",
    "verify",
    "no-ca-names",
    "allow-0rtt",
    "ca-file",
    "ca-verify-file",
    "crl-file",
    "ciphers",
    "ciphersuites",
    "curves",
    "ecdhe",
    "ssl-min-ver",
    "ssl-max-ver",
];

/// What stands in the brackets of a line, if it has some, in the order in which the original shows it.
fn shown_options(line: &[u8]) -> Option<String> {
    if !line.contains(&b'[') {
        return None;
    }
    let mut options: Vec<(usize, String)> = Vec::new();
    let mut words = in_brackets(line).fields();
    while let Some(word) = words.next() {
        let arguments = BIND_INDEX.find(word).map_or(0, |row| row.row.arity.max);
        let all = std::iter::once(word).chain(words.by_ref().take(arguments.into()));
        let text: Vec<_> = all.map(String::from_utf8_lossy).collect();
        let at = SHOWN.iter().position(|name| name.as_bytes() == word);
        options.push((at.unwrap_or(SHOWN.len()), text.join(" ")));
    }
    options.sort_by_key(|(at, _)| *at);
    let texts: Vec<String> = options.into_iter().map(|(_, text)| text).collect();
    Some(texts.join(" "))
}

/// The names behind the file and what stands in brackets.
fn filters_of(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (skipped, rest) = match line.split_once_str("]") {
        Some((_, rest)) if line.contains(&b'[') => (0, rest),
        _ => (1, line),
    };
    rest.fields().skip(skipped)
}

/// The words in brackets of a line that begin an option.
fn options_of(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut words = in_brackets(line).fields();
    std::iter::from_fn(move || {
        let word = words.next()?;
        let arguments = BIND_INDEX.find(word).map_or(0, |row| row.row.arity.max);
        for _ in 0..arguments {
            words.next();
        }
        Some(word)
    })
}
