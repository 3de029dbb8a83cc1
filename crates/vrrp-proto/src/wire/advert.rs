//! The advert: written as the original writes it, and read with every doubt that a packet from the network deserves.

use std::net::{IpAddr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::ipv4::authentication_header;
use super::{
    AH_LENGTH, AuthenticationHeader, ChecksumForm, Fault, HEADER_LENGTH, Ipv4Header, TTL, Version,
    internet_checksum,
};

/// Bytes of the authentication data that follow the addresses of a version 2 advert.
pub const KEY_LENGTH: usize = 8;

const FIXED_LENGTH: usize = 8;
const ADVERTISEMENT: u8 = 1;

/// How version 2 adverts prove that they are ours (RFC 2338; RFC 3768 dropped it).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Auth {
    /// They do not.
    #[default]
    None,
    /// By a password in clear text, filled up with zeros.
    Pass([u8; KEY_LENGTH]),
    /// By an authentication header around each packet, made with this key.
    Header([u8; KEY_LENGTH]),
}

impl Auth {
    /// A password, of which only the first eight bytes count.
    pub fn pass(password: &[u8]) -> Self {
        let mut key = [0; KEY_LENGTH];
        for (to, from) in key.iter_mut().zip(password) {
            *to = *from;
        }
        Self::Pass(key)
    }

    /// The type in the packet.
    pub const fn auth_type(&self) -> AuthType {
        match self {
            Self::None => AuthType::None,
            Self::Pass(_) => AuthType::Pass,
            Self::Header(_) => AuthType::Header,
        }
    }

    /// What stands behind the addresses.
    const fn key(&self) -> [u8; KEY_LENGTH] {
        match self {
            Self::None | Self::Header(_) => [0; KEY_LENGTH],
            Self::Pass(key) => *key,
        }
    }
}

/// A password is shown to nobody.
impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Pass(_) => "Pass(…)",
            Self::Header(_) => "Header(…)",
        })
    }
}

/// The authentication types that have a meaning in version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthType {
    /// 0.
    None,
    /// 1: a password in clear text.
    Pass,
    /// 2: an IPsec authentication header around the packet.
    Header,
}

impl AuthType {
    /// The number in the packet.
    pub const fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Pass => 1,
            Self::Header => 2,
        }
    }

    /// What the number in a packet means.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::None),
            1 => Some(Self::Pass),
            2 => Some(Self::Header),
            _ => None,
        }
    }
}

/// An advert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advert {
    /// Version of the protocol.
    pub version: Version,
    /// Virtual router.
    pub vrid: u8,
    /// 1 to 254; 255 from the owner of the addresses, 0 from a master that stops.
    pub priority: u8,
    /// Time between two adverts: whole seconds up to 255 in version 2, centiseconds up to 40.95 s in version 3.
    pub interval: Duration,
    /// Authentication, for version 2.
    pub auth: Auth,
    /// The virtual router's addresses, of one family; 255 at most.
    pub addresses: Vec<IpAddr>,
}

impl Advert {
    /// The packet without its IP header. Version 3's checksum covers the addresses of the IP header as well.
    ///
    /// What does not fit its field is cut to the field: intervals to its unit and range, addresses to 255 of the family of
    /// `source`.
    pub fn encode(&self, source: IpAddr, destination: IpAddr) -> Vec<u8> {
        self.encode_with(source, destination, ChecksumForm::New)
    }

    /// The same with a checksum of that form.
    pub fn encode_with(&self, source: IpAddr, destination: IpAddr, form: ChecksumForm) -> Vec<u8> {
        let mut packet = Vec::with_capacity(FIXED_LENGTH + 16 * self.addresses.len() + KEY_LENGTH);
        packet.extend_from_slice(&[
            self.version.number() << 4 | ADVERTISEMENT,
            self.vrid,
            self.priority,
            0,
        ]);
        match self.version {
            Version::V2 => {
                packet.push(self.auth.auth_type().number());
                packet.push(u8::try_from(self.interval.as_secs()).unwrap_or(u8::MAX));
            }
            Version::V3 => {
                let centiseconds = u16::try_from(self.interval.as_millis() / 10).unwrap_or(u16::MAX);
                packet.extend_from_slice(&centiseconds.min(0x0fff).to_be_bytes());
            }
        }
        packet.extend_from_slice(&[0, 0]);
        let mut count = 0;
        for address in &self.addresses {
            if count == u8::MAX {
                break;
            }
            match (source, address) {
                (IpAddr::V4(_), IpAddr::V4(v4)) => packet.extend_from_slice(&v4.octets()),
                (IpAddr::V6(_), IpAddr::V6(v6)) => packet.extend_from_slice(&v6.octets()),
                _ => continue,
            }
            count += 1;
        }
        packet[3] = count;
        let checksum = match self.version {
            Version::V2 => {
                packet.extend_from_slice(&self.auth.key());
                internet_checksum(&packet)
            }
            Version::V3 => form.checksum(source, destination, &packet),
        };
        packet[6..8].copy_from_slice(&checksum.to_be_bytes());
        packet
    }
}

