//! What of TLS is in memory, by the names of its files: certificates, lists of them, authorities and what they revoked; with all
//! listeners and servers that use them, so that what changes while the process runs is put in place everywhere at once. A
//! connection keeps what it began with.

mod bind;
mod change;
mod lists;
mod server;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest;
use haproxy_cfg::Dialect;
use haproxy_cfg::model::{
    BindCertificate, BindSsl, ExtraFiles, OwnSsl, SslDefaults, StoredCertificate, TlsTune, Word,
};
use rustls::DistinguishedName;
use rustls::crypto::CryptoProvider;
use rustls::server::ProducesTickets;
use rustls_pki_types::CertificateDer;

use super::certificate::{self, Loaded, Material};
use super::sessions::Sessions;
use super::tickets::{Ring, Tickets};
use super::trust::{Authorities, Revocations, Trust};
use crate::listen::system_words;

pub(super) use bind::BindUser;
pub(super) use server::ServerUser;

/// All of it.
#[derive(Debug)]
pub struct Store {
    inner: Mutex<Inner>,
}

/// What the lines of all listeners have in common.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) dialect: Dialect,
    /// `ssl-default-bind-*`.
    pub(super) defaults: SslDefaults,
    /// Which files beside a certificate are loaded with it.
    pub(super) extra: ExtraFiles,
    /// Certificates that complete chains, each with its own chain.
    pub(super) issuers: Vec<Vec<CertificateDer<'static>>>,
    /// Certificates with parts in files of their own.
    pub(super) stored: Arc<[StoredCertificate]>,
    /// `tune.ssl.*`.
    pub(super) tune: TlsTune,
    /// Sessions of clients without tickets, of all listeners.
    pub(super) sessions: Arc<Sessions>,
}

impl Common {
    /// The certificate of that name, if its parts stand in files of their own.
    pub(super) fn stored(&self, name: &Word) -> Option<&StoredCertificate> {
        self.stored.iter().find(|stored| stored.name == *name)
    }

    /// Whether clients of a line must name one of its certificates.
    pub(super) fn is_strict(&self, ssl: &BindSsl) -> bool {
        ssl.strict_sni.or(self.defaults.strict_sni).unwrap_or(false)
    }
}

/// A certificate in memory.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) material: Material,
    /// None while it cannot be served.
    pub(super) loaded: Option<Loaded>,
}

/// A list of certificates, or a folder.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) lines: Vec<BindCertificate>,
    pub(super) is_folder: bool,
}

/// What is prepared, behind the name of its file.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) certificate: Option<(String, Material)>,
    pub(super) authorities: Option<(String, Arc<Authorities>)>,
    pub(super) revoked: Option<(String, Arc<Revocations>)>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) common: Common,
    pub(super) certificates: BTreeMap<String, Held>,
    pub(super) lists: BTreeMap<String, List>,
    pub(super) authorities: BTreeMap<String, Arc<Authorities>>,
    pub(super) revoked: BTreeMap<String, Arc<Revocations>>,
    /// Keys of session tickets, in the order in which their files were named.
    pub(super) rings: Vec<Arc<Ring>>,
    pub(super) pending: Pending,
    pub(super) binds: Vec<BindUser>,
    pub(super) servers: Vec<ServerUser>,
}

