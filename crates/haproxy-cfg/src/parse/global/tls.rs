//! TLS: defaults of bind and server lines, and files.

use syntax::{Context, Diagnostic, closest};

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::super::tls_versions::{Asked, tls_version};
use super::{given, kept};
use crate::host::PathKind;
use crate::model::{ExtraFiles, SslDefaults, TlsVersion};
use crate::signature::{Argument, ReadArgument, Value};

/// A version of TLS behind `ssl-min-ver` or `ssl-max-ver`.
pub(crate) const TLS_VERSION: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let option = cursor.previous().map(|word| shown(word).into_owned());
    let Some(word) = cursor.next() else {
        let message = format!(
            "'{}' : missing the ssl/tls version on global statement '{}'.",
            option.unwrap_or_default(),
            subject.name
        );
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        subject.tell(reading, told.help("write TLSv1.2, for example"));
        return None;
    };
    if tls_version(&word.text).is_none() {
        let message = format!(
            "'{}' : unknown ssl/tls version on global statement '{}'.",
            shown(word),
            subject.name
        );
        let told = Diagnostic::alert("unknown-version", message).at(word.span);
        subject.tell(reading, told.help("write TLSv1.2, for example"));
        return None;
    }
    Some(Value::Text(word.text.to_vec().into()))
});

/// The folder of issuers.
pub(crate) const ISSUERS: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let path = shown(word).into_owned();
    let folder = matches!(reading.host.path_kind(&path), Ok(PathKind::Folder));
    if cursor.peek().is_none() && !folder {
        let message = format!(
            "global statement '{}' expects a directory path as an argument.",
            subject.name
        );
        let told = Diagnostic::alert("missing-file", message).at(word.span);
        subject.tell(reading, told.help("name a folder that exists"));
        return None;
    }
    Some(Value::Text(path.into()))
});

/// A file of Diffie-Hellman parameters.
pub(crate) const DH_FILE: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let path = shown(word).into_owned();
    if cursor.peek().is_some() {
        return Some(Value::Text(path.into()));
    }
    let begins = |text: &[u8]| text.windows(13).any(|part| part == b"DH PARAMETERS");
    if !reading.host.read_file(&path).is_ok_and(|text| begins(&text)) {
        let message = format!(
            "'{}': unable to load DH parameters from file <{path}>.",
            subject.name
        );
        let told = Diagnostic::alert("bad-file", message).at(word.span);
        subject.tell(
            reading,
            told.help("check the path; the file is made by: openssl dhparam"),
        );
        return None;
    }
    Some(Value::Text(path.into()))
});

const EXTRA_KINDS: &[&str] = &["none", "all", "bundle", "sctl", "ocsp", "issuer", "key"];

/// Kinds of files beside a certificate.
pub(crate) const EXTRA_FILES: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let mut kinds = Vec::new();
    let mut alone = None;
    let mut words = 0;
    while let Some(word) = cursor.next() {
        words += 1;
        let kind = EXTRA_KINDS.iter().find(|kind| kind.as_bytes() == &*word.text);
        if matches!(kind, Some(&"none" | &"all")) {
            alone = Some(word.span);
        }
        if let Some(span) = alone.filter(|_| words > 1 || cursor.peek().is_some()) {
            let message = format!("'{}' 'none' and 'all' can be only used alone", subject.name);
            let told = Diagnostic::alert("bad-argument", message).at(span);
            subject.tell(reading, told.help("remove it, or all others"));
            return None;
        }
        let Some(kind) = kind else {
            let message = format!(
                "'{}' expects one or multiple arguments (none, all, bundle, sctl, ocsp, issuer).",
                subject.name
            );
            let near = closest(&word.text, EXTRA_KINDS.iter().copied());
            let help = near.map_or("write those that are to be loaded".to_owned(), |near| {
                format!("did you mean '{near}'?")
            });
            let told = Diagnostic::alert("unknown-option", message).at(word.span);
            subject.tell(reading, told.help(help));
            return None;
        };
        kinds.push(Value::Word(kind));
    }
    if kinds.is_empty() {
        let message = format!(
            "'{}' expects one or multiple arguments (none, all, bundle, sctl, ocsp, issuer).",
            subject.name
        );
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        subject.tell(reading, told.help("write those that are to be loaded"));
        return None;
    }
    Some(Value::List(kinds))
});

