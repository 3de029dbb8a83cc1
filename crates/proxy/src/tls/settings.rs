//! `ciphers`, `ciphersuites` and the versions: what of them rustls can offer, and what clients are lost by the rest.

use haproxy_cfg::model::{BindSsl, SslDefaults, TlsVersion};
use proxy_core::openssl_ciphers::{Auth, Enc, Kx, Suite, evaluate, tls13_suites};
use rustls::crypto::aws_lc_rs::ALL_CIPHER_SUITES;
use rustls::{SignatureAlgorithm, SupportedCipherSuite, SupportedProtocolVersion};

use super::Teller;

/// What a bind line offers.
pub(super) struct Settings {
    /// Suites of both versions, TLS 1.3 first, each in the file's order of preference.
    pub(super) suites: Vec<SupportedCipherSuite>,
    /// Versions, newest first.
    pub(super) versions: Vec<&'static SupportedProtocolVersion>,
}

/// What a line without `ciphers` offers, as Debian's OpenSSL does.
const DEFAULT_CIPHERS: &str = "DEFAULT";

/// None when nothing could be offered; the reason has been told.
pub(super) fn settle(
    ssl: &BindSsl,
    defaults: &SslDefaults,
    keys: &[SignatureAlgorithm],
    teller: &mut Teller<'_>,
) -> Option<Settings> {
    // The original's own default is TLS 1.2; older versions have to be asked for.
    let min = ssl.min_ver.or(defaults.min_ver);
    let max = ssl.max_ver.or(defaults.max_ver).unwrap_or(TlsVersion::Tls13);
    let lowest = min.unwrap_or(TlsVersion::Tls12.min(max));
    if lowest > max {
        teller.refuse("all SSL/TLS versions are disabled", ".");
        return None;
    }
    if max < TlsVersion::Tls12 {
        teller.refuse(
            "only TLS versions before 1.2 are allowed, which are not spoken (allow TLSv1.2 or TLSv1.3)",
            ".",
        );
        return None;
    }
    let mut lost = Vec::new();
    if min.is_some_and(|min| min < TlsVersion::Tls12) {
        lost.push("TLS versions before 1.2 (clients that speak no later one cannot connect)".to_owned());
    }

    let mut suites = Vec::new();
    let mut versions: Vec<&'static SupportedProtocolVersion> = Vec::new();
    if max >= TlsVersion::Tls13 {
        let ours = tls13(ssl, defaults, &mut lost, teller)?;
        if !ours.is_empty() {
            versions.push(&rustls::version::TLS13);
            suites.extend(ours);
        }
    }
    if lowest <= TlsVersion::Tls12 {
        let ours = tls12(ssl, defaults, keys, &mut lost, teller)?;
        if !ours.is_empty() {
            versions.push(&rustls::version::TLS12);
            suites.extend(ours);
        }
    }
    if versions.is_empty() {
        let asked = lost.join("; ");
        teller.refuse(
            &format!(
                "nothing of what is allowed can be offered (not offered: {asked}; allow ECDHE with AES-GCM)"
            ),
            ".",
        );
        return None;
    }
    if !lost.is_empty() {
        teller.warn(&format!("not offered although allowed: {}", lost.join("; ")), ".");
    }
    Some(Settings { suites, versions })
}

fn tls13(
    ssl: &BindSsl,
    defaults: &SslDefaults,
    lost: &mut Vec<String>,
    teller: &mut Teller<'_>,
) -> Option<Vec<SupportedCipherSuite>> {
    let Some(text) = ssl.ciphersuites.as_ref().or(defaults.ciphersuites.as_ref()) else {
        return Some(
            [0x1302, 0x1303, 0x1301]
                .into_iter()
                .filter_map(supported)
                .collect(),
        );
    };
    let Ok(ids) = tls13_suites(&text.to_string()) else {
        teller.refuse(&format!("unable to set TLS 1.3 cipher suites to '{text}'"), ".");
        return None;
    };
    let ours: Vec<_> = ids.iter().copied().filter_map(supported).collect();
    if ours.len() < ids.len() {
        lost.push("AES-CCM suites of TLS 1.3 (small devices that speak no other)".to_owned());
    }
    Some(ours)
}

fn tls12(
    ssl: &BindSsl,
    defaults: &SslDefaults,
    keys: &[SignatureAlgorithm],
    lost: &mut Vec<String>,
    teller: &mut Teller<'_>,
) -> Option<Vec<SupportedCipherSuite>> {
    let given = ssl.ciphers.as_ref().or(defaults.ciphers.as_ref());
    let text = given.map_or_else(|| DEFAULT_CIPHERS.to_owned(), ToString::to_string);
    let Ok(list) = evaluate(&text) else {
        teller.refuse(&format!("unable to set SSL cipher list to '{text}'"), ".");
        return None;
    };
    // `@SECLEVEL` 4 and 5 want keys of 192 and 256 bits; lower levels allow all that is offered here.
    let least_bits = match list.security_level {
        Some(5) => 256,
        Some(4) => 192,
        _ => 0,
    };
    let allowed: Vec<Suite> = list
        .suites
        .into_iter()
        .filter(|suite| suite.bits >= least_bits)
        .collect();
    let ours: Vec<_> = allowed.iter().filter_map(|suite| supported(suite.id)).collect();
    if given.is_some() {
        // What the certificates could not serve anyway is not lost.
        let usable = |suite: &&Suite| {
            supported(suite.id).is_none()
                && match suite.auth {
                    Auth::Rsa => keys.is_empty() || keys.contains(&SignatureAlgorithm::RSA),
                    Auth::Ecdsa => keys.is_empty() || keys.contains(&SignatureAlgorithm::ECDSA),
                    Auth::Null => true,
                    Auth::Dss | Auth::Psk | Auth::Srp => false,
                }
        };
        for (kind, clients) in KINDS {
            let names: Vec<&str> = allowed
                .iter()
                .filter(usable)
                .filter(|suite| kind_of(suite) == *kind)
                .map(|suite| suite.name)
                .collect();
            if !names.is_empty() {
                lost.push(format!("{kind} ({}; {clients})", names.join(" ")));
            }
        }
    }
    Some(ours)
}

const STATIC_RSA: &str = "key exchange without forward secrecy";
const DHE: &str = "DHE key exchange";
const CBC: &str = "CBC encryption";
const OTHER: &str = "other encryption";

/// Kinds of suites that are not offered, with the clients that need them.
const KINDS: &[(&str, &str)] = &[
    (STATIC_RSA, "clients older than about 2010 that know no ECDHE"),
    (DHE, "clients that know DHE but no ECDHE, such as Java 6"),
    (
        CBC,
        "clients without AES-GCM, such as Internet Explorer before 11 and Android before 4.4",
    ),
    (OTHER, "clients that speak nothing common"),
];

fn kind_of(suite: &Suite) -> &'static str {
    match (suite.kx, suite.enc) {
        (Kx::Rsa, _) => STATIC_RSA,
        (Kx::Dhe, _) => DHE,
        (_, Enc::Aes | Enc::Camellia) => CBC,
        _ => OTHER,
    }
}

fn supported(id: u16) -> Option<SupportedCipherSuite> {
    ALL_CIPHER_SUITES
        .iter()
        .copied()
        .find(|suite| u16::from(suite.suite()) == id)
}
