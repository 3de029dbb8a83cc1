#!/usr/bin/env python3
"""Records what Debian's haproxy sends in a health check, how it closes, and what it makes of each answer.

Usage: record_probes.py [HAPROXY] > probes.json
       record_probes.py HAPROXY-3.4 services > services.json

Every case is one backend with one server, played by this script on a loopback port of its own: the server's part is a
list of steps (bytes to send, "read" to wait for the client, "fin", "reset", "hold"). Written down for each: the bytes
that the check sent, how its side ended ("fin", "reset", or "open" when the server was to hold the connection), the status
columns of the statistics, and the lines that reached syslog (UDP) until the server was down or had been checked twice.
"""
import asyncio, csv, io, json, os, socket, struct, subprocess, sys, tempfile, time

HAPROXY = sys.argv[1] if len(sys.argv) > 1 else "/usr/sbin/haproxy"
HTTP = ["option httpchk"]
SMTP = ["option smtpchk"]


def http(*lines, read=True):
    steps = ["read"] if read else []
    return steps + list(lines)


OK = "HTTP/1.0 200 OK\r\n\r\n"
CASES = {
    # plain connections
    "tcp-accept": ([], ["read"]),
    "tcp-banner-first": ([], ["220 hello\r\n", "read"]),
    "tcp-server-closes": ([], ["fin"]),
    "tcp-refused": ([], None),
    # what is asked
    "http-default": (HTTP, http(OK, "fin")),
    "http-uri": (["option httpchk /check"], http(OK, "fin")),
    "http-method-uri": (["option httpchk HEAD /check.txt"], http(OK, "fin")),
    "http-10": (["option httpchk HEAD /check.txt HTTP/1.0"], http(OK, "fin")),
    "http-11": (["option httpchk GET /check.txt HTTP/1.1"], http(OK, "fin")),
    "http-11-host": (["option httpchk OPTIONS * HTTP/1.1\\r\\nHost:\\ www"], http(OK, "fin")),
    "http-10-headers": (["option httpchk GET / HTTP/1.0\\r\\nHost:\\ www\\r\\nX-Check:\\ \\ a\\ b"], http(OK, "fin")),
    "http-query": (["option httpchk GET /a?b=c&d=%20"], http(OK, "fin")),
    "http-odd-method": (["option httpchk FOO /x"], http(OK, "fin")),
    "http-post-10": (["option httpchk POST /x HTTP/1.0"], http(OK, "fin")),
    "http-put-11": (["option httpchk PUT /x HTTP/1.1\\r\\nHost:\\ www"], http(OK, "fin")),
    "http-delete-10": (["option httpchk DELETE /x"], http(OK, "fin")),
    "http-trace-10": (["option httpchk TRACE /x"], http(OK, "fin")),
    "http-lower-get": (["option httpchk get /x"], http(OK, "fin")),
    "http-connect": (["option httpchk CONNECT a:80"], http(OK, "fin")),
    "http-own-connection": (["option httpchk GET / HTTP/1.1\\r\\nHost:\\ www\\r\\nConnection:\\ keep-alive\\r\\nUser-Agent:\\ me"], http(OK, "fin")),
    "http-own-close-11": (["option httpchk GET / HTTP/1.1\\r\\nConnection:\\ close"], http(OK, "fin")),
    "http-own-close-10": (["option httpchk GET / HTTP/1.0\\r\\nConnection:\\ close"], http(OK, "fin")),
    "http-own-keepalive-10": (["option httpchk GET / HTTP/1.0\\r\\nConnection:\\ Keep-Alive"], http(OK, "fin")),
    "http-get-body": (["option httpchk GET / HTTP/1.1\\r\\nHost:\\ a\\r\\n\\r\\nhello"], http(OK, "fin")),
    "http-version-20": (["option httpchk GET / HTTP/2.0"], http(OK, "fin")),
    "http-version-09": (["option httpchk GET / HTTP/0.9"], http(OK, "fin")),
    "http-own-length": (["option httpchk POST / HTTP/1.0\\r\\nContent-Length:\\ 2\\r\\n\\r\\nhi"], http(OK, "fin")),
    "http-version-12": (["option httpchk GET / HTTP/1.2"], http(OK, "fin")),
    "http-version-bare": (["option httpchk GET / foo"], http(OK, "fin")),
    "http-trailing-crlf": (["option httpchk GET / HTTP/1.0\\r\\nHost:\\ www\\r\\n"], http(OK, "fin")),
    "http-lf-headers": (["option httpchk GET / HTTP/1.0\\nHost:\\ www"], http(OK, "fin")),
    "http-relative-uri": (["option httpchk GET check.txt"], http(OK, "fin")),
    # how answers count
    "http-100": (HTTP, http("HTTP/1.1 100 Continue\r\n\r\n", "hold")),
    "http-100-then-200": (HTTP, http("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "read")),
    "http-101": (HTTP, http("HTTP/1.1 101 Switching Protocols\r\n\r\n", "fin")),
    "http-200-keepalive": (["option httpchk GET / HTTP/1.1"], http("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "read")),
    "http-200-keepalive-10": (HTTP, http("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "read")),
    "http-200-half-body": (HTTP, http("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi", "hold")),
    "http-200-half-body-fin": (HTTP, http("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi", "fin")),
    "http-200-no-length": (HTTP, http("HTTP/1.0 200 OK\r\n\r\nhello", "hold")),
    "http-200-chunked-endless": (HTTP, http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "hold")),
    "http-200-bad-chunk": (HTTP, http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", "hold")),
    "http-200-reset": (HTTP, http(OK, "reset")),
    "http-200-no-reason": (HTTP, http("HTTP/1.0 200\r\n\r\n", "fin")),
    "http-200-empty-reason": (HTTP, http("HTTP/1.0 200 \r\n\r\n", "fin")),
    "http-200-lf": (HTTP, http("HTTP/1.0 200 Fine\n\n", "fin")),
    "http-204": (HTTP, http("HTTP/1.1 204 No Content\r\n\r\n", "fin")),
    "http-301": (HTTP, http("HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n", "fin")),
    "http-399": (HTTP, http("HTTP/1.1 399 Odd\r\n\r\n", "fin")),
    "http-400": (HTTP, http("HTTP/1.0 400 Bad request\r\n\r\n", "fin")),
    "http-404": (HTTP, http("HTTP/1.0 404 Not Found\r\n\r\nbody text", "fin")),
    "http-500": (HTTP, http("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 3\r\n\r\nerr", "read")),
    "http-503-no-reason": (HTTP, http("HTTP/1.1 503\r\n\r\n", "fin")),
    "http-503-empty-reason": (HTTP, http("HTTP/1.1 503 \r\n\r\n", "fin")),
    "http-503-quotes": (HTTP, http("HTTP/1.1 503 Say \"no\" \\ \x07 \u00e9\r\n\r\n", "fin")),
    "http-503-long": (HTTP, http("HTTP/1.1 503 " + "long " * 40 + "\r\n\r\n", "fin")),
    "http-503-printable": (HTTP, http("HTTP/1.1 503 " + bytes(range(33, 127)).decode() + "\r\n\r\n", "fin")),
    "http-600": (HTTP, http("HTTP/1.1 600 Six\r\n\r\n", "fin")),
    "http-999": (HTTP, http("HTTP/1.1 999 Nine\r\n\r\n", "fin")),
    # answers that are none
    "http-garbage": (HTTP, http("220 mail ESMTP\r\n", "hold")),
    "http-garbage-fin": (HTTP, http("hello\r\n\r\n", "fin")),
    "http-09": (HTTP, http("<html>hi</html>", "fin")),
    "http-two-digits": (HTTP, http("HTTP/1.1 20 OK\r\n\r\n", "fin")),
    "http-four-digits": (HTTP, http("HTTP/1.1 2000 OK\r\n\r\n", "fin")),
    "http-answer-version-20": (HTTP, http("HTTP/2.0 200 OK\r\n\r\n", "fin")),
    "http-answer-version-lower": (HTTP, http("http/1.0 200 OK\r\n\r\n", "fin")),
    "http-bad-header": (HTTP, http("HTTP/1.1 200 OK\r\nbad header\r\n\r\n", "fin")),
    "http-bad-length": (HTTP, http("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "fin")),
    "http-banner-before-request": (HTTP, ["HTTP/1.0 200 OK\r\n\r\n", "read", "fin"]),
    # answers that stop
    "http-silent": (HTTP, http("hold")),
    "http-nothing-fin": (HTTP, http("fin")),
    "http-nothing-reset": (HTTP, http("reset")),
    "http-closes-at-once": (HTTP, ["fin"]),
    "http-resets-at-once": (HTTP, ["reset"]),
    "http-half-line": (HTTP, http("HTTP/1.0 200 O", "hold")),
    "http-half-line-fin": (HTTP, http("HTTP/1.0 200 O", "fin")),
    "http-line-without-end": (HTTP, http("HTTP/1.0 200 OK\r\n", "hold")),
    "http-line-without-end-fin": (HTTP, http("HTTP/1.0 200 OK\r\n", "fin")),
    "http-refused": (HTTP, None),
    # mail
    "smtp-default": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-helo": (["option smtpchk HELO example.org"], ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-ehlo": (["option smtpchk EHLO example.org"], ["220 mail ESMTP\r\n", "read", "250-mail\r\n250-SIZE\r\n250 HELP\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-unknown-hello": (["option smtpchk FOO example.org"], ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-lower-ehlo": (["option smtpchk ehlo example.org"], ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-hello-alone": (["option smtpchk EHLO"], ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-lf": (SMTP, ["220 mail ESMTP\n", "read", "250 mail\n", "read", "221 Bye\n", "fin"]),
    "smtp-multi-banner": (SMTP, ["220-mail\r\n220 ESMTP\r\n", "read", "250 mail\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-ehlo-slow-lines": (["option smtpchk EHLO example.org"], ["220 mail ESMTP\r\n", "read", "250-mail\r\n", "pause", "250 HELP\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-no-quit-answer": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "hold"]),
    "smtp-quit-closed": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "fin"]),
    "smtp-quit-refused": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "500 no\r\n", "fin"]),
    "smtp-banner-only-code": (SMTP, ["220\r\n", "read", "250\r\n", "read", "221\r\n", "fin"]),
    "smtp-banner-421": (SMTP, ["421 too busy\r\n", "read", "hold"]),
    "smtp-banner-554": (SMTP, ["554 go away\r\n", "read", "fin"]),
    "smtp-banner-multi-554": (SMTP, ["554-go\r\n554 away\r\n", "read", "fin"]),
    "smtp-banner-354": (SMTP, ["354 odd\r\n", "read", "fin"]),
    "smtp-banner-2xx-odd": (SMTP, ["299 odd\r\n", "read", "250 mail\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-banner-garbage": (SMTP, ["hello\r\n", "read", "hold"]),
    "smtp-banner-http": (SMTP, ["HTTP/1.0 400 Bad request\r\n\r\n", "read", "fin"]),
    "smtp-banner-digit": (SMTP, ["2\r\n", "read", "fin"]),
    "smtp-banner-two-digits": (SMTP, ["22 x\r\n", "read", "fin"]),
    "smtp-banner-four-digits": (SMTP, ["2200 x\r\n", "read", "250 mail\r\n", "read", "fin"]),
    "smtp-banner-code-glued": (SMTP, ["220x\r\n", "read", "250 mail\r\n", "read", "fin"]),
    "smtp-banner-no-newline": (SMTP, ["220 mail", "hold"]),
    "smtp-banner-no-newline-fin": (SMTP, ["220 mail", "fin"]),
    "smtp-banner-short-no-newline": (SMTP, ["22", "hold"]),
    "smtp-banner-short-no-newline-fin": (SMTP, ["22", "fin"]),
    "smtp-banner-empty-line": (SMTP, ["\r\n", "hold"]),
    "smtp-silent": (SMTP, ["hold"]),
    "smtp-nothing-fin": (SMTP, ["fin"]),
    "smtp-nothing-reset": (SMTP, ["reset"]),
    "smtp-helo-500": (SMTP, ["220 mail ESMTP\r\n", "read", "500 what\r\n", "read", "fin"]),
    "smtp-helo-multi-500": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "500-what\r\n500 ever\r\n", "read", "fin"]),
    "smtp-helo-garbage": (SMTP, ["220 mail ESMTP\r\n", "read", "what\r\n", "read", "fin"]),
    "smtp-helo-no-newline": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail", "hold"]),
    "smtp-helo-silent": (SMTP, ["220 mail ESMTP\r\n", "read", "hold"]),
    "smtp-helo-fin": (SMTP, ["220 mail ESMTP\r\n", "read", "fin"]),
    "smtp-helo-reset": (SMTP, ["220 mail ESMTP\r\n", "read", "reset"]),
    "smtp-all-at-once": (SMTP, ["220 mail ESMTP\r\n250 mail\r\n221 Bye\r\n", "read", "read", "hold"]),
    "smtp-ehlo-first-line-only": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "250-mail\r\n", "read", "hold"]),
    "smtp-ehlo-last-line-late": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "250-mail\r\n", "read", "250 HELP\r\n221 Bye\r\n", "fin"]),
    "smtp-ehlo-last-line-apart": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "250-mail\r\n", "read", "250 HELP\r\n", "pause", "221 Bye\r\n", "hold"]),
    "smtp-helo-500-fin": (SMTP, ["220 mail ESMTP\r\n", "read", "500 what\r\n", "fin"]),
    "smtp-helo-multi-500-fin": (SMTP, ["220 mail ESMTP\r\n", "read", "500-what\r\n500 ever\r\n", "fin"]),
    "smtp-helo-garbage-fin": (SMTP, ["220 mail ESMTP\r\n", "read", "what\r\n", "fin"]),
    "smtp-helo-short-fin": (SMTP, ["220 mail ESMTP\r\n", "read", "25", "fin"]),
    "smtp-helo-code-glued-fin": (SMTP, ["220 mail ESMTP\r\n", "read", "250mail\r\n", "fin"]),
    "smtp-helo-late-good": (SMTP, ["220 mail ESMTP\r\n", "read", "150 wait\r\n", "pause", "250 mail\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-helo-bytewise": (SMTP, ["220 mail ESMTP\r\n", "read", "2", "pause", "50 mail\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-quit-354-fin": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "354 no\r\n", "fin"]),
    "smtp-quit-garbage": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "no\r\n", "hold"]),
    "smtp-quit-garbage-fin": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "no\r\n", "fin"]),
    "smtp-quit-multi": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221-Bye\r\n221 now\r\n", "fin"]),
    "smtp-quit-250": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "250 ok then\r\n", "hold"]),
    "smtp-quit-reset": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "reset"]),
    "smtp-quit-bye-reset": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221 Bye\r\n", "reset"]),
    "smtp-quit-open": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221 Bye\r\n", "hold"]),
    "smtp-quit-no-text": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221 \r\n", "hold"]),
    "smtp-quit-no-newline": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221 Bye", "hold"]),
    "smtp-banner-100": (SMTP, ["100 x\r\n", "read", "hold"]),
    "smtp-banner-crlf-first": (SMTP, ["\r\n220 mail\r\n", "read", "hold"]),
    "smtp-banner-4-garbage": (SMTP, ["abcd", "hold"]),
    "smtp-banner-3-garbage": (SMTP, ["abc", "hold"]),
    "smtp-banner-tab": (SMTP, ["220\tmail\r\n", "hold"]),
    "smtp-banner-lf-only": (SMTP, ["220\n", "hold"]),
    "smtp-banner-multi-garbage": (SMTP, ["a\r\nb\r\nc\r\n", "hold"]),
    "smtp-ehlo-other-codes": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "299-a\r\n250 b\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-ehlo-lf": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "250-a\n250 b\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-ehlo-bare": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "250-\r\n250-\r\n250\r\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-ehlo-mixed-fin": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "250-a\r\n550 b\r\n", "fin"]),
    "smtp-ehlo-garbage-inside-fin": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "250-a\r\nhello\r\n250 b\r\n", "fin"]),
    "smtp-ehlo-unfinished-fin": (["option smtpchk EHLO a"], ["220 mail ESMTP\r\n", "read", "250-a\r\n", "fin"]),
    "smtp-helo-lf-code": (SMTP, ["220 mail ESMTP\r\n", "read", "250\n", "read", "221 Bye\r\n", "fin"]),
    "smtp-quit-500-open": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "500 no\r\n", "hold"]),
    "smtp-quit-short": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "22", "hold"]),
    "smtp-quit-bytewise": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "22", "pause", "1 Bye\r\n", "hold"]),
    "smtp-quit-short-fin": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "22", "fin"]),
    "smtp-quit-glued": (SMTP, ["220 mail ESMTP\r\n", "read", "250 mail\r\n", "read", "221x\r\n", "hold"]),
    "smtp-refused": (SMTP, None),
    "smtp-long-text": (SMTP, ["554 " + "very long refusal " * 20 + "\r\n", "read", "fin"]),
    "smtp-quotes": (SMTP, ["554 say \"no\" \\ \x07 \u00e9\r\n", "read", "fin"]),
}

