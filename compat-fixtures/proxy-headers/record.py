"""Records what is made of PROXY headers, good ones and bad ones, of both versions: each with a request behind it, alone, and without
its last byte. `python3 record.py > headers.json`, in seconds. What a row has: the bytes, and the addresses that the client has then
(none for those of the connection itself), or the number of the failure (fc_err)."""

import contextlib
import json
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from oracle import Oracle, read_all  # noqa: E402

FILE = """global
 stats socket {dir}/stats level admin
 nbthread 1
defaults
 mode http
 timeout client 300ms
 log LOG local0
 log-format "%ci:%cp %fi:%fp 0"
 error-log-format "%ci:%cp %fi:%fp %[fc_err]"
frontend f
 bind 127.0.0.1:{port:front} accept-proxy
 http-request return status 200
"""
REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
V4 = socket.inet_aton("1.2.3.4") + socket.inet_aton("5.6.7.8") + struct.pack(">HH", 1111, 2222)
V6 = socket.inet_pton(socket.AF_INET6, "2001:db8::1") + socket.inet_pton(socket.AF_INET6, "2001:db8::2")
V6 += struct.pack(">HH", 1111, 2222)
UNIX = b"/a".ljust(108, b"\0") + b"/b".ljust(108, b"\0")


def v2(cmd=1, fam=0x11, addr=V4, tlvs=b"", length=None, version=2):
    body = addr + tlvs
    head = SIGNATURE + bytes([version << 4 | cmd, fam])
    return head + struct.pack(">H", len(body) if length is None else length) + body


def tlv(kind, value):
    return bytes([kind]) + struct.pack(">H", len(value)) + value


def crc32c(data):
    sum = 0xFFFFFFFF
    for byte in data:
        sum ^= byte
        for _ in range(8):
            sum = (sum >> 1) ^ (0x82F63B78 if sum & 1 else 0)
    return sum ^ 0xFFFFFFFF


def v2sum(good=True, tlvs=b""):
    head = v2(tlvs=tlvs + tlv(3, b"\0\0\0\0"))
    return head[:-4] + struct.pack(">I", crc32c(head) ^ (0 if good else 1))


