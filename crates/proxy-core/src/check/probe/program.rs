//! Checks by a program (`option external-check`; manual, `external-check command`): what it is called with.

use std::net::IpAddr;

use haproxy_cfg::model::{Address, Config, Mode, ProgramCheck, ProxyId, Server, ServerAddr, Word};

use crate::state::{ProxyState, ServerState};

/// What stands for an address or a port that there is none of.
const NOT_USED: &[u8] = b"NOT_USED";

/// A backend's checks by a program, made ready.
#[derive(Debug)]
pub struct ProgramPlan {
    /// The program.
    pub command: Word,
    /// The program gets the process's environment as well.
    pub keeps_environment: bool,
    /// Variables that are the same for all servers.
    environment: Vec<(&'static str, Vec<u8>)>,
    /// Address and port of the first listener.
    listener: [Vec<u8>; 2],
}

/// What a program is called with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ProgramCall {
    /// Its arguments.
    pub arguments: [Vec<u8>; 4],
    /// Its variables.
    pub environment: Vec<(&'static str, Vec<u8>)>,
}

impl ProgramPlan {
    pub(super) fn new(config: &Config, id: ProxyId, check: &ProgramCheck) -> Self {
        let proxy = config.proxy(id);
        let first = proxy.binds.iter().find_map(|bind| match &bind.address {
            Address::Inet(address) => Some((address.ip().to_string(), address.port().to_string())),
            Address::Unix(path) => Some((path.to_string(), String::new())),
            Address::Abstract(_) | Address::Fd(_) | Address::SockPair(_) => None,
        });
        let (address, port) = first.unwrap_or_default();
        let or_none = |text: &str| {
            if text.is_empty() {
                NOT_USED.to_vec()
            } else {
                text.into()
            }
        };
        Self {
            command: check.command.clone(),
            keeps_environment: check.keeps_environment,
            listener: [or_none(&address), or_none(&port)],
            environment: vec![
                ("PATH", check.path.to_vec()),
                ("HAPROXY_PROXY_NAME", proxy.name.to_vec()),
                ("HAPROXY_PROXY_ID", proxy.id.to_string().into()),
                ("HAPROXY_PROXY_ADDR", address.into()),
                ("HAPROXY_PROXY_PORT", port.into()),
            ],
        }
    }

    /// What the program is called with for a server of that proxy, as things are now.
    #[must_use]
    pub fn call(&self, mode: Mode, server: &Server, state: &ServerState, proxy: &ProxyState) -> ProgramCall {
        let moved = state.address(server);
        let (address, port) = match moved.as_ref().unwrap_or(&server.addr) {
            ServerAddr::Inet { ip, port, .. } => (shown(*ip), port.unwrap_or(0).to_string().into()),
            ServerAddr::Unix(path) => (path.to_vec(), Vec::new()),
            ServerAddr::Abstract(name) => (name.name.to_vec(), Vec::new()),
            ServerAddr::SockPair(number) => (number.to_string().into(), Vec::new()),
        };
        let protocol = match (mode, server.http2) {
            (Mode::Log, _) => "syslog",
            (Mode::Http, Some(true)) => "h2",
            (Mode::Http, _) => "h1",
            (Mode::Tcp | Mode::Health, _) => "tcp",
        };
        let secured = server.tls.as_ref().is_some_and(|tls| tls.traffic);
        let mut environment = self.environment.clone();
        environment.extend([
            ("HAPROXY_SERVER_NAME", server.name.to_vec()),
            ("HAPROXY_SERVER_ID", server.id.to_string().into()),
            ("HAPROXY_SERVER_ADDR", address.clone()),
            ("HAPROXY_SERVER_PORT", port.clone()),
            ("HAPROXY_SERVER_MAXCONN", state.limit(proxy).to_string().into()),
            ("HAPROXY_SERVER_CURCONN", state.sessions.get().to_string().into()),
            ("HAPROXY_SERVER_SSL", if secured { "1" } else { "0" }.into()),
            ("HAPROXY_SERVER_PROTO", protocol.into()),
        ]);
        let [listen_address, listen_port] = self.listener.clone();
        let port = if port.is_empty() { NOT_USED.to_vec() } else { port };
        ProgramCall {
            arguments: [listen_address, listen_port, address, port],
            environment,
        }
    }
}

fn shown(ip: IpAddr) -> Vec<u8> {
    ip.to_string().into()
}
