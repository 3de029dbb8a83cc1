//! Servers that come and go while the process runs: `add server` and `del server`.

use haproxy_cfg::model::{Balance, Mode, Proxy, ProxyKind};
use haproxy_cfg::{ServerOf, keywords_at_run_time, read_server};

use super::{Call, Reply, ServerId, server};

/// `add server BACKEND/NAME ADDRESS[:PORT] [KEYWORDS…]`, and `add server help`.
pub(super) fn add(call: &mut Call<'_, '_>) -> Reply {
    let dialect = call.view.config.dialect;
    let word = call.argument(0);
    if word == b"help" && call.arguments.len() == 1 && dialect.does_as(3, 2) {
        call.out
            .extend_from_slice(b"List of keywords supported for dynamic server:\n");
        for keyword in keywords_at_run_time() {
            call.out.extend_from_slice(keyword.as_bytes());
            call.out.push(b'\n');
        }
        return Reply::Done;
    }
    let slash = word.iter().position(|&b| b == b'/');
    let Some((backend, name)) = slash.map(|at| (&word[..at], &word[at + 1..])) else {
        return Reply::error("Require 'backend/server'.");
    };
    if backend.is_empty() || name.is_empty() {
        return Reply::error("Require 'backend/server'.");
    }
    let Some(id) = call.find_proxy(backend, ProxyKind::is_backend) else {
        return Reply::error("No such backend.");
    };
    let proxy = call.view.config.proxy(id);
    if proxy.mode == Mode::Log {
        return Reply::Error(format!(
            "Backend does not support dynamic servers : backend '{}' uses mode log.\n",
            proxy.name
        ));
    }
    if !takes_newcomers(proxy) {
        return Reply::Error(if dialect.does_as(3, 4) {
            format!(
                "Backend does not support dynamic servers : backend '{}' uses a non dynamic load balancing method.\n",
                proxy.name
            )
        } else {
            "Backend must use a dynamic load balancing to support dynamic servers.\n".to_owned()
        });
    }
    let mut words = call.arguments.to_vec();
    words[0] = name.to_vec();
    let of = ServerOf {
        config: call.view.config,
        backend: id,
    };
    let mut server = match read_server(of, &words, free_number(proxy)) {
        Ok(server) => server,
        Err(wrong) => return Reply::Error(format!("{wrong}\n")),
    };
    if let Some(source) = &proxy.source {
        // That of the backend counts for servers without one of their own.
        let own = &mut server.outgoing.get_or_insert_default().source;
        own.get_or_insert_with(|| source.clone());
    }
    if let Some(known) = proxy.servers.iter().find(|known| known.id == server.id) {
        return Reply::Error(format!(
            "'id' : custom id {} already used ('server {}').\n",
            server.id, known.name
        ));
    }
    let same_guid = |known: &&haproxy_cfg::model::Server| known.guid.is_some() && known.guid == server.guid;
    let mut servers = call.view.proxies().flat_map(|(_, proxy)| &proxy.servers);
    if let Some(known) = servers.find(same_guid) {
        return Reply::Error(format!(
            "'guid' : Failed to insert GUID: duplicate entry found for server '{}'.\n",
            known.name
        ));
    }
    if proxy
        .servers
        .position(|known| known.name == server.name)
        .is_some()
    {
        return Reply::error("Already exists a server with the same name in backend.");
    }
    match call.control.add_server(id, &server) {
        Ok(()) => Reply::Info("New server registered.\n".to_owned()),
        Err(refused) => Reply::Error(format!("{refused}\n")),
    }
}

/// `del server BACKEND/NAME`.
pub(super) fn delete(call: &mut Call<'_, '_>) -> Reply {
    let id = match server::named(call) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    match obstacle(call, id) {
        Some(obstacle) => Reply::error(obstacle.words),
        None => {
            call.control.delete_server(id);
            Reply::Info("Server deleted.\n".to_owned())
        }
    }
}

/// Why a server cannot be deleted now.
pub(super) struct Obstacle {
    pub(super) words: &'static str,
    /// It goes away by itself.
    pub(super) passes: bool,
}

/// Why a server cannot be deleted now; none where it can be.
pub(super) fn obstacle(call: &Call<'_, '_>, id: ServerId) -> Option<Obstacle> {
    let lasting = |words| Some(Obstacle { words, passes: false });
    let state = &call.view.runtime.proxies[id.proxy.0 as usize].servers[id.index];
    if call.view.config.proxy(id.proxy).servers.is_held(id.index) {
        return lasting(
            "This server cannot be removed at runtime due to other configuration elements pointing to it.",
        );
    }
    if !state.admin().is_maint() {
        return lasting("Only servers in maintenance mode can be deleted.");
    }
    // Idle connections do not count: no thread keeps those to a server in maintenance.
    (state.sessions.get() > 0 || state.queued.get() > 0).then_some(Obstacle {
        words: "Server still has connections attached to it, cannot remove it.",
        passes: true,
    })
}

/// Whether the balancing of a backend follows servers that come and go. Where requests go without a server, none is chosen.
fn takes_newcomers(proxy: &Proxy) -> bool {
    if proxy.servers.iter().any(|server| server.unlisted) {
        return false;
    }
    match proxy.balance {
        Balance::RoundRobin | Balance::LeastConn | Balance::First | Balance::Random(_) => true,
        Balance::Hash(_) => proxy.hash_type.consistent,
        Balance::StaticRr | Balance::Sticky => false,
    }
}

/// The lowest number that no server of the backend has.
fn free_number(proxy: &Proxy) -> u32 {
    let mut taken: Vec<u32> = proxy.servers.iter().map(|server| server.id).collect();
    taken.sort_unstable();
    let mut free = 1;
    for number in taken {
        if number == free {
            free += 1;
        }
    }
    free
}