HEADERS = {
    "v1 tcp4": b"PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\r\n",
    "v1 tcp6": b"PROXY TCP6 2001:db8::1 2001:db8::2 1111 2222\r\n",
    "v1 unknown": b"PROXY UNKNOWN\r\n",
    "v1 unknown rest": b"PROXY UNKNOWN 1.2.3.4 5.6.7.8 1 2\r\n",
    "v1 unknown long": b"PROXY UNKNOWN "+b"x"*90+b"\r\n",
    "v1 unknown 107": b"PROXY UNKNOWN "+b"x"*91+b"\r\n",
    "v1 unknown 120": b"PROXY UNKNOWN "+b"x"*120+b"\r\n",
    "v1 lf": b"PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\n",
    "v1 cr": b"PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\r",
    "v1 lower": b"proxy TCP4 1.2.3.4 5.6.7.8 1111 2222\r\n",
    "v1 tcp5": b"PROXY TCP5 1.2.3.4 5.6.7.8 1111 2222\r\n",
    "v1 udp4": b"PROXY UDP4 1.2.3.4 5.6.7.8 1111 2222\r\n",
    "v1 two blanks": b"PROXY TCP4  1.2.3.4 5.6.7.8 1111 2222\r\n",
    "v1 tab": b"PROXY\tTCP4 1.2.3.4 5.6.7.8 1111 2222\r\n",
    "v1 trailing": b"PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222 \r\n",
    "v1 extra": b"PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222 3\r\n",
    "v1 missing port": b"PROXY TCP4 1.2.3.4 5.6.7.8 1111\r\n",
    "v1 missing": b"PROXY TCP4\r\n",
    "v1 bare": b"PROXY\r\n",
    "v1 bare blank": b"PROXY \r\n",
    "v1 big port": b"PROXY TCP4 1.2.3.4 5.6.7.8 65536 2222\r\n",
    "v1 neg port": b"PROXY TCP4 1.2.3.4 5.6.7.8 -1 2222\r\n",
    "v1 plus": b"PROXY TCP4 1.2.3.4 5.6.7.8 +1 2222\r\n",
    "v1 zero port": b"PROXY TCP4 1.2.3.4 5.6.7.8 0 0\r\n",
    "v1 lead0": b"PROXY TCP4 1.2.3.4 5.6.7.8 001111 02222\r\n",
    "v1 huge": b"PROXY TCP4 1.2.3.4 5.6.7.8 4294967297 2222\r\n",
    "v1 hex": b"PROXY TCP4 1.2.3.4 5.6.7.8 0x10 2222\r\n",
    "v1 bad ip": b"PROXY TCP4 1.2.3.444 5.6.7.8 1 2\r\n",
    "v1 ip lead0": b"PROXY TCP4 01.2.3.4 5.6.7.8 1 2\r\n",
    "v1 short ip": b"PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n",
    "v1 mixed": b"PROXY TCP4 2001:db8::1 5.6.7.8 1 2\r\n",
    "v1 4in6": b"PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n",
    "v1 mapped": b"PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2\r\n",
    "v1 bad6": b"PROXY TCP6 2001::db8::1 ::2 1 2\r\n",
    "v1 name": b"PROXY TCP4 localhost 5.6.7.8 1 2\r\n",
    "v1 letters port": b"PROXY TCP4 1.2.3.4 5.6.7.8 11a 2222\r\n",
    "v1 twice": b"PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\r\nPROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\r\n",
    "absent": b"",
    "garbage": b"hello world\r\n",
    "v2 good": v2(),
    "v2 local": v2(cmd=0),
    "v2 local empty": v2(cmd=0,fam=0,addr=b""),
    "v2 local junk": v2(cmd=0,fam=0,addr=b"x"*40),
    "v2 v6": v2(fam=0x21,addr=V6),
    "v2 udp4": v2(fam=0x12),
    "v2 udp6": v2(fam=0x22,addr=V6),
    "v2 unix": v2(fam=0x31,addr=UNIX),
    "v2 unix dgram": v2(fam=0x32,addr=UNIX),
    "v2 unspec": v2(fam=0,addr=b""),
    "v2 unspec junk": v2(fam=0,addr=b"abcdefgh"),
    "v2 fam 4": v2(fam=0x41),
    "v2 proto 3": v2(fam=0x13),
    "v2 proto 0": v2(fam=0x10),
    "v2 cmd 2": v2(cmd=2),
    "v2 cmd 15": v2(cmd=15),
    "v2 ver 1": v2(version=1),
    "v2 ver 3": v2(version=3),
    "v2 short addr": v2(addr=b"\1\2\3"),
    "v2 short v6": v2(fam=0x21),
    "v2 short unix": v2(fam=0x31,addr=b"x"*100),
    "v2 alpn": v2(tlvs=tlv(1,b"h2")),
    "v2 authority": v2(tlvs=tlv(2,b"example.com")),
    "v2 crc ok": v2sum(),
    "v2 crc bad": v2sum(False),
    "v2 crc len": v2(tlvs=tlv(3,b"\0\0")),
    "v2 noop": v2(tlvs=tlv(4,b"\0"*30)),
    "v2 uid": v2(tlvs=tlv(5,b"id-1")),
    "v2 uid 128": v2(tlvs=tlv(5,b"i"*128)),
    "v2 uid 129": v2(tlvs=tlv(5,b"i"*129)),
    "v2 ssl": v2(tlvs=tlv(0x20,b"\1\0\0\0\0"+tlv(0x21,b"TLSv1.3"))),
    "v2 ssl short": v2(tlvs=tlv(0x20,b"\1")),
    "v2 netns": v2(tlvs=tlv(0x30,b"nonexistent")),
    "v2 custom": v2(tlvs=tlv(0xE0,b"x")),
    "v2 tlv over": v2(tlvs=b"\x02\x00\xffabc"),
    "v2 tlv stub": v2(tlvs=b"\x02"),
    "v2 tlv stub2": v2(tlvs=b"\x02\x00"),
    "v2 tlv empty": v2(tlvs=tlv(2,b"")),
    "v2 authority 255": v2(tlvs=tlv(2,b"a"*255)),
    "v2 authority 256": v2(tlvs=tlv(2,b"a"*256)),
    "v2 two authorities": v2(tlvs=tlv(2,b"one")+tlv(2,b"two")),
    "v2 crc all": v2sum(True,tlv(2,b"example.com")+tlv(5,b"uid")),
    "v2 big": v2(tlvs=tlv(4,b"\0"*3000)),
    "v2 oversized": v2(tlvs=tlv(4,b"\0"*20000)),
    "v2 max": v2(tlvs=tlv(4,b"\0"*60000)),
    "v2 len beyond": v2(length=500),
    "v2 sig broken": b"\r\n\r\n\0\r\nQUIX\n"+v2()[12:],
 "v2 twice":v2()+v2(),
    "v1 then v2": b"PROXY UNKNOWN\r\n"+v2(),
}


def outcome(oracle, log, bytes):
    client = oracle.connect()
    client.sendall(bytes)
    if not bytes.endswith(REQUEST):
        # One that was refused at once may be gone.
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)
    read_all(client)
    source, destination, failure = log.recv(65536).decode().strip().split("]: ", 1)[1].split(" ")
    local = "127.0.0.1:"
    if failure != "0":
        return {"fails": int(failure)}
    return {"addresses": None if source.startswith(local) else [source, destination]}


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
    log.bind(("127.0.0.1", 0))
    log.settimeout(5)
    rows = []
    with Oracle(FILE.replace("LOG", "127.0.0.1:%d" % log.getsockname()[1])) as oracle:
        # That of the first look whether it is there.
        log.recv(65536)
        for name, header in HEADERS.items():
            forms = {"with a request": header + REQUEST, "alone": header, "cut": header[:-1]}
            for form, bytes in forms.items():
                if bytes and len(bytes) < 8000:
                    rows.append({"header": name, "form": form, "bytes": bytes.hex(), **outcome(oracle, log, bytes)})
    print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
