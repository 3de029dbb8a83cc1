//! A listener among those who use what is in memory: where its certificates come from, and how what its clients get is made of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use haproxy_cfg::model::{BindCertificate, BindSsl, ListedAt, Mode, OwnSsl, Word};
use rustls::{ServerConfig, SignatureAlgorithm};
use syntax::Span;

use super::super::certificate::{Loaded, bundle, files_of, path_of};
use super::super::sni::{BySni, Entry};
use super::super::{BindSide, ClientSettings, Serving, Teller, server_config};
use super::{Inner, List, settings_of};
use crate::listen::system_words;

/// A listener with TLS.
#[derive(Debug)]
pub(in crate::tls) struct BindUser {
    pub(in crate::tls) proxy: Word,
    pub(in crate::tls) mode: Mode,
    /// What its line says; its certificates stand in `sources`.
    pub(in crate::tls) ssl: BindSsl,
    pub(in crate::tls) sources: Sources,
    /// How messages name it.
    pub(in crate::tls) what: String,
    pub(in crate::tls) section: &'static str,
    pub(in crate::tls) span: Span,
    /// `FILE:LINE`.
    pub(in crate::tls) place: String,
    pub(in crate::tls) side: Arc<BindSide>,
}

/// Where the certificates of a line come from, in its order.
pub(in crate::tls) type Sources = Vec<Source>;

#[derive(Clone, Debug)]
pub(in crate::tls) enum Source {
    /// A file, or those of a bundle.
    Files(Vec<String>),
    /// The same, for all names that no other one is for.
    Defaults(Vec<String>),
    /// A list or a folder.
    List(String),
}

/// A certificate of a listener.
#[derive(Debug)]
pub(in crate::tls) struct Served {
    pub(in crate::tls) name: String,
    pub(in crate::tls) line: Option<BindCertificate>,
    is_default: bool,
}

impl Served {
    pub(in crate::tls) fn own(&self) -> Option<&Arc<OwnSsl>> {
        self.line.as_ref()?.own.as_ref()
    }

    /// Whether it is for all names that no other one is for, wherever it stands.
    pub(in crate::tls) fn is_default(&self) -> bool {
        self.is_default || self.line.as_ref().is_some_and(|line| line.is_default)
    }
}

/// What clients of a line got before, and of which settings a file has changed.
pub(in crate::tls) type Before<'a> = (&'a Serving, &'a dyn Fn(&BindSsl) -> bool);

impl Inner {
    /// Reads all that a line names. None when something is wrong, which has been told: of each line's certificates, all that is.
    pub(in crate::tls) fn sources(&mut self, ssl: &BindSsl, teller: &mut Teller) -> Option<Sources> {
        let mut sources = Vec::new();
        let mut faults = 0;
        // Those of lists that another line has named are in memory.
        let known: Vec<String> = self.lists.keys().cloned().collect();
        for given in &ssl.certificates {
            let path = path_of(&given.path);
            let is_stored = self.common.stored(&given.path).is_some();
            let bundle = match self.common.extra.bundle && !is_stored && !path.exists() {
                true => bundle(path),
                false => Vec::new(),
            };
            let files = match files_of(path) {
                _ if is_stored => vec![path.to_owned()],
                _ if !bundle.is_empty() => bundle,
                Ok(files) => files,
                Err(error) => {
                    teller.refuse_line(&format!(
                        "unable to stat SSL certificate from file '{}' : {}.",
                        given.path,
                        system_words(&error)
                    ));
                    faults += 1;
                    continue;
                }
            };
            for file in &files {
                if let Err(text) = self.certificate(&shown(file)) {
                    teller.refuse_line(&text);
                    faults += 1;
                }
            }
            let list = match &given.listed {
                Some(listed) => {
                    let line = |file: &PathBuf| BindCertificate {
                        path: shown(file).into(),
                        ..given.clone()
                    };
                    Some((
                        listed.list.to_string(),
                        files.iter().map(line).collect::<Vec<_>>(),
                        false,
                    ))
                }
                None if path.is_dir() => {
                    let lines = files.iter().map(|file| of_folder(file, &given.path));
                    Some((given.path.to_string(), lines.collect(), true))
                }
                None => None,
            };
            let Some((name, lines, is_folder)) = list else {
                let files = files.iter().map(|file| shown(file)).collect();
                sources.push(match given.is_default {
                    true => Source::Defaults(files),
                    false => Source::Files(files),
                });
                continue;
            };
            let named = |source: &Source| matches!(source, Source::List(list) if *list == name);
            if !sources.iter().any(named) {
                sources.push(Source::List(name.clone()));
            }
            if !known.contains(&name) {
                let list = self.lists.entry(name).or_insert_with(|| List {
                    lines: Vec::new(),
                    is_folder,
                });
                list.lines.extend(lines);
            }
        }
        // Lists that have no line yet may get some.
        for list in &ssl.lists {
            let name = list.to_string();
            let named = |source: &Source| matches!(source, Source::List(list) if *list == name);
            if !sources.iter().any(named) {
                sources.push(Source::List(name.clone()));
            }
            self.lists.entry(name).or_insert_with(|| List {
                lines: Vec::new(),
                is_folder: false,
            });
        }
        (faults == 0).then_some(sources)
    }

