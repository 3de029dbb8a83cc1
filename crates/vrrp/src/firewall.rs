//! The program's own table of nftables: packets for the addresses of instances that do not accept them (`no_accept`) are
//! dropped, and so are those from them. The rules are the original's.
//!
//! The table belongs to the program: what an earlier run left behind under its name is taken away when it is first needed.

use std::io;
use std::net::IpAddr;

use keepalived_conf::model::Firewall as Settings;

use crate::log::Log;
use crate::netlink::nftables::{Batch, Expression, Family, Hook, KeyType, Nftables, Verdict};

/// The key that drops an address: its set, and itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dropped {
    family: Family,
    set: &'static str,
    key: Vec<u8>,
}

/// An address with the interface that it is on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The address.
    pub(crate) address: IpAddr,
    /// The interface's number.
    pub(crate) index: u32,
    /// Its name.
    pub(crate) name: &'a str,
    /// The interface may come and go: it is known by its name.
    pub(crate) may_go: bool,
}

/// The table.
#[derive(Debug)]
pub(crate) struct Firewall {
    settings: Settings,
    log: Log,
    channel: Option<Nftables>,
    built: Built,
}

/// What there is of the table.
#[derive(Clone, Copy, Debug, Default)]
struct Built {
    v4: bool,
    v6: bool,
    drops_v4: bool,
    drops_v6: bool,
    by_index: bool,
    by_name: bool,
    diverts_v4: bool,
    diverts_v6: bool,
}

const VIPS: &str = "vips";
const LINK_LOCAL: &str = "vips_link_local";
const LINK_LOCAL_NAME: &str = "vips_link_local_name";
const DISCOVERY: &str = "neighbor-discovery";

/// `NFT_META_*`.
mod meta {
    pub(super) const IIF: u32 = 4;
    pub(super) const OIF: u32 = 5;
    pub(super) const IIFNAME: u32 = 6;
    pub(super) const OIFNAME: u32 = 7;
    pub(super) const L4PROTO: u32 = 16;
    pub(super) const OIFKIND: u32 = 27;
}

const VMAC_MAP: &str = "vmac_map";
const VMAC_SET: &str = "vmac_set";

/// The kind of an interface, as long as the kernel has it.
const MACVLAN: &[u8; 16] = b"macvlan\0\0\0\0\0\0\0\0\0";

const IGMP: [u8; 1] = [2];

/// Types of ICMPv6: a report of memberships, and a question for routers.
const MLD_REPORT: [u8; 1] = [143];
const ROUTER_SOLICITATION: [u8; 1] = [133];

/// What goes on only with packets of a type of ICMPv6.
const fn icmpv6_type(kind: &[u8; 1]) -> [Expression<'_>; 4] {
    [
        Expression::Meta {
            register: 0,
            key: meta::L4PROTO,
        },
        Expression::Equals {
            register: 0,
            value: &ICMPV6,
        },
        Expression::Transport {
            register: 0,
            offset: 0,
            length: 1,
        },
        Expression::Equals {
            register: 0,
            value: kind,
        },
    ]
}

/// The types of neighbour solicitations and advertisements, without which nobody finds an address of IPv6.
const NEIGHBOUR_TYPES: [u8; 2] = [135, 136];

const ICMPV6: [u8; 1] = [58];

