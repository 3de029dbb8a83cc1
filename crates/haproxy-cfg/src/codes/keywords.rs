//! Codes about keywords and where they stand.

use super::{CodeRow, code};

pub(super) const ROWS: &[CodeRow] = &[
    code(
        "address-on-section-line",
        "An address behind a section's name",
        "haproxy 1.5 and before took `listen NAME ADDRESS:PORT`. It is read as it was meant; write a bind line.",
        "listen web 127.0.0.1:80\n    timeout client 1s\n",
        "listen web\n    bind 127.0.0.1:80\n    timeout client 1s\n",
    ),
    code(
        "bare-timeout",
        "A timeout without its name",
        "haproxy 1.3 took `timeout 5000` for the connect timeout. Name it.",
        "defaults\n    timeout 5000\n",
        "defaults\n    timeout connect 5000\n",
    ),
    code(
        "deprecated-keyword",
        "A keyword that newer versions warn of",
        "It works still. The message gives the form that will go on working.",
        "listen web\n    bind :80\n    option accept-invalid-http-request\n",
        "listen web\n    bind :80\n    option accept-unsafe-violations-in-http-request\n",
    ),
    code(
        "experimental",
        "A keyword that must be allowed first",
        "haproxy takes it only behind `expose-experimental-directives`.",
        "",
        "",
    ),
    code(
        "httpchk-headers",
        "Headers behind the version of option httpchk",
        "Before 2.2 there was no other way to send headers with a check. Use http-check send.",
        "backend b\n    option httpchk GET / HTTP/1.1\\r\\nHost:\\ www\n",
        "backend b\n    option httpchk GET /\n    http-check send ver HTTP/1.1 hdr Host www\n",
    ),
    code(
        "ignored-keyword",
        "A keyword that means nothing for this kind of proxy",
        "A frontend has no servers and a backend no clients of its own: what is about the other side is read over.",
        "frontend f\n    bind :80\n    balance roundrobin\n",
        "frontend f\n    bind :80\n",
    ),
    code(
        "not-in-backend",
        "A line that only a frontend may have",
        "Clients come in at frontends and listen sections.",
        "backend b\n    tcp-request connection accept\n",
        "frontend b\n    bind :80\n    tcp-request connection accept\n",
    )
    .help("move it into a frontend"),
    code(
        "not-in-defaults",
        "A line that defaults may not have",
        "Rules can be inherited only from a defaults section that has a name, and what belongs to one proxy from none.",
        "defaults\n    acl local src 127.0.0.1\n",
        "defaults base\n    acl local src 127.0.0.1\n",
    )
    .help("move it into the proxies that need it"),
    code(
        "not-in-frontend",
        "A server in a frontend",
        "Servers belong to backends and listen sections. Refused since 2.4.",
        "frontend f\n    bind :80\n    server s 127.0.0.1:8080\n",
        "listen f\n    bind :80\n    server s 127.0.0.1:8080\n",
    ),
    code(
        "not-negatable",
        "`no` or `default` in front of what cannot be taken back",
        "Options, log and a few others can be switched off by it.",
        "defaults\n    no maxconn 100\n",
        "defaults\n    no option dontlognull\n",
    )
    .help("remove the line, or the word in front of it"),
    code(
        "out-of-section",
        "A line in front of the first section",
        "A file begins with a section: global, defaults, frontend, backend, listen or another one.",
        "maxconn 100\n",
        "global\n    maxconn 100\n",
    ),
    code(
        "read-only",
        "What is read and not acted on yet",
        "The line is checked as haproxy checks it, but Holdfast does nothing of what it asks for. Told once for each keyword.",
        "global\n    tune.pattern.cache-size 100\n",
        "",
    ),
    code(
        "removed-keyword",
        "A keyword that newer versions do not have",
        "It is read as the versions meant it that had it; the message gives the modern form. With --dialect VERSION it is refused from the version that dropped it.",
        "listen web\n    bind :80\n    clitimeout 5000\n",
        "listen web\n    bind :80\n    timeout client 5000\n",
    )
    .help("delete the line"),
    code(
        "unknown-keyword",
        "A keyword that no version has",
        "Nearly always a typing error; the message gives the nearest keyword.",
        "defaults\n    blance roundrobin\n",
        "defaults\n    balance roundrobin\n",
    )
    .help("see the manual for what may stand here"),
    code(
        "unknown-rule-set",
        "A word behind tcp-request or its kin that is no set of rules",
        "tcp-request has connection, session and content rules and the inspect-delay.",
        "frontend f\n    bind :80\n    tcp-request conection accept\n",
        "frontend f\n    bind :80\n    tcp-request connection accept\n",
    )
    .help("write one of those that are supported"),
    code(
        "unknown-section",
        "A section that the version of --dialect does not have",
        "The section came with a newer version.",
        "",
        "",
    )
    .help("see the manual for what may stand here"),
    code(
        "unknown-timeout",
        "A timeout of a name that there is none of",
        "The message lists those that there are.",
        "defaults\n    timeout conect 5s\n",
        "defaults\n    timeout connect 5s\n",
    ),
    code(
        "unknown-version",
        "A version of TLS that there is none of",
        "The versions are SSLv3 and TLSv1.0 to TLSv1.3.",
        "",
        "",
    ),
];
