//! Network namespaces of the machine that lines name (`namespace` of `bind` and `server`): they are opened at start, while the
//! process may and can see them, and entered for as long as it takes to make a socket, which stays where it was made. What is
//! done with sockets does not belong here.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use haproxy_cfg::model::{Config, Word};
use nix::sched::{CloneFlags, setns};

/// Where `ip netns` keeps them.
const NAMED: &str = "/var/run/netns";

/// The process's own, and those that were opened by their names. Like descriptors themselves they belong to the process as a whole.
static OPENED: Mutex<Option<Opened>> = Mutex::new(None);

struct Opened {
    own: File,
    named: HashMap<Word, File>,
}

/// Opens all namespaces that lines of `config` name. Those that cannot be opened fail once they are to be entered.
///
/// # Errors
/// When the process's own cannot be opened although there are others.
pub fn open(config: &Config) -> io::Result<()> {
    let proxies = || config.proxies.iter().filter(|proxy| !proxy.disabled);
    let of_binds = proxies().flat_map(|proxy| proxy.binds.iter().filter_map(|bind| bind.namespace.as_ref()));
    let of_servers = proxies()
        .flat_map(|proxy| &proxy.servers)
        .filter_map(|server| server.outgoing.as_ref()?.namespace.as_ref());
    let at_work = || {
        config
            .sections
            .peers
            .iter()
            .filter(|section| section.is_at_work())
    };
    let listeners = at_work().filter_map(|section| section.listener.as_ref());
    let of_listeners = listeners.flat_map(|one| one.binds.iter().filter_map(|bind| bind.namespace.as_ref()));
    let peers = at_work().flat_map(|section| section.peers.iter().filter_map(|peer| peer.server.as_ref()));
    let of_peers = peers.filter_map(|server| server.outgoing.as_ref()?.namespace.as_ref());
    let sections = &config.sections;
    let logs = sections
        .log_forwards
        .iter()
        .flat_map(|section| section.binds.iter().chain(&section.datagrams));
    let of_logs = logs.filter_map(|bind| bind.namespace.as_ref());
    let rings = sections.rings.iter().flat_map(|ring| &ring.servers);
    let of_rings = rings.filter_map(|server| server.outgoing.as_ref()?.namespace.as_ref());
    let names: Vec<&Word> = of_binds
        .chain(of_servers)
        .chain(of_listeners)
        .chain(of_peers)
        .chain(of_logs)
        .chain(of_rings)
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let mut named = HashMap::new();
    for name in names {
        if let Ok(file) = File::open(Path::new(NAMED).join(name.to_string())) {
            named.insert(name.clone(), file);
        }
    }
    let own = File::open("/proc/thread-self/ns/net")?;
    *OPENED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Opened { own, named });
    Ok(())
}

/// Does something in a namespace; in the process's own without a name.
///
/// # Errors
/// When the namespace cannot be entered, and what `act` says.
pub(crate) fn within<T>(name: Option<&Word>, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let Some(name) = name else { return act() };
    let opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    let opened = opened.as_ref().ok_or(io::ErrorKind::NotFound)?;
    let namespace = opened.named.get(name).ok_or(io::ErrorKind::NotFound)?;
    setns(namespace, CloneFlags::CLONE_NEWNET)?;
    // Back in any case, also where `act` panics: the thread serves others.
    let _back = Back(&opened.own);
    act()
}

/// Leads the thread back when it is dropped.
struct Back<'a>(&'a File);

impl Drop for Back<'_> {
    fn drop(&mut self) {
        if setns(self.0, CloneFlags::CLONE_NEWNET).is_err() {
            // Whoever may leave a namespace may enter it again. A thread that is in the wrong one would mix up networks.
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_that_was_not_opened_is_refused_and_none_is_no_matter() {
        assert_eq!(within(None, || Ok(7)).unwrap(), 7);
        let name = Word::from("holdfast-none");
        assert!(within(Some(&name), || Ok(7)).is_err());
    }
}
