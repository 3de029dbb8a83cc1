//! The original's sequences, replayed.

use std::net::{Ipv4Addr, SocketAddr};

use haproxy_cfg::model::{Affinity, Balance, HashFunction, HashKey, HashType, NodeKey, Proxy};
use serde_json::Value;

use super::{Balancer, PickInput};
use crate::fixture::{proxy, recorded, running, server};
use crate::hash::{avalanche, hash_of};
use crate::state::{Admin, Place, ProxyState};

struct Farm {
    state: ProxyState,
    /// How keys are hashed, where servers are chosen by them.
    hash: Option<HashType>,
    balancer: Balancer,
    held: Vec<Option<usize>>,
    /// By the number of a server: its index, which those that come get of those that went. Empty where nobody comes.
    indexes: Vec<usize>,
    free: Vec<usize>,
}

impl Farm {
    fn new(proxy: Proxy) -> Self {
        let balancer = Balancer::new(&proxy);
        let hash = matches!(proxy.balance, Balance::Hash(_)).then_some(proxy.hash_type);
        let (_, _, runtime) = running(proxy);
        let state = runtime.proxies.into_iter().next().expect("one proxy");
        Self {
            state,
            hash,
            balancer,
            held: Vec::new(),
            indexes: Vec::new(),
            free: Vec::new(),
        }
    }

    fn pick(&self) -> i64 {
        let chosen = self.balancer.pick(&self.state, &PickInput::default());
        chosen.map_or(-1, |server| self.number_of(server))
    }

    /// Chooses a server for a request, which comes to its end.
    fn serve(&self) -> i64 {
        let Some(server) = self.balancer.pick(&self.state, &PickInput::default()) else {
            return -1;
        };
        self.state.servers[server].sessions.inc();
        self.balancer.load_changed(&self.state, server);
        self.state.servers[server].sessions.dec();
        self.balancer.load_changed(&self.state, server);
        self.number_of(server)
    }

    fn pick_keyed(&self, key: &str) -> i64 {
        let chosen = self.balancer.pick_keyed(&self.state, self.number(key), None);
        chosen.map_or(-1, |server| self.number_of(server))
    }

    /// The number of the server that has that index: of several it is the last.
    fn number_of(&self, index: usize) -> i64 {
        let known = self.indexes.iter().rposition(|known| *known == index);
        known.unwrap_or(index) as i64
    }

    /// A server comes, with a number of its own, an id and a weight.
    fn add(&mut self, number: usize, id: u32, weight: u32) {
        while self.indexes.len() < number {
            self.indexes.push(self.indexes.len());
        }
        let index = self.free.pop().unwrap_or_else(|| {
            let highest = self.indexes.iter().max();
            highest.map_or(0, |highest| highest + 1)
        });
        self.indexes.push(index);
        let mut server = server(&format!("s{number}"));
        (server.id, server.weight) = (id, weight);
        self.state.servers[index].renew(&server, 0);
        self.balancer.set_server(index, &server);
        self.state.touch_servers();
        self.balancer.refresh(&self.state);
        self.state.servers[index].set_admin(Admin(0));
    }

    /// A server goes.
    fn delete(&mut self, number: usize) {
        let index = self.indexes.get(number).copied().unwrap_or(number);
        self.state.servers[index].set_admin(Admin(Admin::FORCED_MAINT));
        self.state.touch_servers();
        self.balancer.refresh(&self.state);
        self.balancer.remove_server(index);
        self.state.servers[index].leave();
        self.free.push(index);
    }

    fn number(&self, key: &str) -> u32 {
        let hash = self.hash.expect("servers are chosen by keys");
        let number = hash_of(hash.function, key.as_bytes());
        if hash.avalanche { avalanche(number) } else { number }
    }

