//! Lists of certificates that change while the process runs, and the names that clients may ask for.

use haproxy_cfg::model::BindCertificate;
use proxy_core::cli::{Refusal, ServedName};

use super::Inner;
use super::bind::{Source, defaults_of};
use super::change::{Touched, kind_of};

/// A list has other lines.
struct OfList<'a>(&'a str);

impl Touched for OfList<'_> {
    fn bind(&self, inner: &Inner, at: usize) -> bool {
        let sources = &inner.binds[at].sources;
        sources
            .iter()
            .any(|source| matches!(source, Source::List(list) if list == self.0))
    }
}

impl Inner {
    pub(super) fn add_line(&mut self, name: &str, line: BindCertificate) -> Result<usize, Refusal> {
        // No file is read while the process runs: what is named must be in memory.
        if let Some(own) = &line.own {
            for (word, file) in [("ca-file", &own.ca_file), ("ca-verify-file", &own.ca_verify_file)] {
                if let Some(file) = file
                    && !self.authorities.contains_key(&file.to_string())
                {
                    return Err(format!("'{word}' : unable to load {file}"));
                }
            }
            if let Some(file) = &own.crl_file
                && !self.revoked.contains_key(&file.to_string())
            {
                return Err(format!("'crl-file' : unable to load {file}"));
            }
        }
        let Some(list) = self.lists.get_mut(name) else {
            return Ok(0);
        };
        list.lines.push(line);
        if let Err(text) = self.renew(&OfList(name)) {
            if let Some(list) = self.lists.get_mut(name) {
                list.lines.pop();
            }
            return Err(text.trim_end().to_owned());
        }
        let touched = OfList(name);
        Ok((0..self.binds.len()).filter(|at| touched.bind(self, *at)).count())
    }

    pub(super) fn delete_line(&mut self, name: &str, at: usize) -> Result<(), Refusal> {
        let Some(list) = self.lists.get_mut(name) else {
            return Ok(());
        };
        let line = list.lines.remove(at);
        // Whoever has no certificate left has nothing to say to clients until it gets one.
        let mut lenient = Vec::new();
        for (at, bind) in self.binds.iter_mut().enumerate() {
            if !bind.ssl.may_lack_certificates {
                bind.ssl.may_lack_certificates = true;
                lenient.push(at);
            }
        }
        let renewed = self.renew(&OfList(name));
        for at in lenient {
            self.binds[at].ssl.may_lack_certificates = false;
        }
        renewed.map_err(|text| {
            if let Some(list) = self.lists.get_mut(name) {
                list.lines.insert(at, line);
            }
            text.trim_end().to_owned()
        })
    }

    /// The names that clients may ask for: of each listener those without a star first, both by name.
    pub(super) fn served_names(&self) -> Vec<ServedName> {
        let mut found = Vec::new();
        for bind in &self.binds {
            let mut names: Vec<(bool, ServedName)> = Vec::new();
            for (at, served) in self.served(&bind.sources).into_iter().enumerate() {
                let held = self.certificates.get(&served.name);
                let Some(loaded) = held.and_then(|held| held.loaded.as_ref()) else {
                    continue;
                };
                let lower = |words: &[haproxy_cfg::model::Word]| -> Vec<String> {
                    words.iter().map(ToString::to_string).collect()
                };
                let line = served.line.as_ref();
                let mut given = line.map(|line| lower(&line.names)).unwrap_or_default();
                if given.is_empty() {
                    given.clone_from(&loaded.names);
                }
                let is_default = at < defaults_of(&bind.sources) || served.is_default();
                if is_default && !self.common.is_strict(&bind.ssl) {
                    given.push("*".to_owned());
                }
                for name in given {
                    names.push((
                        name.starts_with('*'),
                        ServedName {
                            frontend: bind.proxy.clone(),
                            place: bind.place.clone(),
                            name,
                            not_for: line.map(|line| line.not_for.clone()).unwrap_or_default(),
                            kind: kind_of(loaded.key.key.algorithm()),
                            certificate: served.name.clone(),
                            der: loaded
                                .key
                                .cert
                                .first()
                                .map(|der| der.to_vec())
                                .unwrap_or_default(),
                        },
                    ));
                }
            }
            names.sort_by(|(one_star, one), (other_star, other)| {
                (one_star, &one.name).cmp(&(other_star, &other.name))
            });
            found.extend(names.into_iter().map(|(_, name)| name));
        }
        found
    }
}
