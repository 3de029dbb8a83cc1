//! What changes while the process runs: files are prepared, put in place for all who use them, or forgotten.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use haproxy_cfg::model::{BindCertificate, BindSsl, ServerTls, Word};
use proxy_core::cli::{FileKind, Part, Refusal, ServedName, TicketKeys, TlsFile, TlsStore};
use proxy_core::ocsp;
use rustls::SignatureAlgorithm;
use rustls_pki_types::PrivateKeyDer;

use super::super::certificate::Material;
use super::super::client::{self, ServerSide, Spoken};
use super::super::trust::{Authorities, Revocations};
use super::super::{BindSide, PLACE_MARK, Serving, Teller};
use super::{Held, Inner, Store, settings_of};

/// Which of the listeners and servers are touched by a change.
pub(super) trait Touched {
    /// Whether what the settings of a listener are made of is other than before, so that they are to be made anew.
    fn settings(&self, _: &BindSsl) -> bool {
        false
    }

    /// The listener has to look at its certificates again.
    fn bind(&self, inner: &Inner, at: usize) -> bool;

    /// The server is spoken to otherwise.
    fn server(&self, _: &ServerTls) -> bool {
        false
    }
}

/// A certificate has changed.
struct OfCertificate<'a>(&'a str);

impl Touched for OfCertificate<'_> {
    fn bind(&self, inner: &Inner, at: usize) -> bool {
        let served = inner.served(&inner.binds[at].sources);
        served.iter().any(|served| served.name == self.0)
    }

    fn server(&self, tls: &ServerTls) -> bool {
        is(tls.crt.as_ref(), self.0)
    }
}

/// A file of authorities, or of what they revoked, has changed.
struct OfTrust<'a>(FileKind, &'a str);

impl OfTrust<'_> {
    fn is_named(&self, authorities: Option<&Word>, revoked: Option<&Word>) -> bool {
        match self.0 {
            FileKind::Authorities => is(authorities, self.1),
            FileKind::Revoked => is(revoked, self.1),
            FileKind::Certificate => false,
        }
    }
}

impl Touched for OfTrust<'_> {
    fn settings(&self, ssl: &BindSsl) -> bool {
        self.is_named(ssl.ca_file.as_ref(), ssl.crl_file.as_ref())
            || self.is_named(ssl.ca_verify_file.as_ref(), None)
    }

    fn bind(&self, inner: &Inner, at: usize) -> bool {
        let bind = &inner.binds[at];
        let served = inner.served(&bind.sources);
        self.settings(&bind.ssl)
            || served
                .iter()
                .any(|served| self.settings(&settings_of(&bind.ssl, served.own().map(|own| &**own))))
    }

    fn server(&self, tls: &ServerTls) -> bool {
        self.is_named(tls.ca_file.as_ref(), tls.crl_file.as_ref())
    }
}

fn is(word: Option<&Word>, name: &str) -> bool {
    word.is_some_and(|word| **word == *name.as_bytes())
}

impl Inner {
    /// How many settings of listeners and servers use a file.
    fn users(&self, kind: FileKind, name: &str) -> usize {
        let trust = OfTrust(kind, name);
        let mut users = 0;
        for bind in &self.binds {
            users += self
                .served(&bind.sources)
                .iter()
                .filter(|served| match kind {
                    FileKind::Certificate => served.name == name,
                    _ => trust.settings(&settings_of(&bind.ssl, served.own().map(|own| &**own))),
                })
                .count();
        }
        let uses = |tls: &ServerTls| match kind {
            FileKind::Certificate => is(tls.crt.as_ref(), name),
            _ => trust.server(tls),
        };
        users + self.servers.iter().filter(|server| uses(&server.tls)).count()
    }

