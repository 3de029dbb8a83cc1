"""Messages for record.py, and what is asked of them."""

HOST = ["host: h.com"]


def get(path, *headers, method="GET", version="1.1", body=""):
    length = [f"content-length: {len(body)}"] if body else []
    return {"line": f"{method} {path} HTTP/{version}", "headers": list(headers) + length, "body": body}


def answer(*headers, status="200 OK", version="1.1", body=""):
    return {"line": f"HTTP/{version} {status}", "headers": list(headers) + [f"content-length: {len(body)}"], "body": body}


HEADER_LINES = [
    ["x: a,b", "X: c", "y: 1.2.3.4, 5.6.7.8:80", "z: 12abc,-7"],
    ["x: ", "y: 2001:db8::1", "z: x"],
    ["y: [2001:db8::1]:80", "x: \"a,b\",c", "z: +3"],
    ["x: a,,b,", "y: 1.2.3.4x,nothing,9.9.9.9", "z:"],
    ["q: 1"],
    ["x: 1", "x: 2", "x: 3", "x: 4", "x: 5", "x: 6", "x: 7", "x: 8", "x: 9", "x: 10", "x: 11", "y: 1.2.3.4:99999", "y: 300.1.1.1"],
    ["y: 1.2.3.4:", "y: 1.2.3.4:80a", "x:,", "z: 99999999999999999999", "y: [::1]", "y: \"::1\""],
    ["y: 1.1.1.1, junk", "z: 5, q"],
    ["x: a, b , c", "y: 1.2.3", "y: ::ffff:1.2.3.4", "z: 0x10, 1 2", "y: 127.0.0.1 "],
]


def header_expressions(side):
    found = []
    for name in ("hdr", "fhdr"):
        for arg in ("x", "X", "x,1", "x,2", "x,-1", "x,-2", "x,-3", "x,9", "x,0", "none", "y", "x,10", "x,-9"):
            found.append(f"{side}.{name}({arg})")
        found += [f"{side}.{name}_cnt({arg})" for arg in ("x", "none", "y")] + [f"{side}.{name}_cnt"]
    for arg in ("y", "y,1", "y,2", "y,-1", "none", "x"):
        found.append(f"{side}.hdr_ip({arg})")
    for arg in ("z", "z,1", "z,2", "z,-1", "none", "y"):
        found.append(f"{side}.hdr_val({arg})")
    found += [f"{side}.hdr", f"{side}.fhdr", f"{side}.hdr(,2)", f"{side}.fhdr(,-1)", f"{side}.hdr_val", f"{side}.hdr_ip"]
    found += [f"{side}.hdr_names", f"{side}.hdr_names(;)", f"{side}.hdr_names(ab)", f"{side}.hdrs,hex", f"{side}.hdrs_bin,hex"]
    return found


def header_conditions(side):
    found = []
    for value in ("a", "b", "c", "1", "11", "\"a,b\""):
        found.append(f"{side}.hdr(x) -m str {value}")
        found.append(f"{side}.fhdr(x) -m str {value}")
    for address in ("1.2.3.4", "5.6.7.8", "2001:db8::1", "9.9.9.9"):
        found.append(f"{side}.hdr_ip(y) {address}")
    found += [f"{side}.hdr_val(z) {value}" for value in ("12", "-- -7", "0", "3")]
    found += [f"{side}.hdr -m str a", f"{side}.hdr -m found", f"{side}.fhdr -m str c", f"{side}.hdr_val 12", f"{side}.hdr_ip 1.2.3.4"]
    found += [f"{side}.hdr(,2) -m found", f"{side}.hdr(x) -m len 0", f"{side}.hdr(x) -m len 1", f"{side}.fhdr(x) -m len 3", f"{side}.hdr_cnt(x) gt 2"]
    found += [f"{side}.hdr_names -m sub host", f"{side}.hdr_val(z) lt 0", f"{side}.hdr_ip(y) -m found"]
    return found


