"""The configurations and requests that record.py records answers to. `{dir}` is the folder that FILES are written into."""

import base64


def ask(path="/", *headers, method="GET", version="1.1", body=""):
    lines = [f"{method} {path} HTTP/{version}"]
    if version == "1.1":
        lines.append("Host: h")
    lines += headers
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines) + "\r\n\r\n" + body


def each(path="/", *headers):
    """The same request in all the ways that change how an answer ends."""
    return [
        ask(path, *headers),
        ask(path, *headers, method="HEAD"),
        ask(path, "Connection: close", *headers),
        ask(path, *headers, version="1.0"),
        ask(path, "Connection: keep-alive", *headers, version="1.0"),
        ask(path, *headers, method="POST", body="hello"),
        # The body never comes.
        ask(path, "Content-Length: 5", *headers, method="POST"),
        ask(path, "Expect: 100-continue", "Content-Length: 5", *headers, method="POST"),
    ]


def answered(path="/", *headers):
    """The same for rules on responses: those that reach a server whole."""
    return each(path, *headers)[:6]


def basic(user):
    return "Authorization: Basic " + base64.b64encode(user.encode()).decode()


FILES = {
    "page.txt": "a page of %[path]\n",
    "empty.txt": "",
    "503.http": "HTTP/1.1 503 Mine\r\nContent-Type: text/html\r\nX-File: yes\r\nContent-Length: 5\r\n\r\nmine\n",
    "403.http": "HTTP/1.0 403 Old\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n<h1>old</h1>\n",
    "404.http": "HTTP/1.1 404 Gone Away\r\nContent-Length: 4\r\n\r\nnone",
    "200.http": "HTTP/1.1 200 Fine\r\nContent-Length: 4\r\nX-A: b\r\n\r\nfine",
    "redirect.http": "HTTP/1.1 302 Found\r\nLocation: /maintenance\r\nContent-Length: 0\r\n\r\n",
}

FRONT = "frontend f\n bind 127.0.0.1:{port:front}\n"
BACK = "backend b\n server s 127.0.0.1:{port:server}\n"
USE = " default_backend b\n" + BACK

GROUPS = []


def group(name, config, *requests):
    GROUPS.append((name, config, [request for some in requests for request in (some if isinstance(some, list) else [some])]))


def single(name, rules, *requests, files=""):
    group(name, files + FRONT + "".join(f" {rule}\n" for rule in rules) + USE, *(requests or [each()]))


# return
single("return: bare", ["http-request return"])
single("return: status", ["http-request return status 404"])
single("return: status 204", ["http-request return status 204"], ask(), ask(method="HEAD"))
single("return: status 304", ["http-request return status 304"], ask())
single("return: status 299", ["http-request return status 299"], ask())
single("return: status 418 with text", ["http-request return status 418 content-type text/plain string tea"], ask())
single("return: string", ["http-request return content-type text/plain string hello"])
single("return: lf-string", ['http-request return content-type text/plain lf-string "%[path] %ci"'], ask("/a"), ask("/b", method="HEAD"))
single("return: file", ["http-request return content-type text/plain file {dir}/page.txt"], ask("/a"))
single("return: empty file", ["http-request return content-type text/plain file {dir}/empty.txt"], ask("/a"))
single("return: lf-file", ["http-request return content-type text/plain lf-file {dir}/page.txt"], ask("/a"))
single("return: hdr", ['http-request return status 200 content-type text/plain string x hdr X-A "%[path]" hdr x-b two hdr X-A three'], each("/p"))
single("return: hdr without body", ["http-request return status 202 hdr X-A one"], ask())
single("return: hdr of its own", ["http-request return status 200 content-type a/b string x hdr content-type c/d hdr Connection close hdr Transfer-Encoding chunked"], ask())
single("return: hdr empty", ['http-request return content-type a/b string x hdr X-A "%[hdr(none)]"'], ask())
single("return: default-errorfiles", ["errorfile 503 {dir}/503.http", "http-request return status 503 default-errorfiles"])
single("return: default-errorfiles, built in", ["http-request return status 404 default-errorfiles"], ask())
single("return: errorfile", ["http-request return status 404 errorfile {dir}/503.http"], each())
single("return: errorfile alone", ["http-request return errorfile {dir}/503.http"], ask())
single("return: errorfiles", ["http-request return status 404 errorfiles E"], ask(), files="http-errors E\n errorfile 404 {dir}/404.http\n errorfile 200 {dir}/200.http\n")
single("return: on the response", ["http-response return status 201 content-type text/plain string hello hdr X-A b"], answered())
single("return: on the response, error file", ["http-response return status 404 errorfile {dir}/503.http"], ask())
single("return: on the response, no body", ["http-response return status 404"], ask())