/// `ssl-load-extra-files` and `ssl-load-extra-del-ext`.
pub(crate) fn extra_files(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let extra = &mut reading.written.global.ssl_extra;
    let Some(Value::List(kinds)) = given.get("kinds") else {
        extra.without_extension = true;
        return;
    };
    let has = |wanted: &str| {
        let is = |kind: &Value| matches!(kind, Value::Word(kind) if *kind == wanted || *kind == "all");
        kinds.iter().any(is)
    };
    *extra = ExtraFiles {
        bundle: has("bundle"),
        key: has("key"),
        ocsp: has("ocsp"),
        issuer: has("issuer"),
        without_extension: extra.without_extension,
    };
}

/// `issuers-chain-path`.
pub(crate) fn issuers(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    reading.written.global.issuers = given.get("path").and_then(Value::text).cloned();
}

/// `crt-base` and `ca-base`.
pub(crate) fn base(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let path = given.get("path").and_then(Value::text).cloned();
    let slot = match given.name {
        "crt-base" => &mut reading.written.global.crt_base,
        "key-base" => &mut reading.written.global.key_base,
        _ => &mut reading.written.global.ca_base,
    };
    if slot.is_some() {
        let message = format!("'{}' already specified.", given.name);
        return reading.alert("given-twice", line.span(), message);
    }
    *slot = path;
}

/// `ssl-server-verify`.
pub(crate) fn ssl_server_verify(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = kept(reading, line) {
        reading.written.global.ssl_server_verify_none =
            matches!(given.get("verify"), Some(Value::Word("none")));
    }
}

/// `tune.ssl.capture-cipherlist-size`, which 2.6 warned of.
pub(crate) fn capture_cipherlist(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = "tune.ssl.capture-cipherlist-size";
    if !reading.dialect.strict || reading.dialect.at_least(2, 6) {
        let message = format!(
            "'{name}' is deprecated and will be removed in version 2.7. Please use 'tune.ssl.capture-buffer-size' instead."
        );
        let told = Diagnostic::warning("deprecated-keyword", message)
            .at(line.keyword().span)
            .context(Context::ParsingTight)
            .help("write instead: tune.ssl.capture-buffer-size")
            .fix(
                "write 'tune.ssl.capture-buffer-size'",
                line.keyword().span,
                "tune.ssl.capture-buffer-size",
                syntax::Applicability::Safe,
            );
        reading.tell(told);
    }
    capture_size(reading, line);
}

/// `tune.ssl.capture-buffer-size BYTES`, which may stand once under either name.
pub(crate) fn capture_size(reading: &mut Reading<'_>, line: &Line<'_>) {
    const NAME: &str = "tune.ssl.capture-buffer-size";
    let Some(given) = given(reading, line) else { return };
    if let Some(before) = reading.written.global_spans.get(NAME).copied() {
        let message = format!("'{}' is already configured.", given.name);
        let told = Diagnostic::alert("given-twice", message).at(line.span());
        return reading.tell(told.label(before, "given here before").help("remove one of them"));
    }
    reading.written.global_spans.insert(NAME, line.span());
    let size = given
        .arguments
        .first()
        .and_then(|argument| argument.value.number());
    let size = u32::try_from(size.unwrap_or_default().max(0)).unwrap_or(u32::MAX);
    reading.written.global.tune.tls.capture = size;
    reading.keep(given);
}

/// `tune.ssl.…` lines that are acted on.
pub(crate) fn tune_tls(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let first = given.arguments.first().map(|argument| &argument.value);
    let number = first.and_then(Value::number).unwrap_or_default();
    let number = u32::try_from(number.max(0)).unwrap_or(u32::MAX);
    let tune = &mut reading.written.global.tune.tls;
    match given.name {
        "tune.ssl.cachesize" => tune.cache_size = number,
        "tune.ssl.keylog" => tune.keylog = first.and_then(Value::word) == Some("on"),
        "tune.ssl.hard-maxrecord" => tune.hard_max_record = number,
        _ => tune.lifetime = number,
    }
}

