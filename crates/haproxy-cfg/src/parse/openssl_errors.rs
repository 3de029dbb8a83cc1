//! Names of OpenSSL's errors of certificates (its manual page X509_STORE_CTX_get_error), as `ca-ignore-err` and `crt-ignore-err`
//! take them since 2.7.

/// What all names begin with.
const PREFIX: &[u8] = b"X509_V_ERR_";

/// The names without what all begin with.
const ERRORS: &[&str] = &[
    "AKID_ISSUER_SERIAL_MISMATCH",
    "AKID_SKID_MISMATCH",
    "APPLICATION_VERIFICATION",
    "AUTHORITY_KEY_IDENTIFIER_CRITICAL",
    "CA_BCONS_NOT_CRITICAL",
    "CA_CERT_MISSING_KEY_USAGE",
    "CA_KEY_TOO_SMALL",
    "CA_MD_TOO_WEAK",
    "CERT_CHAIN_TOO_LONG",
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "CERT_REJECTED",
    "CERT_REVOKED",
    "CERT_SIGNATURE_FAILURE",
    "CERT_UNTRUSTED",
    "CRL_HAS_EXPIRED",
    "CRL_NOT_YET_VALID",
    "CRL_PATH_VALIDATION_ERROR",
    "CRL_SIGNATURE_FAILURE",
    "DANE_NO_MATCH",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "DIFFERENT_CRL_SCOPE",
    "EC_KEY_EXPLICIT_PARAMS",
    "EE_KEY_TOO_SMALL",
    "EMAIL_MISMATCH",
    "EMPTY_SUBJECT_ALT_NAME",
    "EMPTY_SUBJECT_SAN_NOT_CRITICAL",
    "ERROR_IN_CERT_NOT_AFTER_FIELD",
    "ERROR_IN_CERT_NOT_BEFORE_FIELD",
    "ERROR_IN_CRL_LAST_UPDATE_FIELD",
    "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
    "EXCLUDED_VIOLATION",
    "EXTENSIONS_REQUIRE_VERSION_3",
    "HOSTNAME_MISMATCH",
    "INVALID_CA",
    "INVALID_CALL",
    "INVALID_EXTENSION",
    "INVALID_NON_CA",
    "INVALID_POLICY_EXTENSION",
    "INVALID_PURPOSE",
    "IP_ADDRESS_MISMATCH",
    "ISSUER_NAME_EMPTY",
    "KEYUSAGE_NO_CERTSIGN",
    "KEYUSAGE_NO_CRL_SIGN",
    "KEYUSAGE_NO_DIGITAL_SIGNATURE",
    "KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA",
    "MISSING_AUTHORITY_KEY_IDENTIFIER",
    "MISSING_SUBJECT_KEY_IDENTIFIER",
    "NO_EXPLICIT_POLICY",
    "NO_ISSUER_PUBLIC_KEY",
    "NO_VALID_SCTS",
    "OCSP_CERT_UNKNOWN",
    "OCSP_VERIFY_FAILED",
    "OCSP_VERIFY_NEEDED",
    "OUT_OF_MEM",
    "PATHLEN_INVALID_FOR_NON_CA",
    "PATHLEN_WITHOUT_KU_KEY_CERT_SIGN",
    "PATH_LENGTH_EXCEEDED",
    "PATH_LOOP",
    "PERMITTED_VIOLATION",
    "PROXY_CERTIFICATES_NOT_ALLOWED",
    "PROXY_PATH_LENGTH_EXCEEDED",
    "PROXY_SUBJECT_NAME_VIOLATION",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "SIGNATURE_ALGORITHM_INCONSISTENCY",
    "SIGNATURE_ALGORITHM_MISMATCH",
    "STORE_LOOKUP",
    "SUBJECT_ISSUER_MISMATCH",
    "SUBJECT_KEY_IDENTIFIER_CRITICAL",
    "SUBJECT_NAME_EMPTY",
    "SUBTREE_MINMAX",
    "SUITE_B_CANNOT_SIGN_P_384_WITH_P_256",
    "SUITE_B_INVALID_ALGORITHM",
    "SUITE_B_INVALID_CURVE",
    "SUITE_B_INVALID_SIGNATURE_ALGORITHM",
    "SUITE_B_INVALID_VERSION",
    "SUITE_B_LOS_NOT_ALLOWED",
    "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
    "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
    "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
    "UNABLE_TO_GET_CRL",
    "UNABLE_TO_GET_CRL_ISSUER",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNHANDLED_CRITICAL_CRL_EXTENSION",
    "UNHANDLED_CRITICAL_EXTENSION",
    "UNNESTED_RESOURCE",
    "UNSPECIFIED",
    "UNSUPPORTED_CONSTRAINT_SYNTAX",
    "UNSUPPORTED_CONSTRAINT_TYPE",
    "UNSUPPORTED_EXTENSION_FEATURE",
    "UNSUPPORTED_NAME_SYNTAX",
    "UNSUPPORTED_SIGNATURE_ALGORITHM",
];

/// The numbers of those that can be met.
const NUMBERS: &[(&str, u32)] = &[
    ("UNABLE_TO_GET_CRL", 3),
    ("CERT_SIGNATURE_FAILURE", 7),
    ("CERT_NOT_YET_VALID", 9),
    ("CERT_HAS_EXPIRED", 10),
    ("DEPTH_ZERO_SELF_SIGNED_CERT", 18),
    ("SELF_SIGNED_CERT_IN_CHAIN", 19),
    ("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", 20),
    ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", 21),
    ("CERT_REVOKED", 23),
    ("INVALID_PURPOSE", 26),
];

/// The number of the error of that name, where it can be met.
pub(super) fn number_of(name: &[u8]) -> Option<u32> {
    let name = name.strip_prefix(PREFIX)?;
    let known = NUMBERS.iter().find(|(known, _)| known.as_bytes() == name);
    known.map(|(_, number)| *number)
}

/// Whether OpenSSL has an error of that name.
pub(super) fn is_known(name: &[u8]) -> bool {
    name.strip_prefix(PREFIX)
        .is_some_and(|name| ERRORS.iter().any(|known| known.as_bytes() == name))
}

/// The name that is nearest to one that is not known.
pub(super) fn nearest(name: &[u8]) -> Option<String> {
    let bare = name.strip_prefix(PREFIX).unwrap_or(name);
    syntax::closest(bare, ERRORS.iter().copied())
        .map(|near| format!("{}{near}", String::from_utf8_lossy(PREFIX)))
}
