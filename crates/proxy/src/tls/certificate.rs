//! Certificates with what belongs to them: chain, key, issuer, OCSP response. Read from files, or given while the process runs.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use haproxy_cfg::model::{ExtraFiles, StoredCertificate, Word};
use proxy_core::cli::Part;
use proxy_core::ocsp;
use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use crate::listen::system_words;

/// A certificate that can be served.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    /// Chain and key.
    pub(super) key: Arc<CertifiedKey>,
    /// Names, lower case; a wildcard's begins with `*.`.
    pub(super) names: Vec<String>,
}

/// Endings of the files that stand beside a certificate in a folder and are not certificates themselves.
const COMPANIONS: [&str; 5] = [".key", ".dh", ".ocsp", ".issuer", ".sctl"];

/// What is known of a certificate, whether it can be served with that or not.
#[derive(Debug, Default)]
pub(super) struct Material {
    /// Its own first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: Option<PrivateKeyDer<'static>>,
    /// Who signed it, where a file of its own says so.
    pub(super) issuer: Option<CertificateDer<'static>>,
    /// An OCSP response about it.
    pub(super) staple: Option<Vec<u8>>,
    /// The files that its parts were looked for in, each behind its name.
    pub(super) files: Vec<(&'static str, String)>,
}

impl Clone for Material {
    fn clone(&self) -> Self {
        Self {
            chain: self.chain.clone(),
            key: self.key.as_ref().map(PrivateKeyDer::clone_key),
            issuer: self.issuer.clone(),
            staple: self.staple.clone(),
            files: self.files.clone(),
        }
    }
}

impl Material {
    /// Reads a file and what stands beside it. The text to tell when it cannot be loaded.
    pub(super) fn read(path: &Path, extra: ExtraFiles) -> Result<Self, String> {
        let shown = path.display();
        let pem = fs::read(path).map_err(|error| {
            format!(
                "unable to load certificate from file '{shown}' : {}.",
                system_words(&error)
            )
        })?;
        let (chain, key) = parse(&pem, &shown.to_string())?;
        let key = match key {
            Some(key) => key,
            None => key_beside(path, extra)?,
        };
        let mut found = Self {
            chain,
            key: Some(key),
            files: vec![("Crt", shown.to_string()), ("Key", shown.to_string())],
            ..Self::default()
        };
        if extra.ocsp {
            let file = beside(path, extra, ".ocsp");
            let name = file.display().to_string();
            match fs::read(&file) {
                Ok(response) if ocsp::Response::parse(&response).is_none() => {
                    return Err(format!("Unable to parse OCSP response from file '{name}'."));
                }
                Ok(response) => found.staple = Some(response),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(format!("unable to load '{name}' : {}.", system_words(&error))),
            }
            found.files.push(("OCSP", name));
        }
        if extra.issuer {
            let file = beside(path, extra, ".issuer");
            let name = file.display().to_string();
            if file.exists() {
                let issuer = CertificateDer::from_pem_file(&file)
                    .map_err(|_| format!("'{name}' cannot be read or parsed'."))?;
                found.issuer = Some(issuer);
                found.files.push(("OCSP Issuer", name));
            }
        }
        Ok(found)
    }

    /// Completes a chain that has nothing but the certificate itself with who signed it, as one of `issuers` shows.
    pub(super) fn complete(&mut self, issuers: &[Vec<CertificateDer<'static>>]) {
        let [own] = self.chain.as_slice() else { return };
        let Ok((_, own)) = X509Certificate::from_der(own) else {
            return;
        };
        let has_signed = |chain: &&Vec<CertificateDer<'static>>| {
            let first = chain.first().map(|der| X509Certificate::from_der(der));
            matches!(first, Some(Ok((_, issuer))) if issuer.subject().as_raw() == own.issuer().as_raw())
        };
        let found = match own.subject().as_raw() == own.issuer().as_raw() {
            true => None,
            false => issuers.iter().find(has_signed).cloned(),
        };
        self.chain.extend(found.into_iter().flatten());
    }

    /// Reads one whose parts have files of their own. The text to tell when it cannot be loaded.
    pub(super) fn read_stored(stored: &StoredCertificate, extra: ExtraFiles) -> Result<Self, String> {
        let load = |file: &Word| {
            fs::read(path_of(file))
                .map_err(|error| format!("unable to load '{file}' : {}.", system_words(&error)))
        };
        let mut found = match &stored.key {
            None => Self::read(path_of(&stored.crt), extra)?,
            Some(file) => {
                let shown = stored.crt.to_string();
                let (chain, _) = parse(&load(&stored.crt)?, &shown)?;
                let key = PrivateKeyDer::from_pem_slice(&load(file)?)
                    .map_err(|_| format!("unable to load private key from file '{file}'."))?;
                Self {
                    chain,
                    key: Some(key),
                    files: vec![("Crt", shown), ("Key", file.to_string())],
                    ..Self::default()
                }
            }
        };
        if let Some(file) = &stored.ocsp {
            let response = load(file)?;
            if ocsp::Response::parse(&response).is_none() {
                return Err(format!("Unable to parse OCSP response from file '{file}'."));
            }
            found.staple = Some(response);
        }
        if let Some(file) = &stored.issuer {
            let issuer = CertificateDer::from_pem_slice(&load(file)?)
                .map_err(|_| format!("unable to load issuer from file '{file}'."))?;
            found.issuer = Some(issuer);
        }
        Ok(found)
    }