/// A packet as it came: what its IP header says, and what follows that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// The sender.
    pub source: IpAddr,
    /// Whom it was sent to.
    pub destination: IpAddr,
    /// TTL or hop limit.
    pub ttl: u8,
    /// Bytes of the IP header that count into the lengths that are told: those of IPv4's, none of IPv6's.
    pub header_length: usize,
    /// The authentication header, whose bytes count into `header_length`.
    pub authentication: Option<AuthenticationHeader<'a>>,
    /// The VRRP packet.
    pub payload: &'a [u8],
}

impl<'a> Datagram<'a> {
    /// Takes apart what a raw IPv4 socket gives: the packet with its IP header.
    pub fn from_ipv4(packet: &'a [u8]) -> Result<Self, Fault> {
        let (header, behind) = Ipv4Header::parse(packet)?;
        if header.authenticated {
            return Self::from_authenticated(packet, &header, behind);
        }
        let payload = behind;
        if payload.len() < FIXED_LENGTH {
            return Err(Fault::Runt {
                family: 4,
                length: packet.len().min(header.length + payload.len()),
            });
        }
        Ok(Self {
            source: header.source.into(),
            destination: header.destination.into(),
            ttl: header.ttl,
            header_length: header.length,
            authentication: None,
            payload,
        })
    }

    fn from_authenticated(packet: &'a [u8], header: &Ipv4Header, behind: &'a [u8]) -> Result<Self, Fault> {
        if behind.len() < AH_LENGTH + FIXED_LENGTH {
            return Err(Fault::AuthenticatedRunt(header.length + behind.len()));
        }
        // No router has a reason to put options on an advert, and the proof is not about them.
        if header.length != HEADER_LENGTH {
            return Err(Fault::IpHeader);
        }
        let (authentication, payload) = authentication_header(packet, behind).ok_or(Fault::NextHeader)?;
        Ok(Self {
            source: header.source.into(),
            destination: header.destination.into(),
            ttl: header.ttl,
            header_length: header.length + AH_LENGTH,
            authentication: Some(authentication),
            payload,
        })
    }

    /// Takes what a raw IPv6 socket gives, with what it tells beside the packet.
    pub fn from_ipv6(
        source: Ipv6Addr,
        destination: Ipv6Addr,
        hop_limit: u8,
        payload: &'a [u8],
    ) -> Result<Self, Fault> {
        if payload.len() < FIXED_LENGTH {
            return Err(Fault::Runt {
                family: 6,
                length: payload.len(),
            });
        }
        Ok(Self {
            source: source.into(),
            destination: destination.into(),
            ttl: hop_limit,
            header_length: 0,
            authentication: None,
            payload,
        })
    }

    /// The virtual router that the packet says it is for: enough to hand it to the right instance.
    pub fn vrid(&self) -> Option<u8> {
        self.payload.get(1).copied()
    }

    /// The priority that the packet says it has.
    pub fn priority(&self) -> Option<u8> {
        self.payload.get(2).copied()
    }

