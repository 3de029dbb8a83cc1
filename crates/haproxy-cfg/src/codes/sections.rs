//! Codes about sections beside the proxies: what they lack, and what does not go together.

use super::{CodeRow, code};

pub(super) const ROWS: &[CodeRow] = &[
    code(
        "not-in-section",
        "A line that only the other side's sections take",
        "What it does belongs to a frontend, or to a backend.",
        "backend b\n    force-be-switch if TRUE\n",
        "frontend f\n    bind :80\n    force-be-switch if TRUE\n",
    ),
    code(
        "quic-without-ssl",
        "A QUIC listener whose line does not say ssl",
        "QUIC has TLS within: say so.",
        "frontend f\n    mode http\n    bind quic4@:443\n",
        "",
    ),
    code(
        "bad-table",
        "A stick table whose words are wrong",
        "A table has a type, a size, and what it stores.",
        "peers p\n    peer lb1 127.0.0.1:10000\n    table t type nosuch size 1m\n",
        "peers p\n    peer lb1 127.0.0.1:10000\n    table t type ip size 1m\n",
    ),
    code(
        "ignored-option",
        "An option that means nothing where it stands",
        "What it asks for is not done there, or needs another one beside it.",
        "fcgi-app a\n    docroot /srv\n    option max-reqs 10\n",
        "fcgi-app a\n    docroot /srv\n    option mpxs-conns\n    option max-reqs 10\n",
    ),
    code(
        "incomplete-email-alert",
        "Mail alerts that lack their servers, their sender or their receiver",
        "All three must be there, or no mail is sent.",
        "backend b\n    email-alert to a@example.com\n",
        "",
    ),
    code(
        "missing-command",
        "A program without its command",
        "The section names nothing that could be started.",
        "global\n    master-worker\nprogram p\n",
        "global\n    master-worker\nprogram p\n    command /bin/true\n",
    ),
    code(
        "missing-docroot",
        "A FastCGI application without its folder",
        "The paths of its scripts begin there.",
        "fcgi-app a\n    index index.php\n",
        "fcgi-app a\n    docroot /srv\n    index index.php\n",
    ),
    code(
        "missing-size",
        "A cache without its size",
        "Its memory is taken at once, so that it has to be given.",
        "cache c\n    max-age 60\n",
        "cache c\n    total-max-size 4\n    max-age 60\n",
    ),
    code(
        "no-local-peer",
        "A peers section that does not hold this node",
        "The node is found by its host name, by localpeer or by -L; without it the section does nothing.",
        "peers p\n    peer other 127.0.0.1:10000\n",
        "global\n    localpeer me\npeers p\n    peer me 127.0.0.1:10000\n    peer other 127.0.0.1:10001\n",
    ),
    code(
        "no-master",
        "Programs without a master that could start them",
        "Only a master starts programs beside its workers: it is asked for by -W.",
        "",
        "",
    ),
    code(
        "no-nameserver",
        "A resolvers section without name servers",
        "It can ask nobody.",
        "resolvers r\n    hold valid 10s\n",
        "resolvers r\n    nameserver n 127.0.0.1:53\n    hold valid 10s\n",
    ),
    code(
        "unknown-status",
        "A status that a set of errors does not have",
        "errorfiles takes from the section what it asks for; that status stays as it is.",
        "http-errors e\nbackend b\n    errorfiles e 503\n",
        "",
    ),
    code(
        "unused-section",
        "A section that nothing names",
        "It does nothing.",
        "mailers m\n    mailer a 127.0.0.1:25\n",
        "",
    ),
];