URIS = [
    get("/", *HOST),
    get("/a?b=c", *HOST),
    get("/a/b.html?x=1&y=2", *HOST),
    get("http://1.2.3.4:8080/p?q", "host: 1.2.3.4:8080"),
    get("http://1.2.3.4/p", "host: 1.2.3.4"),
    get("http://h.com/p", *HOST),
    get("http://h.com:81", "host: h.com:81"),
    get("https://9.8.7.6/", "host: 9.8.7.6"),
    get("*", *HOST, method="OPTIONS"),
    get("/?", *HOST),
    get("/a??b", *HOST),
    get("/a", version="1.0"),
    get("//x/y?z", *HOST),
    get("h.com:8443", "host: h.com:8443", method="CONNECT"),
    get("http://300.2.3.4:99/x", "host: 300.2.3.4:99"),
    get("/p", "host: H.Com:8080", "host: H.Com:8080", method="POST"),
]

URI_FETCHES = """base base32 base32+src,hex baseq path pathq query query,length url url32 url32+src,hex url_ip url_port method req.ver
http_first_req capture.req.method capture.req.uri capture.req.ver src src_port dst dst_port req.proto_http
internal.strm.is_htx""".split()

URI_CONDITIONS = [
    "base h.com/", "base_beg h.com", "baseq -m end b=c", "pathq -m found", "pathq -m len 1", "query -m found", "query -m len 0",
    "url_ip 1.2.3.4", "url_port 8080", "url_port 80", "url_port -m found", "url_ip -m found", "method POST", "method -m found",
    "base32 gt 0", "base32+src -m found", "http_first_req", "capture.req.ver HTTP/1.1", "capture.req.uri -m beg /",
]

PARAMETERS = [
    get("/?a=1&b=2&a=3", *HOST),
    get("/p?a=&b", *HOST),
    get("/p", *HOST),
    get("/p;a=9;b=8?a=7", *HOST),
    get("/p?A=1&aa=2&ba=3", *HOST),
    get("/p?x=1;a=2;b=12x", *HOST),
    get("/p?a=%31%20+&b=-5", *HOST),
    get("/p?&&a=1", *HOST),
    get("/p?=5&a==3", *HOST),
    get("/p?a", *HOST),
    get("/p?", *HOST),
    get("/p?q?a=1", *HOST),
    get("/p?b=2&c=a=1", *HOST),
    get("http://h.com/?a=1", *HOST),
]

PARAMETER_FETCHES = """urlp(a) urlp(b) urlp(c) urlp(A) urlp url_param(a) url_param urlp(a,;) urlp(b,;) urlp_val(a) urlp_val(b)
urlp_val urlp(a),length urlp(b),length urlp(a,:) urlp_val(a,;) urlp(aa) urlp(,;)""".split()

PARAMETER_CONDITIONS = [
    "urlp(a) 1", "urlp(a) 3", "urlp 2", "urlp 3", "urlp 1", "urlp -m found", "urlp(a) -m found", "urlp(a) -m len 0", "urlp_val(a) 1",
    "urlp_val(a) 3", "urlp_val 2", "urlp(a,;) 9", "urlp(b) -m found", "urlp(b) -m len 1",
]

BODIES = [
    get("/", *HOST, method="POST", body="a=1&b=2&a=3"),
    get("/", *HOST, method="POST", body=""),
    get("/", *HOST, "content-length: 0", method="POST"),
    get("/", *HOST, method="POST", body="b"),
    get("/", *HOST, method="POST", body="b=&a"),
    get("/", *HOST, method="POST", body="x=12y&&a=%20;b=5"),
    get("/", *HOST, method="POST", body="?a=1"),
    get("/", *HOST),
    dict(get("/", *HOST, "transfer-encoding: chunked", method="POST"), body="5\r\na=1&b\r\n3\r\n=77\r\n0\r\n\r\n"),
    get("/", *HOST, method="PUT", body="{\"a\": 1}"),
]