    /// The certificates of a line, in order.
    pub(in crate::tls) fn served(&self, sources: &Sources) -> Vec<Served> {
        let mut found = Vec::new();
        for source in sources {
            match source {
                Source::Files(names) | Source::Defaults(names) => {
                    let is_default = matches!(source, Source::Defaults(_));
                    found.extend(names.iter().map(|name| Served {
                        name: name.clone(),
                        line: None,
                        is_default,
                    }));
                }
                Source::List(name) => {
                    let lines = self.lists.get(name).into_iter().flat_map(|list| &list.lines);
                    found.extend(lines.map(|line| Served {
                        name: line.path.to_string(),
                        line: Some(line.clone()),
                        is_default: false,
                    }));
                }
            }
        }
        found
    }

    /// What clients of a line get. Settings that were there before (`old`) stay, with their sessions, where no file of theirs has changed:
    /// `anew` says of which that is so. None when the line is refused; the reason has been told.
    pub(in crate::tls) fn serving(
        &mut self,
        mode: Mode,
        ssl: &BindSsl,
        sources: &Sources,
        old: Option<Before<'_>>,
        teller: &mut Teller,
    ) -> Option<Serving> {
        let mut all: Vec<(Option<Arc<OwnSsl>>, BindSsl)> = vec![(None, settings_of(ssl, None))];
        let mut entries = Vec::new();
        let lower = |names: &[Word]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        for served in self.served(sources) {
            let Loaded { key, names } = self
                .certificate(&served.name)
                .map_err(|text| teller.refuse_line(&text))
                .ok()?;
            let number = match served.own() {
                None => 0,
                Some(own) => {
                    all.push((Some(Arc::clone(own)), settings_of(ssl, Some(own))));
                    all.len() - 1
                }
            };
            let (given, not_for) = match &served.line {
                None => (Vec::new(), Vec::new()),
                Some(line) => (lower(&line.names), lower(&line.not_for)),
            };
            entries.push(Entry {
                key,
                names: if given.is_empty() { names } else { given },
                not_for,
                is_default: served.is_default(),
                settings: number,
            });
        }
        if entries.is_empty() {
            if !self.common.is_strict(ssl) && !ssl.may_lack_certificates {
                teller.refuse("no SSL certificate specified", " (use 'crt').");
                return None;
            }
            teller.warn(
                "no SSL certificate specified",
                ", ssl connections will fail (use 'crt').",
            );
        }
        let keys_of = |number: usize| -> Vec<SignatureAlgorithm> {
            let own = entries.iter().filter(|entry| entry.settings == number);
            own.map(|entry| entry.key.key.algorithm()).collect()
        };
        let keys: Vec<_> = (0..all.len()).map(keys_of).collect();
        // All of a bundle that is named first are for other names too, whichever of them a client can verify.
        let defaults = defaults_of(sources);
        let by_sni = Arc::new(BySni::new(entries, self.common.is_strict(ssl), defaults));
        let mut settings = Vec::with_capacity(all.len());
        for ((own, ssl), keys) in all.into_iter().zip(keys) {
            let same = |settings: &&ClientSettings| match (&settings.own, &own) {
                (None, None) => true,
                (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                _ => false,
            };
            let kept = match old {
                Some((old, anew)) if !anew(&ssl) => old.settings.iter().find(same),
                _ => None,
            };
            settings.push(match kept {
                Some(kept) => {
                    let mut config = ServerConfig::clone(&kept.config);
                    config.cert_resolver = by_sni.limited(kept.signatures.as_ref());
                    ClientSettings {
                        config: Arc::new(config),
                        lenient: kept.lenient.clone(),
                        signatures: kept.signatures.clone(),
                        own,
                    }
                }
                None => server_config(self, mode, (&ssl, own), &by_sni, &keys, teller)?,
            });
        }
        let tune = self.common.tune;
        Some(Serving {
            settings,
            by_sni,
            capture: usize::try_from(tune.capture).unwrap_or(usize::MAX),
            keylog: tune.keylog,
        })
    }
}

/// How many of the certificates of a line are for all other names.
pub(in crate::tls) fn defaults_of(sources: &Sources) -> usize {
    match sources.first() {
        Some(Source::Files(names) | Source::Defaults(names)) => names.len(),
        _ => 1,
    }
}

/// A path as it stands in messages, and by which a certificate is known.
fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The line that a file of a folder stands for.
fn of_folder(file: &Path, folder: &Word) -> BindCertificate {
    BindCertificate {
        path: shown(file).into(),
        listed: Some(ListedAt {
            list: folder.clone(),
            ..ListedAt::default()
        }),
        ..BindCertificate::default()
    }
}
