"""Records what converters make of samples with the installed haproxy: python3 record.py writes NAME.json for each function
below, python3 record.py NAME only that one."""

import json
import os
import sys

from evaluate import evaluate

HERE = os.path.dirname(os.path.abspath(__file__))

VARIABLES = {
    "txn.zero": "int(0)",
    "txn.one": "int(1)",
    "txn.five": "int(5)",
    "txn.minus": "int(-7)",
    "txn.biggest": "int(9223372036854775807)",
    "txn.smallest": "int(-9223372036854775808)",
    "txn.yes": "bool(true)",
    "txn.no": "bool(false)",
    "txn.text": "str(abc)",
    "txn.digits": "str(42)",
    "txn.signed": "str(-3)",
    "txn.mixed": "str(12ab)",
    "txn.empty": "str()",
    "txn.bytes": "bin(0061ff)",
    "txn.word": "bin(616263)",
    "txn.digit": "bin(35)",
    "txn.v4": "ipv4(10.1.2.3)",
    "txn.v6": "ipv6(2001:db8::1)",
    "txn.mapped": "ipv6(::ffff:10.1.2.3)",
    "txn.compatible": "ipv6(::10.1.2.3)",
    "txn.sixtofour": "ipv6(2002:0a01:0203::9)",
    "txn.method": "method",
    "sess.five": "int(5)",
    "req.five": "int(5)",
    "proc.five": "int(5)",
}

PRESETS = "".join(f" http-request set-var({name}) {sample}\n" for name, sample in VARIABLES.items())


def through(inputs, converters):
    return [f"{sample},{converter}" for sample in inputs for converter in converters]


def sent(values, converters):
    """Each value in a header, as texts of bytes can be."""
    return [(f"req.fhdr(in),{converter}", [f"in: {value}"]) for value in values for converter in converters]


