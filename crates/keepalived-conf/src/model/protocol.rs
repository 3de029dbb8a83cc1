//! Choices about adverts that are neither the protocol's nor the instance's place in it.

use std::time::Duration;

/// How checksums of version 3 are made of adverts to partners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnicastChecksum {
    /// As the RFC has it; one of the old kind is recognised, and answered in kind.
    #[default]
    Recognise,
    /// As keepalived up to 1.3.6 made it: as if the advert went to the group.
    Old,
    /// As the RFC has it, and nothing else is taken.
    New,
}

/// `vrrp_rx_bufs_policy`: how large the buffers of sockets are that adverts come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BufferPolicy {
    /// So many packets of the interface's largest size for each instance.
    Mtu,
    /// So many adverts of each instance.
    Advert,
    /// So many bytes.
    Bytes(u32),
}

/// `garp_extra_if`: while MASTER, neighbours on other interfaces than the instance's are told of its addresses now and then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtraGarp {
    /// From one time to the next; zero for never.
    pub every: Duration,
    /// On all of them, not only on those with virtual MAC addresses.
    pub all: bool,
}
