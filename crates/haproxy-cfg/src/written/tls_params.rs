//! What `server` and `default-server` lines give for TLS towards servers.

use crate::model::{Sample, Word};
use crate::parse::Asked;

/// Options of a line that are about TLS, beside `ssl` itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsParams {
    /// `check-ssl`.
    pub(crate) checks: Option<bool>,
    pub(crate) ca_file: Option<Word>,
    pub(crate) crl_file: Option<Word>,
    pub(crate) crt: Option<Word>,
    pub(crate) ciphers: Option<Word>,
    pub(crate) ciphersuites: Option<Word>,
    pub(crate) curves: Option<Word>,
    pub(crate) sigalgs: Option<Word>,
    pub(crate) client_sigalgs: Option<Word>,
    pub(crate) versions: Asked,
    /// `verify required`, or `none`.
    pub(crate) verify: Option<bool>,
    pub(crate) verify_host: Option<Word>,
    pub(crate) sni: Option<Box<Sample>>,
    pub(crate) sni_auto: Option<bool>,
    pub(crate) check_sni: Option<Word>,
    pub(crate) check_sni_auto: Option<bool>,
    pub(crate) alpn: Option<Vec<Word>>,
    pub(crate) check_alpn: Option<Vec<Word>>,
    /// `ssl-reuse`.
    pub(crate) reuse: Option<bool>,
    pub(crate) tickets: Option<bool>,
}

impl TlsParams {
    /// These, with what they lack taken from `below`.
    pub(crate) fn over(self, below: Self) -> Self {
        Self {
            checks: self.checks.or(below.checks),
            ca_file: self.ca_file.or(below.ca_file),
            crl_file: self.crl_file.or(below.crl_file),
            crt: self.crt.or(below.crt),
            ciphers: self.ciphers.or(below.ciphers),
            ciphersuites: self.ciphersuites.or(below.ciphersuites),
            curves: self.curves.or(below.curves),
            sigalgs: self.sigalgs.or(below.sigalgs),
            client_sigalgs: self.client_sigalgs.or(below.client_sigalgs),
            versions: self.versions.over(below.versions),
            verify: self.verify.or(below.verify),
            verify_host: self.verify_host.or(below.verify_host),
            sni: self.sni.or(below.sni),
            sni_auto: self.sni_auto.or(below.sni_auto),
            check_sni: self.check_sni.or(below.check_sni),
            check_sni_auto: self.check_sni_auto.or(below.check_sni_auto),
            alpn: self.alpn.or(below.alpn),
            check_alpn: self.check_alpn.or(below.check_alpn),
            reuse: self.reuse.or(below.reuse),
            tickets: self.tickets.or(below.tickets),
        }
    }
}