# deny
single("deny: bare", ["http-request deny"])
single("deny: status", ["http-request deny status 429"], ask())
single("deny: unknown status", ["http-request deny status 418"], ask())
single("deny: unknown status with text", ["http-request deny status 418 content-type text/plain string no"], ask())
single("deny: hdr alone", ["http-request deny status 403 hdr X-A b"], ask())
single("deny: string", ["http-request deny deny_status 403 content-type text/plain string no"], each())
single("deny: lf-string with hdr", ["http-request deny status 400 content-type text/plain lf-string no-%[path] hdr X-Why %[method]"], ask("/z"))
single("deny: file", ["http-request deny status 400 content-type text/plain file {dir}/page.txt"], ask("/z"))
single("deny: errorfile", ["http-request deny errorfile {dir}/503.http"], ask())
single("deny: errorfile of the proxy", ["errorfile 403 {dir}/403.http", "http-request deny"], each())
single("deny: errorfiles", ["http-request deny status 404 errorfiles E"], ask(), files="http-errors E\n errorfile 404 {dir}/404.http\n")
single("deny: default-errorfiles", ["errorfile 404 {dir}/404.http", "http-request deny status 404 default-errorfiles"], ask())
single("deny: on the response", ["http-response deny"], answered())
single("deny: on the response, status", ["http-response deny status 403"], ask())
single("deny: on the response, string", ["http-response deny status 403 content-type text/plain string no hdr X-B b"], ask())
group("deny: in the backend", FRONT + " default_backend b\n" + BACK + " http-request deny status 404 content-type a/b string x\n", each())
group("deny: on the response in the backend", FRONT + " default_backend b\n" + BACK + " http-response deny\n", ask())

# tarpit
single("tarpit: bare", ["http-request tarpit"], ask(), ask(method="HEAD"), ask(method="POST", body="hello"))
single("tarpit: status", ["http-request tarpit deny_status 429"], ask())
single("tarpit: string", ["http-request tarpit status 403 content-type text/plain string slow hdr X-A b"], ask("/x"))
group("tarpit: in the backend", FRONT + " default_backend b\n" + BACK + " http-request tarpit\n", ask())

# redirect
for code in (301, 302, 303, 307, 308):
    single(f"redirect: location {code}", [f"http-request redirect location http://x/y code {code}"], each())
