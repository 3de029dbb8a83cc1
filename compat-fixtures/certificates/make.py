"""Makes the certificates beside it, with keys that serve nowhere else: `python3 make.py` (with Python's `cryptography`). What is
recorded of them has to be recorded anew behind it."""

import datetime
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID as N

HERE = os.path.dirname(os.path.abspath(__file__))
DAY = datetime.datetime(2020, 1, 2, 3, 4, 5)
BMP, UTF8, PRINTABLE, T61, IA5 = (
    _ASN1Type.BMPString,
    _ASN1Type.UTF8String,
    _ASN1Type.PrintableString,
    _ASN1Type.T61String,
    _ASN1Type.IA5String,
)


def attribute(oid, value, kind=None):
    oid = x509.ObjectIdentifier(oid) if isinstance(oid, str) else oid
    return x509.NameAttribute(oid, value, kind) if kind else x509.NameAttribute(oid, value)


def name(*parts):
    """Each part is a relative name: an attribute, or a list of them."""
    return x509.Name(
        [x509.RelativeDistinguishedName(part if isinstance(part, list) else [part]) for part in parts]
    )


ROOT = name(attribute(N.COUNTRY_NAME, "DE"), attribute(N.ORGANIZATION_NAME, "Root & Sons"), attribute(N.COMMON_NAME, "Root CA"))


def make(file, subject, key=None, issuer=ROOT, serial=1, begin=DAY, end=datetime.datetime(2049, 12, 31, 23, 59, 59),
         digest=None, signer=None, pss=False, names=(), extensions=True):
    key = key or ec.generate_private_key(ec.SECP256R1())
    signer = signer or key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(begin)
        .not_valid_after(end)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(names)), False)
    elif extensions:
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    plain = isinstance(signer, ed25519.Ed25519PrivateKey)
    more = {"rsa_padding": padding.PSS(padding.MGF1(hashes.SHA256()), 32)} if pss else {}
    made = builder.sign(signer, None if plain else (digest or hashes.SHA256()), **more)
    with open(os.path.join(HERE, file + ".pem"), "wb") as out:
        out.write(made.public_bytes(serialization.Encoding.PEM))
        out.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


CN = N.COMMON_NAME
OU = N.ORGANIZATIONAL_UNIT_NAME
make("plain", name(attribute(CN, "plain.example")))
make(
    "several",
    name(
        attribute(N.COUNTRY_NAME, "FR"),
        attribute(N.STATE_OR_PROVINCE_NAME, "Ile de France"),
        attribute(N.LOCALITY_NAME, "Paris"),
        attribute(N.ORGANIZATION_NAME, "Example"),
        attribute(OU, "one"),
        attribute(OU, "two"),
        attribute(OU, "three"),
        attribute(CN, "several.example"),
        attribute(N.EMAIL_ADDRESS, "a@several.example"),
    ),
    serial=0x80FF00112233445566778899AABBCCDDEEFF01,
)
make(
    "odd",
    name(
        attribute(N.DOMAIN_COMPONENT, "example"),
        attribute(N.DOMAIN_COMPONENT, "odd"),
        [attribute(CN, "a+b, c/d=e"), attribute(N.USER_ID, "u1")],
        attribute(N.SERIAL_NUMBER, "#42", UTF8),
        attribute(N.TITLE, 'quoted "t" \\ back'),
        attribute(N.GIVEN_NAME, " spaced "),
        attribute(N.SURNAME, "Müller", UTF8),
        attribute(N.STREET_ADDRESS, "<x>;y"),
        attribute("1.2.3.4.5", "private"),
        attribute(N.POSTAL_CODE, "12345"),
        attribute(N.DN_QUALIFIER, "q"),
        attribute(N.PSEUDONYM, "p"),
        attribute(N.BUSINESS_CATEGORY, "b"),
        attribute(N.JURISDICTION_COUNTRY_NAME, "US"),
        attribute(N.ORGANIZATION_IDENTIFIER, "oi"),
        attribute(N.UNSTRUCTURED_NAME, "un"),
    ),
    serial=127,
)
make("wide", name(attribute(CN, "Größe", BMP), attribute(OU, "Ä\u20ac", UTF8), attribute(OU, "caf\xe9", T61)))
make("empty", name(), names=[x509.DNSName("empty.example")], serial=128)
make("rsa", name(attribute(CN, "rsa.example")), key=rsa.generate_private_key(65537, 2048), digest=hashes.SHA512(), serial=255)
make("pss", name(attribute(CN, "pss.example")), key=rsa.generate_private_key(65537, 2048), pss=True, serial=256)
make("edwards", name(attribute(CN, "edwards.example")), key=ed25519.Ed25519PrivateKey.generate())
make("p384", name(attribute(CN, "p384.example")), key=ec.generate_private_key(ec.SECP384R1()), digest=hashes.SHA384())
make(
    "late",
    name(attribute(CN, "late.example")),
    begin=datetime.datetime(1999, 1, 1),
    end=datetime.datetime(2050, 1, 1),
)
