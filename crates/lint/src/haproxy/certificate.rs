//! Certificates of a file: whose they are and until when they hold.

use haproxy_cfg::PathKind;
use syntax::Span;
use x509_parser::pem::Pem;

use super::view::View;

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    /// The common name of its subject; its whole subject where it has none.
    pub(super) name: String,
    /// Its last second, since 1970.
    pub(super) until: i64,
    /// Its first second, since 1970.
    pub(super) since: i64,
}

/// The certificates of a PEM file, in order. What is none is passed over: the reading tells of it.
pub(super) fn certificates(pem: &[u8]) -> Vec<Certificate> {
    Pem::iter_from_buffer(pem)
        .filter_map(Result::ok)
        .filter(|block| matches!(block.label.as_str(), "CERTIFICATE" | "TRUSTED CERTIFICATE"))
        .filter_map(|block| {
            let certificate = block.parse_x509().ok()?;
            let subject = certificate.subject();
            let name = subject
                .iter_common_name()
                .next()
                .and_then(|name| name.as_str().ok())
                .map_or_else(|| subject.to_string(), str::to_owned);
            Some(Certificate {
                name,
                until: certificate.validity().not_after.timestamp(),
                since: certificate.validity().not_before.timestamp(),
            })
        })
        .collect()
}

/// The certificate files that listeners and servers name, each with the place of the line's `crt`. Of folders the files in them.
pub(super) fn paths(view: &View<'_>) -> Vec<(Span, String)> {
    let mut named: Vec<(Span, String)> = Vec::new();
    for (_, _, proxy) in view.proxies() {
        for bind in &proxy.binds {
            for certificate in bind.ssl.iter().flat_map(|ssl| &ssl.certificates) {
                named.push((place(view, bind.span), certificate.path.to_string()));
            }
        }
        for server in proxy.servers.iter() {
            if let Some(path) = server.tls.as_ref().and_then(|tls| tls.crt.as_ref()) {
                named.push((place(view, server.span), path.to_string()));
            }
        }
    }
    // A line with several addresses names its files once for each.
    named.dedup();
    let mut out = Vec::new();
    for (span, path) in named {
        match view.host.path_kind(&path) {
            Ok(PathKind::File) => out.push((span, path)),
            Ok(PathKind::Folder) => {
                let mut names = view.host.list_folder(&path).unwrap_or_default();
                names.retain(|name| !name.starts_with('.') && !name.ends_with(".key"));
                names.sort_unstable();
                out.extend(
                    names
                        .into_iter()
                        .map(|name| (span, format!("{}/{name}", path.trim_end_matches('/')))),
                );
            }
            // The reading tells of files that are not there.
            Err(_) => {}
        }
    }
    out
}

/// What [`paths`] gives, with the certificates of each file.
pub(super) fn of_lines(view: &View<'_>) -> Vec<(Span, String, Vec<Certificate>)> {
    paths(view)
        .into_iter()
        .filter_map(|(span, path)| {
            let certificates = certificates(&view.host.read_file(&path).ok()?);
            Some((span, path, certificates))
        })
        .collect()
}

fn place(view: &View<'_>, span: Span) -> Span {
    view.line(span).map_or(span, |line| {
        let keyword = if line.has("crt") { "crt" } else { "crt-list" };
        line.option_span(keyword)
    })
}