BODY_FETCHES = """req.body,hex req.body_len req.body_size req.body_param(a) req.body_param(b) req.body_param req.body_param(c)
req.body_param(a),length req.body_param(a),hex""".split()

BODY_CONDITIONS = [
    "req.body -m found", "req.body_len 0", "req.body_size gt 3", "req.body_param(a) -m str 1", "req.body_param(a) -m str 3", "req.body_param -m str 2",
    "req.body_param(b) -m found", "req.body_param(b) -m len 0", "req.body -m sub a=1", "req.body -m len 11", "req.body_len -m found",
    "req.body_size -m found",
]

COOKIES = [
    ["cookie: a=1; b=2; a=3"],
    ["cookie: a=1", "cookie: a=2, c=4x"],
    ["cookie: a="],
    ["cookie: a"],
    ["cookie: a = 1 ; b=\"x;y\""],
    ["cookie:"],
    [],
    ["cookie: $Version=1; a=5; $Path=/"],
    ["cookie: A=7; aa=8; =9"],
    ["cookie: a=1;a=;b=-12"],
]

COOKIE_FETCHES = """req.cook(a) req.cook(b) req.cook(c) req.cook req.cook_cnt(a) req.cook_cnt(b) req.cook_cnt req.cook_val(a)
req.cook_val(b) req.cook_val(c) req.cook_val cookie(a) cookie req.cook(a),length cook(a) cook_cnt(a) cook_val(a)""".split()

COOKIE_CONDITIONS = [
    "req.cook(a) 1", "req.cook(a) 2", "req.cook(a) 3", "req.cook(a) -m found", "req.cook(a) -m len 0", "req.cook 2", "req.cook -m found",
    "req.cook_cnt(a) 2", "req.cook_cnt gt 0", "req.cook_val(a) 1", "req.cook_val(a) 3", "req.cook_val -m found", "req.cook_cnt(a) 0",
]

REQUESTS = [
    {"expressions": URI_FETCHES, "conditions": URI_CONDITIONS, "messages": URIS},
    {
        "expressions": header_expressions("req") + ["hdr(x)", "hdr_cnt(x)", "hdr_ip(y)", "hdr_val(z)"],
        "conditions": header_conditions("req"),
        "messages": [get("/", *HOST, *lines) for lines in HEADER_LINES],
    },
    {"expressions": PARAMETER_FETCHES, "conditions": PARAMETER_CONDITIONS, "messages": PARAMETERS},
    {"expressions": BODY_FETCHES, "conditions": BODY_CONDITIONS, "messages": BODIES},
    {
        "expressions": COOKIE_FETCHES,
        "conditions": COOKIE_CONDITIONS,
        "messages": [get("/", *HOST, *lines) for lines in COOKIES],
    },
]

SET_COOKIES = [
    ["set-cookie: a=1; path=/"],
    ["set-cookie: a=1", "set-cookie: b=2; Secure", "set-cookie: a=3x; b=4"],
    ["set-cookie: a="],
    ["set-cookie: a"],
    ["set-cookie: a=1, b=2; path=/"],
    [],
    ["set-cookie: A=1; a=5"],
    ["set-cookie: a=\"q;r\"; HttpOnly", "set-cookie: b=-9"],
    ["set-cookie2: a=8"],
    ["set-cookie: a=1; a=5"],
    ["set-cookie: b=1; HttpOnly; a=5, a=6; path=/"],
]

SET_COOKIE_FETCHES = """res.cook(a) res.cook(b) res.cook res.cook_cnt(a) res.cook_cnt(b) res.cook_cnt res.cook_val(a) res.cook_val(b)
res.cook_val scook(a) scook_cnt(a) scook_val(a) res.cook(a),length""".split()

