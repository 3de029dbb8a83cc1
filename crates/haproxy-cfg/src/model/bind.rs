//! `bind` lines and stats sockets (manual, section 5.1).

use std::sync::Arc;

use syntax::Span;

use super::{Address, Millis, Word};

/// One address that is listened on. A `bind` line with several addresses or a port range gives several.
#[derive(Clone, Debug)]
pub struct Bind {
    /// The address.
    pub address: Address,
    /// As written, for messages.
    pub written: Word,
    /// Connections may take several ways at once (`mptcp@`, RFC 8684).
    pub multipath: bool,
    /// `tcp-md5sig`: the password that all segments are signed with (RFC 2385).
    pub segment_password: Option<Word>,
    /// `name`; with `option socket-stats` it is `sock-N` for one that has none.
    pub name: Option<Word>,
    /// `id`, or the number that its proxy gives it.
    pub id: u32,
    /// `ssl` and what goes with it.
    pub ssl: Option<BindSsl>,
    /// `accept-proxy`.
    pub accept_proxy: bool,
    /// `accept-netscaler-cip`: the number that its headers begin with.
    pub accept_netscaler: Option<u32>,
    /// `maxconn`.
    pub maxconn: Option<u32>,
    /// `backlog`.
    pub backlog: Option<u32>,
    /// `v4v6`.
    pub v4v6: bool,
    /// `v6only`.
    pub v6only: bool,
    /// `transparent`.
    pub transparent: bool,
    /// `interface`.
    pub interface: Option<Word>,
    /// `namespace`: the network namespace that it listens in.
    pub namespace: Option<Word>,
    /// `nice`: how readily its connections leave their turn to others, -1024 to 1024.
    pub nice: i16,
    /// `proto`: what is spoken, whatever was agreed on.
    pub proto: Option<&'static str>,
    /// `defer-accept`.
    pub defer_accept: bool,
    /// `tfo`.
    pub tfo: bool,
    /// `mss`: the largest segment, in bytes.
    pub mss: Option<u16>,
    /// `tcp-ut`: how long sent data may go without an answer.
    pub user_timeout: Option<Millis>,
    /// `tcp-ss`: how much the system keeps of a connection's first packet: nothing, the headers of IP and TCP (1), that of the
    /// link as well (2).
    pub save_syn: u8,
    /// `cc`.
    pub congestion: Option<Word>,
    /// `mode`, octal permissions of a unix socket.
    pub unix_mode: Option<u32>,
    /// `user` or `uid` of a unix socket, as written.
    pub unix_user: Option<Word>,
    /// `group` or `gid` of a unix socket, as written.
    pub unix_group: Option<Word>,
    /// `level` of a stats socket.
    pub level: Level,
    /// `expose-fd listeners` of a stats socket.
    pub expose_fd_listeners: bool,
    /// Where it stands.
    pub span: Span,
}

impl Bind {
    /// Whether clients speak HTTP/2 (`proto h2`) or HTTP/1 (`proto h1`); none where they agree on it.
    #[must_use]
    pub fn http2(&self) -> Option<bool> {
        match self.proto? {
            "h2" => Some(true),
            "h1" => Some(false),
            _ => None,
        }
    }

    /// A line that says nothing but its address.
    #[must_use]
    pub fn new(address: Address, written: Word) -> Self {
        Self {
            address,
            written,
            name: None,
            id: 0,
            multipath: false,
            segment_password: None,
            ssl: None,
            accept_proxy: false,
            accept_netscaler: None,
            maxconn: None,
            backlog: None,
            v4v6: false,
            v6only: false,
            transparent: false,
            interface: None,
            namespace: None,
            nice: 0,
            proto: None,
            defer_accept: false,
            tfo: false,
            mss: None,
            user_timeout: None,
            save_syn: 0,
            congestion: None,
            unix_mode: None,
            unix_user: None,
            unix_group: None,
            level: Level::default(),
            expose_fd_listeners: false,
            span: Span::default(),
        }
    }
}

