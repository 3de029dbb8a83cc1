//! Servers that came up and get their full share step by step (`slowstart`): one task on the first thread takes the steps.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use haproxy_cfg::model::Config;

use crate::thread::Thread;

/// Starts the task. Where no server asks for it, it waits for changes of servers, and there is nothing to do then.
pub(crate) fn start(thread: &Rc<Thread>) {
    tokio::task::spawn_local(warm_up(Rc::clone(thread)));
}

/// Servers with a `slowstart`, by proxy and place in it.
fn slow_servers(config: &Config) -> Vec<(usize, usize)> {
    let of_proxy = |(at, proxy): (usize, &haproxy_cfg::model::Proxy)| {
        let servers = proxy.servers.numbered();
        let slow = servers.filter(|(_, server)| server.slowstart > 0);
        slow.map(move |(server, _)| (at, server)).collect::<Vec<_>>()
    };
    config.proxies.iter().enumerate().flat_map(of_proxy).collect()
}

async fn warm_up(thread: Rc<Thread>) {
    let shared = &thread.shared;
    let mut servers = slow_servers(thread.config());
    let mut came = shared.came.load(Ordering::Relaxed);
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
            () = shared.warming.notified() => {
                let now = shared.came.load(Ordering::Relaxed);
                if std::mem::replace(&mut came, now) != now {
                    servers = slow_servers(thread.config());
                }
                continue;
            }
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
