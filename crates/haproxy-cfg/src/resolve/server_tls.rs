//! TLS towards servers, once the defaults of a line are known: certificates, lists, and versions that are left.

use syntax::{Context, Diagnostic, Severity};

use crate::model::{CheckKind, CheckStep, Proxy, ServerName, ServerTls, TlsVersion};
use crate::parse::tls::suites_known;
use crate::parse::{Asked, Reading, certificate, version_name};
use crate::values::may_select;
use crate::written::{ProxySection, ServerLine, ServerParams};

/// What becomes of the TLS options of a line and of those below it; none where nothing of the server is asked for over TLS.
pub(super) fn settle(
    reading: &Reading<'_>,
    check: &CheckKind,
    own: &ServerParams,
    below: &ServerParams,
) -> Option<Box<ServerTls>> {
    let traffic = own.ssl.or(below.ssl).unwrap_or(false);
    let asks = |params: &ServerParams| {
        let more = params.more.written();
        more.is_some_and(|more| more.tls.checks == Some(true))
    };
    if !traffic && !asks(own) && !asks(below) && !connects_so(check) {
        return None;
    }
    let tls = own.more.tls.clone().over(below.more.tls.clone());
    // Checks that go elsewhere have to be told.
    let elsewhere = own.more.check_addr.or(below.more.check_addr).is_some()
        || own.check.port.or(below.check.port).is_some_and(|port| port > 0);
    let defaults = &reading.written.global.ssl_default_server;
    let asked = tls.versions.over(reading.written.tls_of_servers);
    let versions = (asked != Asked::default()).then(|| asked.settle(TlsVersion::Tls10).range);
    let newer = reading.dialect.does_as(3, 3);
    let auto = newer && tls.sni_auto.unwrap_or(true);
    Some(Box::new(ServerTls {
        traffic,
        checks: tls.checks.unwrap_or(traffic && !elsewhere),
        ciphers: tls.ciphers.or_else(|| defaults.ciphers.clone()),
        ciphersuites: tls.ciphersuites.or_else(|| defaults.ciphersuites.clone()),
        curves: tls.curves.or_else(|| defaults.curves.clone()),
        sigalgs: tls.sigalgs.or_else(|| defaults.sigalgs.clone()),
        client_sigalgs: tls.client_sigalgs.or_else(|| defaults.client_sigalgs.clone()),
        versions: versions.flatten(),
        verify: tls
            .verify
            .unwrap_or(!reading.written.global.ssl_server_verify_none),
        verify_host: tls.verify_host,
        name: match tls.sni {
            Some(sample) => ServerName::Sample(sample),
            None if auto => ServerName::Host,
            None => ServerName::Nothing,
        },
        check_sni: tls.check_sni,
        check_sni_auto: newer && tls.check_sni_auto.unwrap_or(true),
        alpn: tls.alpn.unwrap_or_default(),
        check_alpn: tls.check_alpn.unwrap_or_default(),
        reuse: tls.reuse.or(defaults.reuse).unwrap_or(true),
        tickets: tls.tickets.or(defaults.tickets).unwrap_or(true),
        ca_file: tls.ca_file,
        crl_file: tls.crl_file,
        crt: tls.crt,
    }))
}

/// Whether a step of a script connects over TLS, whatever the server says.
fn connects_so(check: &CheckKind) -> bool {
    let CheckKind::Script(script) = check else {
        return false;
    };
    let over_tls = |step: &CheckStep| matches!(step, CheckStep::Connect(connect) if connect.tls.is_some());
    script.steps.iter().any(over_tls)
}

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
    let tls = &params.more.tls;
    // 2.6 prepares TLS for a server that only `default-server` asked it for, and `no-ssl` took it back from.
    let prepared = params.ssl_taken_back && reading.dialect.strict;
    if params.ssl != Some(true) && tls.checks != Some(true) && !prepared {
        return;
    }
    let subject = Subject {
        line,
        prefix: format!("'server {}/{}'", section.name, line.name),
        before: reading.diagnostics.len(),
    };
    if let Some(path) = &tls.crt {
        certificate::of_server(reading, &path.to_string(), &subject.prefix, line.span);
    }
    versions(reading, section, proxy, &subject, tls.versions);
    if !params.verify_settled && !reading.written.global.ssl_server_verify_none {
        let message = "verify is enabled by default but no CA file specified. If you're running on a LAN where you're \
                       certain to trust the server's certificate, please set an explicit 'verify none' statement on \
                       the 'server' line, or use 'ssl-server-verify none' in the global section to disable \
                       server-side verifications by default.";
        let help = "add 'ca-file PATH', or 'verify none' where the network can be trusted";
        subject.refuse(reading, "no-ca-file", message, help);
    }
    if let Some(ciphers) = tls.ciphers.as_ref().filter(|list| !may_select(list)) {
        let message = format!("unable to set SSL cipher list to '{ciphers}'.");
        subject.refuse(reading, "no-cipher", &message, "name suites of OpenSSL");
    }
    if let Some(suites) = tls.ciphersuites.as_ref().filter(|list| !suites_known(list)) {
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
    asked: Asked,
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
