//! Servers that came up and get their full share step by step (`slowstart`): one task on the first thread takes the steps.

use std::rc::Rc;

use haproxy_cfg::model::Config;

use crate::thread::Thread;

/// Starts the task, where a server asks for it.
pub(crate) fn start(thread: &Rc<Thread>) {
    let servers = slow_servers(thread.config());
    if !servers.is_empty() {
        tokio::task::spawn_local(warm_up(Rc::clone(thread), servers));
    }
}

/// Servers with a `slowstart`, by proxy and place in it.
fn slow_servers(config: &Config) -> Vec<(usize, usize)> {
    let of_proxy = |(at, proxy): (usize, &haproxy_cfg::model::Proxy)| {
        let servers = proxy.servers.iter().enumerate();
        let slow = servers.filter(|(_, server)| server.slowstart > 0);
        slow.map(move |(server, _)| (at, server)).collect::<Vec<_>>()
    };
    config.proxies.iter().enumerate().flat_map(of_proxy).collect()
}

async fn warm_up(thread: Rc<Thread>, servers: Vec<(usize, usize)>) {
    let shared = &thread.shared;
    let ramp = |(proxy, server): (usize, usize)| {
        let proxy = &shared.runtime.proxies[proxy];
        &proxy.servers[server].bounds.ramp
    };
    let timer = thread.wheel.timer();
    loop {
        let due = servers.iter().filter_map(|&server| ramp(server).due_ms());
        timer.set(due.min().unwrap_or(u64::MAX));
        tokio::select! {
            () = timer.expired() => {}
            () = shared.warming.notified() => continue,
        }
        let now = thread.now_ms();
        for &server in &servers {
            if ramp(server).advance(now) {
                let (proxy, _) = server;
                shared.runtime.proxies[proxy].touch_servers();
                // There are far fewer proxies than u32 has numbers.
                let id = haproxy_cfg::model::ProxyId(proxy as u32);
                shared.queues.servers_changed(&shared.runtime, id);
            }
        }
    }
}