single("redirect: keyword", ["redirect location /there"], each())
single("redirect: prefix", ["redirect prefix https://w.example"], ask("/a/b?c=d"), ask("/"), ask("*", method="OPTIONS"), ask("http://other/p?q"), ask("/a#b"), ask("//x"))
single("redirect: prefix /", ["redirect prefix / if !{ path_beg /x }"], ask("/a?b"))
single("redirect: prefix drop-query", ["redirect prefix https://w.example drop-query"], ask("/a/b?c=d"), ask("/a?"), ask("/a"))
single("redirect: prefix append-slash", ["redirect prefix https://w.example drop-query append-slash"], ask("/a/b?c=d"), ask("/a/"), ask("/a?"), ask("/"))
single("redirect: append-slash without drop-query", ["redirect prefix https://w.example append-slash"], ask("/a/b?c=d"), ask("/a"))
single("redirect: scheme", ["redirect scheme https"], ask("/a?b"), ask("/a?b", "Host: second"), ask("/", version="1.0"), ask("http://abs:81/p?q"), "GET /p HTTP/1.1\r\nHost: h:80\r\n\r\n", "GET /p HTTP/1.1\r\nHost: h:8080\r\n\r\n", "GET /p HTTP/1.1\r\nHost: h:443\r\n\r\n")
single("redirect: scheme drop-query append-slash", ["redirect scheme https drop-query append-slash code 301"], ask("/a?b"), ask("/a/"))
single("redirect: location with query options", ["redirect location /x?y drop-query append-slash"], ask("/a?b"))
single("redirect: set-cookie", ["redirect location /x set-cookie A=b"], ask())
single("redirect: set-cookie bare", ["redirect location /x set-cookie A"], ask())
single("redirect: clear-cookie", ["redirect location /x clear-cookie A"], ask())
single("redirect: clear-cookie with sign", ["redirect location /x clear-cookie A="], ask())
single("redirect: both cookies", ["redirect location /x set-cookie A=b clear-cookie C="], ask())
single("redirect: computed", ['http-request redirect location "http://%[hdr(host)]%[path]?x=%[query]"'], ask("/a?b"))
single("redirect: computed prefix", ["http-request redirect prefix http://%[hdr(host),lower]"], ask("/a?b"))
single("redirect: keyword computed", ["redirect prefix http://%[hdr(host)]-x"], ask("/a?b"))
single("redirect: computed scheme", ["http-request redirect scheme %[hdr(x-s)]"], ask("/a?b", "X-S: ftp"))
single("redirect: ignore-empty", ["http-request redirect location %[hdr(x-to)] ignore-empty", "http-request return status 202"], ask(), ask("/", "X-To: /there"))
single("redirect: empty", ["http-request redirect location %[hdr(x-to)]", "http-request return status 202"], ask())
single("redirect: on the response", ["http-response redirect location /r code 303 set-cookie A=b"], answered())
group("redirect: in the backend", FRONT + " default_backend b\n" + BACK + " redirect location /there\n", ask(), ask(method="POST", body="hello"))
single("redirect: order of rules", ["redirect location /by-keyword", "http-request return status 202 if { path /first }"], ask("/first"), ask("/x"))
single("redirect: keyword after a backend's choice", ["use_backend none if { path /b }", "redirect location /r if { path /b }"], ask("/b"), files="backend none\n")

# auth
USERS = "userlist L\n group g users a\n group h\n user a insecure-password pa\n user b insecure-password pb groups h\n user c password $5$saltsalt$uipAaErq2cqv8LkV82DK6t6UCv.VyUKuMysrJ95a/1C\n user d password $6$saltsalt$poif945tD6ze6hJcqGox.vih4m4vSwPVLsZotFnhUHVlntXcwi./GIwiALqgju1zVe9wg9uzsumV8PP41kvzQ0\n"
single("auth: bare", ["http-request auth unless { http_auth(L) }"], each(), ask("/", basic("a:pa")), ask("/", basic("a:pb")), ask("/", basic("zz:pb")), ask("/", basic("c:pc")), ask("/", basic("c:pd")), ask("/", basic("d:pd")), ask("/", "Authorization: Basic !!"), ask("/", "Authorization: bearer x"), ask("/", basic("a:pa").replace("Basic", "basic")), ask("/", basic("a:pa").replace("Basic ", "Basic   ")), files=USERS)
single("auth: realm", ['http-request auth realm "My \\"Realm\\"" unless { http_auth(L) }'], ask(), ask(method="HEAD"), files=USERS)
single("auth: realm with blanks", ['http-request auth realm "Two words" unless { http_auth(L) }'], ask(), files=USERS)
single("auth: group", ["http-request auth unless { http_auth_group(L) g }"], ask("/", basic("a:pa")), ask("/", basic("b:pb")), ask("/"), files=USERS)
single("auth: groups", ["http-request auth unless { http_auth_group(L) g h }"], ask("/", basic("b:pb")), ask("/", basic("b:pa")), files=USERS)
single("auth: proxy", ["http-request auth unless { http_auth(L) }"], ask("http://h/"), ask("http://h/", basic("a:pa").replace("Authorization", "Proxy-Authorization")), ask("http://h/", basic("a:pa")), files=USERS)
single("auth: proxy header", ["option http-use-proxy-header", "http-request auth unless { http_auth(L) }"], ask("/"), ask("http://h/"), ask("/", "Proxy-Connection: close"), files=USERS)
single("auth: error file", ["errorfile 401 {dir}/503.http", "http-request auth"], ask())
group("auth: in the backend", USERS + FRONT + " default_backend b\n" + BACK + " http-request auth\n", ask(), ask(method="POST", body="hello"))
group("auth: name in the backend", USERS + FRONT + " default_backend back\nbackend back\n http-request auth unless { http_auth(L) }\n server s 127.0.0.1:{port:server}\n", ask())

