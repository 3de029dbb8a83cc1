//! TLS towards servers (manual, section 5.2: `ssl`, `check-ssl` and what belongs to them), with what the global section says
//! for all of them.

use super::{Sample, TlsVersion, Word};

/// How a server is spoken to over TLS.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerTls {
    /// `ssl`: traffic is.
    pub traffic: bool,
    /// Checks are, unless a step of a script says otherwise: `check-ssl`, or `ssl` where they go where traffic goes.
    pub checks: bool,
    /// `ca-file`, below `ca-base`: who may sign the server's certificate. `@system-ca` is whom the system trusts.
    pub ca_file: Option<Word>,
    /// `crl-file`, below `ca-base`.
    pub crl_file: Option<Word>,
    /// `crt`, below `crt-base`: the certificate that the server is shown.
    pub crt: Option<Word>,
    /// `ciphers`: an OpenSSL cipher string for TLS 1.2 and below.
    pub ciphers: Option<Word>,
    /// `ciphersuites`: TLS 1.3 suites.
    pub ciphersuites: Option<Word>,
    /// `curves`: groups for key agreement, by their names in OpenSSL.
    pub curves: Option<Word>,
    /// `sigalgs`: OpenSSL's names of the signatures that the server may make.
    pub sigalgs: Option<Word>,
    /// `client-sigalgs`: the same of those that are made for it.
    pub client_sigalgs: Option<Word>,
    /// The oldest and the newest version that is allowed, where anything was said of them.
    pub versions: Option<(TlsVersion, TlsVersion)>,
    /// The server's certificate is verified.
    pub verify: bool,
    /// `verifyhost`: the name that it must bear where none is asked for.
    pub verify_host: Option<Word>,
    /// The name that is asked for in traffic.
    pub name: ServerName,
    /// `check-sni`: the name that checks ask for.
    pub check_sni: Option<Word>,
    /// `check-sni-auto`: without it, HTTP checks ask for the host that their request names.
    pub check_sni_auto: bool,
    /// The protocols that are offered in traffic, in order of preference.
    pub alpn: Vec<Word>,
    /// The same for checks.
    pub check_alpn: Vec<Word>,
    /// Sessions are resumed; not with `no-ssl-reuse`.
    pub reuse: bool,
    /// Session tickets of TLS 1.2 are taken; not with `no-tls-tickets`.
    pub tickets: bool,
}

/// The name that a server is asked for (Server Name Indication).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ServerName {
    /// None.
    #[default]
    Nothing,
    /// `sni`: what an expression gives; none where it gives none.
    Sample(Box<Sample>),
    /// `sni-auto`: the one in the `Host` header of the request, without its port.
    Host,
}