    /// Does a step and gives what it chose, as the recording has it.
    fn step(&mut self, step: &Value) -> Value {
        let number = |at: usize| step[at].as_u64().expect("a number") as usize;
        match step[0].as_str().expect("a step has a name") {
            "pick" => {
                let count = step[1].as_array().expect("picks").len();
                let chosen: Vec<_> = (0..count).map(|_| self.serve()).collect();
                return serde_json::json!(["pick", chosen]);
            }
            "keys" => {
                let keys = step[1].as_array().expect("keys").iter();
                let chosen: Vec<_> = keys
                    .map(|pair| pair[0].as_str().expect("a key"))
                    .map(|key| serde_json::json!([key, self.pick_keyed(key)]))
                    .collect();
                return serde_json::json!(["keys", chosen]);
            }
            "open" => {
                let chosen = match self.hash {
                    Some(_) => self.pick_keyed("key"),
                    None => self.pick(),
                };
                let server = usize::try_from(chosen).ok();
                if let Some(server) = server {
                    self.state.servers[server].sessions.inc();
                    self.balancer.load_changed(&self.state, server);
                }
                self.held.push(server);
                return serde_json::json!(["open", chosen]);
            }
            "close" => {
                if let Some(server) = self.held[number(1)].take() {
                    self.state.servers[server].sessions.dec();
                    self.balancer.load_changed(&self.state, server);
                }
            }
            "add" => self.add(number(1), number(2) as u32, number(3) as u32),
            "del" => self.delete(number(1)),
            "weight" => self.state.servers[number(1)].set_weight(number(2) as u32),
            "down" => self.state.servers[number(1)].set_admin(Admin(Admin::FORCED_MAINT)),
            "up" => self.state.servers[number(1)].set_admin(Admin(0)),
            other => panic!("unknown step {other}"),
        }
        self.state.touch_servers();
        self.balancer.refresh(&self.state);
        step.clone()
    }
}

fn algorithm(name: &str) -> Balance {
    match name {
        "roundrobin" => Balance::RoundRobin,
        "leastconn" => Balance::LeastConn,
        "first" => Balance::First,
        "static-rr" => Balance::StaticRr,
        name if name.starts_with("hash") => Balance::Hash(HashKey::Source),
        other => panic!("unknown algorithm {other}"),
    }
}

/// `hash-type METHOD [FUNCTION [avalanche]]` and `hash-balance-factor FACTOR`.
fn hash_settings(option: &str) -> (HashType, u32) {
    let mut words = option.split_whitespace().peekable();
    let mut hash = HashType::default();
    let mut factor = 0;
    while let Some(word) = words.next() {
        match word {
            "hash-type" | "map-based" => {}
            "consistent" => {
                hash.consistent = true;
                hash.avalanche = matches!(words.peek(), None | Some(&"hash-balance-factor"));
            }
            "sdbm" => hash.function = HashFunction::Sdbm,
            "djb2" => hash.function = HashFunction::Djb2,
            "wt6" => hash.function = HashFunction::Wt6,
            "crc32" => hash.function = HashFunction::Crc32,
            "avalanche" => hash.avalanche = true,
            "hash-balance-factor" => factor = words.next().and_then(|n| n.parse().ok()).expect("a factor"),
            other => panic!("unknown word {other}"),
        }
    }
    (hash, factor)
}

/// The proxy of a recorded case: weights alone, or the words of server lines.
fn farm(case: &Value) -> Farm {
    let mut proxy = proxy("b");
    proxy.balance = algorithm(case["balance"].as_str().unwrap_or("roundrobin"));
    proxy.options.allbackups = case["option"] == "option allbackups";
    if matches!(proxy.balance, Balance::Hash(_)) {
        let option = case["option"].as_str().expect("settings of the hash");
        (proxy.hash_type, proxy.hash_balance_factor) = hash_settings(option);
    }
    match case["servers"].as_array() {
        Some(lines) => add_servers(&mut proxy, lines.iter()),
        None => add_weights(&mut proxy, &case["weights"]),
    }
    Farm::new(proxy)
}

/// Servers with these weights.
fn add_weights(proxy: &mut Proxy, weights: &Value) {
    let weights = weights.as_array().expect("weights").iter();
    let lines: Vec<Value> = weights.map(|w| format!("weight {w}").into()).collect();
    add_servers(proxy, lines.iter());
}

