//! TLS with servers that come while the process runs: made ready when one comes, of what is in memory then, and let go with it. Nothing
//! is read any more, as the process may be unable to.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use haproxy_cfg::model::{Mode, ProxyId, Server, ServerTls};
use syntax::Span;

use super::Teller;
use super::client::{self, ServerSide};
use super::store::{Inner, ServerUser, Store};

/// How the servers that came are spoken to over TLS, by backend and the number of the server.
#[derive(Debug, Default)]
pub struct Newcomers(RwLock<HashMap<(ProxyId, usize), Arc<ServerSide>>>);

impl Newcomers {
    /// Takes in a server that comes, of a backend of that name and mode. One without TLS is none of these.
    ///
    /// # Errors
    /// What is wrong with its settings, or the file that is not in memory.
    pub(crate) fn add(
        &self,
        at: (ProxyId, usize),
        (backend, mode): (&str, Mode),
        server: &Server,
        store: Option<&Store>,
    ) -> Result<(), String> {
        let Some((tls, store)) = server.tls.as_ref().zip(store) else {
            return Ok(());
        };
        let mut inner = store.lock();
        missing(&inner, tls)?;
        let what = format!("server '{}'", server.name);
        let mut teller = Teller::new(backend, &what, "backend", Span::default());
        let Some(spoken) = client::spoken(&mut inner, mode, tls, &mut teller) else {
            let told = teller.messages.into_iter().find(|message| message.fatal);
            let text = told.map_or_else(String::new, |told| told.text);
            let lead = format!("'server {backend}/{}' : ", server.name);
            return Err(text.strip_prefix(&lead).unwrap_or(&text).to_owned());
        };
        let side = Arc::new(ServerSide::new(spoken, tls.verify));
        inner.servers.push(ServerUser {
            proxy: backend.to_owned(),
            mode,
            tls: tls.clone(),
            what,
            section: "backend",
            span: Span::default(),
            side: Arc::clone(&side),
        });
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(at, side);
        Ok(())
    }

    /// Lets a server go that is deleted.
    pub(crate) fn remove(&self, at: (ProxyId, usize), store: Option<&Store>) {
        let side = self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&at);
        if let Some((side, store)) = side.zip(store) {
            let mut inner = store.lock();
            inner.servers.retain(|user| !Arc::ptr_eq(&user.side, &side));
        }
    }

    /// What TLS with a server needs that came.
    pub(crate) fn get(&self, at: (ProxyId, usize)) -> Option<Arc<ServerSide>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(&at).map(Arc::clone)
    }
}

/// Tells of a file that a line names and that is not in memory. Whom the system trusts is no file of the configuration.
fn missing(inner: &Inner, tls: &ServerTls) -> Result<(), String> {
    if let Some(file) = &tls.ca_file
        && **file != *b"@system-ca"
        && !inner.authorities.contains_key(&file.to_string())
    {
        return Err(format!("'ca-file' : unable to load {file}."));
    }
    if let Some(file) = &tls.crl_file
        && !inner.revoked.contains_key(&file.to_string())
    {
        return Err(format!("'crl-file' : unable to load {file}."));
    }
    match &tls.crt {
        Some(file) if !inner.certificates.contains_key(&file.to_string()) => {
            Err(format!("unable to stat SSL certificate '{file}'."))
        }
        _ => Ok(()),
    }
}
