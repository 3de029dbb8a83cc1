//! Rules of a backend that keep clients at servers by stick tables: `stick match`, `on`, `store-request`, `store-response`.

use std::net::SocketAddr;

use haproxy_cfg::model::{Config, ProxyId, ServerAddr, ServerKey, StickWhat};
use smallvec::SmallVec;

use super::{Acls, Cache, CondPlan, RuleError};
use crate::sample::{Expression, SampleContext};
use crate::table::{Data, Key, Table, Tables, sample_type};

/// Most entries that a server is remembered in for one request.
const MOST: usize = 8;

/// The rules of one backend.
#[derive(Debug)]
pub struct StickPlan {
    rules: Box<[Rule]>,
}

#[derive(Debug)]
struct Rule {
    what: StickWhat,
    table: usize,
    key: Expression,
    cond: Option<CondPlan>,
}

/// Where the server of a request is to be remembered.
pub type Remembering = SmallVec<[(u32, Key); 1]>;

impl StickPlan {
    /// The rules of the backend `own`, made ready; none where there are none.
    ///
    /// # Errors
    /// A rule whose table or key cannot be made ready.
    pub fn compile(config: &Config, own: ProxyId) -> Result<Option<Box<Self>>, RuleError> {
        let rules = config.proxy(own).stick.iter().map(|rule| {
            let span = rule.span;
            let fault = |reason| RuleError { span, reason };
            let table = config.table(&rule.table);
            let table = table.ok_or_else(|| fault(format!("there is no stick table '{}'", rule.table)))?;
            let wanted = sample_type(config.tables[table].key);
            Ok(Rule {
                what: rule.what,
                table,
                key: Expression::compile(config, own, &rule.sample, wanted).map_err(fault)?,
                cond: rule.cond.as_ref().map(CondPlan::new),
            })
        });
        let rules: Box<[Rule]> = rules.collect::<Result<_, RuleError>>()?;
        Ok((!rules.is_empty()).then(|| Box::new(Self { rules })))
    }

    /// Looks at a request: the server that a table remembers, where it is `usable` and `wanted` at all, and where the server that
    /// the request gets to is to be remembered.
    pub fn request(
        &self,
        acls: &Acls,
        context: &SampleContext<'_>,
        cache: &mut Cache,
        (wanted, usable): (bool, impl Fn(usize) -> bool),
    ) -> (Option<usize>, Remembering) {
        let mut server = None;
        let mut store = Remembering::new();
        for rule in &self.rules {
            let matches = rule.what.matches() && wanted && server.is_none();
            // The first rule of a table counts.
            let stores = rule.what.stores_request() && may_store(&store, rule.table);
            if !matches && !stores {
                continue;
            }
            let Some(key) = rule.key_of(acls, context, cache) else {
                continue;
            };
            if matches {
                let table = context.runtime.tables.get(rule.table);
                server = remembered(table, &key, context).filter(|server| usable(*server));
            }
            if stores {
                store.push((rule.table as u32, key));
            }
        }
        (server, store)
    }

    /// Looks at a response: adds where the server is to be remembered.
    pub fn response(
        &self,
        acls: &Acls,
        context: &SampleContext<'_>,
        cache: &mut Cache,
        store: &mut Remembering,
    ) {
        for rule in self
            .rules
            .iter()
            .filter(|rule| rule.what == StickWhat::StoreResponse)
        {
            if may_store(store, rule.table)
                && let Some(key) = rule.key_of(acls, context, cache)
            {
                store.push((rule.table as u32, key));
            }
        }
    }

    /// Whether a rule looks at responses.
    #[must_use]
    pub fn looks_at_responses(&self) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.what == StickWhat::StoreResponse)
    }
}

fn may_store(store: &Remembering, table: usize) -> bool {
    store.len() < MOST && store.iter().all(|(known, _)| *known as usize != table)
}

impl Rule {
    /// The key of what is looked at, where the rule applies.
    fn key_of(&self, acls: &Acls, context: &SampleContext<'_>, cache: &mut Cache) -> Option<Key> {
        if self
            .cond
            .as_ref()
            .is_some_and(|cond| !cond.holds(acls, context, cache))
        {
            return None;
        }
        let kind = context.runtime.tables.get(self.table).key_type();
        Key::of(kind, self.key.sample(context)?, context.arena)
    }
}

/// The server that a table remembers for a key: by its name or address, else by its id.
fn remembered(table: &Table, key: &Key, context: &SampleContext<'_>) -> Option<usize> {
    let now = context.world.now_ms() as u32;
    let (number, id) = table.renew(key, now, |entry| {
        let get = |kind| entry.field(kind, 0).map(|field| entry.get(field) as u32);
        (
            get(Data::ServerKey).unwrap_or(0),
            get(Data::ServerId).unwrap_or(0),
        )
    })?;
    let servers = &context.config.proxy(context.proxy).servers;
    let by_key = || {
        let text = table.server_text(number)?;
        servers.position(|server| match table.model().server_key {
            ServerKey::Name => server.name.as_slice() == &*text,
            ServerKey::Address => *address(&server.addr) == *text,
        })
    };
    by_key().or_else(|| servers.position(|server| id != 0 && server.id == id))
}

/// Remembers that a request got to a server of `backend`.
pub fn remember(
    tables: &Tables,
    config: &Config,
    backend: ProxyId,
    server: usize,
    store: &Remembering,
    now: u32,
) {
    let server = &config.proxy(backend).servers[server];
    if server.non_stick {
        return;
    }
    for (table, key) in store {
        let table = tables.get(*table as usize);
        let number = match table.model().server_key {
            ServerKey::Name => table.server_number(&server.name),
            ServerKey::Address => table.server_number(&address(&server.addr)),
        };
        // Where a table is full nothing is remembered.
        let _full = table.touch(key, now, |entry| {
            for (kind, value) in [(Data::ServerId, server.id), (Data::ServerKey, number)] {
                if let Some(field) = entry.field(kind, 0) {
                    entry.set(field, value.into());
                }
            }
        });
    }
}

/// A server's address as `srvkey addr` keeps it.
fn address(address: &ServerAddr) -> Vec<u8> {
    match address {
        ServerAddr::Inet { ip, port, .. } => SocketAddr::new(*ip, port.unwrap_or(0)).to_string().into_bytes(),
        ServerAddr::Unix(path) => path.to_vec(),
        ServerAddr::Abstract(name) => name.name.to_vec(),
        ServerAddr::SockPair(number) => format!("sockpair@{number}").into_bytes(),
    }
}