# early hints
single("early-hint: one", ['http-request early-hint Link "<%[path]>; rel=preload"'], ask("/x"), ask("/x", version="1.0"), ask("/x", method="HEAD"))
single("early-hint: two", ["http-request early-hint Link a", "http-request early-hint Link b", "http-request set-header x y", "http-request early-hint X-Other c"], ask())
single("early-hint: conditions", ["http-request early-hint A a if { path /a }", "http-request early-hint B b if { path /b }", "http-request early-hint C c if { path /c }"], ask("/a"), ask("/b"), ask("/c"), ask("/d"))
single("early-hint: a condition between", ["http-request early-hint A a", "http-request early-hint B b if TRUE", "http-request early-hint C c", "http-request early-hint D d if FALSE", "http-request early-hint E e"], ask())
single("early-hint: then deny", ["http-request early-hint A a", "http-request deny"], ask())
single("early-hint: after-response", ["http-request early-hint A a", "http-after-response set-header X-After yes"], ask())
group("early-hint: both", FRONT + " http-request early-hint A a\n default_backend b\n" + BACK + " http-request early-hint B b\n", ask())

# error pages
single("http-error: text", ["http-error status 403 content-type text/plain string mine", "http-request deny"], each())
single("http-error: lf-string", ["http-error status 403 content-type text/plain lf-string mine-%[path] hdr X-P %[method]", "http-request deny"], ask("/a"), ask("/a", method="HEAD"))
single("http-error: bare", ["http-error status 403", "http-request deny"], ask())
single("http-error: headers only", ["http-error status 403 hdr X-A b", "http-request deny"], ask())
single("http-error: errorfile", ["http-error status 403 errorfile {dir}/503.http", "http-request deny"], ask())
single("http-error: 400 and 408 and 503", ["http-error status 400 content-type text/plain string bad", "http-error status 503 content-type text/plain string none", "use_backend none if { path /none }"], "GARBAGE\r\n\r\n", ask("/none"), ask("no slash"), files="backend none\n")
single("http-error: before errorfile", ["http-error status 403 content-type text/plain string first", "errorfile 403 {dir}/403.http", "http-request deny"], ask())
single("http-error: after errorfile", ["errorfile 403 {dir}/403.http", "http-error status 403 content-type text/plain string second", "http-request deny"], ask())
group("http-error: of the backend", FRONT + " http-error status 503 content-type text/plain string front\n default_backend none\nbackend none\n http-error status 503 content-type text/plain string back\n", ask())
group("http-error: of the frontend only", FRONT + " http-error status 503 content-type text/plain string front\n default_backend none\nbackend none\n", ask())
single("errorloc: 302", ["errorloc 403 http://x/403", "http-request deny"], each())
single("errorloc: 302 by name", ["errorloc302 403 /x%[path]", "http-request deny"], ask("/a"))
single("errorloc: 303", ["errorloc303 403 http://x/403", "http-request deny"], ask(), ask(method="POST", body="hello"))
single("errorloc: 400", ["errorloc 400 http://x/400"], "GARBAGE\r\n\r\n")
single("errorfile: 400 of garbage", ["errorfile 400 {dir}/503.http"], "GARBAGE\r\n\r\n")
single("errorfile: redirects", ["errorfile 403 {dir}/redirect.http", "http-request deny"], ask())
single("errorfiles: all", ["errorfiles E", "http-request deny deny_status 404 if { path /404 }", "http-request deny"], ask("/404"), ask("/"), files="http-errors E\n errorfile 404 {dir}/404.http\n errorfile 403 {dir}/403.http\n")
single("errorfiles: some", ["errorfiles E 404", "http-request deny deny_status 404 if { path /404 }", "http-request deny"], ask("/404"), ask("/"), files="http-errors E\n errorfile 404 {dir}/404.http\n errorfile 403 {dir}/403.http\n")
group("errorfiles: from defaults", "http-errors E\n errorfile 403 {dir}/403.http\ndefaults d\n mode http\n log global\n option httplog\n errorfiles E\n timeout client 5s\n timeout connect 5s\n timeout server 5s\nfrontend f from d\n bind 127.0.0.1:{port:front}\n http-request deny\n", ask())
group("errorfile: from defaults", "defaults d\n mode http\n log global\n option httplog\n errorfile 403 {dir}/403.http\n errorloc 404 /nowhere\n http-error status 429 content-type text/plain string slow\n timeout client 5s\n timeout connect 5s\n timeout server 5s\nfrontend f from d\n bind 127.0.0.1:{port:front}\n http-request deny deny_status 404 if { path /404 }\n http-request deny deny_status 429 if { path /429 }\n http-request deny\n", ask(), ask("/404"), ask("/429"))

