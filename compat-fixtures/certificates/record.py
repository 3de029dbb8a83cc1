"""Records what haproxy's fetches say of the certificates beside it: `python3 record.py > values.json`, in seconds. By certificate and
expression: the value in hexadecimal digits, or null where there is none."""

import json
import os
import socket
import ssl
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from oracle import Oracle, read_all  # noqa: E402

CERTIFICATES = sorted(name[:-4] for name in os.listdir(HERE) if name.endswith(".pem"))
ATTRIBUTES = ["C", "ST", "L", "O", "OU", "CN", "cn", "emailAddress", "DC", "UID", "serialNumber", "title", "GN", "SN", "street",
              "1.2.3.4.5", "postalCode", "dnQualifier", "pseudonym", "businessCategory", "jurisdictionC", "organizationIdentifier",
              "unstructuredName", "commonName", "none"]
EXPRESSIONS = ["der,sha1", "key_alg", "notafter", "notbefore", "serial", "sha1", "sig_alg", "version", "s_dn", "i_dn",
               "s_dn()", "s_dn(,0,rfc2253)", "i_dn(,0,rfc2253)", "s_dn(,1,rfc2253)", "s_dn(CN,0,rfc2253)", "s_dn(CN,1,rfc2253)", "s_dn(OU,2,rfc2253)",
               "s_dn(none,1,rfc2253)"]
EXPRESSIONS += [f"s_dn({name})" for name in ATTRIBUTES]
EXPRESSIONS += [f"{which}({name},{at})" for which, name in (("s_dn", "OU"), ("s_dn", "DC"), ("i_dn", "CN"))
                for at in (0, 1, 2, 3, 4, -1, -2, -3, -4)]

LINES = "\n".join(
    f" http-request set-header x-{at} %[ssl_f_{expression},hex] if {{ ssl_f_{expression} -m found }}" for at, expression in enumerate(EXPRESSIONS)
)
FRONTENDS = "\n".join(
    f"""frontend {name}
 bind 127.0.0.1:{{port:{name}}} ssl crt {HERE}/{name}.pem ssl-min-ver TLSv1.2
 http-request return status 200 content-type text/plain lf-string "%[req.hdrs,hex]"
"""
    for name in CERTIFICATES
)
FILE = """global
 stats socket {dir}/stats level admin
 nbthread 1
 tune.bufsize 65536
 tune.http.maxhdr 512
defaults d
 mode http
 timeout client 3s
""" + FRONTENDS.replace(" http-request return", LINES + "\n http-request return")


def ask(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port)) as raw, context.wrap_socket(raw) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        answer = read_all(connection)
    head = bytes.fromhex(answer.partition(b"\r\n\r\n")[2].decode())
    found = {}
    for line in head.split(b"\r\n"):
        key, _, value = line.partition(b": ")
        if key.startswith(b"x-"):
            found[int(key[2:])] = value.decode()
    return {expression: found.get(at) for at, expression in enumerate(EXPRESSIONS)}


with Oracle(FILE) as oracle:
    values = {name: ask(oracle.ports[name]) for name in CERTIFICATES}
json.dump({"values": values}, sys.stdout, indent=1, ensure_ascii=True)
print()
