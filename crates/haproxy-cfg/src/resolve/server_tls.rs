//! TLS towards servers, once the defaults of a line are known: certificates, lists, and versions that are left.

use syntax::{Context, Diagnostic, Severity};

use crate::model::{Proxy, TlsVersion};
use crate::parse::{Reading, certificate, tls, version_name};
use crate::values::may_select;
use crate::written::{ProxySection, ServerLine, ServerParams};

/// A server, for messages.
struct Subject<'a> {
    line: &'a ServerLine,
    /// What stands in front of each message.
    prefix: String,
    /// How many were told before the first of them.
    before: usize,
}

impl Subject<'_> {
    fn say(
        &self,
        reading: &mut Reading<'_>,
        severity: Severity,
        code: &'static str,
        message: &str,
        help: &str,
    ) {
        // 2.6 knows no more of which server it speaks, once it has spoken of it.
        let lost = reading.dialect.strict && reading.diagnostics.len() > self.before;
        let told = if lost {
            Diagnostic::new(severity, code, message).context(Context::Whole)
        } else {
            let message = format!("{} : {message}", self.prefix);
            Diagnostic::new(severity, code, message).context(Context::Place)
        };
        reading.tell(told.at(self.line.span).help(help));
    }

    fn refuse(&self, reading: &mut Reading<'_>, code: &'static str, message: &str, help: &str) {
        self.say(reading, Severity::Alert, code, message, help);
    }
}

/// Tells what is wrong with the TLS of one server.
pub(super) fn check(
    reading: &mut Reading<'_>,
    section: &ProxySection,
    proxy: &Proxy,
    line: &ServerLine,
    params: &ServerParams,
) {
    let more = &*params.more;
    // 2.6 prepares TLS for a server that only `default-server` asked it for, and `no-ssl` took it back from.
    let prepared = params.ssl_taken_back && reading.dialect.strict;
    if params.ssl != Some(true) && more.check_ssl != Some(true) && !prepared {
        return;
    }
    let subject = Subject {
        line,
        prefix: format!("'server {}/{}'", section.name, line.name),
        before: reading.diagnostics.len(),
    };
    if let Some(path) = &more.crt {
        certificate::of_server(reading, &path.to_string(), &subject.prefix, line.span);
    }
    versions(reading, section, proxy, &subject, more.versions);
    if !params.verify_settled && !reading.written.server_verify_none {
        let message = "verify is enabled by default but no CA file specified. If you're running on a LAN where you're \
                       certain to trust the server's certificate, please set an explicit 'verify none' statement on \
                       the 'server' line, or use 'ssl-server-verify none' in the global section to disable \
                       server-side verifications by default.";
        let help = "add 'ca-file PATH', or 'verify none' where the network can be trusted";
        subject.refuse(reading, "no-ca-file", message, help);
    }
    if let Some(ciphers) = more.ciphers.as_ref().filter(|list| !may_select(list)) {
        let message = format!("unable to set SSL cipher list to '{ciphers}'.");
        subject.refuse(reading, "no-cipher", &message, "name suites of OpenSSL");
    }
    if let Some(suites) = more.ciphersuites.as_ref().filter(|list| !tls::suites_known(list)) {
        let message = format!("unable to set TLS 1.3 cipher suites to '{suites}'.");
        subject.refuse(reading, "no-cipher", &message, "name suites of TLS 1.3");
    }
}

/// Tells versions that are not spoken as the line has them, and when none is left.
fn versions(
    reading: &mut Reading<'_>,
    section: &ProxySection,
    proxy: &Proxy,
    subject: &Subject<'_>,
    asked: crate::parse::Asked,
) {
    let settled = asked
        .over(reading.written.tls_of_servers)
        .settle(TlsVersion::Tls10);
    let of = format!("{} '{}'", Reading::proxy_words(proxy.kind), section.name);
    let server = &subject.line.name;
    let fix = "Use only 'ssl-min-ver' and 'ssl-max-ver' to fix.";
    let help = "name the versions by ssl-min-ver and ssl-max-ver alone";
    if settled.ignored {
        let message = format!("no-sslv3/no-tlsv1x are ignored for this server. {fix}");
        subject.say(reading, Severity::Warning, "min-version", &message, help);
    }
    if let Some(hole) = settled.hole {
        let message = format!(
            "{of}: SSL/TLS versions range not contiguous for server '{server}'. Hole find for {}. {fix}",
            version_name(hole)
        );
        subject.say(reading, Severity::Warning, "min-version", &message, help);
    }
    if settled.range.is_none() {
        let message = format!("{of}: all SSL/TLS versions are disabled for server '{server}'.");
        subject.refuse(reading, "no-version", &message, "allow TLSv1.2 or TLSv1.3");
    }
}
