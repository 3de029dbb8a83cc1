//! Questions and answers as the wire has them (RFC 1035, RFC 2782, RFC 6891).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use simple_dns::rdata::{OPT, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, ResourceRecord, TYPE};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Addresses of IPv4 (A).
    V4,
    /// Addresses of IPv6 (AAAA).
    V6,
    /// Servers of a service (SRV).
    Service,
}

impl Kind {
    fn question(self) -> QTYPE {
        QTYPE::TYPE(match self {
            Self::V4 => TYPE::A,
            Self::V6 => TYPE::AAAA,
            Self::Service => TYPE::SRV,
        })
    }

    /// What is asked for next when this gave nothing; none where there is nothing else.
    pub(super) fn other(self) -> Option<Self> {
        match self {
            Self::V4 => Some(Self::V6),
            Self::V6 => Some(Self::V4),
            Self::Service => None,
        }
    }
}

/// A record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Data {
    Address(IpAddr),
    Service {
        /// In lower case.
        target: Box<str>,
        port: u16,
        weight: u16,
        /// The target's address, where the answer has it too.
        ip: Option<IpAddr>,
    },
}

/// Why an answer gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It is none, or to another question.
    Invalid,
    TooBig,
    Truncated,
    Nx,
    Refused,
    Other,
    Empty,
    /// Its names do not lead from one to the other.
    Names,
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) records: Vec<Data>,
    /// There was another name in between.
    pub(super) has_alias: bool,
}

/// The number of an answer; none for what is too short to have one.
pub(super) fn number(bytes: &[u8]) -> Option<u16> {
    let first = bytes.first_chunk::<2>()?;
    Some(u16::from_be_bytes(*first))
}

/// The bytes of a question; none for a name that no name server can be asked for.
pub(super) fn question(id: u16, name: &str, kind: Kind, payload: u16) -> Option<Vec<u8>> {
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let name = Name::new(name).ok()?;
    let class = QCLASS::CLASS(CLASS::IN);
    packet
        .questions
        .push(Question::new(name, kind.question(), class, false));
    *packet.opt_mut() = Some(OPT {
        opt_codes: Vec::new(),
        udp_packet_size: payload,
        version: 0,
    });
    packet.build_bytes_vec().ok()
}

/// What `bytes` answer to the question for `name`, which is in lower case.
pub(super) fn answer(bytes: &[u8], name: &str, kind: Kind, payload: u16) -> Result<Answer, Failure> {
    if bytes.len() > usize::from(payload) {
        return Err(Failure::TooBig);
    }
    let packet = Packet::parse(bytes).map_err(|_| Failure::Invalid)?;
    if !packet.has_flags(PacketFlag::RESPONSE) {
        return Err(Failure::Invalid);
    }
    if packet.has_flags(PacketFlag::TRUNCATION) {
        return Err(Failure::Truncated);
    }
    match packet.rcode() {
        RCODE::NoError => {}
        RCODE::NameError => return Err(Failure::Nx),
        RCODE::Refused => return Err(Failure::Refused),
        _ => return Err(Failure::Other),
    }
    let asked = packet.questions.first().ok_or(Failure::Invalid)?;
    if lower(&asked.qname) != name || asked.qtype != kind.question() {
        return Err(Failure::Invalid);
    }
    if packet.answers.is_empty() {
        return Err(Failure::Empty);
    }
    let mut at = name.to_owned();
    let mut has_alias = false;
    let mut records = Vec::new();
    for record in &packet.answers {
        if lower(&record.name) != at {
            return Err(Failure::Names);
        }
        match &record.rdata {
            RData::CNAME(alias) => {
                at = lower(&alias.0);
                has_alias = true;
            }
            data => records.extend(data_of(data, kind, &packet.additional_records)),
        }
    }
    if records.is_empty() {
        return Err(if has_alias { Failure::Names } else { Failure::Empty });
    }
    Ok(Answer { records, has_alias })
}

fn data_of(data: &RData<'_>, kind: Kind, additional: &[ResourceRecord<'_>]) -> Option<Data> {
    match (data, kind) {
        (RData::SRV(service), Kind::Service) => {
            let target = lower(&service.target);
            let found = additional.iter().find(|more| lower(&more.name) == target);
            Some(Data::Service {
                ip: found.and_then(|more| address(&more.rdata)),
                target: target.into(),
                port: service.port,
                weight: service.weight,
            })
        }
        (RData::A(_), Kind::V4) | (RData::AAAA(_), Kind::V6) => address(data).map(Data::Address),
        _ => None,
    }
}

fn address(data: &RData<'_>) -> Option<IpAddr> {
    match data {
        RData::A(found) => Some(IpAddr::V4(Ipv4Addr::from(found.address))),
        RData::AAAA(found) => Some(IpAddr::V6(Ipv6Addr::from(found.address))),
        _ => None,
    }
}

fn lower(name: &Name<'_>) -> String {
    name.to_string().to_ascii_lowercase()
}
