//! Keywords of `acme` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::signature::{int, list, one_of, path, seconds, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("account-key", OTHER, ANY, "key of the account").takes(&[path("file")]),
    kw("acme-vars", OTHER, ANY, "variables for external tools").takes(&[text("variables")]),
    kw("bits", OTHER, ANY, "size of RSA keys").takes(&[int("bits", 1024, 16384)]),
    kw("challenge", OTHER, ANY, "how the name is proven").takes(&[one_of(
        "type",
        &["http-01", "dns-01", "HTTP-01", "DNS-01", "dns-persist-01"],
    )]),
    kw("challenge-ready", OTHER, ANY, "when a challenge counts as ready")
        .since(3, 4)
        .takes(&[list(
            "conditions",
            &["cli", "delay", "dns", "initial-dns", "none"],
        )]),
    kw("contact", OTHER, ANY, "mail address of the account").takes(&[text("address")]),
    kw("curves", OTHER, ANY, "curves of EC keys").takes(&[one_of("curve", &["P-256", "P-384", "P-521"])]),
    kw("directory", OTHER, ANY, "URL of the authority").takes(&[text("url")]),
    kw("dns-delay", OTHER, ANY, "time between two looks at the DNS")
        .since(3, 4)
        .takes(&[seconds("time")]),
    kw("dns-timeout", OTHER, ANY, "time that a DNS record may take")
        .since(3, 4)
        .takes(&[seconds("time")]),
    kw("eab-key-id", OTHER, ANY, "key id of an external account")
        .since(3, 4)
        .takes(&[text("id")]),
    kw("eab-mac-alg", OTHER, ANY, "algorithm of an external account")
        .since(3, 4)
        .takes(&[one_of("algorithm", &["HS256", "HS384", "HS512"])]),
    kw("eab-mac-key", OTHER, ANY, "key of an external account")
        .since(3, 4)
        .takes(&[path("file")]),
    kw("keytype", OTHER, ANY, "kind of keys").takes(&[one_of("type", &["RSA", "ECDSA"])]),
    kw("map", OTHER, ANY, "where challenges are kept").takes(&[text("map")]),
    kw("profile", OTHER, ANY, "profile of certificates")
        .since(3, 4)
        .takes(&[text("name")]),
    kw("provider-name", OTHER, ANY, "name of the DNS provider").takes(&[text("name")]),
    kw("reuse-key", OTHER, ANY, "whether keys are used again").takes(&[one_of("switch", &["on", "off"])]),
];
