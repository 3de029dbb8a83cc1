//! Servers that take over the state of others (`track`).

use std::collections::{HashMap, HashSet};

use syntax::{Context, Diagnostic};

use super::check_script;
use super::inherit::Inherited;
use crate::model::{InitState, Proxy, ProxyId, ServerAt, Tracking, Word};
use crate::parse::Reading;
use crate::written::{ProxySection, ServerLine, ServerParams};

/// A server by the names of its backend and its own.
pub(super) type Key = (Word, Word);

/// A server whose state another one may take over.
struct Node {
    checked: bool,
    /// `http-check disable-on-404` is among what its proxy says of checks.
    stops_on_404: bool,
    tracks: Option<Key>,
}

/// Tells servers that track what is not there, themselves, or what is never checked. Gives the others, each with the one that it
/// tracks, in the order of the files.
pub(super) fn check(reading: &mut Reading<'_>, written: &[Box<ProxySection>]) -> Vec<(Key, Key)> {
    let mut followers = Vec::new();
    for section in written {
        // Nothing is prepared of what is disabled.
        let disabled = Inherited::new(reading, section).value(|settings| &settings.disabled);
        if disabled == Some(true) {
            continue;
        }
        let tracks = |params: &ServerParams| params.more.track.is_some();
        let defaults = Inherited::new(reading, section).default_server();
        if !tracks(&defaults) && !section.servers.iter().any(|line| tracks(&line.params)) {
            continue;
        }
        for line in &section.servers {
            let params = line.params.clone().over(&defaults);
            if let Some(track) = &params.more.track {
                let own = if params.check.enabled == Some(true) {
                    Some("unable to enable checks and tracking at the same time!")
                } else if params.more.init_state.unwrap_or_default() != InitState::Unsaid {
                    Some("unable to set init-state and tracking at the same time!")
                } else {
                    None
                };
                followers.push((section, line, key(section, &track.value), own));
            }
        }
    }
    let mut sound = Vec::new();
    if followers.is_empty() {
        return sound;
    }
    let nodes = nodes(reading, written);
    let backends: HashSet<&Word> = written
        .iter()
        .filter(|section| section.kind.is_backend())
        .map(|section| &section.name)
        .collect();
    for (section, line, tracked, own) in followers {
        let shown = format!("{}/{}", tracked.0, tracked.1);
        let message = if let Some(own) = own {
            own.to_owned()
        } else if !backends.contains(&tracked.0) {
            format!("unable to find required proxy '{}' for tracking.", tracked.0)
        } else {
            let own = (section.name.clone(), line.name.clone());
            match end_of_chain(&nodes, &own, &tracked) {
                End::Checked if nodes[&own].stops_on_404 == nodes[&tracked].stops_on_404 => {
                    sound.push((own, tracked));
                    continue;
                }
                End::Checked => {
                    format!("unable to use {shown} fortracking: disable-on-404 option inconsistency.")
                }
                End::Missing => format!("unable to find required server '{}' for tracking.", tracked.1),
                End::Unchecked => format!(
                    "unable to use {shown} for tracking as it does not have any check nor agent enabled."
                ),
                End::Loop => format!(
                    "unable to track {shown} as it belongs to a tracking chain looping back to {}/{}.",
                    own.0, own.1
                ),
            }
        };
        tell(reading, section, line, &message);
    }
    sound
}

/// Has a server follow the one that it tracks.
pub(super) fn link(proxies: &mut [Proxy], server: &Key, tracked: &Key) {
    let (Some(at), Some(of)) = (place(proxies, server), place(proxies, tracked)) else {
        return;
    };
    tracking(proxies, at).of = Some(of);
    tracking(proxies, of).followers.insert(0, at);
}

fn tracking(proxies: &mut [Proxy], of: ServerAt) -> &mut Tracking {
    let server = &mut proxies[of.proxy.0 as usize].servers[of.index];
    server.tracking.get_or_insert_default()
}

fn place(proxies: &[Proxy], (backend, server): &Key) -> Option<ServerAt> {
    let named = |proxy: &Proxy| proxy.kind.is_backend() && proxy.name == *backend;
    let proxy = proxies.iter().position(named)?;
    let servers = &proxies[proxy].servers;
    Some(ServerAt {
        index: servers.iter().position(|known| known.name == *server)?,
        proxy: ProxyId(u32::try_from(proxy).ok()?),
    })
}

fn tell(reading: &mut Reading<'_>, section: &ProxySection, line: &ServerLine, message: &str) {
    let message = format!("'server {}/{}' : {message}", section.name, line.name);
    // One that comes from `default-server` stands on another line.
    let own = line.params.more.track.as_ref().map(|track| track.span);
    let own = own.filter(|span| (line.span.start..line.span.end).contains(&span.start));
    let told = Diagnostic::alert("bad-track", message)
        .at(own.unwrap_or(line.span))
        .context(Context::Place);
    reading.tell(told.help("write: track BACKEND/SERVER, of a server that is checked"));
}

/// The server that a word of `track` names; without a backend it is one of the same.
fn key(section: &ProxySection, word: &Word) -> Key {
    let text = word.to_string();
    match text.split_once('/') {
        Some((backend, server)) => (backend.into(), server.into()),
        None => (section.name.clone(), word.clone()),
    }
}

fn nodes(reading: &Reading<'_>, written: &[Box<ProxySection>]) -> HashMap<Key, Node> {
    let mut out = HashMap::new();
    for section in written {
        let defaults = Inherited::new(reading, section).default_server();
        let stops_on_404 = check_script::switch(reading, section, check_script::SWITCHES[0]).is_some()
            && !check_script::is_ignored(reading, section);
        for line in &section.servers {
            let params = line.params.clone().over(&defaults);
            let agent = params.more.agent_check;
            let node = Node {
                checked: params.check.enabled == Some(true) || agent == Some(true),
                stops_on_404,
                tracks: params.more.track.as_ref().map(|track| key(section, &track.value)),
            };
            out.insert((section.name.clone(), line.name.clone()), node);
        }
    }
    out
}

/// Where following a chain of tracking ends.
enum End {
    Checked,
    Unchecked,
    Missing,
    Loop,
}

fn end_of_chain(nodes: &HashMap<Key, Node>, own: &Key, first: &Key) -> End {
    let mut seen = HashSet::new();
    let mut at = first;
    loop {
        if at == own || !seen.insert(at) {
            return End::Loop;
        }
        match nodes.get(at) {
            None => return End::Missing,
            Some(Node {
                tracks: Some(next),
                checked: false,
                ..
            }) => at = next,
            Some(Node { checked: true, .. }) => return End::Checked,
            Some(_) => return End::Unchecked,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::load_str;

    #[test]
    fn a_state_to_begin_with_and_tracking_exclude_each_other() {
        let told = |options: &str| {
            let file = format!(
                "backend b\n mode tcp\n server a 127.0.0.1:1 check\n server t 127.0.0.1:1 track a {options}\n"
            );
            let alerts = load_str(&file).diagnostics.into_iter();
            let alerts = alerts.filter(|told| told.severity == syntax::Severity::Alert);
            alerts.map(|told| told.message).collect::<Vec<_>>()
        };
        // In haproxy 3.2's words.
        let refusal = "unable to set init-state and tracking at the same time!";
        assert!(told("init-state up").concat().contains(refusal));
        assert_eq!(told("init-state none"), Vec::<String>::new());
    }
}