    /// Replaces a part. The text to tell when it is none.
    pub(super) fn put(&mut self, part: Part, payload: &[u8], name: &str) -> Result<(), String> {
        let not_loaded = "Can't load the payload\n";
        match part {
            Part::Whole => {
                let (chain, key) = parse(payload, name).map_err(|text| format!("{text}\n{not_loaded}"))?;
                let files = std::mem::take(&mut self.files);
                *self = Self {
                    chain,
                    key,
                    files,
                    ..Self::default()
                };
            }
            Part::Key => {
                let key = PrivateKeyDer::from_pem_slice(payload)
                    .map_err(|_| format!("unable to load private key from file '{name}'.\n{not_loaded}"))?;
                self.key = Some(key);
            }
            Part::Issuer => {
                let issuer = CertificateDer::from_pem_slice(payload)
                    .map_err(|_| format!("'{name}' cannot be read or parsed'.\n{not_loaded}"))?;
                self.issuer = Some(issuer);
            }
            Part::Staple => {
                let digits: Vec<u8> = payload
                    .iter()
                    .copied()
                    .filter(|byte| !byte.is_ascii_whitespace())
                    .collect();
                let response = STANDARD
                    .decode(digits)
                    .map_err(|_| format!("Error reading the OCSP response in base64.\n{not_loaded}"))?;
                self.staple = Some(response);
            }
            // No client asks for them any more, and nothing here would show them.
            Part::Timestamps => {
                return Err(format!(
                    "Signed certificate timestamps are not shown to clients here.\n{not_loaded}"
                ));
            }
        }
        Ok(())
    }

    /// What can be served. The text to tell when that is nothing.
    pub(super) fn ready(&self, provider: &CryptoProvider, shown: &str) -> Result<Loaded, String> {
        let Some((first, key)) = self.chain.first().zip(self.key.as_ref()) else {
            return Err(format!("unable to load certificate from file '{shown}'."));
        };
        let names =
            names_of(first).ok_or_else(|| format!("unable to load certificate from file '{shown}'."))?;
        let key = provider
            .key_provider
            .load_private_key(key.clone_key())
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
        let mut certified = CertifiedKey::new(self.chain.clone(), key);
        certified.ocsp = self.staple_to_show();
        Ok(Loaded {
            key: Arc::new(certified),
            names,
        })
    }

    /// The identity of the certificate in OCSP; none where its issuer is not known.
    pub(super) fn ocsp_id(&self) -> Option<Vec<u8>> {
        let chain: Vec<Vec<u8>> = self.chain.iter().take(2).map(|der| der.to_vec()).collect();
        ocsp::id_of(&chain, self.issuer.as_deref())
    }

    /// The response, if it is one about this certificate.
    fn staple_to_show(&self) -> Option<Vec<u8>> {
        let staple = self.staple.as_deref()?;
        let id = self.ocsp_id()?;
        let response = ocsp::Response::parse(staple)?;
        response.is_about(&id).then(|| staple.to_vec())
    }
}

/// The chains that the files of a folder hold (`issuers-chain-path`), in the order of their names; what is no certificate is passed
/// over, as the original does.
pub(super) fn issuers(folder: &Word) -> Vec<Vec<CertificateDer<'static>>> {
    let files = files_of(path_of(folder)).unwrap_or_default();
    let chain = |file: PathBuf| Some(parse(&fs::read(file).ok()?, "").ok()?.0);
    files.into_iter().filter_map(chain).collect()
}

/// A file beside that of a certificate.
fn beside(path: &Path, extra: ExtraFiles, ending: &str) -> PathBuf {
    let without = extra.without_extension && path.extension().is_some_and(|extension| extension == "crt");
    let mut name = if without {
        path.with_extension("").into_os_string()
    } else {
        path.as_os_str().to_owned()
    };
    name.push(ending);
    PathBuf::from(name)
}

/// The files that stand in the place of one that is not there, one for each kind of key.
pub(super) fn bundle(path: &Path) -> Vec<PathBuf> {
    let file = |kind: &&str| {
        let mut name = path.as_os_str().to_owned();
        name.push(kind);
        PathBuf::from(name)
    };
    let files = [".ecdsa", ".rsa", ".dsa"].iter().map(file);
    files.filter(|file| file.is_file()).collect()
}

/// Certificates and the key in PEM. The text to tell where there is no certificate.
type Parsed = (Vec<CertificateDer<'static>>, Option<PrivateKeyDer<'static>>);

fn parse(pem: &[u8], shown: &str) -> Result<Parsed, String> {
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|_| format!("unable to load certificate chain from file '{shown}'."))?;
    let readable = |der: &CertificateDer<'_>| X509Certificate::from_der(der).is_ok();
    if !chain.first().is_some_and(readable) {
        return Err(format!("unable to load certificate from file '{shown}'."));
    }
    Ok((chain, PrivateKeyDer::from_pem_slice(pem).ok()))
}

pub(super) fn path_of(word: &Word) -> &Path {
    Path::new(OsStr::from_bytes(word))
}

/// The file, or the certificates of a folder in the order of their names.
pub(super) fn files_of(path: &Path) -> io::Result<Vec<PathBuf>> {
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

/// The key in a file beside the certificate's: `FILE.key`, or for `NAME.crt` also `NAME.key`.
fn key_beside(path: &Path, extra: ExtraFiles) -> Result<PrivateKeyDer<'static>, String> {
    let first = beside(path, extra, ".key");
    let mut places = Vec::new();
    if extra.key {
        places.push(first.clone());
        if path.extension().is_some_and(|extension| extension == "crt") {
            places.push(path.with_extension("key"));
        }
    }
    for place in &places {
        if let Ok(pem) = fs::read(place)
            && let Ok(key) = PrivateKeyDer::from_pem_slice(&pem)
        {
            return Ok(key);
        }
    }
    Err(format!("No Private Key found in '{}'.", first.display()))
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
        let path = fixture(name);
        let shown = path.display().to_string();
        Material::read(&path, ExtraFiles::default())?
            .ready(&rustls::crypto::aws_lc_rs::default_provider(), &shown)
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