/// fe80::/10.
const LINK_LOCAL_MASK: [u8; 16] = [0xff, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const LINK_LOCAL_NETWORK: [u8; 16] = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

impl Firewall {
    /// One of which nothing is there yet.
    pub(crate) fn new(settings: Settings, log: Log) -> Self {
        Self {
            settings,
            log,
            channel: None,
            built: Built::default(),
        }
    }

    /// Takes away what an earlier run left of the table, and says that there will be one where the file does not.
    pub(crate) fn prepare(&mut self) {
        if !self.settings.asked_for {
            self.log
                .info("use_vmac or no_accept/strict specified, but no firewall configured - using nftables");
        }
        self.clear();
    }

    /// Takes the table away.
    pub(crate) fn clear(&mut self) {
        let table = self.settings.table.clone();
        for family in [Family::V4, Family::V6] {
            let mut batch = Batch::default();
            batch.delete_table(family, &table);
            match self.run(batch) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    self.log
                        .info(format!("nftables: table {table} cannot be removed: {error}"));
                }
                _ => {}
            }
        }
        self.built = Built::default();
    }

    /// Whether there is anything of it.
    pub(crate) const fn is_there(&self) -> bool {
        self.built.v4 || self.built.v6
    }

    /// Whether other settings mean another table.
    pub(crate) fn differs(&self, settings: &Settings) -> bool {
        self.settings != *settings
    }

    /// Drops packets for addresses, and from them. Gives what is to be given back to end that.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn begin(&mut self, places: &[Place<'_>]) -> io::Result<Vec<Dropped>> {
        let mut batch = Batch::default();
        let all: Vec<Dropped> = places.iter().map(|place| self.dropped(place)).collect();
        let before = self.built;
        for one in &all {
            self.build(&mut batch, one);
            batch.add(
                one.family,
                &self.settings.table,
                one.set,
                &[(one.key.clone(), None)],
            );
        }
        self.run(batch).inspect_err(|_| {
            // Nothing was made of it.
            self.built = before;
        })?;
        Ok(all)
    }

    /// Ends what [`Self::begin`] began.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn end(&mut self, all: &[Dropped]) -> io::Result<()> {
        let mut batch = Batch::default();
        for one in all {
            batch.delete(
                one.family,
                &self.settings.table,
                one.set,
                &[(one.key.clone(), None)],
            );
        }
        self.run(batch)
    }

    fn run(&mut self, batch: Batch) -> io::Result<()> {
        let channel = match &mut self.channel {
            Some(channel) => channel,
            none => none.insert(Nftables::open()?),
        };
        channel.run(batch)
    }

    fn dropped(&self, place: &Place<'_>) -> Dropped {
        match place.address {
            IpAddr::V4(address) => Dropped {
                family: Family::V4,
                set: VIPS,
                key: address.octets().to_vec(),
            },
            IpAddr::V6(address) if !address.is_unicast_link_local() => Dropped {
                family: Family::V6,
                set: VIPS,
                key: address.octets().to_vec(),
            },
            IpAddr::V6(address) => {
                let mut key = address.octets().to_vec();
                let by_name = place.may_go && !self.settings.ifindex;
                if by_name {
                    key.extend_from_slice(place.name.as_bytes());
                    key.resize(32, 0);
                } else {
                    key.extend(place.index.to_ne_bytes());
                }
                Dropped {
                    family: Family::V6,
                    set: if by_name { LINK_LOCAL_NAME } else { LINK_LOCAL },
                    key,
                }
            }
        }
    }

    /// Sends what says which groups the machine is a member of out of the interface below one with a virtual MAC address, and
    /// lets it ask for no router.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn divert(&mut self, index: u32, base: u32, ipv6: bool) -> io::Result<()> {
        let mut batch = Batch::default();
        let before = self.built;
        let family = if ipv6 { Family::V6 } else { Family::V4 };
        self.build_diversion(&mut batch, family);
        let (from, to) = (index.to_ne_bytes().to_vec(), base.to_ne_bytes().to_vec());
        let table = &self.settings.table;
        if ipv6 {
            batch.add(family, table, VMAC_SET, &[(from.clone(), None)]);
        }
        batch.add(family, table, VMAC_MAP, &[(from, Some(to))]);
        self.run(batch).inspect_err(|_| self.built = before)
    }

    /// Ends that.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn end_diversion(&mut self, index: u32, ipv6: bool) -> io::Result<()> {
        let family = if ipv6 { Family::V6 } else { Family::V4 };
        let is_there = match family {
            Family::V4 => self.built.diverts_v4,
            Family::V6 => self.built.diverts_v6,
        };
        if !is_there {
            return Ok(());
        }
        let mut batch = Batch::default();
        let key = index.to_ne_bytes().to_vec();
        let table = &self.settings.table;
        batch.delete(family, table, VMAC_MAP, &[(key.clone(), None)]);
        if ipv6 {
            batch.delete(family, table, VMAC_SET, &[(key, None)]);
        }
        self.run(batch)
    }

    fn build_diversion(&mut self, batch: &mut Batch, family: Family) {
        let there = match family {
            Family::V4 => &mut self.built.diverts_v4,
            Family::V6 => &mut self.built.diverts_v6,
        };
        if std::mem::replace(there, true) {
            return;
        }
        self.build_table(batch, family);
        let table = &self.settings.table;
        batch.map(family, table, VMAC_MAP, KeyType::INTERFACE, KeyType::INTERFACE);
        let kind = [
            Expression::Meta {
                register: 0,
                key: meta::OIFKIND,
            },
            Expression::Equals {
                register: 0,
                value: MACVLAN,
            },
        ];
        let (what, offset, length): (Vec<Expression<'_>>, _, _) = match family {
            Family::V4 => {
                let protocol = Expression::Network {
                    register: 0,
                    offset: 9,
                    length: 1,
                };
                (
                    vec![
                        protocol,
                        Expression::Equals {
                            register: 0,
                            value: &IGMP,
                        },
                    ],
                    16,
                    4,
                )
            }
            Family::V6 => (icmpv6_type(&MLD_REPORT).to_vec(), 24, 16),
        };
        let copy = [
            Expression::Network {
                register: 0,
                offset,
                length,
            },
            Expression::Meta {
                register: 4,
                key: meta::OIF,
            },
            Expression::Map {
                register: 4,
                map: VMAC_MAP,
                to: 4,
            },
            Expression::Duplicate {
                address: 0,
                device: 4,
            },
        ];
        let rule = [&what[..], &kind, &copy].concat();
        self.rule(batch, family, "out", &rule, Verdict::Drop);
        if family == Family::V6 {
            batch.set(family, table, VMAC_SET, KeyType::INTERFACE);
            let own = [
                Expression::Meta {
                    register: 0,
                    key: meta::OIF,
                },
                Expression::In {
                    register: 0,
                    set: VMAC_SET,
                },
            ];
            let rule = [&icmpv6_type(&ROUTER_SOLICITATION)[..], &kind, &own].concat();
            self.rule(batch, family, "out", &rule, Verdict::Drop);
        }
    }

    /// Makes what is not there yet of the table that a key goes into.
    fn build(&mut self, batch: &mut Batch, one: &Dropped) {
        let table = self.settings.table.clone();
        match one.family {
            Family::V4 if !self.built.drops_v4 => {
                self.built.drops_v4 = true;
                self.build_input(batch, Family::V4);
                batch.set(Family::V4, &table, VIPS, KeyType::IPV4);
                for (chain, offset) in [("in", 16), ("out", 12)] {
                    let address = Expression::Network {
                        register: 0,
                        offset,
                        length: 4,
                    };
                    let in_set = Expression::In {
                        register: 0,
                        set: VIPS,
                    };
                    self.rule(batch, Family::V4, chain, &[address, in_set], Verdict::Drop);
                }
            }
            Family::V6 if !self.built.drops_v6 => {
                self.built.drops_v6 = true;
                self.build_v6(batch, &table);
            }
            Family::V4 | Family::V6 => {}
        }
        match one.set {
            LINK_LOCAL if !self.built.by_index => {
                self.built.by_index = true;
                let keys = KeyType::IPV6.and(KeyType::INTERFACE);
                batch.set(Family::V6, &table, LINK_LOCAL, keys);
                self.link_local_rules(batch, LINK_LOCAL, [meta::IIF, meta::OIF]);
            }
            LINK_LOCAL_NAME if !self.built.by_name => {
                self.built.by_name = true;
                let keys = KeyType::IPV6.and(KeyType::INTERFACE_NAME);
                batch.set(Family::V6, &table, LINK_LOCAL_NAME, keys);
                self.link_local_rules(batch, LINK_LOCAL_NAME, [meta::IIFNAME, meta::OIFNAME]);
            }
            _ => {}
        }
    }

    /// The table, with the chain of what goes out.
    fn build_table(&mut self, batch: &mut Batch, family: Family) {
        let there = match family {
            Family::V4 => &mut self.built.v4,
            Family::V6 => &mut self.built.v6,
        };
        if std::mem::replace(there, true) {
            return;
        }
        let table = &self.settings.table;
        // Whatever another run left in it goes.
        batch.table(family, table);
        batch.delete_table(family, table);
        batch.table(family, table);
        batch.chain(family, table, "out", Some((Hook::Output, self.settings.priority)));
    }

    fn build_input(&mut self, batch: &mut Batch, family: Family) {
        self.build_table(batch, family);
        let place = Some((Hook::Input, self.settings.priority));
        batch.chain(family, &self.settings.table, "in", place);
    }

    fn build_v6(&mut self, batch: &mut Batch, table: &str) {
        let family = Family::V6;
        self.build_input(batch, family);
        for chain in ["in_link_local", "out_link_local"] {
            batch.chain(family, table, chain, None);
        }
        batch.set(family, table, VIPS, KeyType::IPV6);
        batch.constant_set(family, table, DISCOVERY, KeyType::ICMPV6);
        let types: Vec<_> = NEIGHBOUR_TYPES.iter().map(|kind| (vec![*kind], None)).collect();
        batch.add(family, table, DISCOVERY, &types);
        for (chain, offset, then) in [("in", 24, "in_link_local"), ("out", 8, "out_link_local")] {
            let discovery = [
                Expression::Meta {
                    register: 0,
                    key: meta::L4PROTO,
                },
                Expression::Equals {
                    register: 0,
                    value: &ICMPV6,
                },
                Expression::Transport {
                    register: 0,
                    offset: 0,
                    length: 1,
                },
                Expression::In {
                    register: 0,
                    set: DISCOVERY,
                },
            ];
            self.rule(batch, family, chain, &discovery, Verdict::Accept);
            let address = Expression::Network {
                register: 0,
                offset,
                length: 16,
            };
            let of_link = [
                address,
                Expression::Mask {
                    register: 0,
                    mask: &LINK_LOCAL_MASK,
                },
                Expression::Equals {
                    register: 0,
                    value: &LINK_LOCAL_NETWORK,
                },
            ];
            self.rule(batch, family, chain, &of_link, Verdict::Goto(then));
            let in_set = Expression::In {
                register: 0,
                set: VIPS,
            };
            self.rule(batch, family, chain, &[address, in_set], Verdict::Drop);
        }
    }

    fn link_local_rules(&self, batch: &mut Batch, set: &str, interfaces: [u32; 2]) {
        let chains = [("in_link_local", 24), ("out_link_local", 8)];
        for ((chain, offset), key) in chains.into_iter().zip(interfaces) {
            let parts = [
                Expression::Network {
                    register: 0,
                    offset,
                    length: 16,
                },
                Expression::Meta { register: 4, key },
                Expression::In { register: 0, set },
            ];
            self.rule(batch, Family::V6, chain, &parts, Verdict::Drop);
        }
    }

    /// A rule, which counts where that is asked for.
    fn rule(
        &self,
        batch: &mut Batch,
        family: Family,
        chain: &str,
        parts: &[Expression<'_>],
        verdict: Verdict<'_>,
    ) {
        let mut parts = parts.to_vec();
        if self.settings.counters {
            parts.push(Expression::Counter);
        }
        parts.push(Expression::Verdict(verdict));
        batch.rule(family, &self.settings.table, chain, &parts);
    }
}