/// What commands a stats socket takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Only what is not sensitive.
    User,
    /// All that reads, and clearing of counters.
    #[default]
    Operator,
    /// Everything.
    Admin,
}

/// TLS versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// SSL 3.0.
    Ssl3,
    /// TLS 1.0.
    Tls10,
    /// TLS 1.1.
    Tls11,
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// TLS settings of a bind line; what is none falls back to `ssl-default-bind-*`.
#[derive(Clone, Debug, Default)]
pub struct BindSsl {
    /// There may be none: lines of the frontend (`ssl-f-use`) name certificates further below, or lists
    /// of them (`crt-list`) may be filled later.
    pub may_lack_certificates: bool,
    /// `crt` and the lines of `crt-list`, in the order of the file.
    pub certificates: Vec<BindCertificate>,
    /// All `crt-list`, those without a line as well.
    pub lists: Vec<Word>,
    /// `ciphers`: an OpenSSL cipher string for TLS 1.2 and below.
    pub ciphers: Option<Word>,
    /// `ciphersuites`: TLS 1.3 suites.
    pub ciphersuites: Option<Word>,
    /// `ssl-min-ver`, `force-*`, `no-*`.
    pub min_ver: Option<TlsVersion>,
    /// `ssl-max-ver`, `force-*`, `no-*`.
    pub max_ver: Option<TlsVersion>,
    /// `alpn`, in order of preference.
    pub alpn: Option<Vec<Word>>,
    /// `ca-file`.
    pub ca_file: Option<Word>,
    /// `crl-file`.
    pub crl_file: Option<Word>,
    /// `curves`, or `ecdhe`: groups for key agreement, by their names in OpenSSL.
    pub curves: Option<Word>,
    /// `tls-ticket-keys`: a file of keys for session tickets.
    pub ticket_keys: Option<Word>,
    /// `crt-ignore-err`: errors of a client's certificate that are passed over.
    pub ignored: IgnoredErrors,
    /// `ca-ignore-err`: the same of those that signed it.
    pub ignored_of_authorities: IgnoredErrors,
    /// `verify`: none is `false, false`; optional `true, false`; required `true, true`.
    pub verify: (bool, bool),
    /// `ca-verify-file`: authorities that count as well, and are not named to clients.
    pub ca_verify_file: Option<Word>,
    /// `no-ca-names`: clients are not told which authorities count.
    pub no_ca_names: bool,
    /// `sigalgs`: OpenSSL's names of the signatures that are made, and of those that are taken where `client_sigalgs` says nothing.
    pub sigalgs: Option<Word>,
    /// `client-sigalgs`: the same of those that clients make.
    pub client_sigalgs: Option<Word>,
    /// `prefer-client-ciphers`: the client's order of suites counts.
    pub prefer_client_ciphers: bool,
    /// `strict-sni`, or `no-strict-sni`.
    pub strict_sni: Option<bool>,
    /// `no-tls-tickets` (false) or `tls-tickets` (true).
    pub tickets: Option<bool>,
}

/// Errors of certificates, by OpenSSL's numbers, that are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IgnoredErrors {
    /// None.
    #[default]
    Nothing,
    /// Whatever they are.
    All,
    /// These.
    These(Vec<u32>),
}

impl IgnoredErrors {
    /// Whether an error is among them.
    #[must_use]
    pub fn has(&self, error: u32) -> bool {
        match self {
            Self::Nothing => false,
            Self::All => true,
            Self::These(errors) => errors.contains(&error),
        }
    }
}

/// A certificate of a bind line, or a folder of them.
#[derive(Clone, Debug, Default)]
pub struct BindCertificate {
    /// The file or folder, `crt-base` applied.
    pub path: Word,
    /// The names that clients get it for, in the place of those that stand in it. Lower case.
    pub names: Vec<Word>,
    /// Names that it is not for, whatever the others say. Lower case.
    pub not_for: Vec<Word>,
    /// The settings that hold for clients who get it, where its line has some.
    pub own: Option<Arc<OwnSsl>>,
    /// `default-crt`, or the name `*` in a list: it is for all names that none is for.
    pub is_default: bool,
    /// Where it stands, if that is a list.
    pub listed: Option<ListedAt>,
}

