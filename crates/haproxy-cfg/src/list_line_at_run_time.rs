//! A line of a `crt-list` that is described while the process runs (`add ssl crt-list`), read as those of a file are.

use syntax::Severity;

use crate::in_memory::InMemory;
use crate::model::BindCertificate;
use crate::{Dialect, Input, LoadOptions, load};

/// What the list is called in messages.
const LIST: &str = "CLI";

/// Reads a line: a certificate's name, options in brackets and names. Whether there is such a certificate is not asked.
///
/// # Errors
/// What is wrong with it, in the original's words where they are known.
pub fn read_list_line(line: &[u8], dialect: Dialect) -> Result<BindCertificate, String> {
    let text = format!("frontend line\n bind 127.0.0.1:1 ssl strict-sni crt-list {LIST}\n");
    let input = Input::Text {
        name: LIST.to_owned(),
        bytes: text.into_bytes(),
    };
    let options = LoadOptions {
        ignore_unresolved: true,
        ..LoadOptions::default()
    };
    let here = InMemory {
        file: Some((LIST, line)),
    };
    let loaded = load(&[input], dialect, &here, options);
    let behind_lead = |message: &str| {
        let (_, behind) = message.split_once("'crt-list' : ").unwrap_or(("", message));
        behind.to_owned()
    };
    if let Some(told) = loaded.diagnostics.iter().find(|told| told.refuses) {
        return Err(behind_lead(&told.message));
    }
    let read_only =
        |told: &&syntax::Diagnostic| told.severity == Severity::Warning && told.code == "read-only";
    if let Some(told) = loaded.diagnostics.iter().find(read_only) {
        return Err(told.message.clone());
    }
    let bind = loaded.config.proxies.into_iter().next();
    let bind = bind.and_then(|proxy| proxy.binds.into_iter().next());
    let certificate = bind.and_then(|bind| bind.ssl?.certificates.into_iter().next());
    certificate.ok_or_else(|| format!("parsing [{LIST}:1]: expects a certificate name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<BindCertificate, String> {
        read_list_line(line.as_bytes(), Dialect::default())
    }

    #[test]
    fn a_line_gives_what_it_says_over_the_bind_line() {
        let read = read("a.pem [verify required alpn h2] *.B.test !no.b.test").unwrap();
        assert_eq!(*read.path, *b"a.pem");
        assert_eq!(read.names, ["*.b.test"]);
        assert_eq!(read.not_for, ["no.b.test"]);
        let own = read.own.unwrap();
        assert_eq!(own.verify, Some((true, true)));
        assert_eq!(own.versions, None);
        let listed = read.listed.unwrap();
        assert_eq!(listed.options.unwrap(), "alpn h2 verify required");
        assert_eq!(listed.filters, ["*.B.test", "!no.b.test"]);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_told_in_the_originals_words() {
        let unknown = "parsing [CLI:1]: unknown ssl keyword nope";
        assert_eq!(read("a.pem [nope] q.test").unwrap_err(), unknown);
        let method =
            "'verify' : unknown verify method 'nope', only 'none', 'optional', and 'required' are supported";
        assert_eq!(read("a.pem [verify nope]").unwrap_err(), method);
        assert!(read("# nothing").is_err());
    }
}
