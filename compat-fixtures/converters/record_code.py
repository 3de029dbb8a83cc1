#!/usr/bin/env python3
"""Records what haproxy's converters of hashes, digests, keys, encodings and protocols give: NAME.json for each family.

Needs Debian's haproxy and python3-cryptography. `python3 record_code.py [FAMILY ...]`.
"""

import base64
import hmac
import json as json_module
import math
import os
import random
import struct
import sys

from recording import HERE, record


def byte_strings():
    """Inputs of all lengths that a block function treats differently."""
    lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200, 240, 241, 256, 300, 512, 600]
    return [bytes((at * 37 + length * 11 + (at >> 3)) & 255 for at in range(length)).hex() for length in lengths]


def hashes():
    cases = []
    for name in ("crc32", "crc32c", "djb2", "sdbm", "wt6", "xxh32", "xxh64", "xxh3"):
        cases += [f"bin({data}),{name}" if data else f"str(),{name}" for data in byte_strings()]
        texts = ["a", "abc", "www.example.com", "/index.html?x=1", "00000000", "zzzzzzzzzzzzzzzz"]
        cases += [f"str({text}),{name}" for text in texts]
        for argument in ("", "0", "1", "2", "-1", "4294967295", "4294967296", "9223372036854775807", "1000", "x"):
            cases += [f"str(abc),{name}({argument})", f"bin(00ff80),{name}({argument})"]
        cases += [f"str(),{name}(1)", f"int(5),{name}", f"bool(1),{name}", f"{name}", f"str(a),{name}(1,2)", f"int(-1),{name}(1)"]
    return cases


def text_or_bytes(data):
    return f"bin({data})" if data else "str()"


def base_64(data):
    return base64.b64encode(data).decode()


def digests():
    cases = []
    for data in byte_strings() + [b"abc".hex()]:
        cases += [f"{text_or_bytes(data)},{name}" for name in ("sha1", "sha2", "sha2(224)", "sha2(384)", "sha2(512)")]
    cases += ["int(5),sha1", "int(5),sha2(256)", "bool(1),sha1", "str(a),sha2()", "str(a),sha2(0)", "str(a),sha2(255)", "str(a),sha1(1)"]
    names = "md4 md5 md5-sha1 sha1 sha224 sha256 SHA-256 Sha256 sha2-256 sha384 sha512 sha512-224 sha512-256 SHA2-512/256 sha3-224"
    names += " sha3-256 sha3-384 sha3-512 shake128 shake256 blake2b512 blake2s256 ripemd160 ripemd rmd160 sm3 whirlpool ssl3-md5"
    names += " ssl3-sha1 none sha sha-257"
    inputs = ["", "00", b"abc".hex(), bytes(range(200)).hex(), "ff" * 128, "a5" * 144]
    for name in names.split():
        cases += [f"{text_or_bytes(data)},digest({name})" for data in inputs]
    cases += ["str(a),digest()", "str(a),digest", "int(7),digest(md5)", "str(a),digest(md5,1)"]
    return cases


def keyed():
    """hmac and secure_memcmp."""
    cases = []
    names = "md4 md5 md5-sha1 sha1 sha224 sha256 sha384 sha512 sha512-256 sha3-256 sha3-512 shake128 blake2b512 blake2s256 ripemd160 sm3 whirlpool"
    for name in names.split():
        for key in (b"k", bytes(range(64)), bytes(range(100)) * 2):
            cases += [f"{text_or_bytes(data)},hmac({name},{base_64(key)})" for data in ("", b"abc".hex(), "a5" * 150)]
    cases += ["str(a),hmac(sha256,)", "str(a),hmac(sha256)", "str(a),hmac(sha256,a)", "str(a),hmac(sha256,!!!!)", "str(a),hmac(none,YQ==)"]
    cases += ["str(a),hmac(sha256,YQ)", "str(a),hmac(sha256,YWI=)", "int(5),hmac(md5,YQ==)"]
    for value in ("str(YQ==)", "str(a)", "bin(61)", "bin(00ff)", "int(5)", "str()", "bool(1)", "str(YWJj)"):
        cases.append({"expression": "str(a),hmac(sha256,txn.key)", "variables": {"txn.key": value}})
    cases.append("str(a),hmac(sha256,txn.none)")
    for name in ("sess", "txn", "req"):
        cases.append({"expression": f"str(a),hmac(md5,{name}.key)", "variables": {f"{name}.key": "str(YQ==)"}})
    pairs = [("str(abc)", "str(abc)"), ("str(abc)", "bin(616263)"), ("str(abc)", "str(abd)"), ("str(abc)", "str(ab)"), ("str()", "str()")]
    pairs += [("str(5)", "int(5)"), ("int(5)", "int(5)"), ("int(5)", "int(6)"), ("bin(0000)", "bin(0000)"), ("bin(0000)", "bin(0001)")]
    pairs += [("str(a)", "str(A)"), ("str(1)", "bool(1)"), ("bool(1)", "bool(1)"), ("str()", "str(a)"), ("bin(00)", "str()")]
    for given, kept in pairs:
        cases.append({"expression": f"{given},secure_memcmp(txn.kept)", "variables": {"txn.kept": kept}})
    cases += ["str(a),secure_memcmp(txn.nothing)", "str(a),secure_memcmp()", "str(a),secure_memcmp", "str(a),secure_memcmp(abc)"]
    return cases


def encodings():
    cases = []
    for data in byte_strings():
        cases += [f"{text_or_bytes(data)},{name}" for name in ("base64", "ub64enc")]
        plain = bytes.fromhex(data)
        for encode, name in ((base64.b64encode, "b64dec"), (base64.urlsafe_b64encode, "ub64dec")):
            text = encode(plain).decode()
            cases += [f"str({text}),{name}", f"str({text.rstrip('=')}),{name}"]
    texts = ["", "a", "ab", "abc", "abcd", "a=", "a==", "a===", "ab=", "ab==", "ab===", "abc=", "abc==", "abcd=", "abcd==", "abcd====", "="]
    texts += ["==", "===", "====", "ab==abcd", "ab=c", "a=bc", "=abc", "YWI=YWI=", "YQ", "YR==", "YWJ=", "YWJjZA", "+/+/", "-_-_", "+/-_"]
    texts += ["YW-_", "YW+/", "a b c d ", "YWJj ", " YWJj", "YWJj\\n", "YW.j", "YW*j", "!!!!", "YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJj", "YWJjY", "YWJj=", "/w==", "_w=="]
    texts += ["_w", "/w", "gICA", "gIC\xe9"]
    for name in ("b64dec", "ub64dec"):
        for text in texts:
            cases.append({"expression": f"req.fhdr(in),{name}", "headers": {"in": text}})
        cases += [f"int(5),{name}", f"bin(59574a6a),{name}", f"bin(59574a6a00),{name}", f"bool(1),{name}", f"str(YWJj),{name}(1)"]
        cases.append({"expression": f"req.fhdr(in),{name},crc32", "headers": {"in": base64.b64encode(bytes(7500)).decode()}})
    for name in ("base64", "ub64enc"):
        cases += [f"int(5),{name}", f"bool(1),{name}", f"str(abc),{name}(1)", f"str(>>>???),{name}"]
        for length in (100, 6000, 10000, 11000, 11980, 12200, 12285, 12286, 12287, 12288, 12289, 12290):
            cases.append({"expression": f"req.fhdr(in),{name},length", "headers": {"in": "a" * length}})
    return cases


