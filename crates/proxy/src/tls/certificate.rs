//! `crt` and `ca-file`: PEM files with a certificate, its chain and its key.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use haproxy_cfg::model::{BindCertificate, BindSsl, Word};
use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use super::Teller;
use super::client_certificate::ClientCertificate;
use super::trust::Trust;
use crate::listen::system_words;

/// One certificate with its key and the names that it is for.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Chain and key.
    pub(super) key: Arc<CertifiedKey>,
    /// Names, lower case; a wildcard's begins with `*.`.
    pub(super) names: Vec<String>,
}

/// A certificate of a bind line, and how the line names it.
#[derive(Debug)]
pub(super) struct Served<'s> {
    pub(super) certificate: Loaded,
    pub(super) given: &'s BindCertificate,
}

/// Endings of the files that stand beside a certificate in a folder and are not certificates themselves.
const COMPANIONS: [&str; 5] = [".key", ".dh", ".ocsp", ".issuer", ".sctl"];

/// Loads all that a bind line names, in order; folders in the order of their files' names. None when something is wrong, which
/// has been told: of each line's certificates, all that is.
pub(super) fn load<'s>(
    ssl: &'s BindSsl,
    provider: &CryptoProvider,
    teller: &mut Teller,
) -> Option<Vec<Served<'s>>> {
    let mut loaded = Vec::new();
    let mut faults = 0;
    for given in &ssl.certificates {
        let word = &given.path;
        let path = path_of(word);
        let files = match files_of(path) {
            Ok(files) => files,
            Err(error) => {
                let why = system_words(&error);
                teller.refuse_line(&format!(
                    "unable to stat SSL certificate from file '{word}' : {why}."
                ));
                faults += 1;
                continue;
            }
        };
        for file in files {
            match load_file(&file, provider) {
                Ok(certificate) => loaded.push(Served { certificate, given }),
                Err(text) => {
                    teller.refuse_line(&text);
                    faults += 1;
                }
            }
        }
    }
    (faults == 0).then_some(loaded)
}

/// Who may be a client, where the line asks clients for certificates. The outer option is none when the line is refused.
pub(super) fn client_verifier(
    ssl: &BindSsl,
    provider: &Arc<CryptoProvider>,
    teller: &mut Teller,
) -> Option<Option<Arc<ClientCertificate>>> {
    let (asked, _) = ssl.verify;
    if !asked {
        return Some(None);
    }
    let Some(file) = &ssl.ca_file else {
        teller.refuse("verify is enabled but no CA file specified", ".");
        return None;
    };
    let algorithms = provider.signature_verification_algorithms;
    match Trust::load(file, ssl.crl_file.as_ref(), algorithms) {
        Ok(trust) => Some(Some(Arc::new(ClientCertificate::new(trust, ssl, algorithms)))),
        Err(text) => {
            teller.refuse_line(&text);
            None
        }
    }
}

/// The certificate and key that servers are shown.
pub(super) fn own(path: &Word, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
    let loaded = load_file(path_of(path), provider)?;
    Ok(CertifiedKey::clone(&loaded.key))
}

fn path_of(word: &Word) -> &Path {
    Path::new(OsStr::from_bytes(word))
}

fn files_of(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        let companion = COMPANIONS
            .iter()
            .any(|ending| name.as_bytes().ends_with(ending.as_bytes()));
        let hidden = name.as_bytes().starts_with(b".");
        // A link to a file counts as a file.
        if !companion && !hidden && fs::metadata(entry.path()).is_ok_and(|meta| meta.is_file()) {
            files.push(entry.path());
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The text to tell when it cannot be loaded.
fn load_file(path: &Path, provider: &CryptoProvider) -> Result<Loaded, String> {
    let shown = path.display();
    let pem = fs::read(path).map_err(|error| {
        format!(
            "unable to load certificate from file '{shown}' : {}.",
            system_words(&error)
        )
    })?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| format!("unable to load certificate chain from file '{shown}'."))?;
    let Some(first) = chain.first() else {
        return Err(format!("unable to load certificate from file '{shown}'."));
    };
    let names = names_of(first).ok_or_else(|| format!("unable to load certificate from file '{shown}'."))?;
    let key = match PrivateKeyDer::from_pem_slice(&pem) {
        Ok(key) => key,
        Err(_) => key_beside(path)?,
    };
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|_| format!("unable to load private key from file '{shown}'."))?;
    // A key whose public half is not told is taken as it is. Certificates of X.509's first version are looked at as well.
    let other = key.public_key().is_some_and(|public| {
        let parsed = X509Certificate::from_der(first);
        parsed.is_ok_and(|(_, parsed)| parsed.public_key().raw != public.as_ref())
    });
    if other {
        return Err(format!(
            "inconsistencies between private key and certificate loaded '{shown}'."
        ));
    }
    Ok(Loaded {
        key: Arc::new(CertifiedKey::new(chain, key)),
        names,
    })
}

/// The key in `FILE.key`, or beside `NAME.crt` in `NAME.key`.
fn key_beside(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".key");
    let mut places = vec![PathBuf::from(&beside)];
    if path.extension().is_some_and(|extension| extension == "crt") {
        places.push(path.with_extension("key"));
    }
    for place in &places {
        if let Ok(pem) = fs::read(place)
            && let Ok(key) = PrivateKeyDer::from_pem_slice(&pem)
        {
            return Ok(key);
        }
    }
    Err(format!(
        "No Private Key found in '{}'.",
        Path::new(&beside).display()
    ))
}

/// Common names and DNS names of a certificate, lower case. None when it cannot be read.
pub(super) fn names_of(certificate: &CertificateDer<'_>) -> Option<Vec<String>> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name = name.to_ascii_lowercase();
        if !names.contains(&name) {
            names.push(name);
        }
    };
    if let Ok(Some(alternatives)) = parsed.subject_alternative_name() {
        for name in &alternatives.value.general_names {
            if let GeneralName::DNSName(name) = name {
                add(name);
            }
        }
    }
    for common in parsed.subject().iter_common_name() {
        if let Ok(name) = common.as_str() {
            add(name);
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../compat-fixtures/verdicts/haproxy/tls")
            .join(name)
    }

    fn load_fixture(name: &str) -> Result<Loaded, String> {
        load_file(&fixture(name), &rustls::crypto::aws_lc_rs::default_provider())
    }

    #[test]
    fn a_certificate_comes_with_its_key_and_its_names() {
        let loaded = load_fixture("accepted/site.pem").unwrap();
        assert!(!loaded.names.is_empty());
        assert!(loaded.names.iter().all(|name| *name == name.to_ascii_lowercase()));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_in_the_originals_words() {
        for (name, words) in [
            ("without-key/site.pem", "No Private Key found in '"),
            (
                "key-of-another/site.pem",
                "inconsistencies between private key and certificate loaded '",
            ),
            ("garbage/site.pem", "unable to load certificate from file '"),
            ("empty-file/site.pem", "unable to load certificate from file '"),
            ("key-only/site.pem", "unable to load certificate from file '"),
        ] {
            let told = load_fixture(name).err();
            assert!(
                told.as_ref().is_some_and(|told| told.starts_with(words)),
                "{name}: {told:?}"
            );
        }
    }

    #[test]
    fn a_folder_gives_its_certificates_in_the_order_of_their_names() {
        let files = files_of(&fixture("folder-with-a-bad-file/certs")).unwrap();
        let names: Vec<_> = files.iter().filter_map(|file| file.file_name()).collect();
        assert!(names.is_sorted() && names.len() > 1, "{names:?}");
    }
}
