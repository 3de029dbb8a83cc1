"""Cases of record_probes.py for checks that speak a service's own protocol: option ldap-check, mysql-check, pgsql-check, redis-check,
ssl-hello-chk. Bytes stand as the characters of the same number.
"""


def of_hex(text):
    return bytes.fromhex(text).decode("latin-1")


def packet(number, body):
    return (len(body).to_bytes(3, "little") + bytes([number])).decode("latin-1") + body


def greeting(version="5.7.1", protocol="\x0a", number=0):
    rest = "\x01\0\0\0" + "A" * 8 + "\0\xff\xf7\x21\x02\0\xff\x81\x15" + "\0" * 10 + "B" * 12 + "\0mysql_native_password\0"
    return packet(number, protocol + version + "\0" + rest)


LDAP, REDIS, HELLO = ["option ldap-check"], ["option redis-check"], ["option ssl-hello-chk"]
MYSQL, LOGIN, POSTGRES = ["option mysql-check"], ["option mysql-check user bob"], ["option pgsql-check user bob"]
PRE, POST = ["option mysql-check user bob pre-41"], ["option mysql-check user bob post-41"]
GOOD = packet(2, "\0\0\0\x02\0\0\0")
DENIED = packet(2, "\xff\x15\x04#28000Access denied for user")
BLOCKED = packet(0, "\xff\x6a\x04Host blocked because")
REFUSED = "E\0\0\0\x50SFATAL\0C28000\0Mno entry for host\0Fauth.c\0\0"

CASES = {}


def answers(name, options, *steps):
    CASES[name] = (options, ["read", *steps])


def speaks(name, options, *steps):
    CASES[name] = (options, list(steps))


for name, reply in {
    "good": "300c02010161070a010004000400", "length-84": "3084000000100201016184000000070a010004000400",
    "length-82": "3082000c02010161070a010004000400", "length-83": "308300000c02010161070a010004000400", "length-81": "30810c02010161070a010004000400",
    "inner-84": "3010020101618400000007" "0a010004000400", "inner-81": "300d0201016181070a010004000400", "inner-82": "300e020101618200070a010004000400",
    "code-1": "300c02010161070a010104000400", "code-49": "300c02010161070a013104000400", "short": "300c0201", "thirteen": "300c02010161070a0100040004",
    "other-operation": "300c02010164070a010004000400", "other-number": "300c02010261070a010004000400", "no-enumerated": "300c0201016107040100040004aa",
    "long-number": "300d0202000161070a010004000400", "other-tag": "310c02010161070a010004000400", "more": "300c02010161070a0100040004006d6f7265",
    "text": "485454502f312e3020323030204f4b0d0a0d0a", "little-text": "48", "shorter-text": "485454502f312e3020323030",
}.items():
    answers(f"ldap-{name}", LDAP, of_hex(reply), "hold")
answers("ldap-in-parts", LDAP, of_hex("300c020101"), "pause", of_hex("61070a010004000400"), "hold")
answers("ldap-short-fin", LDAP, of_hex("300c0201"), "fin")
answers("ldap-shorter-text-fin", LDAP, "HTTP/1.0 200 ", "fin")
answers("ldap-fin", LDAP, "fin")
for name, reply in {"good": "+PONG\r\n", "more": "+PONG\r\nmore", "other-pong": "+PONGX\r\n", "refused": "-NOAUTH Authentication required.\r\n", "text": "hello world\r\n"}.items():
    answers(f"redis-{name}", REDIS, reply, "hold")
answers("redis-in-parts", REDIS, "+PO", "pause", "NG\r\n", "hold")
answers("redis-refused-fin", REDIS, "-ERR no\r\n", "fin")
answers("redis-fin", REDIS, "fin")
for name, reply in {
    "good": greeting(), "newer": greeting("8.0.33"), "older-protocol": greeting(protocol="\x09"), "number": greeting(number=1), "short-body": packet(0, "\x0aabc"), "no-body": packet(0, ""),
    "blocked": BLOCKED, "part": greeting()[:20], "text": "220 hello\r\n", "little": "ab", "more": greeting() + "zzz", "error-of-two": packet(0, "\xff\x01"),
    "error-of-three": packet(0, "\xff\x01\x02"), "error-lines": packet(0, "\xff\x01\x02one\ntwo"),
}.items():
    speaks(f"mysql-{name}", MYSQL, reply, "hold")
speaks("mysql-part-fin", MYSQL, greeting()[:20], "fin")
speaks("mysql-text-fin", MYSQL, "220 hello\r\n", "fin")
speaks("mysql-fin", MYSQL, "fin")
speaks("mysql-silent", MYSQL, "hold")
for name, options, reply in [
    ("good", LOGIN, GOOD), ("denied", LOGIN, DENIED), ("other-method", LOGIN, packet(2, "\xfemysql_native_password\0AAAA\0")), ("text", LOGIN, "hello"), ("little", LOGIN, "\x07\0"),
    ("no-body", LOGIN, packet(2, "")), ("post-41", POST, GOOD), ("pre-41", PRE, GOOD), ("pre-41-denied", PRE, DENIED),
]:
    speaks(f"mysql-login-{name}", options, greeting(), "read", reply, "hold")
speaks("mysql-login-text-fin", LOGIN, greeting(), "read", "hello", "fin")
speaks("mysql-login-fin", LOGIN, greeting(), "read", "fin")
speaks("mysql-login-blocked", LOGIN, BLOCKED, "hold")
speaks("mysql-login-ahead", LOGIN, greeting() + "zzz", "read", GOOD + "zz", "hold")
for code in [*range(13), 255]:
    answers(f"pgsql-wants-{code}", POSTGRES, "R\0\0\0\x08\0\0\0" + chr(code), "hold")
for length in (0, 7, 9, 12, 23, 255):
    answers(f"pgsql-length-{length}", POSTGRES, "R\0\0\0" + chr(length) + "\0\0\0\x05abcd", "hold")
for name, reply in {
    "refused": REFUSED, "refused-in-text": "EFATAL: old thing\n\0", "e-1": "E", "e-5": "E\0\0\0\x50", "e-6": "E\0\0\0\x50S", "e-7": "E\0\0\0\x50SF", "r-8": "R\0\0\0\x08\0\0\0",
    "r-other": "R\0\0\1\x08\0\0\0\0", "text": "HTTP/1.0 200 OK\r\n", "text-8": "xxxxxxxx", "text-9": "xxxxxxxxx", "notice": "NR\0\0\0\x08\0\0\0\0",
}.items():
    answers(f"pgsql-{name}", POSTGRES, reply, "hold")
answers("pgsql-refused-fin", POSTGRES, REFUSED, "fin")
answers("pgsql-e-fin", POSTGRES, "E", "fin")
answers("pgsql-short-fin", POSTGRES, "R\0\0\0", "fin")
answers("pgsql-text-fin", POSTGRES, "HTTP/1.0 200 OK\r\n", "fin")
answers("pgsql-fin", POSTGRES, "fin")
for name, reply in {
    "handshake": "\x16\x03\x01\0\x20", "handshake-30": "\x16\x03\x00\0\x20abcd", "alert": "\x15\x03\x01\0\x02\x02\x28", "data": "\x17\x03\x01\0\x02", "one": "\x16", "four": "\x16\x03\x01\0",
    "text": "hello there", "text-4": "xxxx", "text-5": "xxxxx",
}.items():
    answers(f"hello-{name}", HELLO, reply, "hold")
answers("hello-one-fin", HELLO, "\x16", "fin")
answers("hello-text-fin", HELLO, "hello there", "fin")
answers("hello-fin", HELLO, "fin")