/// Servers of which each line has the words.
fn add_servers<'v>(proxy: &mut Proxy, lines: impl Iterator<Item = &'v Value>) {
    for (at, line) in lines.enumerate() {
        let mut server = server(&format!("s{at}"));
        server.id = at as u32 + 1;
        let mut words = line.as_str().expect("words").split_whitespace();
        while let Some(word) = words.next() {
            let mut value = || words.next().and_then(|v| v.parse().ok()).expect("a number");
            match word {
                "weight" => server.weight = value(),
                "maxconn" => server.maxconn = value(),
                "maxqueue" => server.maxqueue = value(),
                "id" => server.id = value(),
                "backup" => server.backup = true,
                other => panic!("unknown word {other}"),
            }
        }
        proxy.servers.push(server);
    }
}

fn replay(file: &str) {
    let recording = recorded(file);
    let cases = recording["cases"].as_array().expect("cases");
    assert!(!cases.is_empty());
    for case in cases {
        let mut farm = farm(case);
        for (at, step) in case["steps"].as_array().expect("steps").iter().enumerate() {
            assert_eq!(&farm.step(step), step, "step {at} of {case}");
        }
    }
}

/// Holds what each server gets of each stretch to the original's, within so many.
fn replay_shares<'v>(cases: impl Iterator<Item = &'v Value>, within: usize) {
    for case in cases {
        let mut farm = farm(case);
        for step in case["steps"].as_array().expect("steps") {
            let ours = farm.step(step);
            let count = |picks: &Value, server| {
                let picks = picks[1].as_array().map_or(&[][..], |p| p);
                picks.iter().filter(|p| **p == server).count()
            };
            for server in 0..16 {
                let (ours, theirs) = (count(&ours, server), count(step, server));
                assert!(
                    ours.abs_diff(theirs) <= within,
                    "server {server} in {step} of {case}: {ours}"
                );
            }
        }
    }
}

#[test]
fn round_robin_gives_the_originals_sequences() {
    replay("balance/roundrobin.json");
}

#[test]
fn least_connections_gives_the_originals_sequences() {
    replay("balance/leastconn.json");
}

#[test]
fn full_servers_and_backups_are_treated_as_by_the_original() {
    replay("balance/limits.json");
}

#[test]
fn wheels_are_those_of_the_original() {
    replay("balance/wheels.json");
}

#[test]
fn keys_get_the_originals_servers() {
    replay("balance/hashes.json");
}

#[test]
fn servers_that_change_again_and_again_get_what_the_original_gives_them() {
    replay("balance/churn.json");
}

#[test]
fn servers_that_are_added_and_deleted_get_what_the_original_gives_them() {
    let recording = recorded("balance/newcomers.json");
    let cases = recording["cases"].as_array().expect("cases");
    let (turns, exact): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case["balance"] == "roundrobin");
    assert!(!turns.is_empty() && !exact.is_empty());
    for case in exact {
        let mut farm = farm(case);
        for (at, step) in case["steps"].as_array().expect("steps").iter().enumerate() {
            assert_eq!(&farm.step(step), step, "step {at} of {case}");
        }
    }
    // Turns are the original's but for a few, as for servers that come back.
    replay_shares(turns.into_iter(), 2);
}

#[test]
fn no_server_of_a_ring_gets_more_than_its_share() {
    replay("balance/bounds.json");
}

#[test]
fn servers_that_come_back_get_what_the_original_gives_them() {
    replay("balance/returns.json");
    // Behind long ways the order may still be another one, while each server gets as much.
    let recording = recorded("balance/returns-late.json");
    replay_shares(recording["cases"].as_array().expect("cases").iter(), 1);
}

