//! A lab network: nodes on one Ethernet segment, each by its interface `eth0`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::node::Node;

/// The name of the bridge inside the node that stands for the switch.
pub(super) const BRIDGE: &str = "segment";

/// Nodes joined by a switch. The switch is a node of its own, so the host sees no interface of the lab.
#[derive(Debug)]
pub(super) struct Network {
    nodes: Vec<Node>,
    switch: Node,
}

impl Network {
    /// Boots the switch and a node for each name, with the addresses (`ADDRESS/PREFIX`) set by hand on its `eth0`.
    pub(super) fn build(folder: &Path, members: &[(&str, &[&str])]) -> Result<Self> {
        let switch = Node::boot("switch", folder.join("switch"))?;
        switch.run(&["ip", "link", "add", "name", BRIDGE, "type", "bridge"])?;
        switch.run(&["ip", "link", "set", BRIDGE, "up"])?;
        let mut network = Self {
            nodes: Vec::new(),
            switch,
        };
        for (name, addresses) in members {
            let node = Node::boot(name, folder.join(name))?;
            network.plug(&node)?;
            for address in *addresses {
                node.run(&["ip", "address", "add", address, "dev", "eth0"])?;
            }
            network.nodes.push(node);
        }
        Ok(network)
    }

    /// The node of that name.
    pub(super) fn node(&self, name: &str) -> Result<&Node> {
        self.nodes
            .iter()
            .find(|node| node.name() == name)
            .with_context(|| format!("the network has no node {name}"))
    }

    fn plug(&self, node: &Node) -> Result<()> {
        let port = port(node.name());
        let target = node.pid().to_string();
        let add = [
            "link", "add", "name", &port, "type", "veth", "peer", "name", "eth0", "netns", &target,
        ];
        // Within the switch's network, but among the lab's processes: the switch's own do not see the other node's.
        let added = self.switch.inside(|| Command::new("ip").args(add).output())??;
        if !added.status.success() {
            bail!(
                "cannot plug {} in: {}",
                node.name(),
                String::from_utf8_lossy(&added.stderr).trim()
            );
        }
        self.switch
            .run(&["ip", "link", "set", &port, "master", BRIDGE, "up"])?;
        node.run(&["ip", "link", "set", "eth0", "up"])?;
        Ok(())
    }

    /// Cuts the node's cable, or mends it: both ends lose their carrier.
    pub(super) fn set_cable(&self, node: &str, whole: bool) -> Result<()> {
        let state = if whole { "up" } else { "down" };
        self.switch
            .run(&["ip", "link", "set", &port(node), state])
            .map(drop)
    }

    /// The switch, at whose interface [`BRIDGE`] everything that all nodes hear is heard.
    pub(super) fn switch(&self) -> &Node {
        &self.switch
    }
}

/// The name of the switch's port for a node.
fn port(node: &str) -> String {
    format!("to-{node}")
}
