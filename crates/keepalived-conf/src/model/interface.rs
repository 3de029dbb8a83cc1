//! What holds for interfaces, whichever instances use them.

use std::time::Duration;

/// A `garp_group`: interfaces that share the time between announcements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GarpGroup {
    /// `garp_interval`: from one gratuitous ARP to the next; zero for none.
    pub arp: Duration,
    /// `gna_interval`: the same for neighbour advertisements.
    pub neighbour: Duration,
    /// Its interfaces; each is in one group at most.
    pub interfaces: Vec<String>,
}

/// An entry of `interface_up_down_delays`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceDelay {
    /// The interface.
    pub interface: String,
    /// For how long it must be down to count as down. Less than the time after which partners take over.
    pub down: Duration,
    /// For how long it must be up to count as up.
    pub up: Duration,
}

/// How an interface is asked for its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkQuestion {
    /// The registers of its transceiver.
    Mii,
    /// Its driver, as ethtool does.
    Ethtool,
    /// The flags of the interface.
    Flags,
}

/// `linkbeat_interfaces` and `linkbeat_use_polling`: interfaces whose link is asked for each second, not told by netlink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linkbeat {
    /// All that instances use.
    pub all: bool,
    /// Those of the list, with the question to begin with: one that an interface has no answer to is followed by the next.
    pub interfaces: Vec<(String, LinkQuestion)>,
}

impl Linkbeat {
    /// The question for an interface that instances use; none when netlink is listened to.
    #[must_use]
    pub fn question(&self, interface: &str) -> Option<LinkQuestion> {
        let listed = self.interfaces.iter().find(|(name, _)| name == interface);
        listed
            .map(|(_, question)| *question)
            .or_else(|| self.all.then_some(LinkQuestion::Mii))
    }
}

/// The size of a netlink socket's buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiveBuffer {
    /// Bytes; none leaves it to the system.
    pub size: Option<u32>,
    /// Beyond the system's limit (`net.core.rmem_max`).
    pub force: bool,
}
