//! Keywords of `mailers` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::mailers as m;
use crate::signature::{IGNORED, choice, millis, opt, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("mailer", OTHER, ANY, "a mail server")
        .takes(&[text("name"), text("address"), IGNORED])
        .acts(m::mailer),
    kw("timeout", OTHER, ANY, "time for a mail")
        .takes(&[
            choice(
                "which",
                &[opt(
                    "mail",
                    &[millis("time")
                        .missing("'timeout mail' expects <time> as argument.")
                        .time_words(&m::MAIL_TIME)],
                )],
            )
            .missing("'{kw}' expects 'mail' and <time> as arguments.")
            .wrong("'{kw}' expects 'mail' and <time> as arguments got '{got}'."),
            IGNORED,
        ])
        .acts(m::timeout),
];
