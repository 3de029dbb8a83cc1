//! Keywords of `acme` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::acme as a;
use crate::signature::{Arg, Kind, ReadArgument, TimeWords, arg, int, one_of, seconds, text};

const ANY: Arity = Arity::ANY;
const WANTS: &str = "keyword '{kw}' in 'acme' section requires an argument";
const WORD: &[Arg] = &[text("value").missing(WANTS)];
const TIME: &[Arg] = &[seconds("time").missing(WANTS).time_words(&TimeWords {
    unexpected: "unexpected character '{byte}' in argument to '{kw}'",
    overflow: "timer overflow in argument '{got}' to '{kw}' (maximum value is 2147483647 ms or ~24.8 days)",
    underflow: "",
})];

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("account-key", OTHER, ANY, "key of the account")
        .takes(&[text("file").missing("keyword '{kw}' in 'acme' section requires a filename argument")])
        .keeps(a::line),
    kw("acme-vars", OTHER, ANY, "variables for external tools")
        .takes(WORD)
        .keeps(a::line),
    kw("bits", OTHER, ANY, "size of RSA keys")
        .takes(&[int("bits", 1024, 16384)
            .missing(WANTS)
            .wrong("cannot parse '{kw}' value '{got}', an integer is expected.")])
        .keeps(a::line),
    kw("challenge", OTHER, ANY, "how the name is proven")
        .takes(&[one_of(
            "type",
            &["http-01", "dns-01", "HTTP-01", "DNS-01", "dns-persist-01"],
        )
        .words("keyword '{kw}' in 'acme' must be one of the following: http-01, dns-01, dns-persist-01")])
        .keeps(a::line),
    kw("challenge-ready", OTHER, ANY, "when a challenge counts as ready")
        .since(3, 4)
        .takes(&[arg("conditions", Kind::Custom(ReadArgument(a::ready))).missing(WANTS)])
        .keeps(a::line),
    kw("contact", OTHER, ANY, "mail address of the account")
        .takes(WORD)
        .keeps(a::line),
    kw("curves", OTHER, ANY, "curves of EC keys")
        .takes(&[one_of("curve", &["P-256", "P-384", "P-521"])
            .missing(WANTS)
            .wrong("unsupported curves '{got}'")])
        .keeps(a::line),
    kw("directory", OTHER, ANY, "URL of the authority")
        .takes(WORD)
        .keeps(a::line),
    kw("dns-delay", OTHER, ANY, "time between two looks at the DNS")
        .since(3, 4)
        .takes(TIME)
        .keeps(a::line),
    kw("dns-timeout", OTHER, ANY, "time that a DNS record may take")
        .since(3, 4)
        .takes(TIME)
        .keeps(a::line),
    kw("eab-key-id", OTHER, ANY, "key id of an external account")
        .since(3, 4)
        .takes(WORD)
        .keeps(a::line),
    kw("eab-mac-alg", OTHER, ANY, "algorithm of an external account")
        .since(3, 4)
        .takes(&[one_of("algorithm", &["HS256", "HS384", "HS512"])
            .words("keyword '{kw}' in 'acme' must be one of the following: HS256, HS384, HS512")])
        .keeps(a::line),
    kw("eab-mac-key", OTHER, ANY, "key of an external account")
        .since(3, 4)
        .takes(WORD)
        .keeps(a::line),
    kw("keytype", OTHER, ANY, "kind of keys")
        .takes(&[one_of("type", &["RSA", "ECDSA"])
            .missing(WANTS)
            .wrong("keyword '{kw}' in 'acme' section requires either 'RSA' or 'ECDSA' argument")])
        .keeps(a::line),
    kw("map", OTHER, ANY, "where challenges are kept")
        .takes(WORD)
        .keeps(a::line),
    kw("profile", OTHER, ANY, "profile of certificates")
        .since(3, 4)
        .takes(WORD)
        .keeps(a::line),
    kw("provider-name", OTHER, ANY, "name of the DNS provider")
        .takes(WORD)
        .keeps(a::line),
    kw("reuse-key", OTHER, ANY, "whether keys are used again")
        .takes(&[one_of("switch", &["on", "off"])
            .words("keyword '{kw}' in 'acme' section requires either the 'on' or 'off' parameter")])
        .keeps(a::line),
];
