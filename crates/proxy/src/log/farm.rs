//! Targets that are backends (`log backend@NAME`): each line goes to the server that is chosen for it, as a datagram or through a
//! ring of the server's own.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::SocketAddr;

use haproxy_cfg::model::{Address, Balance, Config, Mode, ProxyId, ServerAddr, ServerAt};
use proxy_core::balance::PickInput;
use proxy_core::logline::DateText;
use proxy_core::sample::{Arena, Body, SampleContext};
use proxy_core::stream::Client;

use super::LogSender;
use super::bystander::Bystander;
use super::ring::{Ring, Rings};

/// What is added to the last random number for the next.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A number that is another one for each thread and start.
pub(super) fn seed() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// The backends that lines go to.
#[derive(Debug, Default)]
pub(super) struct Farms(HashMap<Box<[u8]>, Farm>);

/// One of them.
#[derive(Debug)]
struct Farm {
    proxy: ProxyId,
    /// By server: the number of its ring; none where it takes datagrams.
    rings: Vec<Option<usize>>,
}

impl Farms {
    /// Those of a configuration, whose servers with connections get a ring each.
    pub(super) fn new(config: &Config, rings: &mut Rings) -> Self {
        let size = config.global.tune.bufsize;
        let backends = (0..).map(ProxyId).zip(&config.proxies);
        let backends = backends
            .filter(|(_, proxy)| proxy.mode == Mode::Log && proxy.kind.is_backend() && !proxy.disabled);
        let farms = backends.map(|(id, proxy)| {
            let ring = |(index, server): (usize, &haproxy_cfg::model::Server)| {
                let log = server.log.filter(|log| !log.datagrams)?;
                let name = [&proxy.name[..], b"/", &server.name[..]].concat();
                let at = ServerAt { proxy: id, index };
                Some(rings.add_server(&name, Ring::of_server(proxy, at, log, size)))
            };
            let farm = Farm {
                proxy: id,
                rings: proxy.servers.numbered().map(ring).collect(),
            };
            (proxy.name.to_vec().into(), farm)
        });
        Self(farms.collect())
    }
}

impl LogSender {
    /// Sends a message to the server that is chosen for it; `line` is what it says without its header, and when it is written, in
    /// microseconds since the epoch.
    pub(super) fn deliver_to_farm(
        &mut self,
        backend: &[u8],
        message: &mut Vec<u8>,
        line: (&[u8], u64),
        dates: &mut DateText,
    ) -> io::Result<()> {
        self.random = self.random.wrapping_add(STEP);
        let shared = &self.shared;
        let nowhere = io::ErrorKind::NotConnected;
        let farm = shared.logs.farms.0.get(backend).ok_or(nowhere)?;
        let index = self.choose(farm, line, dates).ok_or(nowhere)?;
        if let Some(ring) = farm.rings.get(index).copied().flatten() {
            return match shared.logs.rings.at(ring).is_some_and(|ring| ring.push(message)) {
                true => Ok(()),
                false => Err(io::ErrorKind::StorageFull.into()),
            };
        }
        let server = &shared.plan.config.proxy(farm.proxy).servers[index];
        let moved = shared.runtime.proxies[farm.proxy.0 as usize].servers[index].address(server);
        let ServerAddr::Inet { ip, port, .. } = *moved.as_ref().unwrap_or(&server.addr) else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let to = Address::Inet(SocketAddr::new(ip, port.unwrap_or(0)));
        message.push(b'\n');
        self.datagrams.send(&to, message)
    }

    /// The server for a line; none where there is none, and where the line has nothing to be hashed.
    fn choose(&self, farm: &Farm, (line, now_us): (&[u8], u64), dates: &mut DateText) -> Option<usize> {
        let shared = &self.shared;
        let at = farm.proxy.0 as usize;
        let (plan, state) = (&shared.plan.proxies[at], &shared.runtime.proxies[at]);
        let by_line = matches!(shared.plan.config.proxies[at].balance, Balance::Hash(_));
        let Some(key) = plan.key.as_ref().filter(|_| by_line) else {
            let input = PickInput {
                random: self.random,
                ..PickInput::default()
            };
            return plan.balancer.pick(state, &input);
        };
        let (arena, client) = (Arena::default(), Client::default());
        let world = Bystander {
            shared,
            now_us,
            dates: RefCell::new(dates),
            random: self.random,
        };
        let hash = key.hash_of_line(
            &SampleContext {
                arena: &arena,
                config: &shared.plan.config,
                runtime: &shared.runtime,
                world: &world,
                proxy: farm.proxy,
                client: &client,
                stream: None,
                request: None,
                response: None,
                body: Body::default(),
                payload: Body::default(),
                from_server: false,
                undecided: &Cell::new(false),
            },
            line,
        )?;
        plan.balancer.pick_keyed(state, hash, None)
    }
}