def casts():
    texts = ["", "0", "1", "true", "false", "7", "-7", "+7", "--7", "+-7", "-", "+", "7x", "x7", "0x10", "010", "1.5", "1e3", " 7", "7 "]
    texts += ["9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "99999999999999999999"]
    texts += ["18446744073709551616", "18446744073709551615", "-99999999999999999999", "4294967296", "-1", "00000000000000000000000000000000007"]
    texts += ["1.2.3.4", "1.2.3.4:80", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.04", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4/24", "1.2.3.4x"]
    texts += ["::1", "::", "[::1]", "[::1]:80", "2001:db8::1", "2001:DB8::1", "::ffff:1.2.3.4", "::1.2.3.4", "2002:102:304::5", "fe80::1%lo"]
    texts += ["localhost", "*", "0", "16909060", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "::1 ", "GET", "POST", "FOO", "1.2.3.4:99999", "0.0.0.0", "255.255.255.255"]
    texts += ["1.2.3.4:", "1.2.3.4:x", "::ffff:0:1.2.3.4", "64:ff9b::1.2.3.4"]
    every = ["add(0)", "iif(yes,no)", "concat()", "length", "hex", "ipmask(32,128)", "ipmask(32)", "not"]
    cases = [f'str("{text}"),{converter}' for text in texts for converter in ("add(0)", "iif(yes,no)", "ipmask(32,128)", "ipmask(32)")]
    names = [name for name in VARIABLES if name.startswith("txn.")] + ["txn.none", "sess.five", "req.five", "proc.five", "proc.none", "res.five"]
    cases += [f"var({name})" for name in names]
    cases += [f"var({name}),{converter}" for name in names for converter in every]
    numbers = [0, 1, -1, 5, 255, 4294967295, 4294967296, 16909060, -4294967295, 9223372036854775807, -9223372036854775808]
    cases += [f"int({number}),{converter}" for number in numbers for converter in every]
    addresses = ["ipv4(0.0.0.0)", "ipv4(255.255.255.255)", "ipv4(1.2.3.4)", "ipv6(::)", "ipv6(::1)", "ipv6(::2:0)", "ipv6(::1:0:0)", "ipv6(1::)"]
    addresses += ["ipv6(1:0:0:2::3)", "ipv6(1:0:0:2:0:0:0:3)", "ipv6(1:0:2:0:3:0:4:0)", "ipv6(::ffff:0:0)", "ipv6(::ffff:ffff)", "ipv6(ABCD:EF::)", "ipv6(::1.2.3.4)"]
    addresses += ["ipv6(0:0:0:0:0:fffe:102:304)", "ipv6(fe80::1:2)", "ipv6(1:2:3:4:5:6:7:8)", "ipv6(1:2:3:4:5:6:7::)", "ipv6(::2:3:4:5:6:7:8)", "src", "dst"]
    cases += [f"{sample},{converter}" for sample in addresses for converter in ("concat()", "hex", "add(0)", "ipmask(32,128)", "ipmask(32)", "iif(a,b)")]
    cases += addresses
    cases += [f"bin({digits}),{converter}" for digits in ("00", "31", "3100", "6100ff", "ff", "0a", "c3a9", "3132333435363738") for converter in ("concat(x)", "length", "lower", "hex")]
    cases += [f"bool({word}),{converter}" for word in ("true", "false", "1", "0") for converter in every]
    cases += through(["method", "meth(POST)", "meth(GET)", "meth(DELETE)"], ["concat()", "length", "hex", "lower"])
    cases += through(["req.hdr(none)", "var(txn.none)", "str()"], every)
    return cases


def number():
    inputs = ["int(0)", "int(1)", "int(-1)", "int(5)", "int(-7)", "int(255)", "int(256)", "int(9223372036854775807)", "int(-9223372036854775808)"]
    inputs += ["int(4294967296)", "int(4611686018427387904)", "str(12x)", "str(x)", "bool(true)", "ipv4(0.0.0.3)", "var(txn.none)", "var(txn.bytes)", "str()"]
    operands = ["0", "1", "-1", "2", "-2", "7", "255", "9223372036854775807", "-9223372036854775808", "4294967296", "3037000500", "-3037000500"]
    operands += ["txn.five", "txn.minus", "txn.biggest", "txn.smallest", "txn.zero", "txn.none", "txn.digits", "txn.signed", "txn.mixed", "txn.text", "txn.empty"]
    operands += ["txn.yes", "txn.bytes", "txn.v4", "txn.v6", "txn.method", "sess.five", "req.five", "proc.five", "res.five", "+5", "007"]
    cases = [f"{sample},{name}({operand})" for name in ("add", "sub", "mul", "div", "mod", "and", "or", "xor") for sample in inputs for operand in operands]
    cases += through(inputs + ["int(2)", "int(-2)", "int(-9223372036854775807)"], ["neg", "not", "odd", "even", "cpl", "bool"])
    cases += through(inputs + ["int(4294967295)", "int(-4294967295)", "int(65536)", "int(8589934593)"], ["htonl"])
    digits = ["0", "1", "a", "A", "fF", "0x10", "10", "7fffffffffffffff", "8000000000000000", "ffffffffffffffff", "1ffffffffffffffff", "123456789abcdef01234"]
    digits += ["g", "1g", "1 2", " 1", "-1", "", "0000000000000000000001", "x", "ab,c", "deadbeef", "DEADBEEF", "f", "00", "80"]
    cases += [f'str("{text}"),hex2i' for text in digits] + ["var(txn.bytes),hex2i", "int(10),hex2i", "bool(true),hex2i", "var(txn.none),hex2i", "ipv4(1.2.3.4),hex2i"]
    cases += sent(["é", "12é"], ["hex2i"])
    blobs = ["bin(01020304050607)", "bin(7f000001)", "bin(ff)", "bin(ffffffffffffffff)", "bin(80000000000000000001)", "bin(00)", "str(abcdef)", "int(258)", "ipv6(::1)", "var(txn.none)", "str()"]
    cases += through(blobs, ["be2dec(:,2)", "be2dec(-,2,1)", "be2dec(,2,1)", "be2dec(.,1)", "be2dec(,8)", "be2dec(,8,1)", "be2dec(ab,3)", "be2dec(:,4,0)", "be2dec(:,7,1)", "be2dec(:,5)"])
    cases += through(blobs, ["be2hex", "be2hex()", "be2hex(:,2)", "be2hex(-,1)", "be2hex(-,2,1)", "be2hex(,2,1)", "be2hex(,0,1)", "be2hex(::,3)", "be2hex(:,100)", "be2hex(:,100,1)", "be2hex(,3)", "be2hex(,-1)", "be2hex(,-1,1)", "hex"])
    return cases


def text():
    texts = ["", "a", "AbC", "foobar", "  foo  ", "oof", "xxfooxx", "ooo", "fo o", "\\xff"]
    cases = [f"str('{value}'),{converter}".replace("'", '"') if " " not in converter else f"\"str('{value}'),{converter}\"" for value in texts for converter in (
        "ltrim(o)", "ltrim(fo)", "ltrim(' ')", "ltrim(x)", "ltrim()", "rtrim(o)", "rtrim(ro)", "rtrim(' ')", "rtrim(x)", "rtrim()", "length", "lower", "upper",
        "cut_crlf", "bytes(0)", "bytes(1)", "bytes(1,2)", "bytes(2,100)", "bytes(100)", "bytes(100,1)", "bytes(0,0)", "bytes(-1)", "bytes(0,-1)", "bytes(3)", "bytes(6)", "bytes(6,1)",
        "iif(a,b)", "concat(-)", "concat(-,txn.text)", "concat(-,txn.text,+)", "concat(,txn.none,+)", "concat()", "concat(,,x)", "concat(,txn.empty)",
        "add_item(-,txn.text)", "add_item(-,txn.text,+)", "add_item(-,,+)", "add_item(-,txn.none,+)", "add_item(-,txn.none)", "add_item(-,txn.empty,+)", "add_item(-,txn.empty)", "add_item(,txn.text)", "add_item(,,x)")]
    for name in ("txn.one", "txn.minus", "txn.biggest", "txn.yes", "txn.no", "txn.bytes", "txn.word", "txn.v4", "txn.v6", "txn.mapped", "txn.method", "txn.empty", "txn.none", "sess.five", "req.five", "res.five", "proc.five"):
        cases += [f"str(a),concat(<,{name},>)", f"str(a),add_item(;,{name},>)", f"str(),add_item(;,{name})", f"str(a),strcmp({name})", f"var({name}),strcmp(txn.text)"]
    blobs = ["bin(00)", "bin(00010203)", "bin(410042)", "bin(0d0a)", "bin(610d62)", "bin(610a62)", "bin(ffff)", "int(5)", "ipv4(1.2.3.4)", "var(txn.none)", "bool(true)"]
    cases += through(blobs, ["ltrim(a)", "rtrim(b)", "cut_crlf", "bytes(1)", "bytes(0,2)", "bytes(2,1)", "bytes(4)", "bytes(3)", "bytes(7,1)", "lower", "upper", "length", "concat(-,txn.bytes)"])
    cases += through(blobs, ['concat("\\",\\"",txn.text)', "iif(x,y)", "iif(,y)", "iif(x,)"])
    for value in ("abc", "abd", "abb", "ab", "abcd", "", "ABC", "b", "Abc", "ab c"):
        cases += [f'str("{value}"),strcmp(txn.text)', f'str("{value}"),strcmp(txn.empty)', f'str("{value}"),strcmp(txn.none)', f'str("{value}"),strcmp(txn.digits)']
    cases += ["str(42),strcmp(txn.digits)", "int(42),strcmp(txn.digits)", "str(abc),strcmp(txn.word)", "str(10.1.2.3),strcmp(txn.v4)", "str(1),strcmp(txn.one)", "str(GET),strcmp(txn.method)", "bin(61),strcmp(txn.bytes)", "bin(0061ff),strcmp(txn.bytes)"]
    cases += sent(["ÀÉ", "Àb", "a\tb", "éa", "aé"], ["lower", "upper", "length", "bytes(1)", "ltrim(é)", "rtrim(é)", "concat(é)", "strcmp(txn.text)"])
    cases += [f"int({number}),iif(yes,no)" for number in (0, 1, -1, 256)] + ["bool(true),iif(yes,no)", "bool(false),iif(yes,no)", "bool(true),iif(a,b),upper"]
    long = ["in: " + "a" * 6000]
    cases += [(f"req.fhdr(in),{converter},length", long) for converter in ("upper", "concat(x)", "concat(,txn.text)", "ltrim(b)", "hex", "be2hex(:,1)", "cut_crlf", "hex,hex")]
    return cases


def word():
    texts = ["f1_f2_f3__f5", "/f1/f2/f3/f4", "_a_", "a", "_", "__", "a_b", "a_b_", "_a_b", "a__b", "___a___b___", "", "a-b_c"]
    arguments = ["1,_", "2,_", "3,_", "4,_", "5,_", "6,_", "-1,_", "-2,_", "-3,_", "-4,_", "-5,_", "-6,_", "1,/", "-1,/"]
    arguments += [f"{index},_,{count}" for index in (1, 2, 3, 5, -1, -2, -3, -5) for count in (0, 1, 2, 3, 100, -1)]
    arguments += ["1,_-", "2,-_", "1,__", "9223372036854775807,_", "-9223372036854775808,_", "4294967297,_", "1,_,4294967297", "2147483648,_", "-2147483649,_"]
    cases = [f"str({value}),{name}({given})" for value in texts for name in ("word", "field") for given in arguments]
    cases += through(["bin(615f62)", "bin(610062)", "int(12321)", "var(txn.none)", "ipv4(1.2.3.4)"], ["field(1,.)", "word(2,.)", "field(2,2)", "word(2,2)", "word(-1,.)", "field(2,.)"])
    cases += ['str("a,b"),field(2,\\,)', "str('a,b'),field(2,',')", "str('a b'),word(2,' ')", "str('a)b'),word(2,')')", "str('a\"b'),word(2,'\"')"]
    cases += sent(["àbàcà", "a\tb c"], ["word(2,à)", "field(2,à)", "word(2,\"\\t\")"])
    return cases


def regsub():
    texts = ["/////a///b/c/xzxyz/", "?&;q=1", "foo12", "bar", "abc", "aaa", "", "ABCabc", "a.b.c", "x y z", "1-2-3"]
    converters = ["regsub('/+','/','g')", "regsub('/+','/')", "regsub('[?;&]*','')", "regsub('[?;&]*','','g')", 'regsub("(foo|bar)([0-9]+)?","\\2\\1")', 'regsub("(foo|bar)([0-9]+)?","\\2\\1",i)']
    converters += ["regsub(a,b)", "regsub(a,b,g)", "regsub(A,b,i)", "regsub(A,b,ig)", "regsub(A,b,gi)", "regsub('','x')", "regsub('','x',g)", "regsub('x*','-',g)", "regsub('x*','-')", "regsub('a*','-',g)"]
    converters += ["regsub('b','')", "regsub('^a','x',g)", "regsub('c$','x',g)", "regsub('$','!',g)", "regsub('^','!',g)", "regsub('.','<\\\\0>',g)", "regsub('(.)','\\\\1\\\\1',g)", "regsub('(.)(.)','\\\\2\\\\1',g)"]
    converters += ["regsub('(a)|(b)','[\\\\1\\\\2]',g)", "regsub('a','\\\\9')", "regsub('a','\\\\x41')", "regsub('a','\\\\\\\\')", "regsub('a','&',g)", "regsub('\\\\.','-',g)", "regsub(' ','_',g)", "regsub('(?<=a)b','X')"]
    converters += ["regsub('(a)\\\\1','X')", "regsub('(?!a).','X',g)", "regsub('\\\\d','#',g)", "regsub('[[:upper:]]','u',g)", "regsub('a','\\\\n')", "regsub('a','\\\\')", "regsub('a','\\\\a')", "regsub('(a)','x\\\\1y\\\\0z',g)", "regsub('a|b|c','',g)", "regsub('\\\\b','|',g)", "regsub('a','','')", "regsub(a+?,x,g)", "regsub(a,\\\\1)"]
    cases = [f'''"str('{value}'),{converter.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"''' for value in texts for converter in converters]
    substitutions = ["\\\\1", "\\\\2\\\\1", "<\\\\0>", "\\\\9", "\\\\x41", "\\\\n", "\\\\a", "\\\\10", "x\\\\1y\\\\0z", "\\\\\\\\1", "\\\\.", "\\\\\\\\\\\\1", "&", "\\\\3", "$1"]
    cases += [f"""'str({value}),regsub("{expression}","{substitution}",{flags})'""".replace("\\\\", "\\") for value in ("abc", "aabbaa", "ba") for expression in ("(a)(b)?", "a|b", "((a+)b*)") for substitution in substitutions for flags in ("", "g")]
    cases += [f"""'str({value}),regsub("{expression}",x,g)'""" for value in ("aaa", "abab", "aab") for expression in ("^a", "(?<=a)a", "\\\\ba", "a$", "a??", "(?=b)", "b*", "(?<=b)a", "(a)\\\\1")]
    plain = ["regsub(a,b)", "regsub(.,x,g)", "regsub('[^a-z]','',g)"]
    cases += through(["bin(610061)", "bin(ff61fe)", "int(101)", "var(txn.none)", "ipv4(1.2.3.4)"], plain + ["regsub(1,x,g)"])
    cases += sent(["àbà", "a" * 3000, "é"], ["regsub(à,x,g)", "regsub(a,bb,g),length", "regsub(.,-,g),length", "regsub(a,bbbbbb,g),length", "regsub(É,x,i)"])
    return cases


def url():
    texts = ["abc", "a b", "a+b", "a%20b", "a%2", "a%", "%", "%%", "%zz", "%2z", "%41%42", "%00", "%ff", "a%00b", "?a+b", "a+b?c+d", "%3Fa+b", "a%2Bb", "a%2bb?%2b+", "", "+", "?", "?+", "a#b+c", "%C3%A9", "100%25", "a=b&c=d", "/x/y?q=1"]
    cases = [f"str('{value}'),{converter}" for value in texts for converter in ("url_dec", "url_dec(0)", "url_dec(1)", "url_dec(-1)", "url_dec(2)", "url_enc", "url_enc()", "url_enc(query)")]
    cases += sent(["é", "a\tb", "~!*'()-._", "\"<>[]{}|\\^`", "@:;,/=&$"], ["url_enc()", "url_enc(query)", "url_dec"])
    cases += through(["bin(00)", "bin(6100ff)", "bin(7f80)", "bin(202b25)", "int(-5)", "ipv6(::1)", "var(txn.none)", "str()"], ["url_enc()", "url_enc(query)", "url_dec", "url_dec(1)"])
    cases += [("req.fhdr(in),url_enc(query),length", ["in: " + " " * 1 + "é" * count]) for count in (2000, 5461, 5462, 6000)]
    return cases


def json_text():
    modes = ["json()", "json(ascii)", "json(utf8)", "json(utf8s)", "json(utf8p)", "json(utf8ps)"]
    blobs = ["616263", "225c2f", "08090a0c0d", "000102", "1f207f80", "ff", "c3a9", "c3", "a9", "c3a9c3", "e282ac", "e282", "f09f9880", "f0908080", "c080", "c1bf", "e08080", "e09f80", "eda080", "edbfbf", "efbfbe", "efbfbf", "f48fbfbf", "f4908080"]
    blobs += ["f8888080", "fc8480808080", "fe", "80", "bf", "61c328", "61e28228", "61f0288cbc62", "c3a961", "2261c3ff22", "efb790", "f09fbfbe", "27", "3c3e26", "e28029", "f08080af", "c0af", "e080af", "41c0af42", "61ff62", "f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "f3bfbfbf", "f8808080af", "fc80808080af", "f08fbfbf", "c3c3a9", "e2c3a9", "f8808080"]
    cases = [f"bin({blob}),{mode}" for blob in blobs for mode in modes]
    cases += through(["str('a\"b')", "str(a/b)", "str()", "int(5)", "ipv4(1.2.3.4)", "bool(true)", "var(txn.none)", "method", "var(txn.bytes)"], modes)
    cases += sent(["Very \"Ugly\" UA 1/2", "é", "\t"], modes)
    cases += [(f"req.fhdr(in),json({mode}),length", ["in: " + "é" * count]) for count in (1000, 2000, 2731, 3000) for mode in ("ascii", "utf8s")]
    return cases


def variable():
    cases = []
    for name in ("txn.text", "txn.empty", "txn.one", "txn.none", "txn.bytes", "txn.v4", "txn.method", "sess.five", "req.five", "proc.five", "res.five"):
        for sample in ("str(new)", "str()", "int(9)", "int(-9)", "bool(false)", "bin(00)", "req.hdr(none)", "ipv6(::1)", "method"):
            cases += [f"{sample},set-var({name}),hex", f"{sample},set-var({name}),concat(=,{name})", f"{sample},unset-var({name}),concat(=,{name})"]
            cases += [f"{sample},set-var({name},{condition}),concat(=,{name})" for condition in ("ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt")]
    for first in ("ifgt", "iflt"):
        cases += [f"int({number}),set-var({name},{first}),concat(=,{name})" for number in (-8, 0, 1, 5, 6, 9223372036854775807) for name in ("txn.five", "txn.minus", "txn.zero", "txn.text", "txn.digits", "txn.yes", "txn.none")]
    cases += [f"str(x),set-var(txn.text,{conditions}),concat(=,txn.text)" for conditions in ("ifexists,ifempty", "ifexists,ifnotempty", "ifnotexists,ifnotempty", "ifset,ifnotempty,ifexists", "ifset,ifnotempty,ifexists,iflt", "ifgt,iflt")]
    cases += ["str(a),set-var(txn.x),set-var(txn.y),concat(+,txn.x),concat(+,txn.y)", "str(a),set-var(txn.x),unset-var(txn.x),concat(+,txn.x)", "int(1),set-var(txn.x),add(txn.x),add(txn.x)", "str(a),set-var(proc.never),concat(+,proc.never)", "str(a),unset-var(proc.five),concat(+,proc.five)", "str(a),set-var(proc.later,ifexists),concat(+,proc.later)", "str(a),set-var(proc.other,ifnotexists),concat(+,proc.other)", "str(a),set-var(proc.third,ifset),concat(+,proc.third)", "str(a),set-var(proc.fourth,ifnotset),concat(+,proc.fourth)"]
    cases += ["str(a),unset-var(txn.text),concat(+,txn.text)", "str(a),unset-var(txn.text),set-var(txn.text,ifnotexists),concat(+,txn.text)", "str(a),unset-var(txn.text),set-var(txn.text,ifset),concat(+,txn.text)", "str(a),unset-var(txn.text),set-var(txn.text,ifexists),concat(+,txn.text)"]
    cases += [f"var({name},default)" for name in ("txn.none", "txn.text", "txn.empty", "res.five")] + ["var(txn.none,5),add(1)", "var(txn.none,),length"]
    return cases


def date():
    times = [0, 1, -1, 60, 951782400, 951868799, 1405003430, 1704067199, 1704067200, 1718452800, 2147483647, 2147483648, 4102444800, 253402300799, 253402300800, -62167219200, -2208988800, 32503680000, 67767976233532799, 9223372036854775807, -9223372036854775808]
    cases = [f"int({time}),http_date" for time in times]
    cases += [f"int({time}),http_date({given})" for time in (0, 1405003430, 1405003430123, 1405003430123456) for given in ("0", "3600", "-3600", "0,s", "5,s", "0,ms", "1500,ms", "0,us", "-1500000,us", "9223372036854775807")]
    formats = ["%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%SZ", "%a %b %e", "%A %B", "%j", "%U %V %W %G %g %u %w", "%I:%M:%S %p %r", "%y %C", "%D", "%F", "%T", "%R", "%c", "%x", "%X", "%h", "%n%t", "%%", "%s", "%z", "%Z", "%k %l", "%P", "plain", "%", "%q", "%E", "%EY", "%Od", "%-d", "%_d", "%010Y", "%^a", "%#Z", "", "%+", "%5S", "%v", "%L", "%N", "%f", "%-m/%-d", "%^B", "%_H", "%0e", "%i", "%!"]
    stamps = [0, 1405003430, 951782400, 1704067199, -1, 1735603200, 1230768000, 4102444800]
    cases += [f'"int({time}),{name}(\'{form}\')"' for time in stamps for form in formats for name in ("utime", "ltime")]
    cases += [f"int({time}),{name}(%F,{offset})" for time in (0, 1405003430) for name in ("utime", "ltime") for offset in (0, 1, -1, 86400, -86400, 31536000000)]
    cases += [f"int({time}),utime('%Y-%m-%d')" for time in times]
    cases += through(["str(1405003430)", "str(x)", "bool(true)", "var(txn.none)", "ipv4(1.2.3.4)", "var(txn.bytes)"], ["http_date", "utime(%F)", "ltime(%T)", "http_date(1)"])
    return cases


def header():
    hosts = ["example.com", "example.com:80", "EXAMPLE.com:8080", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:80", "[::1", "::1", "::1:80", "a:b", "a:", ":80", ":", "", "[", "[]", "[]:5", "a:80:81", "a:99999", "a:-1", "a:080", "a:+5", "a:5x", "[::1]x:5", "[::1]5", "a b:1", "[A]:1", "a]:5", "x:65535", "x:65536", "x:4294967376", "x: 5", "[::1%lo]:7", "[v1.A]:3", "A.B.", "x:0", "x:00000000000000000000000080"]
    cases = [f'str("{host}"),{converter}' for host in hosts for converter in ("host_only", "port_only")]
    cases += sent(["É:5", "a.É"], ["host_only", "port_only"]) + through(["bin(41003a35)", "int(5)", "ipv6(::1)", "ipv4(1.2.3.4)", "var(txn.none)", "bool(true)"], ["host_only", "port_only"])
    accepted = ["es", "fr;q=0.5,es;q=0.9", "fr,es", "es,fr", "en-US,en;q=0.5", "en-US", "EN", "*", "de,*;q=0.1", "fr;q=0", "fr;q=0,es;q=0", "fr;q=0.001,es;q=0.002", "fr;q=1.5", "fr;q=x", "fr;q=", "fr;q", "fr ; q=0.5 , es ; q=0.6", "fr;q=0.5;x=1,es;q=0.4", "", ",", ",fr", " fr", "fr-CA", "fr-CA-x", "e", "ess", "en;q=.5,fr;q=.6", "en;q=1.000,fr;q=1", "en;q=0.9999,fr;q=0.999", "fr;Q=0.5,es;q=0.4", "pt-BR", "fr;q=0.5,fr;q=0.9,es;q=0.7", "en;level=1,fr", "\tfr", "fr\t", "zh-Hant;q=0.9", "fr;q=1.1,es", "fr;q=0.,es;q=0.1", "es;q=0.5, fr;q=0.5", "es;q=0.5,fr;q=x", "es;q=0.5,fr;q=", "es;q=0.5,fr;q", "es;q=0.9,fr;q=1.5", "es,fr;q=1.5", "es;q=0.9,fr;Q=0.1", "es;q=0.9,fr;level=1", "es;q=0.9,fr;level=1;q=0.1", "es;q=0.9,fr;q=0.", "es;q=0.9,fr;q=1.", "es;q=0.2,fr;q=00.5", "es;q=0.2,fr; q=0.5", "es;q=0.2,fr;q =0.5", "es;q=0.2,fr;q= 0.5", "es;q=0.2,fr ;q=0.5", "es;q=0.1,fr;q=.5", "es;q=0.1,fr;q=0.1x", "es;q=0.1,fr;q=0.1001", "es;q=0.1,fr;q=0.10", "es;q=0.1,fr;q=2", "es;q=0.1,fr;q=9", "es;q=0.1,fr;q=0x", "es;q=0.1,fr;q=-1", "es;q=0.1,fr;q=1x", "es;q=1,fr;q=1.1", "es;q=1.0,fr;q=1.001", "es;q=0.1,fr;q=0.2 ", "es;q=0.1,fr;q=0.2 ;x", "es;q=0.1,;q=0.2,fr", "es;q=0.1,fr x;q=0.2", "es;q=0.1,\"fr\";q=0.2", "es;q=0.1;fr;q=0.2", "es;q=0.9,fr;q=0.é", "es;q=0.6,fr;q =0.5", "es;q=0.6,fr;q= 0.5", "es;q=0.6,fr ; q=0.5", "es;q=0.6,fr;  q=0.5", "es,fr;q=2", "fr-CA;q=0.3,fr;q=0.2", "fr-BE-x,fr-CA;q=0.8", "fr-", "-fr", "fr-CA-x-y", "es;q=0.0019,fr;q=0.001", "fr;q=00.5,es;q=0.1"]
    cases += sent(accepted, ["language(es;fr;en)", "language(es;fr;en,de)", "language(en-US;fr-CA)", "language(fr)", "language(pt;zh-Hant;de)", "language(;fr)", "language(fr;,x)", "language()", "language(fr;fr-CA)", "language(fr-CA;fr)", "language(fr-CA-x;fr-CA;fr)"])
    return cases


def address():
    masks = ["0", "8", "24", "31", "32", "255.255.0.0", "255.0.255.0", "0.0.0.255", "24,64", "24,0", "24,128", "24,ffff:ffff::", "32,::ffff", "0,0", "16,48", "24,ffff::ffff", "8,127", "1,1"]
    inputs = ["ipv4(10.20.30.40)", "ipv4(255.255.255.255)", "ipv4(0.0.0.0)", "ipv6(2001:db8:1:2:3:4:5:6)", "ipv6(::ffff:10.20.30.40)", "ipv6(::10.20.30.40)", "ipv6(2002:a14:1e28::1)", "ipv6(::1)", "ipv6(::)", "str(10.20.30.40)", "str(2001:db8::9)", "str(::ffff:10.20.30.40)", "str(x)", "str(10.20.30.40:80)", "int(169090600)", "int(-1)", "var(txn.none)", "var(txn.v6)", "var(txn.bytes)", "var(txn.yes)", "src", "str()"]
    return through(inputs, [f"ipmask({mask})" for mask in masks])


STATES = """backend none
backend two
 server a 127.0.0.1:1
 server b 127.0.0.1:1
 server c 127.0.0.1:1 disabled
 server d 127.0.0.1:1 weight 0
 server e 127.0.0.1:1 backup
backend three
 server a 127.0.0.1:1 disabled
 server b 127.0.0.1:1 backup
 server c 127.0.0.1:1 backup
backend four
 option allbackups
 server a 127.0.0.1:1 disabled
 server b 127.0.0.1:1 backup
 server c 127.0.0.1:1 backup
frontend five
 bind 127.0.0.1:{port:five}
"""


def state():
    names = ["none", "two", "three", "four", "five", "fe", "six", "", "Two", "two/a", "2", "#3", "5"]
    cases = [f"str({name}),nbsrv" for name in names] + ["int(3),nbsrv", "bin(74776f),nbsrv", "var(txn.none),nbsrv"]
    names = ["two/a", "two/c", "two/d", "two/z", "none/a", "six/a", "a", "/a", "two/", "two", "", "/", "two/a/b", "TWO/a", "three/b", "five/a", "fe/a", "two/#1", "two/1"]
    return cases + [f"str({name}),srv_queue" for name in names] + ["bin(74776f2f61),srv_queue", "int(1),srv_queue", "var(txn.none),srv_queue"]


FAMILIES = {
    "casts": (casts, ""),
    "number": (number, ""),
    "text": (text, ""),
    "word": (word, ""),
    "regsub": (regsub, ""),
    "url": (url, ""),
    "json_text": (json_text, ""),
    "variable": (variable, ""),
    "date": (date, ""),
    "header": (header, ""),
    "address": (address, ""),
    "state": (state, STATES),
}


def record(name):
    cases, backends = FAMILIES[name]
    done = []
    every = cases()
    for start in range(0, len(every), 1000):
        done += evaluate(every[start : start + 1000], presets=PRESETS, backends=backends)
    lines = ",\n".join("  " + json.dumps(case) for case in done)
    variables = json.dumps(VARIABLES)
    with open(os.path.join(HERE, name + ".json"), "w") as file:
        file.write(f'{{"variables": {variables},\n "backends": {json.dumps(backends)},\n "cases": [\n{lines}\n ]}}\n')
    print(name, len(done))


if __name__ == "__main__":
    for name in sys.argv[1:] or FAMILIES:
        record(name)