SET_COOKIE_CONDITIONS = [
    "res.cook(a) 1", "res.cook(a) 3x", "res.cook(a) -m found", "res.cook -m found", "res.cook 2", "res.cook_cnt(a) 2", "res.cook_cnt gt 0",
    "res.cook_val(a) 1", "res.cook_val(a) 3", "res.cook(path) -m found",
]

STATUS_FETCHES = """status res.ver resp_ver method capture.res.ver be_name fe_name
srv_name srv_id be_id fe_id res.comp res.comp_algo res.cache_hit res.cache_name bc_http_major fc_http_major
hdr(x-q) hdr(x-s) http_first_req""".split()

STATUS_CONDITIONS = [
    "status 200", "status 404", "status 200:299", "res.ver 1.1", "res.ver 1.0", "status -m found", "hdr(x-q) -m found",
    "hdr(x-s) -m found", "srv_id 1", "res.cache_hit", "res.comp", "method GET",
]

RESPONSES = [
    {
        "expressions": header_expressions("res") + ["hdr(x)", "shdr(x)", "shdr_cnt(x)", "shdr_ip(y)", "shdr_val(z)"],
        "conditions": header_conditions("res"),
        "messages": [answer(*lines) for lines in HEADER_LINES],
    },
    {
        "expressions": SET_COOKIE_FETCHES,
        "conditions": SET_COOKIE_CONDITIONS,
        "messages": [answer(*lines) for lines in SET_COOKIES],
    },
    {
        "expressions": STATUS_FETCHES,
        "conditions": STATUS_CONDITIONS,
        "messages": [
            answer("x-s: s"),
            answer(status="200 Strange", version="1.0"),
        ],
    },
]


def block(kind, *parts):
    """A handshake message or a record's body: bytes with their length in front."""
    body = b"".join(parts)
    return kind + body


def vector(size, body):
    return len(body).to_bytes(size, "big") + body


def extension(kind, body):
    return kind.to_bytes(2, "big") + vector(2, body)


def client_hello(*extensions, version=b"\x03\x03", record=b"\x03\x01", session=b"", kind=b"\x01"):
    hello = version + bytes(range(32)) + vector(1, session) + vector(2, b"\x13\x01\xc0\x2f") + vector(1, b"\x00")
    if extensions:
        hello += vector(2, b"".join(extensions))
    message = kind + vector(3, hello)
    return b"\x16" + record + vector(2, message)


SNI = extension(0, vector(2, b"\x00" + vector(2, b"www.example.com")))
ALPN = extension(16, vector(2, vector(1, b"h2") + vector(1, b"http/1.1")))
GROUPS = extension(10, vector(2, b"\x00\x1d"))
TICKET = extension(35, b"")
TICKET_FULL = extension(35, b"abc")

HELLOS = [
    client_hello(SNI, ALPN, GROUPS),
    client_hello(SNI, TICKET),
    client_hello(GROUPS, TICKET_FULL, session=b"12345678"),
    client_hello(),
    client_hello(ALPN, record=b"\x03\x00", version=b"\x03\x01"),
    client_hello(SNI)[:40],
    client_hello(SNI) + b"more",
    client_hello(SNI, kind=b"\x02"),
    b"",
    b"\x16",
    b"\x16\x03\x01",
    b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
    b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10" + bytes(37),
    b"\x16\x04\x01\x00\x05hello",
    client_hello(extension(0, b"\x00\x00"), extension(16, b"\x00\x00")),
]

HELLO_FETCHES = """req.ssl_hello_type req.ssl_sni req.ssl_alpn req.ssl_ec_ext req.ssl_st_ext req.ssl_ver req_ssl_sni
req_ssl_hello_type req_ssl_ver req.len req.proto_http""".split()

BYTES = [b"", b"a", b"abcdefgh", b"\x00\x03abcdef", b"\x02\x00\x00\x00\x05hello!", bytes(range(32)), b"\xff\xff\xff\xff\xff\xff"]