if sys.argv[2:] == ["services"]:
    from service_probes import CASES


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


async def play(sock, steps, seen):
    """Plays one connection; fills `seen` with what the check sent and how it ended."""
    loop = asyncio.get_running_loop()
    got, end, lines = b"", None, 0

    async def read():
        nonlocal got, end
        if end:
            return
        try:
            data = await loop.sock_recv(sock, 65536)
        except ConnectionResetError:
            end = "reset"
            return
        if data:
            got += data
        else:
            end = "fin"

    try:
        for step in steps:
            if step == "read":
                await asyncio.wait_for(read(), 3)
            elif step == "pause":
                await asyncio.sleep(0.05)
            elif step == "fin":
                try:
                    sock.shutdown(socket.SHUT_WR)
                except OSError:
                    end = end or "reset"
            elif step == "reset":
                reset(sock)
                end = "server reset"
                break
            elif step != "hold":
                try:
                    await loop.sock_sendall(sock, step.encode("latin-1"))
                except (BrokenPipeError, ConnectionResetError):
                    end = end or "reset"
        while not end:
            await asyncio.wait_for(read(), 3)
    except asyncio.TimeoutError:
        end = "open after 3 s"
    finally:
        if sock.fileno() >= 0:
            sock.close()
    seen.append({"sent": got.decode("latin-1"), "end": end})