    /// Makes what listeners and servers that are touched get, and puts it in place once all of it could be made.
    pub(super) fn renew(&mut self, touched: &dyn Touched) -> Result<(), Refusal> {
        let mut binds: Vec<(Arc<BindSide>, Serving)> = Vec::new();
        let mut servers: Vec<(Arc<ServerSide>, Spoken)> = Vec::new();
        for at in 0..self.binds.len() {
            if !touched.bind(self, at) {
                continue;
            }
            let bind = &self.binds[at];
            let (mode, ssl, sources) = (bind.mode, bind.ssl.clone(), bind.sources.clone());
            let side = Arc::clone(&bind.side);
            let place = bind.place.clone();
            let mut teller = Teller::new(&bind.proxy.to_string(), &bind.what, bind.section, bind.span);
            let old = side.now.load_full();
            let anew = |ssl: &BindSsl| touched.settings(ssl);
            let made = self.serving(mode, &ssl, &sources, Some((&old, &anew)), &mut teller);
            let Some(made) = made else {
                return Err(told(&teller, &place));
            };
            binds.push((side, made));
        }
        for at in 0..self.servers.len() {
            let server = &self.servers[at];
            if !touched.server(&server.tls) {
                continue;
            }
            let (mode, tls) = (server.mode, server.tls.clone());
            let side = Arc::clone(&server.side);
            let mut teller = Teller::new(&server.proxy, &server.what, server.section, server.span);
            let Some(made) = client::spoken(self, mode, &tls, &mut teller) else {
                return Err(told(&teller, ""));
            };
            servers.push((side, made));
        }
        for (side, made) in binds {
            side.now.store(Arc::new(made));
        }
        for (side, made) in servers {
            side.replace(made);
        }
        Ok(())
    }

    /// Puts a certificate in place of what is there under its name.
    fn put_certificate(&mut self, name: &str, material: Material) -> Result<usize, Refusal> {
        let users = self.users(FileKind::Certificate, name);
        let loaded = match material.key {
            None if users == 0 => None,
            _ => Some(
                material
                    .ready(&self.common.provider, name)
                    .map_err(|text| format!("{text}\n"))?,
            ),
        };
        let old = self
            .certificates
            .insert(name.to_owned(), Held { material, loaded });
        if let Err(text) = self.renew(&OfCertificate(name)) {
            if let Some(old) = old {
                self.certificates.insert(name.to_owned(), old);
            }
            return Err(text);
        }
        Ok(users)
    }
}

/// All that refuses a line, as the answer to a command.
fn told(teller: &Teller, place: &str) -> String {
    let fatal = teller.messages.iter().filter(|message| message.fatal);
    fatal
        .map(|message| format!("{}\n", message.text.replace(PLACE_MARK, place)))
        .collect()
}

