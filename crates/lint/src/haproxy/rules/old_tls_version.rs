//! A version of TLS or SSL that is no longer safe.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "old-tls-version",
    title: "A version of TLS or SSL that is no longer safe",
    level: Severity::Warning,
    why: "TLS 1.0 and 1.1 were withdrawn in 2021 (RFC 8996), SSL 3 in 2015. Their faults let others read what is sent.",
    mend: "write 'ssl-min-ver TLSv1.2'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in &view.sections {
        for line in &section.lines {
            let about_tls = matches!(
                line.word(0),
                b"bind"
                    | b"server"
                    | b"server-template"
                    | b"default-server"
                    | b"ssl-default-bind-options"
                    | b"ssl-default-server-options"
            );
            if !about_tls {
                continue;
            }
            for (at, word) in line.words.iter().enumerate() {
                let version = match &*word.text {
                    b"ssl-min-ver" | b"ssl-max-ver" => line.word(at + 1),
                    b"force-sslv3" => b"SSLv3",
                    b"force-tlsv10" => b"TLSv1.0",
                    b"force-tlsv11" => b"TLSv1.1",
                    _ => continue,
                };
                if matches!(version, b"SSLv3" | b"TLSv1.0" | b"TLSv1.1") {
                    let version = String::from_utf8_lossy(version);
                    let last = if word.text.starts_with(b"force") {
                        at
                    } else {
                        at + 1
                    };
                    out.tell(word.span.to(line.span_of(last)), format!("{version} is not safe"));
                }
            }
        }
    }
}
