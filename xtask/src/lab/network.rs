//! A lab network: nodes on one Ethernet segment, each by its interface `eth0`.

use std::path::Path;

use anyhow::{Context, Result};

use super::node::Node;

/// The name of the bridge inside the node that stands for the switch.
const BRIDGE: &str = "segment";

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
        let port = format!("to-{}", node.name());
        let target = node.pid().to_string();
        let add = [
            "ip", "link", "add", "name", &port, "type", "veth", "peer", "name", "eth0", "netns", &target,
        ];
        self.switch.run(&add)?;
        self.switch
            .run(&["ip", "link", "set", &port, "master", BRIDGE, "up"])?;
        node.run(&["ip", "link", "set", "eth0", "up"])?;
        Ok(())
    }
}
