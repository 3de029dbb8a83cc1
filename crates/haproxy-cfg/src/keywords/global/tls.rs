//! Rows of `global`: TLS, certificates and what goes with them.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::{
    BIND_OPTIONS, CIPHERS, COUNT, FLAG, FOLDER, INT_MAX, ON_OFF, SERVER_OPTIONS, SIGALGS, WANTS_INT,
};
use crate::parse::global as g;
use crate::signature::{
    Arg, Fault, IGNORED, Kind, arg, int, loose, one_of, opt, options, path, seconds, text,
};

const ANY: Arity = Arity::ANY;

const OCSP_SWITCH: &[Arg] = &[
    one_of("switch", &["on", "off"])
        .words("'{kw}' : expecting <on|off>")
        .fault(Fault::Warning),
    IGNORED,
];
const OCSP_DELAY: &[Arg] = &[
    loose("seconds", 0, i64::MAX)
        .missing(WANTS_INT)
        .wrong("'{kw}' expects a positive numeric value."),
    IGNORED,
];
const OWN_SIGALGS: &[Arg] =
    &[text("algorithms").missing("global statement '{kw}' expects a curves suite as an arguments.")];

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw(
        "acme.scheduler",
        GLOBAL,
        ANY,
        "whether certificates are renewed by themselves",
    )
    .takes(&[one_of("mode", &["auto", "off"])
        .missing("keyword '{kw}' in 'global' section requires an argument")
        .wrong("keyword '{kw}' in 'global' section requires either 'auto' or 'off' argument")])
    .since(3, 2),
    kw(
        "issuers-chain-path",
        GLOBAL,
        ANY,
        "folder of issuers that complete chains",
    )
    .takes(&[arg("path", Kind::Custom(g::ISSUERS))
        .missing("global statement '{kw}' expects a directory path as an argument.")])
    .acts(g::issuers),
    kw(
        "jwt.allow_none_alg",
        GLOBAL,
        ANY,
        "tokens without a signature are taken",
    )
    .takes(&[arg("nothing", Kind::Rest(g::NOTHING))])
    .since(3, 4),
    kw(
        "jwt.decrypt_alg_list",
        GLOBAL,
        ANY,
        "algorithms for the keys of encrypted tokens",
    )
    .takes(&[arg("algorithms", Kind::Rest(g::JWE_ALGORITHMS))])
    .since(3, 4),
    kw(
        "jwt.decrypt_enc_list",
        GLOBAL,
        ANY,
        "algorithms for the content of encrypted tokens",
    )
    .takes(&[arg("algorithms", Kind::Rest(g::JWE_ALGORITHMS))])
    .since(3, 4),
    kw("key-base", GLOBAL, ANY, "folder of relative key paths")
        .takes(FOLDER)
        .since(3, 0)
        .acts(g::base),
    kw("noktls", GLOBAL, ANY, "no TLS in the kernel")
        .takes(FLAG)
        .since(3, 3),
    kw("ocsp-update.disable", GLOBAL, ANY, "no OCSP answers are fetched")
        .takes(OCSP_SWITCH)
        .since(3, 0),
    kw(
        "ocsp-update.httpproxy",
        GLOBAL,
        ANY,
        "proxy through which OCSP answers are fetched",
    )
    .takes(&[arg("address", Kind::Rest(g::OCSP_PROXY))])
    .since(3, 0),
    kw(
        "ocsp-update.maxdelay",
        GLOBAL,
        ANY,
        "longest pause between fetches of OCSP answers",
    )
    .takes(OCSP_DELAY)
    .since(3, 0)
    .keeps(g::ocsp_delay),
    kw(
        "ocsp-update.mindelay",
        GLOBAL,
        ANY,
        "shortest pause between fetches of OCSP answers",
    )
    .takes(OCSP_DELAY)
    .since(3, 0)
    .keeps(g::ocsp_delay),
    kw(
        "ocsp-update.mode",
        GLOBAL,
        ANY,
        "whether OCSP answers are fetched",
    )
    .takes(OCSP_SWITCH)
    .since(3, 0),
    kw(
        "ssl-default-bind-ciphers",
        GLOBAL,
        ANY,
        "ciphers up to TLS 1.2 of bind lines",
    )
    .takes(CIPHERS)
    .acts(g::ssl_default),
    kw(
        "ssl-default-bind-ciphersuites",
        GLOBAL,
        ANY,
        "ciphers of TLS 1.3 of bind lines",
    )
    .takes(CIPHERS)
    .acts(g::ssl_default),
    kw(
        "ssl-default-bind-client-sigalgs",
        GLOBAL,
        ANY,
        "signature algorithms that clients may use",
    )
    .takes(SIGALGS)
    .since(2, 8)
    .acts(g::ssl_default),
    kw("ssl-default-bind-curves", GLOBAL, ANY, "curves of bind lines")
        .takes(&[text("curves").missing("global statement '{kw}' expects a curves suite as an arguments.")])
        .acts(g::ssl_default),
    kw("ssl-default-bind-options", GLOBAL, ANY, "options of bind lines")
        .takes(BIND_OPTIONS)
        .acts(g::ssl_default),
    kw(
        "ssl-default-bind-sigalgs",
        GLOBAL,
        ANY,
        "signature algorithms of bind lines",
    )
    .takes(OWN_SIGALGS)
    .since(2, 8)
    .acts(g::ssl_default),
    kw(
        "ssl-default-server-ciphers",
        GLOBAL,
        ANY,
        "ciphers up to TLS 1.2 towards servers",
    )
    .takes(CIPHERS)
    .acts(g::ssl_default),
    kw(
        "ssl-default-server-ciphersuites",
        GLOBAL,
        ANY,
        "ciphers of TLS 1.3 towards servers",
    )
    .takes(CIPHERS)
    .acts(g::ssl_default),
    kw(
        "ssl-default-server-client-sigalgs",
        GLOBAL,
        ANY,
        "signature algorithms of our own certificates towards servers",
    )
    .takes(SIGALGS)
    .since(2, 9)
    .acts(g::ssl_default),
    kw("ssl-default-server-curves", GLOBAL, ANY, "curves towards servers")
        .takes(&[text("curves").missing("global statement '{kw}' expects a curves suite as an arguments.")])
        .since(2, 9)
        .acts(g::ssl_default),
    kw(
        "ssl-default-server-options",
        GLOBAL,
        ANY,
        "options towards servers",
    )
    .takes(SERVER_OPTIONS)
    .acts(g::ssl_default),
    kw(
        "ssl-default-server-sigalgs",
        GLOBAL,
        ANY,
        "signature algorithms towards servers",
    )
    .takes(OWN_SIGALGS)
    .since(2, 9)
    .acts(g::ssl_default),
    kw(
        "ssl-dh-param-file",
        GLOBAL,
        ANY,
        "file of Diffie-Hellman parameters",
    )
    .takes(&[arg("path", Kind::Custom(g::DH_FILE)).missing("'{kw}' expects a file path as an argument.")]),
    kw("ssl-engine", GLOBAL, ANY, "engine of the TLS library").takes(&[
        text("name").missing("global statement '{kw}' expects a valid engine name as an argument."),
        options(&[opt("algo", &[text("algorithms")])]),
    ]),
    kw(
        "ssl-load-extra-del-ext",
        GLOBAL,
        ANY,
        "look for extra files under the name without .crt",
    )
    .takes(&[IGNORED])
    .acts(g::extra_files),
    kw(
        "ssl-load-extra-files",
        GLOBAL,
        ANY,
        "files beside a certificate that are loaded",
    )
    .takes(&[arg("kinds", Kind::Rest(g::EXTRA_FILES))])
    .acts(g::extra_files),
    kw("ssl-mode-async", GLOBAL, ANY, "asynchronous TLS operations").takes(&[IGNORED]),
    kw(
        "ssl-passphrase-cmd",
        GLOBAL,
        ANY,
        "command that gives passphrases of keys",
    )
    .takes(&[text("command").any()])
    .since(3, 3),
    kw(
        "ssl-propquery",
        GLOBAL,
        ANY,
        "properties that providers must have",
    )
    .takes(&[
        text("properties").missing("global statement '{kw}' expects a property string as an argument."),
        IGNORED,
    ]),
    kw("ssl-provider", GLOBAL, ANY, "provider of the TLS library").takes(&[
        text("name").missing("global statement '{kw}' expects a valid engine provider name as an argument."),
        IGNORED,
    ]),
    kw("ssl-provider-path", GLOBAL, ANY, "folder of providers").takes(&[
        path("path").missing("global statement '{kw}' expects a directory path as an argument."),
        IGNORED,
    ]),
    kw(
        "ssl-security-level",
        GLOBAL,
        ANY,
        "security level of the TLS library",
    )
    .takes(&[
        int("level", 0, 5)
            .missing("'{kw}' : missing value")
            .wrong("'{kw}' : expects an integer argument, found '{got}'")
            .beyond("'{kw}' : expects a value between 0 and 5"),
        IGNORED,
    ])
    .since(3, 0),
    kw(
        "ssl-server-verify",
        GLOBAL,
        ANY,
        "whether certificates of servers are checked",
    )
    .takes(&[one_of("verify", &["none", "required"])
        .missing(WANTS_INT)
        .wrong("'{kw}' expects 'none' or 'required' as argument.")])
    .keeps(g::ssl_server_verify),
    kw(
        "ssl-skip-self-issued-ca",
        GLOBAL,
        ANY,
        "chains without their root",
    )
    .takes(&[IGNORED]),
    kw(
        "tune.ssl.cachesize",
        GLOBAL,
        ANY,
        "TLS sessions that are remembered",
    )
    .takes(COUNT)
    .acts(g::tune_tls),
    kw(
        "tune.ssl.capture-buffer-size",
        GLOBAL,
        ANY,
        "bytes of a captured ClientHello",
    )
    .takes(COUNT)
    .acts(g::capture_size),
    kw(
        "tune.ssl.capture-cipherlist-size",
        GLOBAL,
        ANY,
        "old name of tune.ssl.capture-buffer-size",
    )
    .takes(COUNT)
    .acts(g::capture_cipherlist),
    kw(
        "tune.ssl.certificate-compression",
        GLOBAL,
        ANY,
        "compressed certificates",
    )
    .takes(&[
        one_of("switch", &["auto", "off"]).words("'{kw}' expects either 'auto' or 'off' but got '{got}'.")
    ])
    .since(3, 2),
    kw(
        "tune.ssl.default-dh-param",
        GLOBAL,
        ANY,
        "bits of Diffie-Hellman parameters",
    )
    .takes(&[loose("bits", 1024, INT_MAX)
        .missing(WANTS_INT)
        .wrong("'{kw}' expects a value >= 1024.")]),
    kw(
        "tune.ssl.force-private-cache",
        GLOBAL,
        ANY,
        "each process remembers TLS sessions by itself",
    )
    .takes(FLAG),
    kw(
        "tune.ssl.hard-maxrecord",
        GLOBAL,
        ANY,
        "bytes of a TLS record, always",
    )
    .takes(COUNT)
    .acts(g::tune_tls),
    kw("tune.ssl.keylog", GLOBAL, ANY, "keep session keys for logs")
        .takes(ON_OFF)
        .acts(g::tune_tls),
    kw(
        "tune.ssl.keyupdate-rate-limit",
        GLOBAL,
        ANY,
        "key updates a second",
    )
    .takes(&[loose("number", 0, i64::MAX)
        .missing("'{kw}' expects a number (KeyUpdates/s, 0 to disable).")
        .wrong("'{kw}' expects a positive number.")])
    .since(3, 4),
    kw(
        "tune.ssl.lifetime",
        GLOBAL,
        ANY,
        "how long TLS sessions are remembered",
    )
    .takes(&[seconds("time").missing("'{kw}' expects ssl sessions <lifetime> in seconds as argument.")])
    .acts(g::tune_tls),
    kw(
        "tune.ssl.maxrecord",
        GLOBAL,
        ANY,
        "bytes of a TLS record at the start",
    )
    .takes(COUNT),
    kw(
        "tune.ssl.ocsp-update.maxdelay",
        GLOBAL,
        ANY,
        "old name of ocsp-update.maxdelay",
    )
    .takes(OCSP_DELAY)
    .since(2, 8)
    .keeps(g::ocsp_delay),
    kw(
        "tune.ssl.ocsp-update.mindelay",
        GLOBAL,
        ANY,
        "old name of ocsp-update.mindelay",
    )
    .takes(OCSP_DELAY)
    .since(2, 8)
    .keeps(g::ocsp_delay),
    kw(
        "tune.ssl.ssl-ctx-cache-size",
        GLOBAL,
        ANY,
        "certificates that are made and remembered",
    )
    .takes(COUNT),
];
