"""Requests and responses, well-formed and not: (name, bytes) each. `record.py` records what haproxy makes of them."""

BODY = b"\r\n5\r\nhello\r\n0\r\n\r\n"


def requests():
    """Every case: its name and what the client sends."""
    cases = []

    def add(name, text):
        cases.append((name, text if isinstance(text, bytes) else text.encode("latin-1")))

    def get(name, headers, line="GET / HTTP/1.1"):
        add(name, line.encode("latin-1") + b"\r\n" + headers + b"\r\n")

    host = b"Host: a\r\n"

    # The request line.
    for name, line in {
        "plain": "GET / HTTP/1.1",
        "http-1.0": "GET / HTTP/1.0",
        "http-1.2": "GET / HTTP/1.2",
        "http-1.9": "GET / HTTP/1.9",
        "http-1.10": "GET / HTTP/1.10",
        "http-01.1": "GET / HTTP/01.1",
        "http-1.01": "GET / HTTP/1.01",
        "http-0.9-named": "GET / HTTP/0.9",
        "http-0.0": "GET / HTTP/0.0",
        "http-2.0": "GET / HTTP/2.0",
        "http-2": "GET / HTTP/2",
        "http-3.1": "GET / HTTP/3.1",
        "http-1": "GET / HTTP/1",
        "http-1.": "GET / HTTP/1.",
        "http-.1": "GET / HTTP/.1",
        "http-1,1": "GET / HTTP/1,1",
        "http-1.x": "GET / HTTP/1.x",
        "http-dash": "GET / HTTP-1.1",
        "http-without-slash": "GET / HTTP1.1",
        "http-lower": "GET / http/1.1",
        "http-mixed": "GET / Http/1.1",
        "http-longer": "GET / XHTTP/1.1",
        "http-shorter": "GET / HTT/1.1",
        "https": "GET / HTTPS/1.1",
        "rtsp": "DESCRIBE / RTSP/1.0",
        "rtsp-2.0": "DESCRIBE / RTSP/2.0",
        "rtsp-1.1": "DESCRIBE rtsp://a/ RTSP/1.1",
        "icap": "OPTIONS / ICAP/1.0",
        "no-version": "GET /",
        "no-version-post": "POST /",
        "no-version-blank": "GET / ",
        "no-target": "GET",
        "no-target-blank": "GET ",
        "target-missing": "GET  HTTP/1.1",
        "method-missing": " / HTTP/1.1",
        "blank-first": " GET / HTTP/1.1",
        "tab-first": "\tGET / HTTP/1.1",
        "two-blanks": "GET  /  HTTP/1.1",
        "many-blanks": "GET" + " " * 20 + "/" + " " * 20 + "HTTP/1.1",
        "tabs-between": "GET\t/\tHTTP/1.1",
        "tab-behind-method": "GET\t/ HTTP/1.1",
        "tab-before-version": "GET /\tHTTP/1.1",
        "blank-behind-version": "GET / HTTP/1.1 ",
        "blanks-behind-version": "GET / HTTP/1.1   ",
        "tab-behind-version": "GET / HTTP/1.1\t",
        "word-behind-version": "GET / HTTP/1.1 x",
        "byte-behind-version": "GET / HTTP/1.1x",
        "blank-in-target": "GET /a b HTTP/1.1",
        "method-lower": "get / HTTP/1.1",
        "method-unknown": "FOO / HTTP/1.1",
        "method-token": "!#$%&'*+-.^_`|~09 / HTTP/1.1",
        "method-one-letter": "A / HTTP/1.1",
        "method-digit": "1GET / HTTP/1.1",
        "method-long": "A" * 300 + " / HTTP/1.1",
        "method-parenthesis": "GE(T / HTTP/1.1",
        "method-colon": "GE:T / HTTP/1.1",
        "method-quote": "\"GET\" / HTTP/1.1",
        "method-comma": "G,ET / HTTP/1.1",
        "method-slash": "G/ET / HTTP/1.1",
        "method-at": "G@T / HTTP/1.1",
        "method-control": "G\x01T / HTTP/1.1",
        "method-del": "G\x7fT / HTTP/1.1",
        "method-nul": "G\0T / HTTP/1.1",
        "method-high": "G\xe9T / HTTP/1.1",
        "header-as-line": "Host: x",
        "pri-line": "PRI * HTTP/2.0",
        "bare-cr-in-line": "GET /\r HTTP/1.1",
        "bare-cr-behind-method": "GET\r / HTTP/1.1",
        "bare-cr-behind-version": "GET / HTTP/1.1\r",
        "control-in-version": "GET / HTTP/1.\x01",
        "nul-in-version": "GET / HTTP/1.\0",
        "high-in-version": "GET / HTTP/1.\xb1",
    }.items():
        get("line " + name, host, line)
    add("line pri-preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    add("line pri-preface-and-frames", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
    add("line no-version-lf", "GET /\n")
    add("line no-version-crlf", "GET /\r\n")
    add("line no-version-and-headers", "GET /\r\nHost: a\r\n\r\n")
    add("line nothing-but-crlf", "\r\n\r\n\r\n")
    add("line crlf-before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    add("line lf-before", "\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    add("line many-crlf-before", "\r\n" * 50 + "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    add("line cr-before", "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    add("line nul-before", "\0GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    add("line garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
    add("line proxy-protocol", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    add("line response", "HTTP/1.1 200 OK\r\nHost: a\r\n\r\n")

    # The target.
    for name, target in {
        "query": "/?a=b&c=%20",
        "two-slashes": "//x",
        "dots": "/../a/./b",
        "dots-alone": "../a",
        "fragment": "/a#b",
        "fragment-alone": "#",
        "fragment-in-query": "/?a#b",
        "question-alone": "?a",
        "semicolon": "/;a=b",
        "percent-bad": "/%zz%",
        "percent-nul": "/%00",
        "word": "a",
        "asterisk": "*",
        "asterisk-path": "/*",
        "asterisk-two": "**",
        "absolute": "http://a/x",
        "absolute-no-path": "http://a",
        "absolute-query": "http://a?x",
        "absolute-upper": "HTTP://A/x",
        "absolute-port": "http://a:80/",
        "absolute-port-other": "http://a:8080/",
        "absolute-port-empty": "http://a:/",
        "absolute-port-bad": "http://a:x/",
        "absolute-https": "https://a/",
        "absolute-https-443": "https://a:443/",
        "absolute-https-80": "https://a:80/",
        "absolute-ftp": "ftp://a/",
        "absolute-ftp-port": "ftp://a:21/",
        "absolute-user": "http://u@a/",
        "absolute-user-password": "http://u:p@a/",
        "absolute-other-host": "http://b/",
        "absolute-no-host": "http:///x",
        "absolute-one-slash": "http:/a/x",
        "absolute-no-slash": "http:a",
        "absolute-colon-alone": ":",
        "absolute-no-scheme": "://a/",
        "absolute-scheme-plus": "a+b-c.d://a/",
        "absolute-scheme-digit": "1http://a/",
        "absolute-scheme-bad": "ht_tp://a/",
        "absolute-two": "http://a/http://b/",
        "absolute-fragment": "http://a/#x",
        "absolute-literal": "http://[::1]/",
        "absolute-backslash": "http://a\\b/",
        "authority": "a:80",
        "authority-alone": "a",
        "high": "/\xe9",
        "high-first": "\xe9",
        "del": "/\x7f",
        "control": "/\x01",
        "nul": "/\0",
        "tab": "/a\tb",
        "cr": "/a\rb",
        "quote": "/\"",
        "less": "/<",
        "greater": "/>",
        "backslash": "/\\",
        "caret": "/^",
        "backtick": "/`",
        "brace": "/{}",
        "bar": "/|",
        "bracket": "/[]",
        "apostrophe": "/'",
        "long": "/" + "a" * 2000,
    }.items():
        get("target " + name, host, f"GET {target} HTTP/1.1")
    for name, line in {
        "options-asterisk": "OPTIONS * HTTP/1.1",
        "options-asterisk-1.0": "OPTIONS * HTTP/1.0",
        "options-path": "OPTIONS / HTTP/1.1",
        "options-absolute": "OPTIONS http://a HTTP/1.1",
        "post-asterisk": "POST * HTTP/1.1",
        "head-asterisk": "HEAD * HTTP/1.1",
        "connect": "CONNECT a:443 HTTP/1.1",
        "connect-80": "CONNECT a:80 HTTP/1.1",
        "connect-8080": "CONNECT a:8080 HTTP/1.1",
        "connect-no-port": "CONNECT a HTTP/1.1",
        "connect-port-empty": "CONNECT a: HTTP/1.1",
        "connect-port-bad": "CONNECT a:b HTTP/1.1",
        "connect-path": "CONNECT / HTTP/1.1",
        "connect-absolute": "CONNECT http://a:443/ HTTP/1.1",
        "connect-absolute-no-path": "CONNECT http://a HTTP/1.1",
        "connect-asterisk": "CONNECT * HTTP/1.1",
        "connect-user": "CONNECT u@a:443 HTTP/1.1",
        "connect-other": "CONNECT b:443 HTTP/1.1",
        "connect-lower": "connect a:443 HTTP/1.1",
        "connect-1.0": "CONNECT a:443 HTTP/1.0",
        "connect-literal": "CONNECT [::1]:443 HTTP/1.1",
        "connect-with-path": "CONNECT a:443/x HTTP/1.1",
    }.items():
        get("target " + name, host, line)
    get("target connect-without-host", b"", "CONNECT a:443 HTTP/1.1")
    get("target connect-port-without-host", b"", "CONNECT a HTTP/1.1")
    get("target connect-host-with-port", b"Host: a:443\r\n", "CONNECT a:443 HTTP/1.1")
    get("target connect-host-with-port-8080", b"Host: a:8080\r\n", "CONNECT a:8080 HTTP/1.1")
    get("target connect-length", host + b"Content-Length: 5\r\n\r\nhello", "CONNECT a:443 HTTP/1.1")
    add("target connect-chunked", b"CONNECT a:443 HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n" + BODY)
    add("target connect-both", b"CONNECT a:443 HTTP/1.1\r\n" + host + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + BODY)
    get("target absolute-without-host", b"", "GET http://a/x HTTP/1.1")
    get("target absolute-without-host-1.0", b"", "GET http://a/x HTTP/1.0")
    get("target absolute-host-port", b"Host: a:80\r\n", "GET http://a/ HTTP/1.1")
    get("target absolute-host-port-both", b"Host: a:8080\r\n", "GET http://a:8080/ HTTP/1.1")
    get("target absolute-host-https-port", b"Host: a:443\r\n", "GET https://a/ HTTP/1.1")
    get("target absolute-host-empty", b"Host:\r\n", "GET http://a/ HTTP/1.1")
    get("target absolute-host-upper", b"Host: A\r\n", "GET http://a/ HTTP/1.1")
    get("target absolute-user-host-user", b"Host: u@a\r\n", "GET http://u@a/ HTTP/1.1")
    get("target absolute-host-colon", b"Host: a:\r\n", "GET http://a/ HTTP/1.1")
    for name, host_value, line in [
        ("absolute-port-host-port", "a:80", "GET http://a:80/x HTTP/1.1"),
        ("absolute-port-host-empty-port", "a:", "GET http://a:80/ HTTP/1.1"),
        ("absolute-empty-port-host-port", "a:80", "GET http://a:/ HTTP/1.1"),
        ("absolute-port-host-upper", "A", "GET http://a:80/ HTTP/1.1"),
        ("absolute-port-no-path", "a", "GET http://a:80 HTTP/1.1"),
        ("absolute-port-user", "a", "GET http://u:p@a:80/x HTTP/1.1"),
        ("absolute-https-port-host-port", "a:443", "GET https://a:443/ HTTP/1.1"),
        ("absolute-upper-scheme-port", "a", "GET HTTP://a:80/ HTTP/1.1"),
        ("absolute-host-other-default", "a:443", "GET http://a/ HTTP/1.1"),
        ("absolute-port-00080", "a", "GET http://a:00080/ HTTP/1.1"),
        ("absolute-literal-port", "[::1]", "GET http://[::1]:80/ HTTP/1.1"),
        ("absolute-literal-same", "[::1]", "GET http://[::1]/ HTTP/1.1"),
        ("absolute-ftp-host-port", "a:21", "GET ftp://a/ HTTP/1.1"),
        ("absolute-other-scheme-80", "a", "GET x://a:80/ HTTP/1.1"),
        ("connect-80-host-port", "a:80", "CONNECT a:80 HTTP/1.1"),
        ("connect-443-host-80", "a:80", "CONNECT a:443 HTTP/1.1"),
        ("connect-443-host-upper", "A:443", "CONNECT a:443 HTTP/1.1"),
        ("connect-443-host-empty-port", "a:", "CONNECT a:443 HTTP/1.1"),
        ("connect-literal-same", "[::1]", "CONNECT [::1]:443 HTTP/1.1"),
        ("word-host-other", "b", "GET a HTTP/1.1"),
        ("word-host-upper", "A", "GET a HTTP/1.1"),
        ("word-and-path", "a", "GET a/b HTTP/1.1"),
        ("asterisk-word", "a", "GET *a HTTP/1.1"),
        ("port-with-host-port", "a:80", "GET a:80 HTTP/1.1"),
        ("user-word", "a", "GET u@a HTTP/1.1"),
        ("relative", "a", "GET b/c HTTP/1.1"),
    ]:
        get("target " + name, f"Host: {host_value}\r\n".encode(), line)
    get("target word-without-host", b"", "GET a HTTP/1.1")
    get("target relative-without-host", b"", "GET b/c?d HTTP/1.1")
    get("target question-without-host", b"", "GET ?d HTTP/1.1")
    get("target no-scheme-without-host", b"", "GET ://a/ HTTP/1.1")
    get("target colon-without-host", b"", "GET http:a HTTP/1.1")
    get("target port-bad-without-host", b"", "GET http://a:x/ HTTP/1.1")
    get("target port-default-without-host", b"", "GET http://a:80/ HTTP/1.1")
    get("target absolute-two-hosts", b"Host: a\r\nHost: a\r\n", "GET http://a/ HTTP/1.1")

    # Host.
    for name, headers in {
        "missing": b"",
        "empty": b"Host:\r\n",
        "blank": b"Host:  \r\n",
        "two-equal": b"Host: a\r\nHost: a\r\n",
        "two-differ": b"Host: a\r\nHost: b\r\n",
        "two-case": b"Host: a\r\nHost: A\r\n",
        "two-port": b"Host: a\r\nHost: a:80\r\n",
        "three-last-differs": b"Host: a\r\nHost: a\r\nHost: b\r\n",
        "two-one-empty": b"Host: a\r\nHost:\r\n",
        "two-empty-first": b"Host:\r\nHost: a\r\n",
        "two-apart": b"Host: a\r\nX: y\r\nHost: a\r\n",
        "list": b"Host: a, b\r\n",
        "blank-inside": b"Host: a b\r\n",
        "slash": b"Host: a/b\r\n",
        "user": b"Host: u@a\r\n",
        "port-bad": b"Host: a:b\r\n",
        "port-empty": b"Host: a:\r\n",
        "port-large": b"Host: a:99999\r\n",
        "high": b"Host: \xe9\r\n",
        "comma-name": b"Host,: a\r\n",
        "lower": b"host: a\r\n",
        "upper": b"HOST: a\r\n",
        "folded": b"Host:\r\n a\r\n",
        "uri": b"Host: http://a/\r\n",
        "nul": b"Host: a\0b\r\n",
    }.items():
        get("host " + name, headers)
    get("host missing-1.0", b"", "GET / HTTP/1.0")

    # Header lines.
    for name, headers in {
        "empty-value": b"A:\r\n",
        "blank-value": b"A:   \r\n",
        "no-blank": b"A:b\r\n",
        "many-blanks": b"A: \t  b \t \r\n",
        "tab": b"A:\tb\r\n",
        "inner-blanks": b"A: b  c\td\r\n",
        "lf-only": b"A: b\n",
        "lf-only-two": b"A: b\nB: c\n",
        "cr-cr-lf": b"A: b\r\r\n",
        "cr-inside": b"A: b\rc\r\n",
        "cr-at-begin": b"A: \rb\r\n",
        "cr-before-name": b"\rA: b\r\n",
        "cr-in-name": b"A\rB: c\r\n",
        "lf-cr": b"A: b\n\rB: c\r\n",
        "blank-before-colon": b"A : b\r\n",
        "tab-before-colon": b"A\t: b\r\n",
        "blank-in-name": b"A b: c\r\n",
        "no-colon": b"Ab\r\n",
        "no-colon-last": b"Ab",
        "colon-alone": b":\r\n",
        "no-name": b": b\r\n",
        "blank-name": b" : b\r\n",
        "two-colons": b"A:: b\r\n",
        "underscore": b"A_B: c\r\n",
        "dot": b"A.B: c\r\n",
        "token": b"!#$%&'*+-.^_`|~: c\r\n",
        "digit": b"1: c\r\n",
        "dash": b"-: c\r\n",
        "name-slash": b"A/B: c\r\n",
        "name-quote": b"A\"B: c\r\n",
        "name-parenthesis": b"A(B): c\r\n",
        "name-comma": b"A,B: c\r\n",
        "name-semicolon": b"A;B: c\r\n",
        "name-equals": b"A=B: c\r\n",
        "name-at": b"A@B: c\r\n",
        "name-bracket": b"A[B]: c\r\n",
        "name-brace": b"A{B}: c\r\n",
        "name-backslash": b"A\\B: c\r\n",
        "name-question": b"A?B: c\r\n",
        "name-less": b"A<B>: c\r\n",
        "name-high": b"A\xe9: c\r\n",
        "name-control": b"A\x01: c\r\n",
        "name-del": b"A\x7f: c\r\n",
        "name-nul": b"A\0: c\r\n",
        "name-nul-first": b"\0A: c\r\n",
        "value-nul": b"A: b\0c\r\n",
        "value-nul-first": b"A: \0\r\n",
        "value-control": b"A: b\x01c\r\n",
        "value-bell": b"A: \x07\r\n",
        "value-backspace": b"A: b\x08\r\n",
        "value-vt": b"A: b\x0bc\r\n",
        "value-ff": b"A: b\x0cc\r\n",
        "value-escape": b"A: \x1b[0m\r\n",
        "value-del": b"A: b\x7fc\r\n",
        "value-high": b"A: \xc3\xa9\xff\x80\r\n",
        "value-nel": b"A: b\x85c\r\n",
        "fold-blank": b"A: b\r\n c\r\n",
        "fold-tab": b"A: b\r\n\tc\r\n",
        "fold-two": b"A: b\r\n c\r\n d\r\n",
        "fold-many-blanks": b"A: b   \r\n     c\r\n",
        "fold-empty": b"A:\r\n b\r\n",
        "fold-of-blanks": b"A: b\r\n \r\nB: c\r\n",
        "fold-lf": b"A: b\n c\r\n",
        "fold-last": b"A: b\r\n \r\n",
        "fold-first": b" A: b\r\n",
        "fold-first-tab": b"\tA: b\r\n",
        "fold-looks-like-header": b"A: b\r\n B: c\r\n",
        "fold-cr": b"A: b\r\n c\rd\r\n",
        "fold-before-colon": b"A\r\n : b\r\n",
        "fold-in-name": b"A\r\n B: c\r\n",
        "fold-of-length": b"Content-Length:\r\n 0\r\n",
        "same-name": b"A: b\r\nA: c\r\na: d\r\n",
        "name-255": b"A" * 255 + b": b\r\n",
        "name-256": b"A" * 256 + b": b\r\n",
        "name-300": b"A" * 300 + b": b\r\n",
        "name-1000": b"A" * 1000 + b": b\r\n",
        "value-8000": b"A: " + b"b" * 8000 + b"\r\n",
        "value-beyond-buffer": b"A: " + b"b" * 17000 + b"\r\n",
        "headers-99": b"A: b\r\n" * 99,
        "headers-100": b"A: b\r\n" * 100,
        "headers-101": b"A: b\r\n" * 101,
        "headers-102": b"A: b\r\n" * 102,
        "headers-500": b"A: b\r\n" * 500,
        "connection-close": b"Connection: close\r\n",
        "connection-keep": b"Connection: keep-alive\r\n",
        "connection-both": b"Connection: close, keep-alive\r\n",
        "connection-names": b"Connection: A, close\r\nA: b\r\n",
        "connection-two": b"Connection: A\r\nConnection: close\r\nA: b\r\n",
        "connection-empty": b"Connection:\r\n",
        "connection-commas": b"Connection: , ,close,,\r\n",
        "connection-case": b"Connection: CLOSE\r\n",
        "connection-te": b"Connection: TE\r\nTE: trailers\r\n",
        "connection-host": b"Connection: Host\r\n",
        "connection-length": b"Connection: Content-Length\r\nContent-Length: 0\r\n",
        "proxy-connection": b"Proxy-Connection: keep-alive\r\n",
        "keep-alive": b"Keep-Alive: timeout=5\r\n",
        "te": b"TE: trailers\r\n",
        "te-chunked": b"TE: chunked\r\n",
        "te-empty": b"TE:\r\n",
        "te-gzip-trailers": b"TE: gzip, trailers\r\n",
        "te-trailers-gzip": b"TE: Trailers , gzip;q=0.5\r\n",
        "te-trailers-weight": b"TE: trailers;q=0.5\r\n",
        "te-two": b"TE: gzip\r\nTE: trailers\r\n",
        "te-two-trailers": b"TE: trailers\r\nTE: trailers\r\n",
        "expect": b"Expect: 100-continue\r\n",
        "expect-other": b"Expect: 200-ok\r\n",
        "upgrade-without-connection": b"Upgrade: x\r\n",
        "connection-upgrade-alone": b"Connection: Upgrade\r\n",
        "upgrade-h2c": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
        "trailer-header": b"Trailer: A\r\n",
        "max-forwards": b"Max-Forwards: 0\r\n",
    }.items():
        get("header " + name, host + headers)
    add("header lf-everywhere", "GET / HTTP/1.1\nHost: a\n\n")
    add("header lf-end-only", "GET / HTTP/1.1\r\nHost: a\r\n\n")
    add("header lf-then-crlf", "GET / HTTP/1.1\nHost: a\n\r\n")
    add("header cr-end", "GET / HTTP/1.1\r\nHost: a\r\n\rX")
    add("header none", "GET / HTTP/1.1\r\n\r\n")
    add("header none-1.0", "GET / HTTP/1.0\r\n\r\n")
    add("header cut", "GET / HTTP/1.1\r\nHost: a\r\n")
    add("header fold-behind-line", "GET / HTTP/1.1\r\n A: b\r\nHost: a\r\n\r\n")
    add("header fold-behind-line-tab", "GET / HTTP/1.1\r\n\tA: b\r\nHost: a\r\n\r\n")
    add("header fold-behind-line-alone", "GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n")
    add("header fold-at-end", "GET / HTTP/1.1\r\nHost: a\r\n \r\n\r\n")
    add("header control-in-target-cut", "GET /\x01")
    add("header control-in-name-cut", "GET / HTTP/1.1\r\nA\x01")
    add("header lower-protocol-cut", "GET / htt")
    add("header cut-in-name", "GET / HTTP/1.1\r\nHo")
    add("header cut-in-line", "GET / HT")
    add("header cut-behind-cr", "GET / HTTP/1.1\r\nHost: a\r\n\r")
    add("header connection-close-1.0", "GET / HTTP/1.0\r\nConnection: close\r\n\r\n")
    add("header connection-keep-1.0", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")

    # Content-Length.
    for name, headers in {
        "five": b"Content-Length: 5",
        "zero": b"Content-Length: 0",
        "short": b"Content-Length: 4",
        "long": b"Content-Length: 6",
        "leading-zeros": b"Content-Length: 0005",
        "many-zeros": b"Content-Length: " + b"0" * 100 + b"5",
        "plus": b"Content-Length: +5",
        "minus": b"Content-Length: -5",
        "minus-zero": b"Content-Length: -0",
        "hex": b"Content-Length: 0x5",
        "hex-digit": b"Content-Length: a",
        "decimal": b"Content-Length: 5.0",
        "exponent": b"Content-Length: 5e0",
        "empty": b"Content-Length:",
        "blank": b"Content-Length: ",
        "blank-inside": b"Content-Length: 5 5",
        "blank-behind": b"Content-Length: 5 ",
        "tab-before": b"Content-Length:\t5",
        "underscore-inside": b"Content-Length: 1_0",
        "letters": b"Content-Length: five",
        "letter-behind": b"Content-Length: 5a",
        "semicolon": b"Content-Length: 5;a",
        "vt": b"Content-Length: \x0b5",
        "vt-behind": b"Content-Length: 5\x0b",
        "nul-behind": b"Content-Length: 5\0",
        "quote": b"Content-Length: \"5\"",
        "high": b"Content-Length: 5\xa0",
        "list-equal": b"Content-Length: 5, 5",
        "list-equal-tight": b"Content-Length: 5,5",
        "list-differ": b"Content-Length: 5, 6",
        "list-trailing-comma": b"Content-Length: 5,",
        "list-leading-comma": b"Content-Length: ,5",
        "list-two-commas": b"Content-Length: 5,,5",
        "comma-alone": b"Content-Length: ,",
        "list-zeros": b"Content-Length: 5, 05",
        "list-bad": b"Content-Length: 5, a",
        "list-six": b"Content-Length: 5,5,5,5,5,5",
        "two-equal": b"Content-Length: 5\r\nContent-Length: 5",
        "two-zeros": b"Content-Length: 5\r\nContent-Length: 05",
        "two-differ": b"Content-Length: 5\r\nContent-Length: 6",
        "two-one-empty": b"Content-Length: 5\r\nContent-Length:",
        "two-apart": b"Content-Length: 5\r\nA: b\r\nContent-Length: 5",
        "three-last-differs": b"Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 1",
        "two-list": b"Content-Length: 5, 5\r\nContent-Length: 5",
        "two-list-behind": b"Content-Length: 5\r\nContent-Length: 5, 5",
        "lower": b"content-length: 5",
        "underscore": b"Content_Length: 5",
        "blank-before-colon": b"Content-Length : 5",
        "2^63-1": b"Content-Length: 9223372036854775807",
        "2^63": b"Content-Length: 9223372036854775808",
        "2^64-1": b"Content-Length: 18446744073709551615",
        "2^64": b"Content-Length: 18446744073709551616",
        "2^64+5": b"Content-Length: 18446744073709551621",
        "2^32+5": b"Content-Length: 4294967301",
        "40-digits": b"Content-Length: " + b"1" * 40,
        "folded": b"Content-Length:\r\n 5",
        "folded-number": b"Content-Length: \r\n\t5",
        "folded-inside": b"Content-Length: 5\r\n 5",
    }.items():
        add("length " + name, b"POST / HTTP/1.1\r\n" + host + headers + b"\r\n\r\nhello")
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE", "FOO"]:
        add(f"length {method}", f"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        add(f"length {method}-1.0", f"{method} / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        add(f"length {method}-1.0-zero", f"{method} / HTTP/1.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    add("length none-post", "POST / HTTP/1.1\r\nHost: a\r\n\r\n")
    add("length none-post-body", "POST / HTTP/1.1\r\nHost: a\r\n\r\nhello")
    add("length none-post-1.0", "POST / HTTP/1.0\r\nHost: a\r\n\r\n")
    add("length pipelined", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
    add("length pipelined-crlf", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
    add("length pipelined-garbage", "GET / HTTP/1.1\r\nHost: a\r\n\r\nhello")
    add("length pipelined-bad", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /\x01 HTTP/1.1\r\n\r\n")

    # Transfer-Encoding.
    for name, headers in {
        "chunked": b"Transfer-Encoding: chunked",
        "upper": b"Transfer-Encoding: CHUNKED",
        "name-upper": b"TRANSFER-ENCODING: chunked",
        "name-underscore": b"Transfer_Encoding: chunked",
        "name-blank": b"Transfer-Encoding : chunked",
        "name-tab": b"Transfer-Encoding\t: chunked",
        "name-blank-first": b" Transfer-Encoding: chunked",
        "name-control": b"Transfer-Encoding\x0b: chunked",
        "name-nul": b"Transfer-Encoding\0: chunked",
        "no-blank": b"Transfer-Encoding:chunked",
        "tab": b"Transfer-Encoding:\tchunked",
        "tab-behind": b"Transfer-Encoding: chunked\t",
        "two": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "list-two": b"Transfer-Encoding: chunked, chunked",
        "gzip-chunked": b"Transfer-Encoding: gzip, chunked",
        "gzip-then-chunked": b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        "chunked-gzip": b"Transfer-Encoding: chunked, gzip",
        "chunked-then-gzip": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
        "gzip": b"Transfer-Encoding: gzip",
        "identity": b"Transfer-Encoding: identity",
        "identity-chunked": b"Transfer-Encoding: identity, chunked",
        "identity-then-chunked": b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        "chunked-identity": b"Transfer-Encoding: chunked, identity",
        "empty": b"Transfer-Encoding:",
        "empty-then-chunked": b"Transfer-Encoding:\r\nTransfer-Encoding: chunked",
        "chunked-then-empty": b"Transfer-Encoding: chunked\r\nTransfer-Encoding:",
        "comma-before": b"Transfer-Encoding: ,chunked",
        "comma-behind": b"Transfer-Encoding: chunked,",
        "comma-blank-behind": b"Transfer-Encoding: chunked , ",
        "comma-alone": b"Transfer-Encoding: ,",
        "commas": b"Transfer-Encoding: , , chunked",
        "parameter": b"Transfer-Encoding: chunked;q=1",
        "parameter-empty": b"Transfer-Encoding: chunked;",
        "quoted": b"Transfer-Encoding: \"chunked\"",
        "apostrophe": b"Transfer-Encoding: 'chunked'",
        "prefix": b"Transfer-Encoding: xchunked",
        "suffix": b"Transfer-Encoding: chunkedx",
        "cut-word": b"Transfer-Encoding: chunk",
        "two-words": b"Transfer-Encoding: chunked chunked",
        "word-before": b"Transfer-Encoding: x chunked",
        "vt": b"Transfer-Encoding: \x0bchunked",
        "vt-behind": b"Transfer-Encoding: chunked\x0b",
        "ff": b"Transfer-Encoding: \x0cchunked",
        "nul": b"Transfer-Encoding: chunked\0",
        "cr": b"Transfer-Encoding: \rchunked",
        "high": b"Transfer-Encoding: \xa0chunked",
        "kelvin": b"Transfer-Encoding: chun\xe2\x84\xaaed",
        "folded": b"Transfer-Encoding:\r\n chunked",
        "folded-tab": b"Transfer-Encoding:\r\n\tchunked",
        "folded-list": b"Transfer-Encoding: identity\r\n , chunked",
        "in-other-header": b"X: y\nTransfer-Encoding: chunked",
        "cr-before-name": b"X: y\rTransfer-Encoding: chunked",
        "length-first": b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        "length-behind": b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        "length-bad": b"Content-Length: x\r\nTransfer-Encoding: chunked",
        "length-two": b"Content-Length: 5\r\nContent-Length: 6\r\nTransfer-Encoding: chunked",
        "length-and-gzip": b"Content-Length: 5\r\nTransfer-Encoding: gzip",
        "length-and-identity": b"Content-Length: 5\r\nTransfer-Encoding: identity",
        "length-and-empty": b"Content-Length: 5\r\nTransfer-Encoding:",
        "length-and-underscore": b"Content-Length: 16\r\nTransfer_Encoding: chunked",
    }.items():
        add("coding " + name, b"POST / HTTP/1.1\r\n" + host + headers + b"\r\n" + BODY)
        if name in ["chunked", "length-first", "gzip-chunked", "identity", "two", "empty"]:
            add("coding 1.0-" + name, b"POST / HTTP/1.0\r\n" + host + headers + b"\r\n" + BODY)
            keep = b"\r\nConnection: keep-alive\r\n"
            add("coding 1.0-keep-" + name, b"POST / HTTP/1.0\r\n" + host + headers + keep + BODY)
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "FOO"]:
        add(f"coding {method}", f"{method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n".encode() + BODY)
    add("coding GET-1.0", b"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + BODY)
    add("coding pipelined", b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + BODY + b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
    add("coding pipelined-length", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n" + BODY + b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
    add("coding pipelined-1.0", b"POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n" + BODY + b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
    add("coding smuggled-te", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
    add("coding smuggled-connection", b"POST / HTTP/1.1\r\nHost: a\r\nConnection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n" + BODY)

    # Chunks. Trailers whose names are no tokens are left out: what becomes of them changes from run to run.
    for name, body in {
        "none": b"0\r\n\r\n",
        "two": b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
        "upper-hex": b"A\r\n0123456789\r\n0\r\n\r\n",
        "lower-hex": b"a\r\n0123456789\r\n0\r\n\r\n",
        "leading-zeros": b"00000005\r\nhello\r\n0\r\n\r\n",
        "many-zeros": b"0" * 40 + b"5\r\nhello\r\n0\r\n\r\n",
        "last-zeros": b"5\r\nhello\r\n0000\r\n\r\n",
        "plus": b"+5\r\nhello\r\n0\r\n\r\n",
        "minus": b"-5\r\nhello\r\n0\r\n\r\n",
        "0x": b"0x5\r\nhello\r\n0\r\n\r\n",
        "blank-before": b" 5\r\nhello\r\n0\r\n\r\n",
        "tab-before": b"\t5\r\nhello\r\n0\r\n\r\n",
        "blank-behind": b"5 \r\nhello\r\n0\r\n\r\n",
        "tab-behind": b"5\t\r\nhello\r\n0\r\n\r\n",
        "blanks-behind": b"5   \r\nhello\r\n0\r\n\r\n",
        "word-behind": b"5 x\r\nhello\r\n0\r\n\r\n",
        "vt-behind": b"5\x0b\r\nhello\r\n0\r\n\r\n",
        "nul-behind": b"5\0\r\nhello\r\n0\r\n\r\n",
        "letter": b"g\r\nhello\r\n0\r\n\r\n",
        "letter-behind": b"5g\r\nhello\r\n0\r\n\r\n",
        "empty": b"\r\nhello\r\n0\r\n\r\n",
        "comma": b"5,5\r\nhello\r\n0\r\n\r\n",
        "dot": b"5.0\r\nhello\r\n0\r\n\r\n",
        "underscore": b"1_0\r\nhello\r\n0\r\n\r\n",
        "2^31": b"80000000\r\nhello\r\n",
        "2^32+5": b"100000005\r\nhello\r\n0\r\n\r\n",
        "2^52": b"10000000000000\r\nhello\r\n",
        "2^52-1": b"fffffffffffff\r\nhello\r\n",
        "2^56": b"100000000000000\r\nhello\r\n",
        "2^60": b"1000000000000000\r\nhello\r\n",
        "2^63": b"8000000000000000\r\nhello\r\n",
        "2^64-1": b"ffffffffffffffff\r\nhello\r\n",
        "2^64+5": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
        "lf-behind-size": b"5\nhello\r\n0\r\n\r\n",
        "lf-behind-data": b"5\r\nhello\n0\r\n\r\n",
        "lf-behind-last": b"5\r\nhello\r\n0\n\r\n",
        "lf-at-end": b"5\r\nhello\r\n0\r\n\n",
        "lf-everywhere": b"5\nhello\n0\n\n",
        "cr-behind-size": b"5\rhello\r\n0\r\n\r\n",
        "cr-behind-data": b"5\r\nhello\r0\r\n\r\n",
        "cr-cr-lf-behind-size": b"5\r\r\nhello\r\n0\r\n\r\n",
        "cr-cr-lf-behind-data": b"5\r\nhello\r\r\n0\r\n\r\n",
        "cr-x": b"5\rxhello\r\n0\r\n\r\n",
        "data-too-long": b"5\r\nhello!\r\n0\r\n\r\n",
        "data-too-short": b"6\r\nhello\r\n0\r\n\r\n",
        "no-end-behind-data": b"5\r\nhello0\r\n\r\n",
        "extra-crlf": b"5\r\nhello\r\n\r\n0\r\n\r\n",
        "extension": b"5;a=b\r\nhello\r\n0\r\n\r\n",
        "extension-blank": b"5 ; a = b\r\nhello\r\n0\r\n\r\n",
        "extension-empty": b"5;\r\nhello\r\n0\r\n\r\n",
        "extension-quoted": b"5;a=\"b;c\"\r\nhello\r\n0\r\n\r\n",
        "extension-quoted-crlf": b"5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n",
        "extension-last": b"5\r\nhello\r\n0;a\r\n\r\n",
        "extension-lf": b"5;a\nhello\r\n0\r\n\r\n",
        "extension-lf-inside": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
        "extension-cr-inside": b"5;a\rb\r\nhello\r\n0\r\n\r\n",
        "extension-nul": b"5;a\0b\r\nhello\r\n0\r\n\r\n",
        "extension-control": b"5;a\x01b\r\nhello\r\n0\r\n\r\n",
        "extension-high": b"5;\xe9\r\nhello\r\n0\r\n\r\n",
        "extension-long": b"5;" + b"a" * 2000 + b"\r\nhello\r\n0\r\n\r\n",
        "extension-crs": b"5;\r\r\nhello\r\n0\r\n\r\n",
        "cut-size": b"5",
        "cut-data": b"5\r\nhel",
        "cut-end": b"5\r\nhello\r\n0\r\n",
        "cut-end-cr": b"5\r\nhello\r\n0\r\n\r",
        "trailer": b"0\r\nA: b\r\n\r\n",
        "trailer-two": b"0\r\nA: b\r\nC: d\r\n\r\n",
        "trailer-upper": b"0\r\nABC-Def: B\r\n\r\n",
        "trailer-length": b"0\r\nContent-Length: 5\r\n\r\n",
        "trailer-coding": b"0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "trailer-host": b"0\r\nHost: b\r\n\r\n",
        "trailer-connection": b"0\r\nConnection: close\r\n\r\n",
        "trailer-upgrade": b"0\r\nUpgrade: x\r\n\r\n",
        "trailer-te": b"0\r\nTE: trailers\r\n\r\n",
        "trailer-cookie": b"0\r\nCookie: a=b\r\n\r\n",
        "trailer-no-colon": b"0\r\nAb\r\n\r\n",
        "trailer-no-name": b"0\r\n: b\r\n\r\n",
        "trailer-fold": b"0\r\nA: b\r\n c\r\n\r\n",
        "trailer-fold-tab": b"0\r\nA: b\r\n\tc\r\n\r\n",
        "trailer-lf": b"0\r\nA: b\n\r\n",
        "trailer-lf-all": b"0\r\nA: b\n\n",
        "trailer-cr": b"0\r\nA: b\rc\r\n\r\n",
        "trailer-nul": b"0\r\nA: b\0c\r\n\r\n",
        "trailer-control": b"0\r\nA: b\x01c\r\n\r\n",
        "trailer-high": b"0\r\nA: \xe9\r\n\r\n",
        "trailer-blanks": b"0\r\nA:  \tb  \r\n\r\n",
        "trailer-empty-value": b"0\r\nA:\r\n\r\n",
        "trailer-name-long": b"0\r\n" + b"A" * 300 + b": b\r\n\r\n",
        "trailer-many": b"0\r\n" + b"A: b\r\n" * 120 + b"\r\n",
        "trailer-100": b"0\r\n" + b"A: b\r\n" * 100 + b"\r\n",
        "trailer-101": b"0\r\n" + b"A: b\r\n" * 101 + b"\r\n",
        "trailer-name-255": b"0\r\n" + b"A" * 255 + b": b\r\n\r\n",
        "trailer-fold-first": b"0\r\n A\r\n\r\n",
        "trailer-long": b"0\r\nA: " + b"b" * 17000 + b"\r\n\r\n",
        "behind-end": b"0\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
        "bad-behind-data": b"5\r\nhello\r\nx\r\n\r\n",
    }.items():
        add("chunk " + name, b"POST / HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n" + body)
    return cases


ASKED = {
    "GET": b"GET /r HTTP/1.1\r\nHost: a\r\n\r\n",
    "HEAD": b"HEAD /r HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET-1.0": b"GET /r HTTP/1.0\r\nHost: a\r\n\r\n",
    "CONNECT": b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
    "UPGRADE-ALONE": b"GET /r HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\n",
    "UPGRADE": b"GET /r HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
}


def responses():
    """Every case: its name, which request of `ASKED` it answers, and what the server sends before it ends the connection."""
    cases = []

    def add(name, text, asked="GET"):
        cases.append((name, asked, text if isinstance(text, bytes) else text.encode("latin-1")))

    ok = b"HTTP/1.1 200 OK\r\n"

    for name, line in {
        "plain": "HTTP/1.1 200 OK",
        "no-reason": "HTTP/1.1 200 ",
        "no-reason-no-blank": "HTTP/1.1 200",
        "reason-blanks": "HTTP/1.1 200   OK  then ",
        "reason-tab": "HTTP/1.1 200 O\tK",
        "reason-tab-before": "HTTP/1.1 200\tOK",
        "reason-high": "HTTP/1.1 200 O\xffK",
        "reason-control": "HTTP/1.1 200 O\x01K",
        "reason-nul": "HTTP/1.1 200 O\0K",
        "reason-del": "HTTP/1.1 200 O\x7fK",
        "reason-cr": "HTTP/1.1 200 O\rK",
        "reason-long": "HTTP/1.1 200 " + "a" * 2000,
        "blanks": "HTTP/1.1   200 OK",
        "tab": "HTTP/1.1\t200 OK",
        "blank-first": " HTTP/1.1 200 OK",
        "1.0": "HTTP/1.0 200 OK",
        "0.9": "HTTP/0.9 200 OK",
        "1.2": "HTTP/1.2 200 OK",
        "2.0": "HTTP/2.0 200 OK",
        "2": "HTTP/2 200 OK",
        "3.0": "HTTP/3.0 200 OK",
        "1.10": "HTTP/1.10 200 OK",
        "01.1": "HTTP/01.1 200 OK",
        "1.": "HTTP/1. 200 OK",
        "1": "HTTP/1 200 OK",
        "1.x": "HTTP/1.x 200 OK",
        "lower": "http/1.1 200 OK",
        "mixed": "Http/1.1 200 OK",
        "other-name": "ICY 200 OK",
        "rtsp": "RTSP/1.0 200 OK",
        "https": "HTTPS/1.1 200 OK",
        "no-version": "200 OK",
        "status-2": "HTTP/1.1 20 OK",
        "status-1": "HTTP/1.1 2 OK",
        "status-4": "HTTP/1.1 2000 OK",
        "status-none": "HTTP/1.1 OK",
        "status-missing": "HTTP/1.1",
        "status-missing-blank": "HTTP/1.1 ",
        "status-letter": "HTTP/1.1 20x OK",
        "status-minus": "HTTP/1.1 -20 OK",
        "status-plus": "HTTP/1.1 +20 OK",
        "status-joined": "HTTP/1.1 200OK",
        "status-dot": "HTTP/1.1 200.1 OK",
        "status-000": "HTTP/1.1 000 OK",
        "status-001": "HTTP/1.1 001 OK",
        "status-099": "HTTP/1.1 099 OK",
        "status-299": "HTTP/1.1 299 OK",
        "status-600": "HTTP/1.1 600 OK",
        "status-999": "HTTP/1.1 999 OK",
        "status-426": "HTTP/1.1 426 Upgrade",
        "status-404": "HTTP/1.1 404 Not Found",
        "status-500": "HTTP/1.1 500 No",
        "status-503": "HTTP/1.1 503 No",
    }.items():
        add("line " + name, line.encode("latin-1") + b"\r\nContent-Length: 2\r\n\r\nok")
    add("line 0.9-answer", "<html>hello</html>")
    add("line 0.9-answer-line", "hello\r\n\r\nhello")
    add("line nothing", "")
    add("line crlf-before", b"\r\n" + ok + b"Content-Length: 2\r\n\r\nok")
    add("line lf-before", b"\n" + ok + b"Content-Length: 2\r\n\r\nok")
    add("line nul-before", b"\0" + ok + b"Content-Length: 2\r\n\r\nok")
    add("line lf-everywhere", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok")
    add("line cr-cr-lf", "HTTP/1.1 200 OK\r\r\nContent-Length: 2\r\n\r\nok")
    add("line request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    add("line cut", "HTTP/1.1 20")
    add("line cut-head", "HTTP/1.1 200 OK\r\nContent-Le")
    add("line cut-head-end", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")

    for name, headers in {
        "empty-value": b"A:\r\n",
        "many-blanks": b"A: \t  b \t \r\n",
        "no-blank": b"A:b\r\n",
        "blank-before-colon": b"A : b\r\n",
        "blank-in-name": b"A b: c\r\n",
        "no-colon": b"Ab\r\n",
        "no-name": b": b\r\n",
        "underscore": b"A_B: c\r\n",
        "name-slash": b"A/B: c\r\n",
        "name-comma": b"A,B: c\r\n",
        "name-high": b"A\xe9: c\r\n",
        "name-control": b"A\x01: c\r\n",
        "name-nul": b"A\0: c\r\n",
        "name-255": b"A" * 255 + b": b\r\n",
        "name-256": b"A" * 256 + b": b\r\n",
        "value-nul": b"A: b\0c\r\n",
        "value-control": b"A: b\x01c\r\n",
        "value-vt": b"A: b\x0bc\r\n",
        "value-del": b"A: b\x7fc\r\n",
        "value-high": b"A: \xe9\xff\r\n",
        "lf-only": b"A: b\n",
        "cr-inside": b"A: b\rc\r\n",
        "cr-cr-lf": b"A: b\r\r\n",
        "fold-blank": b"A: b\r\n c\r\n",
        "fold-tab": b"A: b\r\n\tc\r\n",
        "fold-of-blanks": b"A: b\r\n \r\n",
        "fold-first": b" A: b\r\n",
        "same-name": b"A: b\r\nA: c\r\n",
        "headers-100": b"A: b\r\n" * 100,
        "headers-101": b"A: b\r\n" * 101,
        "headers-150": b"A: b\r\n" * 150,
        "value-beyond-buffer": b"A: " + b"b" * 17000 + b"\r\n",
        "connection-close": b"Connection: close\r\n",
        "connection-keep": b"Connection: keep-alive\r\n",
        "connection-names": b"Connection: A, close\r\nA: b\r\n",
        "connection-empty": b"Connection:\r\n",
        "proxy-connection": b"Proxy-Connection: close\r\n",
        "keep-alive": b"Keep-Alive: timeout=5\r\n",
        "upgrade": b"Upgrade: h2c\r\nConnection: Upgrade\r\n",
        "trailer": b"Trailer: A\r\n",
        "host": b"Host: a\r\nHost: b\r\n",
        "expect": b"Expect: 100-continue\r\n",
    }.items():
        add("header " + name, ok + headers + b"Content-Length: 2\r\n\r\nok")

    for name, headers in {
        "none": b"",
        "short": b"Content-Length: 1\r\n",
        "long": b"Content-Length: 3\r\n",
        "zero": b"Content-Length: 0\r\n",
        "leading-zeros": b"Content-Length: 002\r\n",
        "plus": b"Content-Length: +2\r\n",
        "minus": b"Content-Length: -2\r\n",
        "empty": b"Content-Length:\r\n",
        "hex": b"Content-Length: 0x2\r\n",
        "letter-behind": b"Content-Length: 2a\r\n",
        "vt": b"Content-Length: \x0b2\r\n",
        "list-equal": b"Content-Length: 2, 2\r\n",
        "list-differ": b"Content-Length: 2, 1\r\n",
        "list-comma": b"Content-Length: 2,\r\n",
        "two-equal": b"Content-Length: 2\r\nContent-Length: 2\r\n",
        "two-differ": b"Content-Length: 2\r\nContent-Length: 1\r\n",
        "two-zeros": b"Content-Length: 2\r\nContent-Length: 02\r\n",
        "2^63": b"Content-Length: 9223372036854775808\r\n",
        "2^64+2": b"Content-Length: 18446744073709551618\r\n",
        "folded": b"Content-Length:\r\n 2\r\n",
        "close": b"Content-Length: 2\r\nConnection: close\r\n",
        "and-gzip": b"Content-Length: 2\r\nTransfer-Encoding: gzip\r\n",
        "and-identity": b"Content-Length: 2\r\nTransfer-Encoding: identity\r\n",
        "and-empty-coding": b"Content-Length: 2\r\nTransfer-Encoding:\r\n",
    }.items():
        add("length " + name, ok + headers + b"\r\nok")
        if name in ["none", "zero", "two-equal"]:
            add(f"length {name}-1.0", ok.replace(b"1.1", b"1.0") + headers + b"\r\nok")
            add(f"length {name}-to-1.0", ok + headers + b"\r\nok", "GET-1.0")

    body = b"\r\n2\r\nok\r\n0\r\n\r\n"
    for name, headers in {
        "chunked": b"Transfer-Encoding: chunked\r\n",
        "upper": b"Transfer-Encoding: Chunked\r\n",
        "two": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "list-two": b"Transfer-Encoding: chunked, chunked\r\n",
        "gzip-chunked": b"Transfer-Encoding: gzip, chunked\r\n",
        "gzip-then-chunked": b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        "chunked-gzip": b"Transfer-Encoding: chunked, gzip\r\n",
        "gzip": b"Transfer-Encoding: gzip\r\n",
        "identity": b"Transfer-Encoding: identity\r\n",
        "identity-chunked": b"Transfer-Encoding: identity, chunked\r\n",
        "chunked-identity": b"Transfer-Encoding: chunked, identity\r\n",
        "empty": b"Transfer-Encoding:\r\n",
        "empty-then-chunked": b"Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n",
        "comma-before": b"Transfer-Encoding: ,chunked\r\n",
        "comma-behind": b"Transfer-Encoding: chunked,\r\n",
        "parameter": b"Transfer-Encoding: chunked;a\r\n",
        "prefix": b"Transfer-Encoding: xchunked\r\n",
        "vt": b"Transfer-Encoding: \x0bchunked\r\n",
        "length-first": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "length-behind": b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "length-differ": b"Content-Length: 2\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "name-blank": b"Transfer-Encoding : chunked\r\n",
        "close": b"Transfer-Encoding: chunked\r\nConnection: close\r\n",
    }.items():
        add("coding " + name, ok + headers + body)
        if name in ["chunked", "length-first", "identity"]:
            add(f"coding {name}-1.0", ok.replace(b"1.1", b"1.0") + headers + body)
            add(f"coding {name}-to-1.0", ok + headers + body, "GET-1.0")
            add(f"coding {name}-to-head", ok + headers + b"\r\n", "HEAD")

    for name, chunks in {
        "extension": b"2;a=b\r\nok\r\n0\r\n\r\n",
        "trailer": b"2\r\nok\r\n0\r\nA: b\r\n\r\n",
        "trailer-length": b"2\r\nok\r\n0\r\nContent-Length: 5\r\n\r\n",
        "trailer-bad": b"2\r\nok\r\n0\r\nA b\r\n\r\n",
        "lf-behind-size": b"2\nok\r\n0\r\n\r\n",
        "lf-behind-data": b"2\r\nok\n0\r\n\r\n",
        "lf-at-end": b"2\r\nok\r\n0\r\n\n",
        "blank-behind": b"2 \r\nok\r\n0\r\n\r\n",
        "blank-before": b" 2\r\nok\r\n0\r\n\r\n",
        "0x": b"0x2\r\nok\r\n0\r\n\r\n",
        "minus": b"-2\r\nok\r\n0\r\n\r\n",
        "letter": b"x\r\nok\r\n0\r\n\r\n",
        "letter-later": b"2\r\nok\r\nx\r\n",
        "empty": b"\r\nok\r\n0\r\n\r\n",
        "large": b"fffffffffffff\r\nok",
        "too-large": b"ffffffffffffffff\r\nok",
        "cut": b"5\r\nok",
        "cut-end": b"2\r\nok\r\n0\r\n",
        "none": b"",
        "behind-end": b"2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "cr-x": b"2\rxok\r\n0\r\n\r\n",
    }.items():
        add("chunk " + name, ok + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)

    final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    for name, text, asked in [
        ("interim 100", b"HTTP/1.1 100 Continue\r\n\r\n" + final, "GET"),
        ("interim 103", b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + final, "GET"),
        ("interim 199", b"HTTP/1.1 199 X\r\n\r\n" + final, "GET"),
        ("interim two", b"HTTP/1.1 100 Continue\r\n\r\n" * 2 + final, "GET"),
        ("interim with-length", b"HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\n" + final, "GET"),
        ("interim with-chunked", b"HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n" + final, "GET"),
        ("interim alone", b"HTTP/1.1 100 Continue\r\n\r\n", "GET"),
        ("interim to-1.0", b"HTTP/1.1 100 Continue\r\n\r\n" + final, "GET-1.0"),
        ("interim from-1.0", b"HTTP/1.0 100 Continue\r\n\r\n" + final, "GET"),
        ("switch unasked", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello", "GET"),
        ("switch asked", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello", "UPGRADE"),
        ("switch without-upgrade", b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\n\r\nhello", "UPGRADE"),
        ("switch without-connection", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nhello", "UPGRADE"),
        ("switch other", b"HTTP/1.1 101 Switching\r\nUpgrade: y\r\nConnection: Upgrade\r\n\r\nhello", "UPGRADE"),
        ("switch with-length", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\nContent-Length: 5\r\n\r\nhello", "UPGRADE"),
        ("switch asked-alone", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello", "UPGRADE-ALONE"),
        ("switch asked-alone-200", final, "UPGRADE-ALONE"),
        ("switch refused", final, "UPGRADE"),
        ("tunnel 200", b"HTTP/1.1 200 OK\r\n\r\nhello", "CONNECT"),
        ("tunnel 200-length", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello", "CONNECT"),
        ("tunnel 200-chunked", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello", "CONNECT"),
        ("tunnel 204", b"HTTP/1.1 204 OK\r\n\r\nhello", "CONNECT"),
        ("tunnel 403", b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", "CONNECT"),
        ("bodiless 204", b"HTTP/1.1 204 No\r\n\r\n", "GET"),
        ("bodiless 204-body", b"HTTP/1.1 204 No\r\n\r\nhello", "GET"),
        ("bodiless 204-length", b"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello", "GET"),
        ("bodiless 204-length-zero", b"HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", "GET"),
        ("bodiless 204-chunked", b"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET"),
        ("bodiless 304", b"HTTP/1.1 304 Not\r\n\r\n", "GET"),
        ("bodiless 304-length", b"HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\n", "GET"),
        ("bodiless 304-body", b"HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\nhello", "GET"),
        ("bodiless 304-chunked", b"HTTP/1.1 304 Not\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET"),
        ("bodiless 304-bad-length", b"HTTP/1.1 304 Not\r\nContent-Length: x\r\n\r\n", "GET"),
        ("bodiless 205", b"HTTP/1.1 205 Reset\r\nContent-Length: 2\r\n\r\nok", "GET"),
        ("bodiless head", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD"),
        ("bodiless head-body", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HEAD"),
        ("bodiless head-none", b"HTTP/1.1 200 OK\r\n\r\n", "HEAD"),
        ("bodiless head-bad-length", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HEAD"),
        ("bodiless head-404", b"HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\n", "HEAD"),
    ]:
        add(name, text, asked)
    return cases


ADJUSTED = [
    "h1-case-adjust host Host",
    "h1-case-adjust content-length CONTENT-Length",
    "h1-case-adjust connection Connection",
    "h1-case-adjust x-forwarded-for X-Forwarded-For",
    "h1-case-adjust transfer-encoding Transfer-Encoding",
    "h1-case-adjust cache-control Cache-Control",
    "h1-case-adjust x-long-name-that-is-long X-Long-Name-That-Is-Long",
]


def options():
    """Every case: its name, lines of global, of the frontend and of the backend, the request, and the server's answer."""
    client, server = ["option h1-case-adjust-bogus-client"], ["option h1-case-adjust-bogus-server"]
    ask = b"GET / HTTP/1.1\r\nhost: a\r\nContent-length: 0\r\nX_y: z\r\nx-long-name-that-is-LONG: b\r\n\r\n"
    names = b"GET / HTTP/1.1\r\nhost: a\r\nX_y: z\r\nA.b: c\r\nOk-1: d\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\ncontent-Length: 2\r\nX-Other: a\r\nX-Long-Name-That-Is-Long: b\r\nCONNECTION: close\r\n\r\nok"
    interim = b"HTTP/1.1 103 Early\r\nConnection: x\r\n\r\n" + answer
    bad = b"GET /\x01 HTTP/1.1\r\n\r\n"
    chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    found = [
        ("case neither", ADJUSTED, [], [], ask, answer),
        ("case both", ADJUSTED, client, server, ask, answer),
        ("case client", ADJUSTED, client, [], ask, answer),
        ("case server", ADJUSTED, [], server, ask, answer),
        ("case without-names", [], client, server, ask, answer),
        ("case interim", ADJUSTED, client, server, ask, interim),
        ("case chunks", ADJUSTED, client, server, ask, chunks),
        ("case forwardfor", ADJUSTED, client, server + ["option forwardfor"], ask, answer),
        ("case server-close", ADJUSTED, client, server + ["option http-server-close"], ask, answer),
        ("case httpclose", ADJUSTED, client + ["option httpclose"], server, ask, answer),
        ("case deny", ADJUSTED, client + ["http-request deny"], server, ask, answer),
        ("case bad-request", ADJUSTED, client, server, bad, answer),
        ("case bad-response", ADJUSTED, client, server, ask, b"x\r\n\r\n"),
        ("case old-client", ADJUSTED, client, server, ask.replace(b"1.1", b"1.0"), answer),
    ]
    for policy in ["preserve", "delete", "reject"]:
        line = [f"option http-restrict-req-hdr-names {policy}"]
        found.append((f"names {policy}-front", [], line, [], names, answer))
        found.append((f"names {policy}-back", [], [], line, names, answer))
    reject, delete = "option http-restrict-req-hdr-names reject", "option http-restrict-req-hdr-names delete"
    preserve = "option http-restrict-req-hdr-names preserve"
    found += [
        ("names reject-plain", [], [reject], [reject], ask.replace(b"X_y", b"X-y"), answer),
        ("names delete-then-reject", [], [delete], [reject], names, answer),
        ("names the-last-counts", [], [reject, preserve], [], names, answer),
        ("names deleted-by-rule", [], [reject, "http-request del-header x_y", "http-request del-header a.b"], [], names, answer),
        ("names added-by-rule", [], [delete, "http-request add-header b_c d"], [], names, answer),
        ("names added-behind", [], [reject], ["http-request add-header b_c d"], ask.replace(b"X_y", b"X-y"), answer),
    ]
    return found
