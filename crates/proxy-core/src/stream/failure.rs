//! Why a client's connection failed before it was a session (manual, `fc_err`): the original's number, name and words of each
//! failure that can happen here.

const FAILURES: &[(u8, &str, &str)] = &[
    (
        11,
        "PRX_EMPTY",
        "Connection closed while waiting for PROXY protocol header",
    ),
    (
        12,
        "PRX_ABORT",
        "Connection error while waiting for PROXY protocol header",
    ),
    (
        13,
        "PRX_TIMEOUT",
        "Timeout while waiting for PROXY protocol header",
    ),
    (14, "PRX_TRUNCATED", "Truncated PROXY protocol header received"),
    (
        15,
        "PRX_NOT_HDR",
        "Received something which does not look like a PROXY protocol header",
    ),
    (16, "PRX_BAD_HDR", "Received an invalid PROXY protocol header"),
    (
        17,
        "PRX_BAD_PROTO",
        "Received an unhandled protocol in the PROXY protocol header",
    ),
    (
        18,
        "CIP_EMPTY",
        "Connection closed while waiting for NetScaler Client IP header",
    ),
    (
        19,
        "CIP_ABORT",
        "Connection error while waiting for NetScaler Client IP header",
    ),
    (
        20,
        "CIP_TIMEOUT",
        "Timeout while waiting for a NetScaler Client IP header",
    ),
    (
        21,
        "CIP_TRUNCATED",
        "Truncated NetScaler Client IP header received",
    ),
    (
        22,
        "CIP_BAD_MAGIC",
        "Received an invalid NetScaler Client IP magic number",
    ),
    (
        23,
        "CIP_BAD_PROTO",
        "Received an unhandled protocol in the NetScaler Client IP header",
    ),
    (24, "SSL_EMPTY", "Connection closed during SSL handshake"),
    (25, "SSL_ABORT", "Connection error during SSL handshake"),
    (26, "SSL_TIMEOUT", "Timeout during SSL handshake"),
    (34, "SSL_HANDSHAKE", "SSL handshake failure"),
];

/// The number of the failure that has these words; 0 for none.
#[must_use]
pub fn number(words: &str) -> u8 {
    let mut all = FAILURES.iter();
    all.find(|failure| failure.2 == words)
        .map_or(0, |failure| failure.0)
}

/// The words for a number.
#[must_use]
pub fn words(number: u8) -> &'static str {
    let mut all = FAILURES.iter();
    all.find(|failure| failure.0 == number)
        .map_or("Success", |failure| failure.2)
}

/// The name for a number; none where nothing failed.
#[must_use]
pub fn name(number: u8) -> Option<&'static str> {
    let mut all = FAILURES.iter();
    all.find(|failure| failure.0 == number).map(|failure| failure.1)
}

/// What OpenSSL calls failures of handshakes, by their numbers in its error codes.
const TLS_FAILURES: &[(u16, &str)] = &[
    (0x76, "no suitable signature algorithm"),
    (0x86, "certificate verify failed"),
    (0x9c, "http request"),
    (0xc1, "no shared cipher"),
    (0xc7, "peer did not return a certificate"),
    (0xf4, "unexpected message"),
    (0x102, "unsupported protocol"),
    (0x10b, "wrong version number"),
    (0x126, "unexpected eof while reading"),
    (1010, "sslv3 alert unexpected message"),
    (1020, "sslv3 alert bad record mac"),
    (1022, "tlsv1 alert record overflow"),
    (1040, "sslv3 alert handshake failure"),
    (1042, "sslv3 alert bad certificate"),
    (1043, "sslv3 alert unsupported certificate"),
    (1044, "sslv3 alert certificate revoked"),
    (1045, "sslv3 alert certificate expired"),
    (1046, "sslv3 alert certificate unknown"),
    (1047, "sslv3 alert illegal parameter"),
    (1048, "tlsv1 alert unknown ca"),
    (1049, "tlsv1 alert access denied"),
    (1050, "tlsv1 alert decode error"),
    (1051, "tlsv1 alert decrypt error"),
    (1070, "tlsv1 alert protocol version"),
    (1071, "tlsv1 alert insufficient security"),
    (1080, "tlsv1 alert internal error"),
    (1086, "tlsv1 alert inappropriate fallback"),
    (1090, "tlsv1 alert user cancelled"),
    (1100, "tlsv1 alert no renegotiation"),
    (1109, "tlsv13 alert missing extension"),
    (1110, "tlsv1 unsupported extension"),
    (1112, "tlsv1 unrecognized name"),
    (1113, "tlsv1 bad certificate status response"),
    (1116, "tlsv13 alert certificate required"),
];

/// The library in OpenSSL's error codes that TLS is.
const TLS_LIBRARY: u32 = 0x0A00_0000;

/// OpenSSL's error code of a failed handshake, by the number of its reason; 0 where there is none.
#[must_use]
pub fn tls_code(reason: u16) -> u32 {
    if reason == 0 {
        0
    } else {
        TLS_LIBRARY | u32::from(reason)
    }
}

/// The words for a reason; none where there is no failure, or one without a name.
pub(crate) fn of_tls(reason: u16) -> Option<&'static str> {
    let known = TLS_FAILURES.iter().find(|(number, _)| *number == reason);
    known.map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy_protocol::{Asked, Fault, Missing};

    #[test]
    fn what_is_said_of_headers_has_its_number() {
        let of =
            |missing: Missing| [Asked::Proxy, Asked::Netscaler(0)].map(|asked| number(missing.words(asked)));
        assert_eq!(of(Missing::Closed), [11, 18]);
        assert_eq!(of(Missing::Broken), [12, 19]);
        assert_eq!(of(Missing::Timeout), [13, 20]);
        assert_eq!(of(Missing::Fault(Fault::Truncated)), [14, 21]);
        assert_eq!(of(Missing::Fault(Fault::Alien)), [15, 22]);
        assert_eq!(of(Missing::Fault(Fault::UnknownProtocol)), [17, 23]);
        assert_eq!(of(Missing::Fault(Fault::Invalid))[0], 16);
        assert_eq!((words(16), name(16)), (FAILURES[5].2, Some("PRX_BAD_HDR")));
        assert_eq!((words(0), name(0)), ("Success", None));
    }
}