impl Store {
    pub(super) fn new(inner: Inner) -> Self {
        Self {
            inner: Mutex::new(inner),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Whoever holds it leaves it whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    pub(super) fn new(common: Common) -> Self {
        Self {
            common,
            certificates: BTreeMap::new(),
            lists: BTreeMap::new(),
            authorities: BTreeMap::new(),
            revoked: BTreeMap::new(),
            rings: Vec::new(),
            pending: Pending::default(),
            binds: Vec::new(),
            servers: Vec::new(),
        }
    }

    /// The certificate of a file, which is read unless it is in memory. The text to tell when it cannot be loaded.
    pub(super) fn certificate(&mut self, name: &str) -> Result<Loaded, String> {
        if let Some(held) = self.certificates.get(name) {
            let empty = || format!("unable to load certificate from file '{name}'.");
            return held.loaded.clone().ok_or_else(empty);
        }
        let word: Word = name.into();
        let mut material = match self.common.stored(&word) {
            Some(stored) => Material::read_stored(stored, self.common.extra)?,
            None => Material::read(certificate::path_of(&word), self.common.extra)?,
        };
        material.complete(&self.common.issuers);
        let loaded = material.ready(&self.common.provider, name)?;
        let held = Held {
            material,
            loaded: Some(loaded.clone()),
        };
        self.certificates.insert(name.to_owned(), held);
        Ok(loaded)
    }

    /// Tickets under the keys of a file, for the clients of some settings. The text to tell when it cannot be loaded.
    pub(super) fn tickets(&mut self, file: &Word, ssl: &BindSsl) -> Result<Arc<dyn ProducesTickets>, String> {
        let name = file.to_string();
        let ring = match self.rings.iter().find(|ring| ring.file == name) {
            Some(ring) => Arc::clone(ring),
            None => {
                let content = std::fs::read(certificate::path_of(file))
                    .map_err(|error| format!("'{name}' : {}", system_words(&error)))?;
                let ring = Arc::new(Ring::parse(&name, &content)?);
                self.rings.push(Arc::clone(&ring));
                ring
            }
        };
        let mut asked = digest::Context::new(&digest::SHA256);
        let (is_asked, is_required) = ssl.verify;
        asked.update(&[u8::from(is_asked), u8::from(is_required)]);
        let named = |file: &Option<Word>| file.as_ref().map(ToString::to_string).filter(|_| is_asked);
        let authorities = [&ssl.ca_file, &ssl.ca_verify_file].into_iter();
        let authorities = authorities.filter_map(|file| self.authorities.get(&named(file)?));
        let revoked = named(&ssl.crl_file).and_then(|file| self.revoked.get(&file));
        let authorities = authorities.map(|authorities| authorities.der());
        let revoked = revoked.map(|revoked| revoked.der());
        for der in authorities.chain(revoked).flatten() {
            asked.update(&der);
        }
        let asked = asked.finish().as_ref().to_vec();
        Ok(Arc::new(Tickets::new(ring, asked, self.common.tune.lifetime)))
    }

    /// Whom clients of a line are verified with, and the names of those that clients are told of. The text to tell when one cannot be
    /// loaded.
    pub(super) fn trust_of_clients(
        &mut self,
        ssl: &BindSsl,
    ) -> Option<Result<(Trust, Vec<DistinguishedName>), String>> {
        let named = ssl.ca_file.as_ref();
        let first = named.or(ssl.ca_verify_file.as_ref())?;
        Some(self.both_trusted(first, ssl))
    }

    fn both_trusted(
        &mut self,
        first: &Word,
        ssl: &BindSsl,
    ) -> Result<(Trust, Vec<DistinguishedName>), String> {
        let trust = self.trust(first, ssl.crl_file.as_ref())?;
        let subjects = match ssl.ca_file.is_some() && !ssl.no_ca_names {
            true => trust.subjects(),
            false => Vec::new(),
        };
        let trust = match &ssl.ca_verify_file {
            Some(more) if ssl.ca_file.is_some() => trust.with(&self.trust(more, None)?),
            _ => trust,
        };
        Ok((trust, subjects))
    }

    /// Whom the files name. The text to tell when one cannot be loaded.
    pub(super) fn trust(&mut self, authorities: &Word, revoked: Option<&Word>) -> Result<Trust, String> {
        let name = authorities.to_string();
        let found = match self.authorities.get(&name) {
            Some(found) => Arc::clone(found),
            None => {
                let read = Arc::new(Authorities::load(authorities)?);
                self.authorities.insert(name, Arc::clone(&read));
                read
            }
        };
        let lists = match revoked {
            None => Arc::default(),
            Some(file) => match self.revoked.get(&file.to_string()) {
                Some(found) => Arc::clone(found),
                None => {
                    let read = Arc::new(Revocations::load(file)?);
                    self.revoked.insert(file.to_string(), Arc::clone(&read));
                    read
                }
            },
        };
        let algorithms = self.common.provider.signature_verification_algorithms;
        Ok(Trust::new(found, lists, algorithms))
    }
}

/// The settings that hold for clients who get a certificate.
pub(super) fn settings_of(bind: &BindSsl, own: Option<&OwnSsl>) -> BindSsl {
    own.map_or_else(|| bind.clone(), |own| own.over(bind))
}