/// `ssl-default-bind-…` and `ssl-default-server-…`.
pub(crate) fn ssl_default(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let server = given.name.starts_with("ssl-default-server-");
    let defaults = if server {
        &mut reading.written.global.ssl_default_server
    } else {
        &mut reading.written.global.ssl_default_bind
    };
    if given.name.ends_with("-ciphers") {
        defaults.ciphers = given.get("ciphers").and_then(Value::text).cloned();
    } else if given.name.ends_with("-ciphersuites") {
        defaults.ciphersuites = given.get("ciphers").and_then(Value::text).cloned();
    } else if given.name.ends_with("-client-sigalgs") {
        defaults.client_sigalgs = given
            .arguments
            .first()
            .and_then(|argument| argument.value.text())
            .cloned();
    } else if given.name.ends_with("-sigalgs") {
        defaults.sigalgs = given
            .arguments
            .first()
            .and_then(|argument| argument.value.text())
            .cloned();
    } else if given.name.ends_with("-curves") {
        defaults.curves = given.get("curves").and_then(Value::text).cloned();
    } else {
        let versions = if server {
            &mut reading.written.tls_of_servers
        } else {
            &mut reading.written.tls_of_binds
        };
        let inert: Vec<_> = given
            .arguments
            .iter()
            .filter_map(|option| {
                let Value::Option(word, arguments) = &option.value else {
                    return None;
                };
                let known = apply(versions, defaults, server, word, arguments);
                (!known).then_some((*word, option.span))
            })
            .collect();
        if *versions != Asked::default() {
            let lowest = if server {
                TlsVersion::Tls10
            } else {
                TlsVersion::Tls12
            };
            let range = versions.settle(lowest).range;
            defaults.min_ver = range.map(|(min, _)| min);
            defaults.max_ver = range.map(|(_, max)| max);
        }
        for (word, span) in inert {
            reading.tell_read_only(&format!("'{word}' of '{}'", given.name), span);
        }
    }
}

/// Applies an option. Gives false when nothing acts on it.
fn apply(
    versions: &mut Asked,
    defaults: &mut SslDefaults,
    server: bool,
    word: &str,
    arguments: &[Argument],
) -> bool {
    let named = |name: &str| -> Option<TlsVersion> {
        match name {
            "sslv3" => tls_version(b"SSLv3"),
            "tlsv10" => tls_version(b"TLSv1.0"),
            "tlsv11" => tls_version(b"TLSv1.1"),
            "tlsv12" => tls_version(b"TLSv1.2"),
            "tlsv13" => tls_version(b"TLSv1.3"),
            _ => None,
        }
    };
    let version = arguments
        .first()
        .and_then(|argument| argument.value.text())
        .and_then(|text| tls_version(text));
    if word == "ssl-min-ver" {
        versions.min = version;
    } else if word == "ssl-max-ver" {
        versions.max = version;
    } else if let Some(found) = word.strip_prefix("no-").and_then(named) {
        versions.take_away(found);
    } else if let Some(found) = word.strip_prefix("force-").and_then(named) {
        versions.force(found);
    } else if matches!(word, "tls-tickets" | "no-tls-tickets") {
        defaults.tickets = Some(word == "tls-tickets");
    } else if matches!(word, "strict-sni" | "no-strict-sni") {
        defaults.strict_sni = Some(word == "strict-sni");
    } else if matches!(word, "ssl-reuse" | "no-ssl-reuse") {
        defaults.reuse = Some(word == "ssl-reuse");
    } else if word == "prefer-client-ciphers" {
        defaults.prefer_client_ciphers = true;
    } else if server && word == "no-renegotiate" {
        // No server gets one.
    } else {
        return false;
    }
    true
}