    /// The advert in it, if it is one that `expected` may take for what it says. Of several faults the one is told that the
    /// original tells.
    ///
    /// `sequence` is the greatest number of an authentication header that was proven so far; that of a packet which is proven
    /// is written there, whatever else may be wrong with it.
    pub fn check(&self, expected: &Expectation<'_>, sequence: &mut u32) -> Result<Checked, Fault> {
        let runt = Fault::Runt {
            family: if self.source.is_ipv4() { 4 } else { 6 },
            length: self.header_length + self.payload.len(),
        };
        let (fixed, _) = self.payload.split_first_chunk::<FIXED_LENGTH>().ok_or(runt)?;
        let [first, vrid, priority, count, ..] = *fixed;
        if vrid != expected.vrid {
            return Err(Fault::Vrid(vrid));
        }
        if self.source == expected.own {
            return Err(Fault::FromOurselves);
        }
        if self.destination != expected.destination {
            return Err(Fault::Destination(self.destination));
        }

        let version = first >> 4;
        let address_length = if self.source.is_ipv4() { 4 } else { 16 };
        let key_length = if version == Version::V2.number() {
            KEY_LENGTH
        } else {
            0
        };
        let addresses_end = FIXED_LENGTH + usize::from(count) * address_length;
        let (told, wanted) = (
            self.header_length + self.payload.len(),
            self.header_length + addresses_end + key_length,
        );
        if told < wanted {
            return Err(Fault::TooShort {
                length: told,
                expected: wanted,
            });
        }
        if told > wanted {
            return Err(Fault::TooLong {
                length: told,
                expected: wanted,
            });
        }
        if expected.peers.is_empty() && self.ttl != TTL {
            return Err(Fault::Ttl(self.ttl));
        }
        if version != expected.version.number() {
            return Err(Fault::Version {
                received: version,
                expected: expected.version.number(),
            });
        }
        // The lengths were checked: there are `count` addresses, and in version 2 a key behind them.
        let (addresses, key) = self.payload[FIXED_LENGTH..].split_at(addresses_end - FIXED_LENGTH);
        let interval = match expected.version {
            Version::V2 => {
                let received = AuthType::from_number(fixed[4]).ok_or(Fault::AuthUnknown(fixed[4]))?;
                let own = expected.auth.auth_type();
                if received != own {
                    return Err(Fault::AuthMismatch {
                        received: received.number(),
                        expected: own.number(),
                    });
                }
                match expected.auth {
                    Auth::None => {}
                    Auth::Pass(own) if key != own => return Err(Fault::AuthFailure),
                    Auth::Pass(_) => {}
                    Auth::Header(key) => self.check_authentication(key, sequence)?,
                }
                Duration::from_secs(fixed[5].into())
            }
            // The four bits above the interval are reserved and not looked at.
            Version::V3 => {
                Duration::from_millis(u64::from(u16::from_be_bytes([fixed[4] & 0x0f, fixed[5]])) * 10)
            }
        };
        if first & 0x0f != ADVERTISEMENT {
            return Err(Fault::Type(first & 0x0f));
        }
        if expected.version == Version::V2 && interval != expected.interval {
            let expected = u8::try_from(expected.interval.as_secs()).unwrap_or(u8::MAX);
            return Err(Fault::Interval {
                received: fixed[5],
                expected,
            });
        }
        if interval.is_zero() {
            return Err(Fault::IntervalZero);
        }
        if expected.check_addresses && usize::from(count) != expected.addresses.len() {
            return Err(Fault::Count {
                received: count,
                expected: expected.addresses.len(),
            });
        }
        let checksum = match expected.version {
            Version::V2 => internet_checksum(self.payload),
            Version::V3 => expected
                .checksum
                .checksum(self.source, self.destination, self.payload),
        };
        let is_old = checksum != 0
            && expected.version == Version::V3
            && expected.checksum == ChecksumForm::Recognise
            && !expected.peers.is_empty()
            && ChecksumForm::Old.checksum(self.source, self.destination, self.payload) == 0;
        if checksum != 0 && !is_old {
            return Err(Fault::Checksum { version });
        }
        if expected.check_addresses {
            let holds = |own: &&IpAddr| match own {
                IpAddr::V4(v4) => addresses
                    .chunks_exact(address_length)
                    .any(|octets| octets == v4.octets()),
                IpAddr::V6(v6) => addresses
                    .chunks_exact(address_length)
                    .any(|octets| octets == v6.octets()),
            };
            if let Some(missing) = expected.addresses.iter().find(|own| !holds(own)) {
                return Err(Fault::Addresses {
                    vrid,
                    missing: *missing,
                });
            }
        }
        let peer = expected.peers.iter().find(|peer| peer.address == self.source);
        match peer {
            Some(peer) if !peer.ttl.contains(&self.ttl) => {
                return Err(Fault::TtlRange {
                    received: self.ttl,
                    min: *peer.ttl.start(),
                    max: *peer.ttl.end(),
                });
            }
            None if expected.check_peers => return Err(Fault::NoPeer(self.source)),
            _ => {}
        }
        Ok(Checked {
            source: self.source,
            priority,
            interval,
            old_checksum: is_old,
        })
    }
}

impl Datagram<'_> {
    /// Whether the authentication header is that of its sender, proves what it is around, and was not seen before.
    fn check_authentication(&self, key: &[u8; KEY_LENGTH], sequence: &mut u32) -> Result<(), Fault> {
        let (Some(header), IpAddr::V4(source)) = (&self.authentication, self.source) else {
            return Err(Fault::NotProven);
        };
        if header.index != source.octets() {
            return Err(Fault::ParameterIndex {
                source,
                received: header.index.into(),
            });
        }
        if !header.is_proven_by(key) {
            return Err(Fault::NotProven);
        }
        if header.sequence <= *sequence {
            return Err(Fault::Replayed {
                received: header.sequence,
                last: *sequence,
            });
        }
        *sequence = header.sequence;
        Ok(())
    }
}

/// A partner that adverts go to by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// The TTLs, or hop limits, that its adverts may come with.
    pub ttl: RangeInclusive<u8>,
}

/// What an advert must be for an instance to take it for what it says.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'a> {
    /// Version.
    pub version: Version,
    /// Virtual router.
    pub vrid: u8,
    /// The address that we send from ourselves.
    pub own: IpAddr,
    /// The address that adverts are sent to.
    pub destination: IpAddr,
    /// Our partners, where adverts go to each by itself: then any TTL may come, as far as they do not say otherwise.
    pub peers: &'a [Peer],
    /// Whether an advert of another sender is refused.
    pub check_peers: bool,
    /// Authentication.
    pub auth: &'a Auth,
    /// Our advert interval. It must be the same in version 2; in version 3 the master's is taken over.
    pub interval: Duration,
    /// Our virtual addresses.
    pub addresses: &'a [IpAddr],
    /// Whether the advert's addresses must be ours.
    pub check_addresses: bool,
    /// What checksums of version 3 are about.
    pub checksum: ChecksumForm,
}

/// What is left to know of an advert that passed all checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The sender.
    pub source: IpAddr,
    /// Its priority.
    pub priority: u8,
    /// Its advert interval; never zero.
    pub interval: Duration,
    /// Its checksum is of the old kind, which was recognised.
    pub old_checksum: bool,
}
