//! Keywords of `crt-store` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::crt_store as c;
use crate::signature::{Arg, IGNORED, choice, int, one_of, opt, path, text};

const ANY: Arity = Arity::ANY;
/// A folder; what stands behind it is read over.
const FOLDER: &[Arg] = &[
    path("path").missing("'{kw}' requires a <path> argument."),
    IGNORED,
];

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("crt-base", OTHER, ANY, "folder of certificates")
        .takes(FOLDER)
        .acts(c::base),
    kw("key-base", OTHER, ANY, "folder of keys")
        .takes(FOLDER)
        .acts(c::base),
    kw("load", OTHER, ANY, "a certificate")
        .takes(&[choice(
            "option",
            &[
                opt(
                    "crt",
                    &[path("file").missing("cannot open the file ''.\n '' cannot be read or parsed.")],
                ),
                opt("key", &[path("file")]),
                opt("ocsp", &[path("file")]),
                opt("issuer", &[path("file")]),
                opt("sctl", &[path("file")]),
                opt("alias", &[text("name")]),
                opt(
                    "ocsp-update",
                    &[one_of("switch", &["on", "off"])
                        .words("cannot parse 'ocsp-update' value '{got}', 'on' or 'off' is expected.")],
                ),
                opt("acme", &[text("section")]).since(3, 2),
                opt("domains", &[text("names")]).since(3, 2),
                opt(
                    "generate-dummy",
                    &[one_of("switch", &["on", "off"])
                        .words("cannot parse 'generate-dummy' value '{got}', 'on' or 'off' is expected.")],
                )
                .since(3, 3),
                opt("keytype", &[one_of("type", &["RSA", "ECDSA"])]).since(3, 3),
                opt("bits", &[int("bits", 1024, 16384)]).since(3, 3),
                opt("curves", &[one_of("curve", &["P-256", "P-384", "P-521"])]).since(3, 3),
                opt(
                    "jwt",
                    &[one_of("switch", &["on", "off"])
                        .words("cannot parse 'jwt' value '{got}', 'on' or 'off' is expected.")],
                )
                .since(3, 3),
            ],
        )
        .missing("'load' in section 'crt-store': mandatory 'crt' parameter not found.")
        .wrong("'load {got}' in section 'crt-store': unknown keyword '{got}'.")
        .many()])
        .acts(c::load),
];
