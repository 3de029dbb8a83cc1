//! Codes about proxies as a whole: what they lack, and what does not go together.

use super::{CodeRow, code};

pub(super) const ROWS: &[CodeRow] = &[
    code(
        "check-without-port",
        "A server that is checked and has no port",
        "Write a port behind its address, or `port` for its checks.",
        "backend b\n    server s 127.0.0.1 check\n",
        "backend b\n    server s 127.0.0.1 check port 80\n",
    ),
    code(
        "external-check",
        "External checks that the global section does not allow",
        "Running programs must be allowed by `external-check` in the global section.",
        "backend b\n    option external-check\n    external-check command /bin/true\n",
        "",
    ),
    code(
        "missing-certificate",
        "A certificate that is not there",
        "Look at the path, and at crt-base for relative ones.",
        "frontend f\n    bind :443 ssl crt /no/such.pem\n",
        "",
    ),
    code(
        "missing-private-key",
        "A certificate without its private key",
        "The key stands in the same file, or in one beside it that ends in .key.",
        "",
        "",
    ),
    code(
        "missing-timeouts",
        "A proxy without timeouts for clients, servers or connecting",
        "Connections of peers that went without a word would stay for ever.",
        "listen web\n    bind :80\n",
        "listen web\n    bind :80\n    timeout client 30s\n    timeout connect 5s\n    timeout server 30s\n",
    ),
    code(
        "needs-http",
        "What works in mode http alone",
        "In mode tcp there are no requests that it could look at.",
        "listen web\n    bind :80\n    mode tcp\n    cookie C insert\n    timeout client 30s\n    timeout connect 5s\n    timeout server 30s\n    server s 127.0.0.1:80 cookie a\n",
        "listen web\n    bind :80\n    mode http\n    cookie C insert\n    timeout client 30s\n    timeout connect 5s\n    timeout server 30s\n    server s 127.0.0.1:80 cookie a\n",
    ),
    code(
        "no-bind",
        "A frontend without a bind line",
        "No client can reach it.",
        "frontend f\n    timeout client 1s\n",
        "frontend f\n    bind :80\n    timeout client 1s\n",
    ),
    code(
        "no-ca-file",
        "A server over TLS whose certificate cannot be verified",
        "Certificates of servers are verified since 1.5: give a ca-file, or say `verify none`.",
        "backend b\n    server s 127.0.0.1:443 ssl\n",
        "backend b\n    server s 127.0.0.1:443 ssl verify none\n",
    ),
    code(
        "no-certificate",
        "A bind line with ssl and without crt",
        "TLS needs a certificate.",
        "frontend f\n    bind :443 ssl\n",
        "",
    ),
    code(
        "no-cipher",
        "A list of ciphers that leaves none",
        "The bind would refuse every client.",
        "",
        "",
    ),
    code(
        "no-weight",
        "A server of weight 0",
        "No algorithm chooses it before its weight is changed. Told with -dD.",
        "backend b\n    server s 127.0.0.1:80 weight 0\n",
        "backend b\n    server s 127.0.0.1:80 weight 10\n",
    ),
    code(
        "overwritten",
        "A setting that takes the place of an earlier one",
        "The first of them has no effect.",
        "listen web\n    bind :80\n    timeout client 1s\n    timeout client 2s\n",
        "listen web\n    bind :80\n    timeout client 2s\n",
    ),
    code(
        "same-address",
        "One address twice in a proxy",
        "Two listeners of a proxy share the address; haproxy and the kernel spread connections over them.",
        "",
        "",
    ),
    code(
        "wrong-private-key",
        "A private key of another certificate",
        "Key and certificate were probably renewed one without the other.",
        "",
        "",
    ),
];