/// A certificate with parts in files of their own: one of a `crt-store`, or of a line that names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredCertificate {
    /// By what lines name it: `@STORE/NAME`, or its file.
    pub name: Word,
    /// Its file.
    pub crt: Word,
    /// The file of its key, where that is another one.
    pub key: Option<Word>,
    /// The file of an OCSP response about it.
    pub ocsp: Option<Word>,
    /// The file of who signed it.
    pub issuer: Option<Word>,
    /// `ocsp-update`: whether responses about it are fetched.
    pub ocsp_update: Option<bool>,
}

/// The line of a `crt-list` that a certificate stands in.
#[derive(Clone, Debug, Default)]
pub struct ListedAt {
    /// The list, as it was named.
    pub list: Word,
    /// The line's number, from 1; 0 in folders.
    pub line: u32,
    /// What stands in its brackets, in the order in which the original shows it; none where there are no brackets.
    pub options: Option<String>,
    /// Names behind it, as they were written.
    pub filters: Vec<Word>,
}

/// What a line of a `crt-list` says in brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnSsl {
    /// `alpn`.
    pub alpn: Option<Vec<Word>>,
    /// `ca-file`.
    pub ca_file: Option<Word>,
    /// `crl-file`.
    pub crl_file: Option<Word>,
    /// `ciphers`.
    pub ciphers: Option<Word>,
    /// `ciphersuites`.
    pub ciphersuites: Option<Word>,
    /// `curves`, or `ecdhe`.
    pub curves: Option<Word>,
    /// `sigalgs`.
    pub sigalgs: Option<Word>,
    /// `client-sigalgs`.
    pub client_sigalgs: Option<Word>,
    /// `ca-verify-file`.
    pub ca_verify_file: Option<Word>,
    /// `no-ca-names`.
    pub no_ca_names: bool,
    /// `verify`.
    pub verify: Option<(bool, bool)>,
    /// The least and the greatest version; where a line says something of versions, it stands for itself.
    pub versions: Option<(Option<TlsVersion>, Option<TlsVersion>)>,
}

impl OwnSsl {
    /// With what it does not say taken from the bind line. It has no certificates.
    #[must_use]
    pub fn over(&self, below: &BindSsl) -> BindSsl {
        let (min_ver, max_ver) = self.versions.unwrap_or((below.min_ver, below.max_ver));
        BindSsl {
            alpn: self.alpn.clone().or_else(|| below.alpn.clone()),
            ca_file: self.ca_file.clone().or_else(|| below.ca_file.clone()),
            crl_file: self.crl_file.clone().or_else(|| below.crl_file.clone()),
            ciphers: self.ciphers.clone().or_else(|| below.ciphers.clone()),
            ciphersuites: self.ciphersuites.clone().or_else(|| below.ciphersuites.clone()),
            curves: self.curves.clone().or_else(|| below.curves.clone()),
            sigalgs: self.sigalgs.clone().or_else(|| below.sigalgs.clone()),
            client_sigalgs: self
                .client_sigalgs
                .clone()
                .or_else(|| below.client_sigalgs.clone()),
            ca_verify_file: self
                .ca_verify_file
                .clone()
                .or_else(|| below.ca_verify_file.clone()),
            no_ca_names: self.no_ca_names || below.no_ca_names,
            prefer_client_ciphers: below.prefer_client_ciphers,
            ticket_keys: below.ticket_keys.clone(),
            verify: self.verify.unwrap_or(below.verify),
            min_ver,
            max_ver,
            tickets: below.tickets,
            ignored: below.ignored.clone(),
            ignored_of_authorities: below.ignored_of_authorities.clone(),
            strict_sni: below.strict_sni,
            ..BindSsl::default()
        }
    }
}
