//! `ciphers`, `ciphersuites` and the versions: what of them rustls can offer, and what clients are lost by the rest.

use haproxy_cfg::model::{TlsVersion, Word};
use proxy_core::openssl_ciphers::{Auth, Enc, Kx, Suite, evaluate, tls13_suites};
use rustls::crypto::SupportedKxGroup;
use rustls::crypto::aws_lc_rs::{ALL_KX_GROUPS, DEFAULT_KX_GROUPS};
use rustls::{NamedGroup, SignatureAlgorithm, SupportedCipherSuite, SupportedProtocolVersion};

use super::{Teller, key_schedule};

/// What a line says of versions and suites, with what the global section says for those that say nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Offer<'a> {
    pub(super) ciphers: Option<&'a Word>,
    pub(super) ciphersuites: Option<&'a Word>,
    pub(super) min: Option<TlsVersion>,
    pub(super) max: Option<TlsVersion>,
    pub(super) curves: Option<&'a Word>,
}

/// What a line offers.
pub(super) struct Settings {
    /// Suites of both versions, TLS 1.3 first, each in the file's order of preference.
    pub(super) suites: Vec<SupportedCipherSuite>,
    /// Versions, newest first.
    pub(super) versions: Vec<&'static SupportedProtocolVersion>,
    /// Groups for key agreement, in the file's order of preference.
    pub(super) groups: Vec<&'static dyn SupportedKxGroup>,
}

/// What a line without `ciphers` offers, as Debian's OpenSSL does.
const DEFAULT_CIPHERS: &str = "DEFAULT";

/// None when nothing could be offered; the reason has been told.
pub(super) fn settle(
    offer: &Offer<'_>,
    keys: &[SignatureAlgorithm],
    teller: &mut Teller,
) -> Option<Settings> {
    // The original's own default is TLS 1.2; older versions have to be asked for.
    let min = offer.min;
    let max = offer.max.unwrap_or(TlsVersion::Tls13);
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
        let ours = tls13(offer, &mut lost, teller)?;
        if !ours.is_empty() {
            versions.push(&rustls::version::TLS13);
            suites.extend(ours);
        }
    }
    if lowest <= TlsVersion::Tls12 {
        let ours = tls12(offer, keys, &mut lost, teller)?;
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
    let groups = groups(offer, &mut lost);
    if groups.is_empty() {
        let asked = lost.join("; ");
        let text =
            format!("no group that is allowed can be offered (not offered: {asked}; allow X25519 or P-256)");
        teller.refuse(&text, ".");
        return None;
    }
    if !lost.is_empty() {
        teller.warn(&format!("not offered although allowed: {}", lost.join("; ")), ".");
    }
    Some(Settings {
        suites,
        versions,
        groups,
    })
}