impl TlsStore for Store {
    fn now_seconds(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    fn pending(&self, kind: FileKind) -> Option<String> {
        let inner = self.lock();
        let pending = &inner.pending;
        match kind {
            FileKind::Certificate => pending.certificate.as_ref().map(|(name, _)| name.clone()),
            FileKind::Authorities => pending.authorities.as_ref().map(|(name, _)| name.clone()),
            FileKind::Revoked => pending.revoked.as_ref().map(|(name, _)| name.clone()),
        }
    }

    fn names(&self, kind: FileKind) -> Vec<String> {
        let inner = self.lock();
        match kind {
            FileKind::Certificate => inner.certificates.keys().cloned().collect(),
            FileKind::Authorities => inner.authorities.keys().cloned().collect(),
            FileKind::Revoked => inner.revoked.keys().cloned().collect(),
        }
    }

    fn file(&self, kind: FileKind, name: &str, pending: bool) -> Option<TlsFile> {
        fn of<'p, T>(pending: &'p Option<(String, T)>, name: &str) -> Option<&'p T> {
            let (of, content) = pending.as_ref()?;
            (of == name).then_some(content)
        }
        let inner = self.lock();
        let users = inner.users(kind, name);
        match kind {
            FileKind::Certificate => {
                let material = match pending {
                    true => of(&inner.pending.certificate, name)?,
                    false => &inner.certificates.get(name)?.material,
                };
                Some(TlsFile {
                    users,
                    content: material.chain.iter().map(|der| der.to_vec()).collect(),
                    issuer: material.issuer.as_ref().map(|der| der.to_vec()),
                    staple: material.staple.clone(),
                    key: material.key.as_ref().map(pem),
                    files: material.files.clone(),
                })
            }
            FileKind::Authorities => {
                let authorities = match pending {
                    true => of(&inner.pending.authorities, name)?,
                    false => inner.authorities.get(name)?,
                };
                Some(TlsFile {
                    users,
                    content: authorities.der(),
                    ..TlsFile::default()
                })
            }
            FileKind::Revoked => {
                let revoked = match pending {
                    true => of(&inner.pending.revoked, name)?,
                    false => inner.revoked.get(name)?,
                };
                Some(TlsFile {
                    users,
                    content: revoked.der(),
                    ..TlsFile::default()
                })
            }
        }
    }

    fn prepare(
        &self,
        kind: FileKind,
        name: &str,
        part: Part,
        adds: bool,
        payload: &[u8],
    ) -> Result<(), Refusal> {
        let mut inner = self.lock();
        let invalid = || "Invalid payload\n".to_owned();
        match kind {
            FileKind::Certificate => {
                let there = inner.certificates.get(name).map(|held| held.material.clone());
                let begun = inner.pending.certificate.as_ref();
                let mut material =
                    begun.map_or_else(|| there.unwrap_or_default(), |(_, begun)| begun.clone());
                material.put(part, payload, name)?;
                inner.pending.certificate = Some((name.to_owned(), material));
            }
            FileKind::Authorities => {
                let read = Authorities::parse(payload).ok_or_else(invalid)?;
                let there = match &inner.pending.authorities {
                    Some((_, begun)) => Some(begun),
                    None => inner.authorities.get(name),
                };
                let all = match there.filter(|_| adds) {
                    Some(there) => there.with(&read),
                    None => read,
                };
                inner.pending.authorities = Some((name.to_owned(), Arc::new(all)));
            }
            FileKind::Revoked => {
                let read = Revocations::parse(payload).map_err(|_| invalid())?;
                inner.pending.revoked = Some((name.to_owned(), Arc::new(read)));
            }
        }
        Ok(())
    }

    fn commit(&self, kind: FileKind) -> Result<usize, Refusal> {
        let mut inner = self.lock();
        let none = || "No ongoing transaction! !\n".to_owned();
        match kind {
            FileKind::Certificate => {
                let (name, material) = inner.pending.certificate.as_ref().ok_or_else(none)?;
                let (name, material) = (name.clone(), material.clone());
                let users = inner.put_certificate(&name, material)?;
                inner.pending.certificate = None;
                Ok(users)
            }
            FileKind::Authorities => {
                let (name, new) = inner.pending.authorities.clone().ok_or_else(none)?;
                let old = inner.authorities.insert(name.clone(), new);
                if let Err(text) = inner.renew(&OfTrust(kind, &name)) {
                    inner.authorities.extend(old.map(|old| (name, old)));
                    return Err(text);
                }
                inner.pending.authorities = None;
                Ok(inner.users(kind, &name))
            }
            FileKind::Revoked => {
                let (name, new) = inner.pending.revoked.clone().ok_or_else(none)?;
                let old = inner.revoked.insert(name.clone(), new);
                if let Err(text) = inner.renew(&OfTrust(kind, &name)) {
                    inner.revoked.extend(old.map(|old| (name, old)));
                    return Err(text);
                }
                inner.pending.revoked = None;
                Ok(inner.users(kind, &name))
            }
        }
    }

    fn abort(&self, kind: FileKind) {
        let mut inner = self.lock();
        match kind {
            FileKind::Certificate => inner.pending.certificate = None,
            FileKind::Authorities => inner.pending.authorities = None,
            FileKind::Revoked => inner.pending.revoked = None,
        }
    }

    fn create(&self, kind: FileKind, name: &str) {
        let mut inner = self.lock();
        let name = name.to_owned();
        match kind {
            FileKind::Certificate => {
                let held = Held {
                    material: Material::default(),
                    loaded: None,
                };
                inner.certificates.insert(name, held);
            }
            FileKind::Authorities => {
                inner.authorities.insert(name, Arc::default());
            }
            FileKind::Revoked => {
                inner.revoked.insert(name, Arc::default());
            }
        }
    }

    fn delete(&self, kind: FileKind, name: &str) {
        let mut inner = self.lock();
        match kind {
            FileKind::Certificate => inner.certificates.remove(name).is_some(),
            FileKind::Authorities => inner.authorities.remove(name).is_some(),
            FileKind::Revoked => inner.revoked.remove(name).is_some(),
        };
    }

    fn lists(&self) -> Vec<String> {
        self.lock().lists.keys().cloned().collect()
    }

    fn list(&self, name: &str) -> Option<Vec<BindCertificate>> {
        Some(self.lock().lists.get(name)?.lines.clone())
    }

    fn is_folder(&self, list: &str) -> bool {
        self.lock().lists.get(list).is_some_and(|list| list.is_folder)
    }

    fn add_line(&self, list: &str, line: BindCertificate) -> Result<usize, Refusal> {
        self.lock().add_line(list, line)
    }

    fn delete_line(&self, list: &str, at: usize) -> Result<(), Refusal> {
        self.lock().delete_line(list, at)
    }

    fn served(&self) -> Vec<ServedName> {
        self.lock().served_names()
    }

    fn set_staple(&self, response: &[u8]) -> Result<usize, Refusal> {
        let parsed = ocsp::Response::parse(response).ok_or("Unable to parse OCSP response.")?;
        if parsed.status != 0 {
            return Err("OCSP response status not successful.".to_owned());
        }
        let [single] = parsed.singles.as_slice() else {
            let why = "OCSP response ignored because contains more than one single response.";
            return Err(why.to_owned());
        };
        if single.status == "unknown" {
            return Err("OCSP single response: certificate status is unknown.".to_owned());
        }
        if single.ends().is_some_and(|ends| ends < self.now_seconds()) {
            return Err("OCSP single response: no longer valid.".to_owned());
        }
        let mut inner = self.lock();
        let is_about = |held: &Held| held.material.ocsp_id().as_deref() == Some(single.id.der);
        let found: Vec<(String, Material)> = inner
            .certificates
            .iter()
            .filter(|(_, held)| is_about(held))
            .map(|(name, held)| (name.clone(), held.material.clone()))
            .collect();
        if found.is_empty() {
            let why = "OCSP single response: Certificate ID does not match any certificate or issuer.";
            return Err(why.to_owned());
        }
        let count = found.len();
        for (name, mut material) in found {
            material.staple = Some(response.to_vec());
            inner.put_certificate(&name, material)?;
        }
        Ok(count)
    }

    fn ticket_keys(&self) -> Vec<TicketKeys> {
        // The last file that was named is the first.
        let inner = self.lock();
        let numbered = (0u32..).zip(inner.rings.iter().rev());
        numbered
            .map(|(id, ring)| TicketKeys {
                id,
                file: ring.file.clone(),
                keys: ring.shown(),
            })
            .collect()
    }

    fn set_ticket_key(&self, id: u32, key: &[u8]) -> Result<(), Refusal> {
        let inner = self.lock();
        let ring = inner.rings.iter().rev().nth(id as usize);
        match ring.map(|ring| ring.rotate(key)) {
            Some(true) => Ok(()),
            Some(false) => Err("'set ssl tls-key' received a key of wrong size.".to_owned()),
            None => Err("'set ssl tls-key' unable to locate referenced filename".to_owned()),
        }
    }
}

/// A key in PEM.
fn pem(key: &PrivateKeyDer<'static>) -> String {
    let title = match key {
        PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
        PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
        _ => "PRIVATE KEY",
    };
    proxy_core::cli::in_pem(title, key.secret_der())
}

/// The kind of a key, as it is shown.
pub(super) fn kind_of(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::RSA => "rsa",
        SignatureAlgorithm::ECDSA => "ecdsa",
        SignatureAlgorithm::DSA => "dsa",
        _ => "eddsa",
    }
}