def ciphers():
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    def encrypted(key, nonce, plain):
        writer = Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
        return writer.update(plain) + writer.finalize(), writer.tag

    def call(bits, nonce, key, tag):
        return f"aes_gcm_dec({bits},{base_64(nonce)},{base_64(key)},{base_64(tag)})"

    cases = []
    for bits in (128, 192, 256):
        key = bytes(range(3, 3 + bits // 8))
        for length in (0, 1, 15, 16, 17, 31, 32, 33, 64, 100, 200):
            nonce = bytes(range(100, 112))
            data, tag = encrypted(key, nonce, bytes(range(length)))
            cases.append(f"{text_or_bytes(data.hex())},{call(bits, nonce, key, tag)}")
        for length in (8, 11, 12, 13, 15, 16, 17, 20, 31, 32, 64, 128):
            nonce = bytes(range(50, 50 + length))
            data, tag = encrypted(key, nonce, b"nonces of any length")
            cases.append(f"bin({data.hex()}),{call(bits, nonce, key, tag)}")
    key, nonce = b"0123456789abcdef", b"twelve bytes"
    data, tag = encrypted(key, nonce, b"some text that is longer than a block")
    shown = f"bin({data.hex()})"
    for length in range(0, 17):
        cases.append(f"{shown},{call(128, nonce, key, tag[:length])}")
    wrong_key, wrong_nonce, wrong_tag = b"0123456789abcdeF", b"twelve byteS", bytes([tag[0] ^ 1]) + tag[1:]
    cases += [f"{shown},{call(128, nonce, wrong_key, tag)}", f"{shown},{call(128, wrong_nonce, key, tag)}"]
    cases += [f"{shown},{call(128, nonce, key, wrong_tag)}", f"{shown},{call(128, nonce, key, tag + b'x')}"]
    cases += [f"bin({data[:-1].hex()}),{call(128, nonce, key, tag)}", f"bin({data.hex()}00),{call(128, nonce, key, tag)}"]
    for bits in (128, 192, 256):
        for length in (0, 8, 15, 16, 17, 20, 24, 31, 32, 33):
            long_key = bytes(range(65, 65 + length))
            fits = bits // 8 <= length
            data2, tag2 = encrypted(long_key[: bits // 8], nonce, b"text") if fits else (b"text", tag)
            cases.append(f"bin({data2.hex()}),{call(bits, nonce, long_key, tag2)}")
    for bits in ("0", "127", "129", "512", "x", ""):
        cases.append(f"{shown},{call(bits, nonce, key, tag)}")
    cases += [f"{shown},aes_gcm_dec(128,{base_64(nonce)},{base_64(key)})", f"{shown},aes_gcm_dec(128)", f"{shown},aes_gcm_dec"]
    cases += [f"{shown},aes_gcm_dec(128,a,{base_64(key)},{base_64(tag)})", f"{shown},aes_gcm_dec(128,,{base_64(key)},{base_64(tag)})"]
    cases += [f"int(5),{call(128, nonce, key, tag)}", f"str(text),{call(128, nonce, key, tag)}"]
    right = {"txn.nonce": f"str({base_64(nonce)})", "txn.key": f"str({base_64(key)})", "txn.tag": f"str({base_64(tag)})"}
    by_name = f"{shown},aes_gcm_dec(128,txn.nonce,txn.key,txn.tag)"
    cases.append({"expression": by_name, "variables": right})
    for name, value in (("txn.nonce", f"bin({nonce.hex()})"), ("txn.key", f"bin({key.hex()})"), ("txn.tag", f"bin({tag.hex()})")):
        cases.append({"expression": by_name, "variables": dict(right, **{name: value})})
        cases.append({"expression": by_name, "variables": {n: v for n, v in right.items() if n != name}})
        cases.append({"expression": by_name, "variables": dict(right, **{name: "str(x)"})})
        cases.append({"expression": by_name, "variables": dict(right, **{name: "int(5)"})})
        cases.append({"expression": by_name, "variables": dict(right, **{name: "str()"})})
    return cases


# A document, paths into it, and pairs of documents and paths.
JSON = '{"a":1,"b":"x","c":true,"d":false,"e":null,"f":1.5,"g":-7,"h":{"i":2,"j":"y"},"k":[10,"z",[5,6],{"m":3}],"n.o":4,"p":"q\\"r\\\\s\\/t\\n\\u0041","u":"\\u00e9","v":1e3,"w":"","x":12345678901234567890,"y":-0.5,"z":[]}'
JSON_PATHS = [
    '$.a', '$.b', '$.c', '$.d', '$.e', '$.f', '$.g', '$.h', '$.h.i', '$.h.j', '$.k', '$.k[0]', '$.k[1]', '$.k[2]', '$.k[2][1]', '$.k[3].m', '$.k[9]',
    '$.k[-1]', '$.n.o', '$.n\\\\.o', "'$.n\\.o'", '$.p', '$.u', '$.v', '$.w', '$.x', '$.y', '$.z', '$', '$.', 'a', '.a', '$a', "$['a']", '\'$["a"]\'',
    '$..a', '$.k[*]', '$.*', '$.A', '$.h.', '$.k.0', '$.missing', '$.h.missing', '$.a.b', '$.b.c',
]
JSON_ESCAPES = [
    'x\\"y', 'x\\\\y', 'x\\/y', 'x\\by', 'x\\fy', 'x\\ny', 'x\\ry', 'x\\ty', 'x\\u0041y', 'x\\u00e9y', 'x\\u0000y', 'x\\u20acy', 'x\\u00GGy',
    'x\\u12', 'x\\xy', 'x\\a', '\\ud83d\\ude00', 'hé', 'tab\ty', "x\\'y", '\\u007f\\u0080\\u00ff\\u0100',
]
JSON_VALUES = [
    '', '{', '{}', '[]', 'null', '5', '{"a"}', '{"a":}', '{"a":1', '{"a":1,', '{"a":1,}', '{"a":1,,,', '{"a":1 x', '{"a":1}x', '{"b":1 "a":2}',
    '{"b":,"a":2}', '{"b":1,"a":2', '{a:1}', "{'a':1}", '{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":+1}', '{"a":--1}', '{"a":1e}', '{"a":1e+5}',
    '{"a":-}', '{"a":0x10}', '{"a":tru}', '{"a":TRUE}', '{"a":truex}', '{"a":nul}', '{"a":"x}', '{"a":"x"', '{"a":"x\\"}', '{"a":1,"a":2}',
    '{"b":{"a":9},"a":2}', '{"a":{"a":3}}', '{"b":[1,2,{"a":4}],"a":5}', '{ "a" : 7 }', '{"a":\t8}', '{"b":"\\x","a":1}', '{"b":"\\u12","a":1}',
    '{"b":01,"a":1}', '{"b":1.2.3,"a":1}', '{"b":tru,"a":1}', '[{"a":1}]', '{"a" 1}', '{"a"::1}', '{,"a":1}', '{"a":1]', '{"b":[1},"a":1}',
    '{"b":[1,],"a":1}', '{"b":[,1],"a":1}', '{"b":{},"a":1}', '{"b":[],"a":1}', '{"a":1e400}', '{"a":-1e400}', '{"a":1e-400}', '{"a":123456}',
    '{"a":1234567}', '{"a":0.1}', '{"a":100000}', '{"a":1000000}', '{"a":0.0001}', '{"a":0.00001}', '{"a":1.10}', '{"a":-0}', '{"a":3.14159265}',
    '{"a":1E5}', '{"a":inf}', '{"a":nan}', '{"a":NaN}', '{"a":Infinity}', '{"a":1_0}', '{"a":"5"}', '{"a":" 1"}',
]
JSON_PAIRS = [
    ('5', '$'), ('"x"', '$'), ('true', '$'), ('[1,2]', '$[1]'), ('[1,2]', '$[0]'), ('[1,2]', '$.[0]'), ('[1,2]', '$'), ('[[1,2],[3,4]]', '$[1][0]'),
    ('[{"a":1},{"a":2}]', '$[1].a'), ('{"":1}', '$.'), ('{"":{"a":1}}', '$..a'), ('{"a b":1}', '"$.a b"'), ('{"a b":1}', "'$.a b'"),
    ('{"a\\"b":1}', '\'$.a"b\''), ('{"ab":1}', '$.a'), ('{"a":1}', '$.ab'), ('{"a[0]":1}', "'$.a\\[0]'"), ('{"a":[1,2,3]}', '$.a[1x]'),
    ('{"a":[1,2,3]}', '$.a[01]'), ('{"a":[1,2,3]}', '$.a[ 1]'), ('{"a":[1,2,3]}', '$.a[1].b'), ('{"a":[1,{"b":6},{"b":7}]}', '$.a[1].b'),
    ('{"a":[1,2,3]}', '$.a[+1]'), ('{"a":[[1,2],[3]]}', '$.a[1][0]'), ('{"a":{"b":{"c":{"d":{"e":5}}}}}', '$.a.b.c.d.e'),
    ('{"x":{"b":1},"a":{"b":2}}', '$.a.b'), ('{"a":{"b":2},"a":{"c":3}}', '$.a.c'), ('{"a":1,"a":{"c":3}}', '$.a.c'),
    ('[[[[[[[[[[[[[[[[[[[5]]]]]]]]]]]]]]]]]]]', '$[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]'),
    ('[[[[[[[[[[[[[[[[[[[[5]]]]]]]]]]]]]]]]]]]]', '$[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]'),
    ('[[[[[[[[[[[[[[[[[[[[[5]]]]]]]]]]]]]]]]]]]]]', '$[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]'),
    ('[[[[[[[[[[[[[[[[[[[[[[5]]]]]]]]]]]]]]]]]]]]]]', '$[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]'),
    ('{"b":[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]],"a":1}', '$.a'), ('{"a":1}', ''), ('{"a":1}', '$.a,str'), ('{"a":1}', '$.a,'),
    ('{"a":1}', '$.a,int,x'), ('{"a":"5"}', '$.a,int'), ('{"a":9223372036854775807}', '$.a,int'), ('{"a":9223372036854775808}', '$.a,int'),
    ('{"a":-9223372036854775808}', '$.a,int'), ('{"a":9007199254740993}', '$.a,int'), ('{"a":9007199254740993}', '$.a'), ('{"a":1e3}', '$.a,int'),
    ('{"a":-0}', '$.a,int'), ('{"a":[0,1]}', '$.a[-0]'), ('{"a":{"x":1,"y":2}}', '$.a[1]'), ('{"a":{"x":1,"y":2}}', '$.a[0]'),
    ('{"x":1,"y":2}', '$[1]'), ('{"x":1,"y":2}', '$[0]'), ('{"x":1,"y":2,"z":3}', '$[2]'), ('[[1,2],[3,4]]', '$[0][1]'), ('[[1,2],[3,4]]', '$[1][1]'),
    ('[[1,2],[3,4],[5,[6,7]]]', '$[2][1][1]'), ('[[1,2],[3,4]]', '$[00][1]'), ('[1,2]', '$[00]'), ('[1,2]', '$[0x]'), ('[1,2]', '$[a]'),
    ('[1,2]', '$[ab]'), ('[1,2]', '$[1e0]'), ('[1,2,3]', '$[1.9]'), ('[1,2]', '$[0]]'), ('[1,2]', '$[1]]'), ('[1,2]', '$[1]x'),
    ('[{"x":1,},5]', '$[1]'), ('{"b":1,,"a":2}', '$.a'), ('{"b":[1,,2],"a":2}', '$.a'), ('[1,,2]', '$[1]'), ('[1,,2]', '$[2]'), ('{"a":-.5}', '$.a'),
    ('{"a":1.5e2}', '$.a'), ('{"a":1e-3}', '$.a'), ('{"a":12e}', '$.a'), ('{"a":1.5.2}', '$.a'), ('{"b":-,"a":1}', '$.a'), ('{"b":1e,"a":1}', '$.a'),
    ('{"b":0x1,"a":1}', '$.a'), ('{"b":nullx,"a":1}', '$.a'), ('{"b":null,"a":1}', '$.a'), ('[{"a":1},{"b":2}]', '$[0].b'),
    ('[{"a":1},{"b":2}]', '$[1].a'), ('{"a":[{"b":1},{"b":2}]}', '$.a[1].b'), ('{"a":[{"b":[5,6]},{"b":2}]}', '$.a[0].b[1]'),
    ('{"a":[],"b":[1,2]}', '$.b[1]'), ('{"a":[],"b":[1,2]}', '$.a[0]'), ('{"a":[[],[1]]}', '$.a[1][0]'), ('{"a":[[],[1]]}', '$.a[0][0]'),
    ('{"a":1,"ab":2,"abc":3}', '$.ab'), ('{"abc":3,"ab":2,"a":1}', '$.a'), ('{"a":{"b":1},"b":2}', '$.b'), ('{"a":{"b":1},"b":2}', '$.a.b'),
    ('{"a.b":1,"a":{"b":2}}', '$.a.b'), ('{"a\\nb":1}', "'$.a\\nb'"), ('{"a\\\\b":1}', "'$.a\\b'"), ('{"a\\\\b":1}', "'$.a\\\\b'"),
    ('{"\\u0061":1}', '$.a'), ('{"a":"x","b":"y"}', '$.b'), ('[true,false,null,"s"]', '$[1]'), ('[true,false,null,"s"]', '$[3]'),
    ('[true,false,null,"s"]', '$[2]'), ('  {"a":1}', '$.a'), ('{"a":9007199254740991}', '$.a,int'), ('{"a":9007199254740992}', '$.a,int'),
    ('{"a":-9007199254740991}', '$.a,int'), ('{"a":-9007199254740992}', '$.a,int'), ('{"a":12x}', '$.a,int'), ('{"a":0x10}', '$.a,int'),
    ('{"a":-}', '$.a,int'), ('{"a":1e400}', '$.a,int'), ('{"a":01}', '$.a,int'), ('{"a":"1"}', '$.a,int'), ('{"a":"x\\/"}', '$.a,int'),
    ('{"a":true}', '$.a,int'), ('{"a":999999.5}', '$.a'), ('{"a":9999995}', '$.a'), ('{"a":0.00012345678}', '$.a'), ('{"a":123456.7}', '$.a'),
    ('{"a":1.0}', '$.a'), ('{"a":100}', '$.a'), ('{"a":1e100}', '$.a'), ('{"a":1.5e-10}', '$.a'), ('{"a":-1.5e+10}', '$.a'), ('{"a":0.0}', '$.a'),
    ('{"a":-0.0}', '$.a'), ('{"a":2.5}', '$.a'), ('{"a":0.1e1}', '$.a'), ('{"a":1234565}', '$.a'), ('{"a":1234575}', '$.a'),
    ('{"a":12345.25}', '$.a'), ('{"a":12345.35}', '$.a'), ('{"a":00000000000000000001}', '$.a'), ('{"a":123456789012345678}', '$.a,int'),
    ('{"a":1,"b":2}', '$.b.'), ('{"a":1,"b":2}', '$.b[0]'), ('{}', '$'), ('[]', '$'), ('"a"', '$.a'), ('"a"', '$'), ('"a', '$'), ('""', '$'),
    ('-5', '$'), ('- 5', '$'), ('null', '$'), ('false', '$'), ('5 6', '$'), ('5', '$,int'), ('5', 'x'), ('5', ''), ('{"x":5}', 'x.x'),
    ('{"x":5}', '$.x$'), ('{"x":5}', 'xx.x'), ('{"x":5}', '$$.x'), ('{"a":010}', '$.a,int'), ('{"a":-010}', '$.a,int'), ('{"a":08}', '$.a,int'),
    ('{"a":1e+}', '$.a'), ('{"b":1e+,"a":2}', '$.a'), ('{"b":1} {"a":2}', '$.a'), ('{"a":"x\\u00aF"}', '$.a'), ('{"a":"\\\\\\""}', '$.a'),
    ('{"b":"\\\\","a":2}', '$.a'), ('{"a":[1,"x",{"y":[2]}]}', '$.a'), ('{"a":[ 1 , 2 ]}', '$.a'), ('[[1,2],[3]]', '$[1]'), ('[[1,2],[3]]', '$[0]'),
    ('{"a":[1,2', '$.a'), ('{"a":[1,2]', '$.a'), ('{"a":0x}', '$.a,int'), ('{"a":-0x1f}', '$.a,int'), ('{"a":- 5}', '$.a,int'),
]


def json():
    def case(document, path):
        return {"expression": f"req.fhdr(in),json_query({path})", "headers": {"in": document}}

    cases = [case(JSON, path) for path in JSON_PATHS] + [case(JSON, f"{path},int") for path in JSON_PATHS]
    cases += [case('{"a":"%s"}' % text, "$.a") for text in JSON_ESCAPES] + [case(document, "$.a") for document in JSON_VALUES]
    cases += [case(document, path) for document, path in JSON_PAIRS]
    cases += ["str({}),json_query", "int(5),json_query($)", "int(5),json_query($,int)", "bool(1),json_query($)", "bin(35),json_query($)"]
    cases.append({"expression": "req.fhdr(in),json_query($.a),length", "headers": {"in": '{"a":"' + "x" * 5000 + '"}'}})
    for one in cases:
        # The manual of 2.8 has arrays too, as the text that they are.
        known = isinstance(one, dict) and ARRAYS.get((one["headers"]["in"], one["expression"].split("(")[2].split(",")[0].rstrip(")")))
        if known:
            one["later"] = {"type": "str", "value": known.encode("latin-1").hex().upper()}
    return cases


# What paths into documents give from 2.8 on.
ARRAYS = {
    (JSON, "$.k"): '[10,"z",[5,6],{"m":3}]',
    (JSON, "$.k[2]"): "[5,6]",
    (JSON, "$.z"): "[]",
    ("[1,2]", "$"): "[1,2]",
    ("[]", "$"): "[]",
    ('{"a":[1,"x",{"y":[2]}]}', "$.a"): '[1,"x",{"y":[2]}]',
    ('{"a":[ 1 , 2 ]}', "$.a"): "[ 1 , 2 ]",
    ("[[1,2],[3]]", "$[1]"): "[3]",
    ("[[1,2],[3]]", "$[0]"): "[1,2]",
    ('{"a":[1,2]', "$.a"): "[1,2]",
}


# Messages, and paths into them.
PROTOBUF = [
    "081005 1.2", "0d1005 1.2", "091005 1.2", "0810050a021007 1.2", "0818050a021007 1.2", "0d18050a021007 1.2", "08180518050a021007 1.2",
    "0818051006 1.2", "0d18051006 1.2", "0918051006 1.2", "0a0208100700 1.1.2", "0a04081007001806 1.1.2", "0a05081805100700 1.1.2",
    "0a0608180518051007 1.1.2", "0a030818051007 1.1.2", "0a020818051007 1.1.2", "0808080a021005 1.2",
    "2a002a021802 5.3", "2a0018021803 5.3", "2a0208012a001802 5.3", "2a002a001802 5.3", "2a00180232021903 5.3", "0a001002 1.2", "0a00 1.2",
    "0a001002 1.2.3", "0a0212001802 1.2.3", "0a04120018021802 1.2.3", "0a0212001a0118 1.2.3", "0a 1", "0a 1.2", "0a 2", "08 2", "09 1", "0d 1",
    "0880 2", "088001 2", "0a8001 2", "0a80 1", "0a0108 1.1", "0a0108 1.1,int32", "0a020880 1.1", "0a020a05 1.1", "0a040a056162 1.1",
    "0a0408010a05 1.1", "0a020801ff 1.1", "ff 1", "ffffffffffffffffffff01 1", "0801 .", "0801 1.", "2a0608011801 5.3", "2a04080118010801 5.3",
    "2a03080118011802 5.3", "2a050801180108 5.3", "1002 1.2", "0801 1.2", "0d01020304 1.2", "0901020304050607081002 1.2", "08011002 1.2",
    "0a021001100a 1.2", "0a021801 1.2", "0a0218011002 1.2", "0a0218010a021005 1.2", "0a0208010a00 1", "0a000a0161 1", "00 0", "0000 0",
    "0a0908010a050801080108 1.1", "0a0a0a0112 1.1", "0a7f0801 1.1", "0a030801ff0802 1.2", "0a081202080112021807 1.2.3", "0a081202080118051807 1.2.3",
    "0a081202080118051807 1.3", "0a04120208010a0412021809 1.2.3", "2a04080108011802 5.3", "2a03080108011802 5.3",
    "0a0a120208011001120218071802 1.2.3", "0a0612020801180512021807 1.2.3", "0a061202080110070a0412021809 1.2.3", "0a0610011202180a 1.2.3",
    "0a08120408011802180b 1.2.3", "12020a0118050a021003 1.2", "12020a01 1", "0a0612020801 1.2", "0a0012001806 1.2.3", "0a00120008011806 1.2.3",
    "0a020a000a0112 1.1", "0a040a0208010a0308 1.1.1", "0a060a02100112020803 1.2.1", "0a0a0a0210010a021001 1.2", "0a080a0212000a021807 1.1.3",
]
FRAMES = [
    "0000000003080100 2", "00000000020801000000000210 2", "0000000002080100000000 1", "0000000002080100000000 2", "000000000408010000000000021002 2",
    "00ffffffff0801 1", "0000000003080110000000000212 2",
]
PROTOBUF_TYPES = "int32 uint32 sint32 int64 uint64 sint64 bool enum fixed32 sfixed32 float fixed64 sfixed64 double".split()


def varint(number):
    number &= (1 << 64) - 1
    done = b""
    while number > 127:
        done += bytes([number & 127 | 128])
        number >>= 7
    return done + bytes([number])


def tagged(number, wire, value):
    """A field; values of bytes with their length."""
    return varint(number << 3 | wire) + (varint(len(value)) if wire == 2 else b"") + value


def some_message(draw, depth=0):
    """Fields of a few numbers, so that paths meet them."""
    done = b""
    for _ in range(draw.randrange(1, 5)):
        wire = draw.choice([0, 0, 1, 2, 2, 2, 5])
        value = {0: varint(draw.randrange(300)), 1: bytes(range(8)), 5: bytes(range(4)), 2: b"ab"}[wire]
        if wire == 2 and depth < 3:
            value = some_message(draw, depth + 1)
        done += tagged(draw.randrange(1, 4), wire, value)
    return done


def protobuf():
    def case(message, call, name="protobuf"):
        return f"{text_or_bytes(message.hex())},{name}({call})"

    whole = tagged(1, 0, varint(150)) + tagged(2, 2, b"testing") + tagged(3, 1, struct.pack("<d", 1.5)) + tagged(4, 5, struct.pack("<f", 2.5))
    whole += tagged(5, 2, tagged(1, 0, varint(7)) + tagged(2, 2, b"in")) + tagged(6, 0, varint(-1)) + tagged(7, 1, struct.pack("<q", -2))
    whole += tagged(8, 5, struct.pack("<i", -3)) + tagged(9, 0, varint(3)) + tagged(1, 0, varint(99)) + tagged(20, 2, tagged(48, 0, varint(5)))
    paths = "1 2 3 4 5 5.1 5.2 6 7 8 9 20 20.48 10 0 5.3 2.1 1.1 .1 5. 1..2 01 4294967297 x -1 1.0".split() + [""]
    cases = [case(whole, path) for path in paths]
    cases += [case(whole, f"{number},{kind}") for number in range(1, 10) for kind in PROTOBUF_TYPES]
    for value in (1e10, -1e10, 3e9, -3e9, 1e20, -1e20, math.inf, -math.inf, math.nan, -1.5, 0.9, 2147483647.0, 9.3e18, 2.0**63, -(2.0**63), 2.0**64):
        cases.append(case(tagged(1, 5, struct.pack("<f", value)), "1,float"))
        cases.append(case(tagged(1, 1, struct.pack("<d", value)), "1,double"))
    for value in (2**32 + 5, 2**31, 2**63, 2**63 - 1, 0, 1, 2):
        cases += [case(tagged(1, 0, varint(value)), f"1,{kind}") for kind in ("int32", "uint32", "sint32", "uint64", "bool")]
    long = [b"\x80" * 9 + b"\x01", b"\x80" * 10 + b"\x01", b"\xff" * 9 + b"\x7f", b"\x80", b""]
    cases += [case(b"\x08" + value, call) for value in long for call in ("1,int64", "1", "2")]
    cases += [f"bin({one.split()[0]}),protobuf({one.split()[1]})" for one in PROTOBUF]
    cases += [case(bytes.fromhex(message), call) for message in ("0a05616263", "0a00", "09616263", "0d616263", "1b08051c0806", "1e0805", "1f0805",
              "00050806", "800009", "880009", "f8ffffff0f05", "02020807") for call in ("0", "1", ".1", "3", "536870911")]
    cases += [case(b"\x08\x01", call) for call in ("1,string", "1,", "1,INT32")]
    cases += ["str(),protobuf(1)", "str(),protobuf(1,int32)", "int(5),protobuf(0)", "str(abc),protobuf(1)", "bin(0801),protobuf"]
    draw = random.Random(1)
    for _ in range(150):
        message = some_message(draw)
        cases += [case(message, path) for path in draw.sample(["1", "2", "3", "1.1", "1.2", "2.1", "3.2", "1.2.3", "2.2.2", "3.1.2", "1.1.1.1"], 3)]

    def frame(message, compressed=0, length=None):
        return bytes([compressed]) + struct.pack(">I", len(message) if length is None else length) + message

    one, two = tagged(1, 0, varint(5)), tagged(2, 0, varint(6))
    frames = [frame(one), frame(one) + frame(two), frame(two) + frame(one), frame(one, 1), frame(one, 2), frame(one, 0, 1), frame(one, 0, 0)]
    frames += [frame(one, 0, 3), frame(one, 0, 100), frame(b""), frame(b"") + frame(one), b"\0\0\0", b"", b"\0\0\0\0\x02", one]
    frames += [frame(one) + b"junk", frame(tagged(5, 2, one)), frame(one)[:-1], frame(one + two, 0, 2), frame(one, 1) + frame(two)]
    frames += [frame(tagged(1, 2, b"abcdef")), frame(tagged(3, 3, b"")) + frame(one)]
    cases += [case(given, call, "ungrpc") for given in frames for call in ("1", "1,int32", "2", "5.1,int32")]
    return cases + [f"bin({one.split()[0]}),ungrpc({one.split()[1]})" for one in FRAMES]


def fix():
    def message(fields, version="FIX.4.4", length=None, checksum=None):
        body = "".join(f"{tag}={value}\x01" for tag, value in fields)
        text = f"8={version}\x019={len(body) if length is None else length}\x01{body}"
        total = sum(text.encode("latin-1")) % 256
        return text + f"10={f'{total:03d}' if checksum is None else checksum.format(total, total + 256)}\x01"

    logon = [(35, "A"), (49, "ABC"), (56, "DEF"), (34, 1), (52, "20200101-00:00:00"), (98, 0), (108, 30)]
    right, short = message(logon), message([(35, "A"), (49, "B")])
    texts = [message(logon, version) for version in "FIX.4.0 FIX.4.1 FIX.4.2 FIX.4.3 FIX.4.4 FIX.4.5 FIX.5.0 FIXT.1.0 FIXT.1.1 FIXT.1.2 fix.4.4".split()]
    texts += [message(logon, version) for version in ("", "FIX.4", "FIX.4.44", "FIX.3.0")]
    for fields in (logon, [(35, "A")], [(35, "A"), (49, "B")]):
        texts += [message(fields, checksum=form) for form in ("", "5", "55", "{0:03d}", "0{0:03d}", "{0:03d}x", "{1}", " 12", "{0:03x}")]
    texts += [short[:length] for length in range(len(short) + 1)] + [right + "x", right + right, right[:-1], "x" + right, right[1:]]
    lengths = "10 010 0010 9 11 0 5 -10 +10 10x 1e1 4294967306 99999999999999999999 16 17 18 20".split() + ["", " 10", "10 "]
    texts += [message([(35, "A"), (49, "B")], length=length) for length in lengths]
    third = [(49, ""), ("x9", "1"), ("", "1"), (-5, "1"), (0, "1"), ("00", 1), ("049", "1"), ("99999999999", "1"), ("4294967296", "1"), ("4294967345", "1")]
    third += [("2147483647", 1), ("2147483648", 1), (49, "a=b"), (10, "000"), (8, "FIX.4.4"), (9, 5), (35, "B"), (" 49", 1), ("49 ", 1), ("4x", 1)]
    third += [(tag, 1) for tag in (1, 100, 956, 957, 1000, 4999, 5000, 9999, 10000, 15000, 19999, 20000, 65535, 100000)]
    texts += [message([(35, "A"), field]) for field in third]
    texts += [message(fields) for fields in ([(35, "")], logon[1:], logon[1:] + logon[:1], [(49, "x"), (35, "A")], [])]
    head = "8=FIX.4.4\x019=11\x0135=A\x01"
    texts += [head + "foo\x01", head + "foo\x0149=x\x0110=000\x01", "9=5\x018=FIX.4.4\x0135=A\x0110=180\x01", "8=FIX.4.4\x0135=A\x019=5\x0110=180\x01"]
    texts += [right.replace("\x01", "|"), "35=A\x01", "x=1\x0135=A\x01", "=1\x0135=A\x01", "35=A", "0=1\x0135=A\x01", "foo\x0135=A\x01", "035=A\x01", "35=\x01"]
    texts += ["4294967331=A\x01", "49=a\x0149=b\x01", "1=\x0135=A\x01", "0=zero\x01"]

    def given(text):
        return text_or_bytes(text.encode("latin-1").hex())

    cases = [f"{given(text)},fix_is_valid" for text in texts]
    cases += [f"{given(text)},fix_tag_value({tag})" for text in texts for tag in (35, 49)]
    tags = "BeginString bodylength MsgType SenderCompID TargetCompID CheckSum 8 9 35 49 56 34 52 98 108 10 108x 1 0 -1 99 049 4294967331 1.5 foo +35"
    cases += [f"{given(right)},fix_tag_value({tag})" for tag in tags.split() + [""]]
    return cases + [f"{given(right)},fix_tag_value", "int(5),fix_is_valid", "str(abc),fix_is_valid(1)"]


def mqtt():
    def string(text):
        text = text.encode() if isinstance(text, str) else text
        return struct.pack(">H", len(text)) + text

    def packet(kind, body, flags=0, length=None):
        return bytes([kind << 4 | flags]) + varint(len(body) if length is None else length) + body

    def connect(version=4, name="MQTT", flags=0x02, client="cid", will=None, user=None, password=None, props=b"", will_props=b""):
        body = string(name) + bytes([version, flags]) + struct.pack(">H", 60)
        body += varint(len(props)) + props if version == 5 else b""
        body += string(client)
        if will is not None:
            body += varint(len(will_props)) + will_props if version == 5 else b""
            body += string(will[0]) + string(will[1])
        return body + b"".join(string(text) for text in (user, password) if text is not None)

    plain = connect()
    packets = [packet(1, plain), packet(1, connect(3, "MQIsdp")), packet(1, connect(5)), packet(1, connect(3, "MQTT")), packet(1, connect(4, "MQIsdp"))]
    packets += [packet(1, connect(version)) for version in (0, 2, 6, 255)] + [packet(1, connect(4, name)) for name in ("X", "", "mqtt", "MQTTX")]
    packets += [packet(1, connect(flags=flags)) for flags in (0, 1, 3, 0x0A, 0x22, 0x82, 0x42, 0x06, 0xFE)]
    packets += [packet(1, plain, 1), packet(1, plain)[:-1], packet(1, plain) + b"x", packet(1, plain + b"x"), packet(1, plain, 0, len(plain) + 1)]
    packets += [packet(1, plain, 0, len(plain) - 1), packet(1, connect(flags=0x82, user="u")), packet(1, connect(flags=0xC2, user="u", password="p"))]
    packets += [packet(1, connect(flags=0x42, password="p")), packet(1, connect(user="u")), packet(1, connect(flags=0xC2, user="u"))]
    packets += [packet(1, connect(flags=flags, will=("t", "p"))) for flags in (0x06, 0x1E, 0x16, 0x26)]
    packets += [packet(1, connect(client="")), packet(1, connect(client="", flags=0)), packet(1, string("MQTT") + bytes([4, 2, 0, 60, 0, 5]) + b"ab")]
    packets += [packet(2, body) for body in (b"\0\0", b"\1\5", b"\2\0", b"\0", b"", b"\0\0\0", b"\0\0\1", b"\0\xc8", b"\0\0\0x", b"\0\0\5", b"\1\x85\0")]
    packets += [packet(2, b"\0\0\1" + bytes([17, 0, 0, 0, 5])), packet(2, b"\0\0", 1), b"", b"\x10", b"\x10\0", b"\x10\1", b"\x20\0", b"\x20\x80", b"\x30", b"\x30\0"]
    packets += [packet(kind, b"\0\1") for kind in (0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)] + [packet(12, b""), packet(14, b"")]
    packets += [bytes([0x10, 0x80 | len(plain)]) + more + plain for more in (b"\0", b"\x80\0", b"\x80\x80\0", b"\x80\x80\x80\0")]
    one = [bytes([number, 0, 0, 0, 5]) for number in (2, 17, 24, 39)] + [bytes([number, 0, 5]) for number in (19, 33, 34)]
    one += [bytes([number, value]) for number in (1, 23, 25, 36, 37, 40, 41, 42) for value in (0, 1, 2)]
    one += [bytes([number]) + string(text) for number in (3, 8, 9, 18, 21, 22, 26, 28, 31) for text in ("", "text")]
    one += [bytes([33, 0, 0]), bytes([34, 0, 0]), bytes([39, 0, 0, 0, 0]), bytes([19, 0, 0]), bytes([38]) + string("k") + string("v"), bytes([38]) + string("k")]
    one += [bytes([number]) for number in (0, 4, 17, 99, 255)] + [bytes([17, 0, 0, 0]), bytes([0x91, 0, 0, 0, 0, 5]), bytes([17, 0, 0, 0, 5, 0]), bytes([21, 0, 9, 1])]
    one += [2 * given for given in (one[1], one[5], bytes([25, 0]), bytes([36, 1]), bytes([21]) + string("a"), bytes([38]) + string("k") + string("v"), bytes([1, 0]))]
    for props in one:
        packets += [packet(1, connect(5, props=props)), packet(2, b"\0\0" + varint(len(props)) + props)]
        packets.append(packet(1, connect(5, flags=6, will=("a", "b"), will_props=props)))
    cases = [f"{text_or_bytes(given.hex())},mqtt_is_valid" for given in packets]

    props = bytes([17, 0, 0, 0, 5, 33, 0, 7, 39, 0, 0, 1, 0, 34, 0, 9, 25, 1, 23, 0, 21]) + string("auth") + bytes([22]) + string("data")
    of_will = bytes([24, 0, 0, 0, 9, 1, 1, 2, 0, 0, 0, 8, 3]) + string("ct") + bytes([8]) + string("rt") + bytes([9]) + string("cd")
    full = connect(5, flags=0xC6, will=("top", b"pay\0load"), user="usr", password="pwd", props=props, will_props=of_will)
    bodies = [full, connect(4, flags=0xC6, will=("top", "pay"), user="usr", password="pwd"), plain, connect(5), connect(5, flags=6, will=("", "")), connect(6)]
    bodies += [connect(4, flags=0xC6, client="", will=("", ""), user="", password=""), connect(5, props=bytes([21, 0, 0, 22, 0, 0])), plain + b"x"]
    fields = "flags protocol_name protocol_version client_identifier will_topic will_payload username password keepalive 17 33 39 34 25 23 21 22 18"
    fields += " 1 2 3 8 9 24 38 19 reason_code Flags x 017"
    cases += [f"bin({packet(1, body).hex()}),mqtt_field_value(connect,{field})" for body in bodies for field in fields.split()]
    props = bytes([17, 0, 0, 0, 5, 33, 0, 7, 36, 1, 37, 0, 39, 0, 0, 1, 0, 18]) + string("cid") + bytes([34, 0, 3, 31]) + string("why")
    props += bytes([40, 1, 41, 0, 42, 1, 19, 0, 20, 26]) + string("ri") + bytes([28]) + string("sr") + bytes([21]) + string("am") + bytes([22]) + string("ad")
    fields = "flags protocol_version reason_code 17 33 36 37 39 18 34 31 40 41 42 19 26 28 21 22 38 24 keepalive FLAGS"
    bodies = [b"\1\x85" + varint(len(props)) + props, b"\0\2", b"\0\2\0", b"\0\2\3" + bytes([31, 0, 0]), b"\2\0", b"\0\0\1\x63"]
    cases += [f"bin({packet(2, body).hex()}),mqtt_field_value(connack,{field})" for body in bodies for field in fields.split()]
    for call in "1,flags 01,flags 2,flags CONNECT,FLAGS Connect,Protocol_Name publish,topic 0,flags 15,flags 16,flags connect connect, puback,reason_code".split():
        cases.append(f"bin({packet(1, plain).hex()}),mqtt_field_value({call})")
    cases += ["str(),mqtt_field_value(1,flags)", "str(abc),mqtt_field_value(1,flags)", "int(5),mqtt_is_valid", "bin(4003000100),mqtt_field_value(puback,reason_code)"]
    return cases


def jwt():
    """Tokens; the keys stand in the folder `keys`, and nowhere else."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

    def url(data):
        data = data.encode() if isinstance(data, str) else data
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    def signed(algorithm, key, header=None, payload='{"a":1}', der=False):
        start = url(header or f'{{"alg":"{algorithm}"}}') + "." + url(payload)
        size = algorithm[2:]
        if algorithm.startswith("HS"):
            return start + "." + url(hmac.digest(key.encode(), start.encode(), f"sha{size}"))
        with open(os.path.join(HERE, "keys", key + ".key"), "rb") as file:
            private = serialization.load_pem_private_key(file.read(), None)
        digest = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}[size]
        if algorithm.startswith("RS"):
            return start + "." + url(private.sign(start.encode(), padding.PKCS1v15(), digest))
        if algorithm.startswith("PS"):
            return start + "." + url(private.sign(start.encode(), padding.PSS(padding.MGF1(digest), digest.digest_size), digest))
        signature = private.sign(start.encode(), ec.ECDSA(digest, deterministic_signing=True))
        if not der:
            length = (private.curve.key_size + 7) // 8
            signature = b"".join(number.to_bytes(length, "big") for number in utils.decode_dss_signature(signature))
        return start + "." + url(signature)

    cases = []

    def case(token, call, later=None, **variables):
        one = {"expression": f"req.fhdr(in),{call}", "headers": {"in": token}}
        if variables:
            one["variables"] = {f"txn.{name}": value for name, value in variables.items()}
        if later is not None:
            one["later"] = later
        cases.append(one)

    def number(value):
        return {"type": "int", "value": value}

    right = signed("HS256", "secret")
    head, body, _ = right.split(".")
    for size in ("256", "384", "512"):
        case(signed(f"HS{size}", "secret"), f"jwt_verify(HS{size},secret)")
        case(signed(f"HS{size}", "secret"), f"jwt_verify(HS{size},secreT)")
        case(right, f"jwt_verify(HS{size},secret)")
    case(signed("HS256", "x"), "jwt_verify(HS256,)")
    tokens = [f"{head}.{body}", f"{head}.{body}.", right + ".x", "", "..", "...", f"{head}.{body}.!!!!", right[:-1], right[:-2], right[:-3], right[:-4]]
    tokens += [right + "AAAA", right + "=", "!!!." + right.split(".", 1)[1], url('{"alg":"none"}') + ".e30.", "a.b.c.", ".b.YWJj", "a..YWJj", "a", "."]
    for token in tokens:
        case(token, "jwt_verify(HS256,secret)")
        case(token, "jwt_verify(none,x)")
    for token in ("a.b.", "a.b..", "a.", "a.b.c.d", "a.b.abcd", right, "a.b", "5"):
        case(token, "jwt_verify(none,x)")
    call = "jwt_verify(txn.alg,txn.key)"
    case(right, call, alg="str(HS256)", key="str(secret)")
    for algorithm in ("XX", "hs256", "HS25", "HS2566", "HS", "H", "RS", "NONE"):
        case(right, call, alg=f"str({algorithm})", key="str(secret)")
    case(right, call, alg="str()", key="str(secret)")
    case(right, call, alg="str(none)", key="str(secret)")
    case(right, call, alg="str(HS256)")
    case(right, call, key="str(secret)")
    case(right, "jwt_verify(HS256,txn.key)", key="bin(736563726574)")
    case(signed("HS256", "5"), "jwt_verify(HS256,txn.key)", key="int(5)")
    case(right, "jwt_verify(HS256,txn.none)")
    case("a.b", call, alg="str(XX)", key="str(x)")
    case(right, "jwt_verify(foo,secret)")
    case(right, "jwt_verify(HS256)")

    files = ["rsa.pub", "rsa.pkcs1", "rsa.crt", "rsa.both", "rsa.key", "small.pub", "ec256.pub", "none.pub"]
    for size in ("256", "384", "512"):
        for file in files:
            case(signed(f"RS{size}", "rsa"), f"jwt_verify(RS{size},keys/{file})")
        case(signed(f"RS{size}", "rsa")[:-6] + "AAAAAA", f"jwt_verify(RS{size},keys/rsa.pub)")
    case(signed("RS256", "small"), "jwt_verify(RS256,keys/small.pub)")
    case(signed("RS512", "small"), "jwt_verify(RS512,keys/small.pub)")
    for size, curve in (("256", "256"), ("384", "384"), ("512", "521")):
        token, algorithm = signed(f"ES{size}", f"ec{curve}"), f"ES{size}"
        for file in ("ec256.pub", "ec384.pub", "ec521.pub", "rsa.pub"):
            case(token, f"jwt_verify({algorithm},keys/{file})")
        changed = [token[:-6] + "AAAAAA", token + "AAAA", token + "AAAAAAAA", token[:-8], signed(algorithm, f"ec{curve}", der=True)]
        start, signature = token.rsplit(".", 1)
        plain = base64.urlsafe_b64decode(signature + "==")
        half = len(plain) // 2
        changed += [start + "." + url(bytes(3) + plain[:half] + bytes(3) + plain[half:]), start + "." + url(bytes(2 * half)), start + ".AAAA", start + ".AAA"]
        for one in changed:
            case(one, f"jwt_verify({algorithm},keys/ec{curve}.pub)")
    token = signed("RS256", "rsa")
    case(token, "jwt_verify(txn.alg,keys/rsa.pub)", alg="str(RS256)")
    case(signed("HS256", "keys/rsa.pub"), "jwt_verify(txn.alg,keys/rsa.pub)", alg="str(HS256)")
    case(token, "jwt_verify(RS256,txn.key)", key="str(keys/rsa.pub)")
    case(token, "jwt_verify(RS256,txn.key)", key="str(keys/other.pub)")
    for bad in ("a.b", token[:-4] + "!!!!", token[:-5], token[:-4], "a.b."):
        case(bad, "jwt_verify(RS256,keys/rsa.pub)")
        case(bad, "jwt_verify(RS256,keys/none.pub)")
    # RSASSA-PSS is of 2.7 and later.
    for size in ("256", "384", "512"):
        call = "jwt_verify(txn.alg,txn.key)"
        case(signed(f"PS{size}", "rsa"), call, number(1), alg=f"str(PS{size})", key="str(keys/rsa.pub)")
        case(signed(f"PS{size}", "rsa")[:-6] + "AAAAAA", call, number(0), alg=f"str(PS{size})", key="str(keys/rsa.pub)")
        case(signed(f"PS{size}", "rsa"), call, number(-5), alg=f"str(PS{size})", key="str(none)")
    case("a.b", call, alg="str(PS256)", key="str(x)")

    head, body = url('{"alg":"HS256","typ":"JWT","n":5,"f":1.5,"o":{"x":"y"}}'), url('{"sub":"joe","iat":12345,"b":true,"esc":"a\\nb"}')
    token = f"{head}.{body}.c2ln"
    for name, part in (("jwt_header_query", head), ("jwt_payload_query", body)):
        # Without a path 2.6 gives nothing; its manual, and those of later versions, say that all of the part is given.
        whole = {"type": "str", "value": base64.urlsafe_b64decode(part + "==").hex().upper()}
        case(token, name, whole)
        case(token, name + "()", whole)
        for arguments in "$.alg $.n $.n,int $.o.x $.sub $.iat $.iat,int $.b $.esc $.missing $ ,int x $.n,str".split():
            case(token, f"{name}({arguments})")
        tokens = [f"{head}.{body}.", f"{head}.{body}", head, "..", "", token + ".x", f"!.{body}.x", f"{head}.!.x", f"{head}.a.b.c.d", f".{body}.x", f"{head}=.{body}.x"]
        for one in tokens + [url("abc") + "." + url("def") + ".x", f"{head}..x"]:
            case(one, f"{name}($.alg)")
            case(one, f"{name}($.sub)")
    return cases


def write_jwe():
    """Encrypted tokens, made with python3-cryptography: haproxy 2.6 knows none. Not written anew by `record`."""
    from cryptography.hazmat.primitives import hashes, padding, serialization
    from cryptography.hazmat.primitives.asymmetric import padding as asymmetric
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.keywrap import aes_key_wrap

    def url(data):
        data = data.encode() if isinstance(data, str) else data
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    text = b"some text that is inside"

    def sealed(head, key, wrapped, method):
        """The token of `text`, its content encrypted with `key`."""
        header = url(head)
        if method.endswith("GCM"):
            iv = bytes(range(12))
            both = AESGCM(key).encrypt(iv, text, header.encode())
            encrypted, tag = both[:-16], both[-16:]
        else:
            iv, half = bytes(range(16)), len(key) // 2
            pad = padding.PKCS7(128).padder()
            writer = Cipher(algorithms.AES(key[half:]), modes.CBC(iv)).encryptor()
            encrypted = writer.update(pad.update(text) + pad.finalize()) + writer.finalize()
            coded = header.encode() + iv + encrypted + struct.pack(">Q", len(header) * 8)
            tag = hmac.digest(key[:half], coded, "sha" + method[-3:])[:half]
        return ".".join([header, url(wrapped), url(iv), url(encrypted), url(tag)])

    with open(os.path.join(HERE, "keys", "rsa.key"), "rb") as file:
        private = serialization.load_pem_private_key(file.read(), None)
    numbers = private.private_numbers()
    parts = {"n": numbers.public_numbers.n, "e": numbers.public_numbers.e, "d": numbers.d, "p": numbers.p, "q": numbers.q}
    parts.update({"dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp})
    encoded = {name: url(number.to_bytes((number.bit_length() + 7) // 8, "big")) for name, number in parts.items()}
    jwk = '{"kty":"RSA",' + ",".join(f'"{name}":"{value}"' for name, value in encoded.items()) + "}"

    cases = []
    sizes = {"A128GCM": 16, "A192GCM": 24, "A256GCM": 32, "A128CBC-HS256": 32, "A192CBC-HS384": 48, "A256CBC-HS512": 64}
    for method, size in sizes.items():
        key = bytes(range(7, 7 + size))
        given = {"type": "bin", "value": text.hex().upper()}

        def case(token, call, **more):
            cases.append({"expression": f"req.fhdr(in),{call}", "headers": {"in": token}, "gives": given, **more})

        head = f'{{"alg":"dir","enc":"{method}"}}'
        case(sealed(head, key, b"", method), f"jwt_decrypt_secret({base_64(key)})")
        for bits in (128, 192, 256):
            secret = bytes(range(90, 90 + bits // 8))
            head = f'{{"alg":"A{bits}KW","enc":"{method}"}}'
            case(sealed(head, key, aes_key_wrap(secret, key), method), f"jwt_decrypt_secret({base_64(secret)})")
            iv = bytes(range(20, 32))
            both = AESGCM(secret).encrypt(iv, key, b"")
            head = f'{{"alg":"A{bits}GCMKW","enc":"{method}","iv":"{url(iv)}","tag":"{url(both[-16:])}"}}'
            case(sealed(head, key, both[:-16], method), f"jwt_decrypt_secret({base_64(secret)})")
        ways = {"RSA1_5": asymmetric.PKCS1v15()}
        for name, digest in (("RSA-OAEP", hashes.SHA1()), ("RSA-OAEP-256", hashes.SHA256())):
            ways[name] = asymmetric.OAEP(asymmetric.MGF1(digest), digest, None)
        for name, way in ways.items():
            token = sealed(f'{{"alg":"{name}","enc":"{method}"}}', key, private.public_key().encrypt(key, way), method)
            for file in ("rsa.key", "rsa.both"):
                case(token, f"jwt_decrypt_cert(keys/{file})")
            case(token, "jwt_decrypt_jwk(txn.jwk)", variables={"txn.jwk": f"bin({jwk.encode().hex()})"})
    with open(os.path.join(HERE, "jwe.json"), "w", encoding="ascii") as file:
        about = {"program": "python3-cryptography", "recipe": "record_code.py jwe"}
        file.write(json_module.dumps(about)[:-1] + ', "cases": [\n')
        file.write(",\n".join(json_module.dumps(case) for case in cases))
        file.write("\n]}\n")


FAMILIES = {
    "jwt": jwt,
    "mqtt": mqtt,
    "fix": fix,
    "protobuf": protobuf,
    "json": json,
    "ciphers": ciphers,
    "encodings": encodings,
    "digests": digests,
    "keyed": keyed,
    "hashes": hashes,
}

if __name__ == "__main__":
    if sys.argv[1:] == ["jwe"]:
        write_jwe()
    else:
        record({name: cases() for name, cases in FAMILIES.items()})
