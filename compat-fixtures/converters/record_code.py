#!/usr/bin/env python3
"""Records what haproxy's converters of hashes, digests, keys, encodings and protocols give: NAME.json for each family.

Needs Debian's haproxy and python3-cryptography. `python3 record_code.py [FAMILY ...]`.
"""

import base64

from recording import record


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


FAMILIES = {
    "json": json,
    "ciphers": ciphers,
    "encodings": encodings,
    "digests": digests,
    "keyed": keyed,
    "hashes": hashes,
}

if __name__ == "__main__":
    record({name: cases() for name, cases in FAMILIES.items()})