BYTES_FETCHES = """req.len req_len req.payload(0,0) req.payload(0,1) req.payload(0,4) req.payload(2,3) req.payload(2,0) req.payload(6,2)
req.payload(6,3) req.payload(30,4) payload(0,2) payload(1,0) req.payload_lv(0,1) req.payload_lv(0,2) req.payload_lv(1,4)
req.payload_lv(0,2,4) req.payload_lv(0,2,+1) req.payload_lv(0,1,-1) payload_lv(0,2) req.payload_lv(0,1,1) req.proto_http
req.payload(8,0) req.payload_lv(0,1,+0) req.payload_lv(2,1)""".split()


def rdp(cookie, tail=b"", declared=None, kind=0xE0):
    request = b"\x00\x00\x00\x00\x00" + cookie + tail
    body = bytes([(len(request) + 1) & 255, kind]) + request
    length = declared if declared is not None else len(body) + 4
    return b"\x03\x00" + length.to_bytes(2, "big") + body


RDPS = [
    rdp(b"Cookie: mstshash=user\r\n"),
    rdp(b"Cookie: msts=3640205228.15629.0000\r\n", b"\x01\x00\x08\x00\x03\x00\x00\x00"),
    rdp(b"Cookie: MSTSHASH=Big\r\n"),
    rdp(b"Cookie: mstshash=\r\n"),
    rdp(b"Cookie: mstshash=user"),
    rdp(b"Cookie: mstshash=user\n"),
    rdp(b"\x01\x00\x08\x00\x03\x00\x00\x00"),
    rdp(b"Cookie: mstshash\r\n"),
    rdp(b"cookie: mstshash=x\r\n"),
    rdp(b"Cookie: mstshash=user\r\n", kind=0xD0),
    rdp(b"Cookie: mstshash=user\r\n")[:20],
    rdp(b"Cookie: mstshash=user\r\n", declared=1000),
    rdp(b"Cookie: mstshash=user\r\n", declared=12),
    rdp(b"Cookie: mstshash=user;x=y\r\n"),
    b"\x03\x00",
    b"",
]

RDP_FETCHES = """req.rdp_cookie req.rdp_cookie(mstshash) req.rdp_cookie(MSTSHASH) req.rdp_cookie(msts) req.rdp_cookie_cnt
req.rdp_cookie_cnt(mstshash) req.rdp_cookie_cnt(other) rdp_cookie(mstshash) rdp_cookie_cnt req.rdp_cookie(mst)""".split()


def distcc(*tokens):
    return b"".join(name + b"%08x" % (value if isinstance(value, int) else len(value)) + (b"" if isinstance(value, int) else value) for name, value in tokens)


DISTCCS = [
    distcc((b"DIST", 1), (b"ARGC", 2), (b"ARGV", b"gcc"), (b"ARGV", b"-c"), (b"DOTI", b"int x;")),
    distcc((b"DIST", 3)),
    distcc((b"DIST", 1))[:10],
    b"DISTzzzzzzzz",
    b"DIST0000000g",
    distcc((b"DIST", 1), (b"DOTI", b"")),
    b"",
    b"XXXX00000001DIST00000002",
]

DISTCC_FETCHES = """distcc_param(DIST) distcc_param(ARGC) distcc_param(ARGV) distcc_param(ARGV,2) distcc_param(ARGV,3) distcc_param(DOTI)
distcc_body(ARGV) distcc_body(ARGV,2) distcc_body(ARGV,3) distcc_body(DOTI) distcc_body(DIST) distcc_param(NONE)
distcc_param(ARGV,1) distcc_param(ARGV,0)""".split()

PAYLOADS = [
    {"expressions": BYTES_FETCHES, "sent": [sent.hex() for sent in BYTES]},
    {"expressions": HELLO_FETCHES, "sent": [sent.hex() for sent in HELLOS]},
    {"expressions": RDP_FETCHES, "sent": [sent.hex() for sent in RDPS]},
    {"expressions": DISTCC_FETCHES, "sent": [sent.hex() for sent in DISTCCS]},
]