def listener():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(16)
    s.setblocking(False)
    return s


def stat(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.sendall(b"show stat\n")
        data = b""
        while chunk := s.recv(65536):
            data += chunk
    rows = csv.DictReader(io.StringIO(data.decode("latin-1")[2:]))
    return {r["pxname"]: r for r in rows if r["svname"] == "s1"}


async def main():
    logs = {}
    log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    log.bind(("127.0.0.1", 0))
    log.setblocking(False)
    loop = asyncio.get_running_loop()

    async def receive():
        while True:
            line = (await loop.sock_recv(log, 65536)).decode("latin-1")
            priority, _, rest = line.partition(">")
            text = rest.split("]: ", 1)[1].rstrip("\n")
            level = int(priority[1:]) % 8
            for word in text.replace(".", " ").split():
                for name in (word, word.partition("/")[0]):
                    if name in CASES:
                        logs.setdefault(name, []).append([level, text])
                        break
                else:
                    continue
                break

    tasks = [asyncio.create_task(receive())]
    seen = {name: [] for name in CASES}
    with tempfile.TemporaryDirectory() as folder:
        sock = os.path.join(folder, "sock")
        cfg = [
            "global", f" stats socket {sock} level admin", f" log 127.0.0.1:{log.getsockname()[1]} len 4096 local0",
            "defaults", " mode http", " log global", " option log-health-checks", " timeout connect 300ms",
            " timeout server 5s", " timeout client 5s",
        ]
        keep = []
        for name, (options, steps) in CASES.items():
            s = listener()
            port = s.getsockname()[1]
            if steps is None:
                s.close()
                s = socket.socket()
                s.bind(("127.0.0.1", port))
                keep.append(s)
            else:
                async def serve(s=s, steps=steps, name=name):
                    while True:
                        c, _ = await loop.sock_accept(s)
                        c.setblocking(False)
                        tasks.append(asyncio.create_task(play(c, steps, seen[name])))
                tasks.append(asyncio.create_task(serve()))
            cfg += [f"backend {name}", *(" " + o for o in options), f" server s1 127.0.0.1:{port} check inter 700ms rise 1 fall 1"]
        path = os.path.join(folder, "cfg")
        with open(path, "w") as f:
            f.write("\n".join(cfg) + "\n")
        proc = subprocess.Popen([HAPROXY, "-db", "-f", path], stderr=open(os.environ.get("STDERR", "/dev/null"), "w"))
        try:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                await asyncio.sleep(0.1)
                if all(len(v) >= 2 or CASES[k][1] is None for k, v in seen.items()) and len(logs) == len(CASES):
                    break
            await asyncio.sleep(1)
            # While a check runs ("* "), code and words of the last one are gone.
            stats = {}
            while len(stats) < len(CASES) and time.monotonic() < deadline + 20:
                rows = await loop.run_in_executor(None, stat, sock)
                stats.update({k: v for k, v in rows.items() if not v["check_status"].startswith("*")})
                await asyncio.sleep(0.03)
        finally:
            proc.terminate()
            proc.wait()
        for t in tasks:
            t.cancel()
    out = {}
    for name, (options, steps) in CASES.items():
        r = stats[name]
        out[name] = {
            "options": options, "server": steps,
            "connections": seen[name][:1],
            "differs_later": any(x != seen[name][0] for x in seen[name][:2]),
            "status": r["status"], "check_status": r["check_status"], "check_code": r["check_code"],
            "last_chk": r["last_chk"], "check_desc": r["check_desc"], "log": logs.get(name, [])[:2],
        }
    json.dump(out, sys.stdout, indent=1)
    print()


asyncio.run(main())