# after-response
AFTER = ["http-after-response set-header X-After yes", "http-after-response add-header X-More a", "http-after-response del-header cache-control"]
single("after: of a server", AFTER, answered())
single("after: deny", AFTER + ["http-request deny"], each())
single("after: return", AFTER + ["http-request return content-type text/plain string x"], ask())
single("after: redirect", AFTER + ["redirect location /x"], ask())
single("after: auth", AFTER + ["http-request auth"], ask())
single("after: error file", AFTER + ["errorfile 403 {dir}/403.http", "http-request deny"], each())
single("after: deny of a response", AFTER + ["http-response deny"], ask())
single("after: return of a response", AFTER + ["http-response return status 201 content-type text/plain string x"], ask())
single("after: garbage", AFTER, "GARBAGE\r\n\r\n")
single("after: monitor", AFTER + ["monitor-uri /m"], ask("/m"))
single("after: statistics", AFTER + ["stats enable", "stats uri /st", "stats auth u:p"], ask("/st"))
single("after: no server", AFTER + ["use_backend none"], ask(), files="backend none\n")
single("after: tarpit", AFTER + ["http-request tarpit"], ask())
single("after: conditions", ["http-after-response set-header X-Own yes if TRUE", "http-after-response set-header X-No yes if FALSE", "http-after-response allow if TRUE", "http-after-response set-header X-Late yes", "http-request deny if { path /a }"], ask("/a"), ask("/b"))
group("after: both", FRONT + " http-after-response add-header X-F 1\n http-response add-header X-R 1\n default_backend b\n" + BACK + " http-after-response add-header X-B 2\n http-request deny if { path /deny }\n", ask(), ask("/deny"))

# monitor
single("monitor: fail", ["monitor-uri /m", "acl down nbsrv(none) lt 1", "monitor fail if down"], each("/m"), ask("/x"), files="backend none\n")
single("monitor: no fail", ["monitor-uri /m", "acl down nbsrv(b) lt 1", "monitor fail if down"], each("/m"))
single("monitor: error file", ["monitor-uri /m", "errorfile 503 {dir}/503.http", "errorfile 200 {dir}/200.http", "monitor fail if { nbsrv(none) lt 1 }"], ask("/m"), files="backend none\n")
single("monitor: rules come later", ["monitor-uri /m", "http-request deny"], ask("/m"))

# statistics
STATS = ["stats enable", "stats uri /st", "stats refresh 10s"]
single("stats: deny", STATS + ["stats http-request deny if { path_beg /st/no }"], ask("/st/no"))
single("stats: auth", STATS + ["stats http-request auth realm R unless { http_auth(L) }"], ask("/st"), ask("/st", method="HEAD"), ask("/x"), files=USERS)
single("stats: allow", STATS + ["stats http-request allow if { path_beg /st/ok }", "stats http-request deny"], ask("/st"), ask("/x"))
single("stats: rules of the proxy first", STATS + ["http-request deny", "stats http-request auth"], ask("/st"))

# what goes before what
single("order: errorfiles then errorfile", ["errorfiles E", "errorfile 403 {dir}/404.http", "http-request deny"], ask(), files="http-errors E\n errorfile 403 {dir}/403.http\n")
single("order: errorfile then errorfiles", ["errorfile 403 {dir}/404.http", "errorfiles E", "http-request deny"], ask(), files="http-errors E\n errorfile 403 {dir}/403.http\n")
single("order: redirect and statistics", STATS + ["stats http-request deny", "redirect location /r"], ask("/st"))
single("order: allow and redirect", ["redirect location /r", "http-request allow"], ask())
