//! Keywords of `healthcheck` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::rules::check;
use crate::signature::{Arg, choice, opt, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("http-check", OTHER, ANY, "what HTTP checks send and expect")
        .takes(check::HTTP_CHECK)
        .checked(check::check_rule),
    kw("tcp-check", OTHER, ANY, "steps of a scripted check")
        .takes(check::TCP_CHECK)
        .checked(check::check_rule),
    kw("type", OTHER, ANY, "kind of the check").takes(&[choice(
        "kind",
        &[
            opt("httpchk", WORDS),
            opt("ldap-check", WORDS),
            opt("mysql-check", WORDS),
            opt("pgsql-check", WORDS),
            opt("redis-check", WORDS),
            opt("smtpchk", WORDS),
            opt("spop-check", WORDS),
            opt("ssl-hello-chk", WORDS),
            opt("tcp-check", WORDS),
        ],
    )
    .missing("'{kw}' expects a healthcheck type.")
    .wrong(
        "unknown healthcheck type '{got}' (expects 'tcp-check', 'httpchk', 'ssl-hello-chk', 'smtpchk', 'pgsql-check', \
         'redis-check', 'mysql-check', 'ldap-check', 'spop-check').",
    )]),
];

/// Words of a step, as the steps of proxies have them.
const WORDS: &[Arg] = &[text("arguments").any()];
