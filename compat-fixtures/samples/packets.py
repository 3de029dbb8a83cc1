"""Packets for the converters that take them apart, and what is asked of each: whole ones of all kinds, then some cut short at
each length. Laid out as IEEE 802.3 and 802.1Q, RFC 791, RFC 8200 and RFC 9293 have them."""

ETHERNET = ["data", "dst", "hdr", "proto", "src", "vlan"]
IP = ["data", "df", "dst", "hdr", "proto", "src", "tos", "ttl", "ver"]
FINGERPRINTS = ["ip.fp", "ip.fp(0)", "ip.fp(1)", "ip.fp(2)", "ip.fp(4)", "ip.fp(7)", "ip.fp(5)", "ip.fp(8)", "ip.fp(-1)"]
TCP = ["dst", "flags", "options.mss", "options.sack", "options.tsopt", "options.tsval", "options.wscale", "options.wsopt",
       "options_list", "seq", "src", "win"]
BINARY = {"data", "dst of eth", "hdr", "src of eth", "options_list"}


def asked(family, name):
    """The converter, and after it `hex` where it gives bytes."""
    is_binary = name in BINARY or f"{name} of {family}" in BINARY or name.startswith("ip.fp")
    return (name if name.startswith("ip.fp") else f"{family}.{name}") + (",hex" if is_binary else "")


def tcp(options="", flags="02", length=None, data="", window="fffe"):
    """A segment; `length` are the words of its header that it tells."""
    words = 5 + len(options) // 8 if length is None else length
    return f"c0de0050deadbeef01020304{words:x}0{flags}{window}12340000{options}{data}"


def ipv4(payload, options="", tos="00", fragment="4000", ttl="40", protocol="06", first=None):
    """A packet; `first` is its first byte where that is an odd one."""
    head = f"4{5 + len(options) // 8:x}" if first is None else first
    total = 20 + (len(options) + len(payload)) // 2
    return f"{head}{tos}{total:04x}abcd{fragment}{ttl}{protocol}beef0a0102037f000001{options}{payload}"


def ipv6(payload, following="06", first="6", traffic="00", hops="40"):
    """A packet; `following` is the number of what stands behind the header."""
    source, target = "20010db8" + "00" * 11 + "01", "fe80" + "00" * 13 + "02"
    return f"{first}{traffic}00001{len(payload) // 2:04x}{following}{hops}{source}{target}{payload}"


def ethernet(payload, kind="0800", tags=""):
    return f"0202030405060a0b0c0d0e0f{tags}{kind}{payload}"