/// The groups that a line allows, in its order.
fn groups(offer: &Offer<'_>, lost: &mut Vec<String>) -> Vec<&'static dyn SupportedKxGroup> {
    let Some(text) = offer.curves else {
        return DEFAULT_KX_GROUPS.to_vec();
    };
    let text = text.to_string();
    let mut found: Vec<&'static dyn SupportedKxGroup> = Vec::new();
    let mut not_offered = Vec::new();
    for name in text.split(':') {
        let group = GROUPS
            .iter()
            .find(|(names, _)| names.contains(&name))
            .and_then(|(_, group)| ALL_KX_GROUPS.iter().find(|known| known.name() == *group));
        match group {
            Some(group) => found.push(*group),
            None => not_offered.push(name),
        }
    }
    if !not_offered.is_empty() {
        lost.push(format!(
            "groups {} (clients that know no other one of the line)",
            not_offered.join(" ")
        ));
    }
    found
}

/// Groups by OpenSSL's names.
const GROUPS: &[(&[&str], NamedGroup)] = &[
    (&["P-256", "prime256v1", "secp256r1"], NamedGroup::secp256r1),
    (&["P-384", "secp384r1"], NamedGroup::secp384r1),
    (&["X25519", "x25519"], NamedGroup::X25519),
    (&["X25519MLKEM768"], NamedGroup::X25519MLKEM768),
    (&["SecP256r1MLKEM768"], NamedGroup::secp256r1MLKEM768),
];

fn tls13(
    offer: &Offer<'_>,
    lost: &mut Vec<String>,
    teller: &mut Teller,
) -> Option<Vec<SupportedCipherSuite>> {
    let Some(text) = offer.ciphersuites else {
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
    offer: &Offer<'_>,
    keys: &[SignatureAlgorithm],
    lost: &mut Vec<String>,
    teller: &mut Teller,
) -> Option<Vec<SupportedCipherSuite>> {
    let given = offer.ciphers;
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
    key_schedule::suites()
        .iter()
        .copied()
        .find(|suite| u16::from(suite.suite()) == id)
}

#[cfg(test)]
mod tests {
    use syntax::Span;

    use super::*;

    /// Names of the suites that are offered, or none when the line is refused; and all that is told.
    fn offered(offer: &Offer<'_>) -> (Option<Vec<String>>, Vec<String>) {
        let mut teller = Teller::new("site", "bind '127.0.0.1:443'", "frontend", Span::default());
        let keys = [SignatureAlgorithm::RSA];
        let settings = settle(offer, &keys, &mut teller);
        let names = settings.map(|settings| {
            settings
                .suites
                .iter()
                .map(|suite| format!("{:?}", suite.suite()))
                .collect()
        });
        (
            names,
            teller.messages.into_iter().map(|message| message.text).collect(),
        )
    }

    fn of_ciphers(ciphers: &str) -> (Option<Vec<String>>, Vec<String>) {
        let ciphers = ciphers.into();
        offered(&Offer {
            ciphers: Some(&ciphers),
            max: Some(TlsVersion::Tls12),
            ..Offer::default()
        })
    }

    #[test]
    fn only_what_the_string_allows_is_offered_and_in_its_order() {
        let (names, told) = of_ciphers("ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256");
        let expected = [
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        ];
        assert_eq!(names.unwrap(), expected);
        assert!(told.is_empty(), "{told:?}");
    }

    #[test]
    fn what_cannot_be_offered_is_named_with_the_clients_that_need_it() {
        let (names, told) = of_ciphers("ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA:ECDHE-RSA-AES128-SHA");
        assert_eq!(names.unwrap(), ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("key exchange without forward secrecy (AES128-SHA;"),
            "{told:?}"
        );
        assert!(
            told[0].contains("CBC encryption (ECDHE-RSA-AES128-SHA;"),
            "{told:?}"
        );
    }

    #[test]
    fn a_line_that_allows_nothing_that_is_spoken_is_refused() {
        let (names, told) = of_ciphers("AES128-SHA");
        assert_eq!(names, None);
        assert!(
            told[0].contains("nothing of what is allowed can be offered"),
            "{told:?}"
        );
        let (names, told) = of_ciphers("NO-SUCH-CIPHER");
        assert_eq!(names, None);
        assert!(
            told[0].contains("unable to set SSL cipher list to 'NO-SUCH-CIPHER'"),
            "{told:?}"
        );
        let old = Offer {
            max: Some(TlsVersion::Tls11),
            ..Offer::default()
        };
        assert_eq!(offered(&old).0, None);
        let none = Offer {
            min: Some(TlsVersion::Tls13),
            max: Some(TlsVersion::Tls12),
            ..Offer::default()
        };
        assert!(offered(&none).1[0].contains("all SSL/TLS versions are disabled"));
    }

    #[test]
    fn a_line_that_says_nothing_offers_both_versions_without_a_word() {
        let (names, told) = offered(&Offer::default());
        let names = names.unwrap();
        assert!(
            names.contains(&"TLS13_AES_256_GCM_SHA384".to_owned()),
            "{names:?}"
        );
        assert!(
            names.contains(&"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".to_owned()),
            "{names:?}"
        );
        assert!(told.is_empty(), "{told:?}");
    }

    #[test]
    fn old_versions_that_are_asked_for_are_named() {
        let (names, told) = offered(&Offer {
            min: Some(TlsVersion::Tls10),
            ..Offer::default()
        });
        assert!(names.is_some());
        assert!(told[0].contains("TLS versions before 1.2"), "{told:?}");
    }
}
