//! What a reload from one configuration to another would change, and whom it would end.

use std::collections::BTreeMap;

use haproxy_cfg::Loaded;
use haproxy_cfg::keywords::{Table, row};
use haproxy_cfg::model::{Config, Mode, Proxy};

use super::{Grade, Item};

/// Lines of a section, as words.
type Sections = BTreeMap<String, Vec<String>>;

/// Two configurations.
#[derive(Debug)]
pub(super) struct Difference<'a> {
    old: (&'a Config, Sections),
    new: (&'a Config, Sections),
}

impl<'a> Difference<'a> {
    /// From the one that runs to the other.
    pub(super) fn between(old: &'a Loaded, new: &'a Loaded) -> Self {
        Self {
            old: (&old.config, sections(old)),
            new: (&new.config, sections(new)),
        }
    }

    /// Sections that come, go or change, with their lines.
    pub(super) fn changes(&self) -> Vec<Item> {
        let (old, new) = (&self.old.1, &self.new.1);
        let mut items = Vec::new();
        for (name, lines) in old {
            match new.get(name) {
                None => items.push(Item::new(Grade::Note, name, "goes")),
                Some(kept) => {
                    let gone = lines.iter().filter(|line| !kept.contains(line));
                    items.extend(gone.map(|line| Item::new(Grade::Note, name, format!("- {line}"))));
                    let came = kept.iter().filter(|line| !lines.contains(line));
                    items.extend(came.map(|line| Item::new(Grade::Note, name, format!("+ {line}"))));
                    if lines != kept
                        && lines.len() == kept.len()
                        && lines.iter().all(|line| kept.contains(line))
                    {
                        items.push(Item::new(Grade::Note, name, "the same lines in another order"));
                    }
                }
            }
        }
        let fresh = new.keys().filter(|name| !old.contains_key(*name));
        items.extend(fresh.map(|name| Item::new(Grade::Note, name, "comes")));
        items
    }

    /// Connections that a reload ends, or that outlive it.
    pub(super) fn ended(&self) -> Vec<Item> {
        let (old, new) = (self.old.0, self.new.0);
        let mut items = Vec::new();
        let listens = |config: &Config, at: &str| all_binds(config).any(|(_, known)| known == at);
        for (proxy, at) in all_binds(old) {
            let about = format!("{} {at}", proxy.name);
            items.push(if listens(new, &at) {
                Item::new(
                    Grade::Fine,
                    about,
                    "the listener is handed over: nobody is refused meanwhile",
                )
            } else {
                Item::new(
                    Grade::Wrong,
                    about,
                    "nobody listens there any more: new connections are refused",
                )
            });
        }
        let limit = match old.global.hard_stop_after {
            Some(ms) => format!("cut off after {ms} ms (hard-stop-after)"),
            None => "they end when they end (no hard-stop-after)".to_owned(),
        };
        for proxy in old
            .proxies
            .iter()
            .filter(|proxy| !proxy.disabled && !proxy.binds.is_empty())
        {
            let about = format!("connections of {}", proxy.name);
            items.push(match proxy.mode {
                Mode::Tcp => Item::new(Grade::Note, about, format!("stay with the old process: {limit}")),
                _ => Item::new(
                    Grade::Fine,
                    about,
                    format!("requests under way are answered by the old process, then closed; tunnels stay with it: {limit}"),
                ),
            });
        }
        for proxy in old
            .proxies
            .iter()
            .filter(|proxy| proxy.kind.is_backend() && !proxy.disabled)
        {
            let kept = new
                .proxies
                .iter()
                .find(|other| other.name == proxy.name && other.kind.is_backend());
            let gone = proxy.servers.iter().filter(|server| {
                !kept.is_some_and(|kept| kept.servers.iter().any(|other| other.name == server.name))
            });
            for server in gone {
                items.push(Item::new(
                    Grade::Note,
                    format!("server {}/{}", proxy.name, server.name),
                    "gets no new requests; clients that its cookie or a stick table bound to it go elsewhere",
                ));
            }
        }
        items
    }
}

/// Listeners with their addresses as they are written.
fn all_binds(config: &Config) -> impl Iterator<Item = (&Proxy, String)> {
    let proxies = config.proxies.iter().filter(|proxy| !proxy.disabled);
    proxies.flat_map(|proxy| {
        proxy
            .binds
            .iter()
            .map(move |bind| (proxy, bind.written.to_string()))
    })
}

/// The lines of each section; two of one name stand together.
fn sections(loaded: &Loaded) -> Sections {
    let mut sections = Sections::new();
    let mut current = String::new();
    for line in &loaded.lines {
        let words: Vec<String> = line.iter().map(|word| word.text.to_string()).collect();
        if words
            .first()
            .is_some_and(|first| row(Table::Section, first).is_some())
        {
            // Addresses behind a name are a line of it.
            current = words.iter().take(2).cloned().collect::<Vec<_>>().join(" ");
            let own = sections.entry(current.clone()).or_default();
            if words.len() > 2 {
                own.push(words.join(" "));
            }
        } else {
            sections.entry(current.clone()).or_default().push(words.join(" "));
        }
    }
    sections
}