USUAL = "0204ffd70402080a01c2a71a0000000001030307"
SEGMENTS = [
    tcp(USUAL),
    tcp(),
    tcp(flags="ff"),
    tcp(flags="c2", window="0000"),
    tcp("020405b4"),
    tcp("0101010100000000"),
    tcp("0103030001010402"),
    tcp("0303ff00"),
    tcp("01030310"),
    # A length of none, one that is too long, one that is too short, and none at all.
    tcp("0200ffd704020101"),
    tcp("020a05b401010402"),
    tcp("020205b404020101"),
    tcp("020305b404020101"),
    tcp("0101010402030101"),
    tcp("01010102"),
    tcp("0101010303"[:8]),
    # Others, unknown ones, and doubled ones.
    tcp("1e080001020304050101060244550000"),
    tcp("020405b4020405dc0303010303030200"),
    tcp("0505010203040201fe04ffff22020101"),
    tcp("080a0000000100000002" + "0101"),
    tcp("0804000101010101"),
    tcp("04030001"),
    tcp("0304050101010101"),
    tcp("01" * 40),
    tcp(USUAL, data="68656c6c6f"),
    # A header that says to be shorter or longer than it is.
    tcp(USUAL, length=4),
    tcp(USUAL, length=0),
    tcp(USUAL, length=15),
    tcp(USUAL, length=6),
    tcp(length=15),
]
PACKETS = [
    ipv4(tcp(USUAL)),
    ipv4(tcp(USUAL, data="68656c6c6f"), tos="b8", fragment="0000", ttl="20"),
    ipv4(tcp(), options="94040000", ttl="21"),
    ipv4(tcp(flags="c2"), options="01" * 40, ttl="80", fragment="2000"),
    ipv4(tcp(flags="82"), ttl="81", fragment="1fff"),
    ipv4(tcp(flags="42"), ttl="ff", tos="ff", fragment="c000"),
    ipv4(tcp(), ttl="00", protocol="11"),
    ipv4(tcp(), first="44"),
    ipv4(tcp(), first="40"),
    ipv4(tcp(), first="4f"),
    ipv4(tcp(), first="55"),
    ipv4(tcp(), first="05"),
    ipv4(tcp(), first="75"),
    ipv4(tcp(), first="f5"),
    ipv4(tcp("01030310")),
    ipv4(tcp("0303ff00")),
    ipv4(tcp("0303000000000000")),
    ipv4(tcp("1e080001020304050101060244550000")),
    ipv4(tcp("020205b404020101")),
    ipv4(tcp("080a0000000100000002" + "0101")),
    ipv4(tcp("0505010203040703ff0401012202")),
    ipv4(tcp(USUAL, length=4)),
    ipv4(tcp(USUAL, length=15)),
    ipv4(tcp(USUAL)) + "0000000000",
    ipv6(tcp(USUAL)),
    ipv6(tcp(USUAL, data="00"), traffic="b8", hops="ff"),
    ipv6(tcp(), hops="01", traffic="f0"),
    # Extensions: hop by hop, routing, destination, fragment, authentication, and several.
    ipv6("0600000000000000" + tcp(USUAL), following="00"),
    ipv6("0601" + "00" * 14 + tcp(USUAL), following="2b"),
    ipv6("0600010400000000" + tcp(), following="3c"),
    ipv6("0600000100000000" + tcp(), following="2c"),
    ipv6("0604000000000001" + "00" * 16 + tcp(), following="33"),
    ipv6("2b00010400000000" + "3c00000000000000" + "0600010400000000" + tcp(USUAL), following="00"),
    ipv6("06ff000000000000" + tcp(), following="00"),
    ipv6("0600000000000000" + tcp(), following="87"),
    ipv6("0600000000000000" + tcp(), following="8b"),
    ipv6("0600000000000000" + tcp(), following="8c"),
    ipv6("0600000000000000" + tcp(), following="32"),
    ipv6("0600000000000000" + tcp(), following="fd"),
    ipv6("00000000", following="3b"),
    ipv6(tcp(), following="11"),
    ipv6(tcp(), following="3a"),
]
FRAMES = [
    ethernet(ipv4(tcp())),
    ethernet(ipv6(tcp()), kind="86dd"),
    ethernet(ipv4(tcp()), tags="81000064"),
    ethernet(ipv4(tcp()), tags="8100ffff"),
    ethernet(ipv4(tcp()), tags="88a8000181002002"),
    ethernet(ipv4(tcp()), tags="910080018100b002"),
    ethernet(ipv4(tcp()), tags="8100000181000002" + "81000003"),
    ethernet(ipv4(tcp()), tags="88a80001"),
    ethernet(ipv4(tcp()), tags="91000001"),
    ethernet(ipv4(tcp()), tags="92000001"),
    ethernet(ipv4(tcp()), tags="93000001"),
    ethernet("", kind="0806"),
    ethernet("abcd", kind="8100"),
    ethernet("", kind="8100"),
    ethernet("", kind="05dc"),
]


def expressions():
    given = []
    for frame in FRAMES:
        given += [f"bin({frame}),{asked('eth', name)}" for name in ETHERNET]
        given += [f"bin({frame}),eth.data,ip.src", f"bin({frame}),eth.data,ip.data,tcp.dst"]
    for packet in PACKETS:
        given += [f"bin({packet}),{asked('ip', name)}" for name in IP + FINGERPRINTS]
        given += [f"bin({packet}),ip.data,tcp.options_list,hex"]
    for segment in SEGMENTS:
        given += [f"bin({segment}),{asked('tcp', name)}" for name in TCP]
    # A byte less each time.
    for length in [0, 1, 5, 6, 11, 12, 13, 14, 15, 16, 17, 18, 19, 33, 34]:
        given += [f"bin({frame[:2 * length]}),{asked('eth', name)}" for frame in FRAMES[0:5:4] for name in ETHERNET]
    for length in [*range(0, 24), 33, 34, 35, 39, 40, 41, 44, 48, 52, 53, 54, 55, 59, 60]:
        given += [f"bin({packet[:2 * length]}),{asked('ip', name)}" for packet in (PACKETS[0], PACKETS[27]) for name in IP + ["ip.fp(7)"]]
    for length in [72, 80, 81, 88]:
        given += [f"bin({PACKETS[27][:2 * length]}),{asked('ip', name)}" for name in IP + ["ip.fp(7)"]]
    for length in range(0, 41):
        given += [f"bin({SEGMENTS[0][:2 * length]}),{asked('tcp', name)}" for name in TCP]
    return list(dict.fromkeys(given))