#[test]
fn keys_leave_full_servers_where_affinity_may_be_lost() {
    let cases = recorded("balance/affinity.json");
    let cases = cases.as_array().expect("cases");
    assert!(!cases.is_empty());
    for case in cases {
        let mut proxy = proxy("b");
        proxy.balance = Balance::Hash(HashKey::Source);
        (proxy.hash_type, _) = hash_settings("hash-type consistent");
        proxy.affinity = match case["affinity"].as_str() {
            Some("maxconn") => Affinity::FreeSlot,
            Some("maxqueue") => Affinity::RoomInQueue,
            _ => Affinity::Always,
        };
        add_servers(&mut proxy, case["servers"].as_array().expect("servers").iter());
        let farm = Farm::new(proxy.clone());
        let key = case["key"].as_str().expect("a key");
        for (at, wanted) in case["went"].as_array().expect("connections").iter().enumerate() {
            let server = usize::try_from(farm.pick_keyed(key)).expect("a server");
            let (state, line) = (&farm.state.servers[server], &proxy.servers[server]);
            let went = if state.sessions.get() < line.maxconn {
                state.sessions.inc();
                serde_json::json!(["open", server])
            } else if line.maxqueue == 0 || state.queued.get() < line.maxqueue {
                state.queued.inc();
                serde_json::json!(["wait", server])
            } else {
                "refused".into()
            };
            assert_eq!(&went, wanted, "connection {at} of {case}");
        }
    }
}

#[test]
fn requests_that_leave_a_server_go_where_the_original_sends_them() {
    let cases = recorded("balance/redispatch.json");
    for case in cases.as_array().expect("cases") {
        let mut proxy = proxy("b");
        let name = case["balance"].as_str().expect("a name");
        let keyed = matches!(name, "map-based" | "consistent");
        proxy.balance = algorithm(if keyed { "hash" } else { name });
        (proxy.hash_type, _) = hash_settings(if keyed { name } else { "" });
        add_weights(&mut proxy, &case["weights"]);
        let farm = Farm::new(proxy);
        let serve = |server: usize| {
            farm.state.servers[server].sessions.inc();
            farm.balancer.load_changed(&farm.state, server);
            farm.state.servers[server].sessions.dec();
            farm.balancer.load_changed(&farm.state, server);
        };
        for (at, step) in case["steps"].as_array().expect("steps").iter().enumerate() {
            let key = step[1].as_str().expect("a key");
            let left = (step[0] == "leave").then(|| step[2].as_u64().expect("a server") as usize);
            if let Some(left) = left {
                serve(left);
            }
            let chosen = if keyed {
                farm.balancer.pick_keyed(&farm.state, farm.number(key), left)
            } else {
                let input = PickInput {
                    exclude: left,
                    ..PickInput::default()
                };
                farm.balancer.pick(&farm.state, &input)
            };
            let chosen = chosen.map_or(-1, |server| {
                serve(server);
                // On a wheel a key has no other server than its own.
                if Some(server) == left { -1 } else { server as i64 }
            });
            let wanted = step.as_array().and_then(|step| step.last()).expect("a server");
            assert_eq!(chosen, *wanted, "step {at}, {step}, of {case}");
        }
    }
}

fn shares(balance: Balance, weights: &[u32], picks: usize) -> Vec<usize> {
    let mut proxy = proxy("b");
    proxy.balance = balance;
    for weight in weights {
        let mut server = server("s");
        server.weight = *weight;
        proxy.servers.push(server);
    }
    let farm = Farm::new(proxy);
    let mut counts = vec![0; weights.len()];
    for number in 0..picks {
        let input = PickInput {
            random: number as u64,
            exclude: None,
        };
        let chosen = match farm.hash {
            Some(_) => farm.balancer.pick_keyed(&farm.state, number as u32, None),
            None => farm.balancer.pick(&farm.state, &input),
        };
        counts[chosen.expect("a server")] += 1;
    }
    counts
}

#[test]
fn a_fixed_wheel_gives_each_server_its_weight() {
    assert_eq!(shares(Balance::StaticRr, &[3, 0, 2, 1], 60), [30, 0, 20, 10]);
    assert_eq!(
        shares(Balance::Hash(HashKey::Source), &[1, 3], 4000),
        [1000, 3000]
    );
}

#[test]
fn random_draws_follow_the_weights() {
    let counts = shares(Balance::Random(1), &[1, 3], 4000);
    assert!((900..1100).contains(&counts[0]), "{counts:?}");
}

