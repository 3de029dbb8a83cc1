//! What an instance is told about itself: the part of its configuration that the protocol needs. Names of interfaces, scripts to
//! run, prefixes and labels of addresses are the shell's.

use std::net::IpAddr;
use std::time::Duration;

use crate::track::Tracked;
use crate::wire::{AH_LENGTH, Auth, ChecksumForm, KEY_LENGTH, OWNER_PRIORITY, Peer, Version};

/// The state that the file gives an instance to begin with. Only the owner of the addresses makes a difference of it: as
/// `Master` it does not wait for others at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum InitialState {
    /// `state BACKUP`, and what stands for it when nothing is said.
    #[default]
    Backup,
    /// `state MASTER`.
    Master,
}

/// When and how often neighbours are told where the addresses are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GarpTiming {
    /// Packets for each address on becoming master, and again after `master_delay`.
    pub master_repeat: u8,
    /// From the first burst to the second one. Zero: there is no second one.
    pub master_delay: Duration,
    /// Packets for each address when a master of lower priority was heard, and again after `lower_prio_delay`.
    pub lower_prio_repeat: u8,
    /// From the first burst to the second one. Zero: there is no second one.
    pub lower_prio_delay: Duration,
    /// Time after which a master tells its addresses anew. Zero: never.
    pub refresh: Duration,
    /// Packets for each address then.
    pub refresh_repeat: u8,
}

impl Default for GarpTiming {
    /// Five packets, five seconds later five more, no refreshing: the original's defaults.
    fn default() -> Self {
        Self {
            master_repeat: 5,
            master_delay: Duration::from_secs(5),
            lower_prio_repeat: 5,
            lower_prio_delay: Duration::from_secs(5),
            refresh: Duration::ZERO,
            refresh_repeat: 1,
        }
    }
}

/// The configuration of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceConfig {
    /// Version of the protocol.
    pub version: Version,
    /// Virtual router, 1 to 255.
    pub vrid: u8,
    /// Priority, 1 to 255; 255 is the owner of the addresses, whose priority nothing changes.
    pub priority: u8,
    /// Time between adverts: whole seconds in version 2, centiseconds in version 3. Not zero.
    pub advert_interval: Duration,
    /// The state to begin with.
    pub initial_state: InitialState,
    /// The address that adverts come from. It settles who gives way between equals.
    pub source: IpAddr,
    /// Where adverts are sent to: a group, such as [`crate::wire::group_for`] gives for the family; with partners, which send to
    /// us, our own address.
    pub destination: IpAddr,
    /// Partners that adverts go to one by one, in the place of the group.
    pub peers: Vec<Peer>,
    /// Whether adverts of others than the partners are refused.
    pub check_peers: bool,
    /// The TTL or hop limit of adverts to partners; those to a group have 255.
    pub unicast_ttl: u8,
    /// The addresses in the adverts, in the order of the file, 255 at most, of the family of `source`.
    pub addresses: Vec<IpAddr>,
    /// Authentication, for version 2.
    pub auth: Auth,
    /// Whether a master of lower priority is replaced.
    pub preempt: bool,
    /// How much longer than otherwise a master of lower priority is let be.
    pub preempt_delay: Duration,
    /// Advert intervals without an advert after which a backup takes over; 3 in the protocol.
    pub down_timer_adverts: u8,
    /// Gratuitous ARP.
    pub garp: GarpTiming,
    /// Whether a master leaves the adverts of a lower one without an answer.
    pub lower_prio_no_advert: bool,
    /// Whether a master that gives way to a higher one sends a last advert.
    pub higher_prio_send_advert: bool,
    /// Whether adverts from the same master as the one before are taken without a look at their addresses.
    pub skip_check_adv_addr: bool,
    /// Whether it takes no adverts while it is the owner of the addresses.
    pub owner_ignores_adverts: bool,
    /// What checksums of version 3 are about.
    pub checksum: ChecksumForm,
    /// Whether a master that does not preempt gives up when it was away for so long that one of this priority may have taken over.
    pub expires_to_backup: Option<u8>,
    /// Whether it is in a group of instances that change their state together ([`crate::group`]).
    pub grouped: bool,
    /// What the instance tracks, and what each means for it.
    pub tracked: Vec<Tracked>,
}

impl InstanceConfig {
    /// A configuration with the original's defaults: version 2, priority 100, an advert each second, preemption at once.
    pub fn new(vrid: u8, source: IpAddr, addresses: Vec<IpAddr>) -> Self {
        Self {
            version: if source.is_ipv4() {
                Version::V2
            } else {
                Version::V3
            },
            vrid,
            priority: 100,
            advert_interval: Duration::from_secs(1),
            initial_state: InitialState::Backup,
            source,
            destination: crate::wire::group_for(source),
            peers: Vec::new(),
            check_peers: false,
            unicast_ttl: crate::wire::TTL,
            addresses,
            auth: Auth::None,
            preempt: true,
            preempt_delay: Duration::ZERO,
            down_timer_adverts: 3,
            garp: GarpTiming::default(),
            lower_prio_no_advert: false,
            higher_prio_send_advert: false,
            skip_check_adv_addr: false,
            owner_ignores_adverts: false,
            checksum: ChecksumForm::default(),
            expires_to_backup: None,
            grouped: false,
            tracked: Vec::new(),
        }
    }

    /// The TTL or hop limit of its adverts.
    pub const fn ttl(&self) -> u8 {
        if self.peers.is_empty() {
            crate::wire::TTL
        } else {
            self.unicast_ttl
        }
    }

    /// Bytes of its adverts, with their IP header.
    pub fn advert_length(&self) -> u32 {
        let (header, address) = if self.source.is_ipv4() { (20, 4) } else { (40, 16) };
        let proof = match (self.version, &self.auth) {
            (Version::V3, _) => 0,
            (Version::V2, Auth::Header(_)) => KEY_LENGTH + AH_LENGTH,
            (Version::V2, Auth::None | Auth::Pass(_)) => KEY_LENGTH,
        };
        let length = header + 8 + address * self.addresses.len() + proof;
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// Whether this is the router that owns the addresses.
    pub const fn is_owner(&self) -> bool {
        self.priority == OWNER_PRIORITY
    }
}
