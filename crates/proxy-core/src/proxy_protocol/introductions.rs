//! What the servers of a backend ask to be told, as servers come and go: made ready anew with each that asks for something. Whoever
//! began before that keeps what it began with, and can find out that it is old.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use haproxy_cfg::model::{Config, ProxyId};

use super::{Introduction, IntroductionPlan};
use crate::sample::SampleContext;

/// What the servers of a backend ask for: those of the file, or all that are there once one came that asks for something.
#[derive(Debug)]
pub struct Introductions {
    file: Option<Box<IntroductionPlan>>,
    /// None as long as nobody came who asks for anything.
    running: OnceLock<RwLock<Arc<IntroductionPlan>>>,
}

impl Introductions {
    /// For the servers of the file.
    ///
    /// # Errors
    /// What is wrong with a format, and its server's number.
    pub(crate) fn compile(config: &Config, backend: ProxyId) -> Result<Self, (usize, String)> {
        let servers = config.proxy(backend).servers.of_file().iter().enumerate();
        let plan = IntroductionPlan::compile(config, backend, servers)?;
        Ok(Self {
            file: plan.asks().then(|| Box::new(plan)),
            running: OnceLock::new(),
        })
    }

    /// Takes in a server that comes, before anybody finds it.
    ///
    /// # Errors
    /// What is wrong with one of its expressions or formats: it is not taken in.
    pub fn add(&self, config: &Config, backend: ProxyId, index: usize) -> Result<(), String> {
        let servers = &config.proxy(backend).servers;
        if !IntroductionPlan::is_asked_for_by(&servers[index]) {
            return Ok(());
        }
        let all = servers.numbered().chain([(index, &servers[index])]);
        let plan = IntroductionPlan::compile(config, backend, all).map_err(|(_, wrong)| wrong)?;
        let plan = Arc::new(plan);
        let now = self.running.get_or_init(|| RwLock::new(Arc::clone(&plan)));
        *now.write().unwrap_or_else(PoisonError::into_inner) = plan;
        Ok(())
    }

    /// Forgets what a server asked for that is deleted.
    pub fn remove(&self, config: &Config, backend: ProxyId, index: usize) {
        let servers = &config.proxy(backend).servers;
        let Some(now) = self.running.get() else { return };
        if !IntroductionPlan::is_asked_for_by(&servers[index]) {
            return;
        }
        // All of these were made ready before. Were one of them not, all would stay as it is.
        if let Ok(plan) = IntroductionPlan::compile(config, backend, servers.numbered()) {
            *now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(plan);
        }
    }

    /// Whether nobody is told anything.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.file.is_none() && self.running.get().is_none()
    }

    /// Whether a certificate of the client's is looked at.
    #[must_use]
    pub fn tells(&self) -> bool {
        match self.now() {
            Some(plan) => plan.tells(),
            None => self.file.as_ref().is_some_and(|plan| plan.tells()),
        }
    }

    /// What is known of the client of `context`; none where nobody asks. `common_name` is the one in its certificate.
    #[must_use]
    pub fn introduce(
        &self,
        context: &SampleContext<'_>,
        common_name: Option<Vec<u8>>,
    ) -> Option<Box<Introduction>> {
        let known = match self.now() {
            Some(plan) => IntroductionPlan::introduce_by(&plan, context, common_name),
            None => self.file.as_ref()?.introduce(context, common_name),
        };
        Some(Box::new(known))
    }

    /// What the servers of the file ask for.
    #[must_use]
    pub fn of_file(&self) -> Option<&IntroductionPlan> {
        self.file.as_deref()
    }

    /// Whether what is known was found out for all servers that there are now.
    #[must_use]
    pub fn is_current(&self, known: Option<&Introduction>) -> bool {
        match self.now() {
            None => true,
            Some(plan) => known.is_some_and(|known| known.is_by(&plan)),
        }
    }

    fn now(&self) -> Option<Arc<IntroductionPlan>> {
        let plan = self.running.get()?.read();
        Some(Arc::clone(&plan.unwrap_or_else(PoisonError::into_inner)))
    }
}