#[test]
fn a_redispatch_avoids_the_server_it_comes_from_while_there_is_another() {
    for balance in [
        Balance::RoundRobin,
        Balance::LeastConn,
        Balance::StaticRr,
        Balance::First,
    ] {
        let mut proxy = proxy("b");
        proxy.balance = balance;
        proxy.servers = vec![server("a"), server("b")].into();
        let farm = Farm::new(proxy);
        let input = PickInput {
            exclude: Some(0),
            ..PickInput::default()
        };
        for _ in 0..4 {
            assert_eq!(farm.balancer.pick(&farm.state, &input), Some(1));
        }
        farm.state.servers[1].set_admin(Admin(Admin::FORCED_MAINT));
        farm.state.touch_servers();
        assert_eq!(farm.balancer.pick(&farm.state, &input), Some(0));
    }
}

#[test]
fn usable_counts_weigh_what_is_in_use() {
    let mut proxy = proxy("b");
    proxy.servers = vec![server("a"), server("b"), server("c")].into();
    proxy.servers[1].weight = 5;
    for backup in [1, 2] {
        proxy.servers[backup].backup = true;
    }
    let farm = Farm::new(proxy);
    let usable = farm.balancer.usable(&farm.state);
    assert_eq!((usable.active, usable.backup), (1, 2));
    farm.state.servers[0].set_weight(0);
    farm.state.touch_servers();
    let usable = farm.balancer.usable(&farm.state);
    assert_eq!((usable.active, usable.backup), (0, 2));
}

/// A backend of the recording with that name, and what was chosen there.
fn farm_by_place(recorded: &Value) -> (Farm, Vec<i64>) {
    let mut proxy = proxy("b");
    proxy.balance = Balance::Hash(HashKey::Source);
    proxy.hash_type = HashType {
        consistent: true,
        function: HashFunction::Sdbm,
        avalanche: true,
    };
    let places = recorded["servers"].as_array().expect("servers").iter();
    for (at, place) in places.enumerate() {
        let mut server = server(&format!("s{at}"));
        let place: SocketAddr = place.as_str().expect("a place").parse().expect("an address");
        server.addr = place.into();
        server.id = at as u32 + 1;
        server.node_key = match recorded["hash-key"].as_str() {
            Some("id32") => NodeKey::Id32,
            Some("guid") => NodeKey::Guid,
            Some("addr") => NodeKey::Address,
            Some("addr-port") => NodeKey::AddressAndPort,
            _ => NodeKey::Id,
        };
        server.guid = recorded["guids"][at].as_str().map(Into::into);
        proxy.servers.push(server);
    }
    let chosen = recorded["chosen"].as_array().expect("choices").iter();
    let chosen = chosen.map(|server| server.as_i64().expect("a server"));
    (Farm::new(proxy), chosen.collect())
}

fn choices(farm: &Farm, count: usize) -> Vec<i64> {
    (0..count)
        .map(|number| farm.pick_keyed(&format!("key{number}")))
        .collect()
}

#[test]
fn places_go_by_addresses_where_hash_key_says_so() {
    let cases = recorded("balance/hash-key.json");
    let cases = cases.as_object().expect("cases");
    assert_eq!(cases.len(), 8);
    for (name, case) in cases {
        let (farm, wanted) = farm_by_place(case);
        assert_eq!(choices(&farm, wanted.len()), wanted, "{name}");
    }
}

#[test]
fn a_server_that_moves_takes_its_places_along() {
    let cases = recorded("balance/hash-key.json");
    let (farm, wanted) = farm_by_place(&cases["addr"]);
    let place = farm.state.servers[0].place();
    assert_eq!(place, None);
    // The first two change places, and their keys change with them.
    let at = |last| Place {
        ip: Some(Ipv4Addr::new(127, 0, 0, last).into()),
        port: Some(80),
        host: None,
    };
    farm.state.servers[0].set_place(at(3));
    farm.state.servers[1].set_place(at(2));
    farm.state.touch_servers();
    let swapped: Vec<i64> = wanted
        .iter()
        .map(|server| match server {
            0 => 1,
            1 => 0,
            other => *other,
        })
        .collect();
    assert_eq!(choices(&farm, wanted.len()), swapped);
}
