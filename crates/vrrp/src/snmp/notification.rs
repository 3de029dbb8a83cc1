//! What an SNMP manager is told without asking: changes of state, and new masters as the RFCs have them.

use std::net::{IpAddr, Ipv4Addr};

use keepalived_conf::model::InitialState;
use vrrp_proto::agentx::{Oid, Value, VarBind};

use super::keepalived::SUBTREE as KEEPALIVED;
use super::view::MasterReason;
use super::{octets, rfc2787, rfc6527};
use crate::notify::News;

/// snmpTrapOID (RFC 3418), which says what a notification is.
const WHAT: &[u32] = &[1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0];

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notification {
    /// All of a group have come to a state.
    Group {
        name: String,
        news: News,
        router_id: String,
    },
    /// An instance has.
    Instance {
        name: String,
        news: News,
        initial: InitialState,
        router_id: String,
    },
    /// vrrpTrapNewMaster of RFC 2787.
    NewMaster2 { index: u32, vrid: u8, address: Ipv4Addr },
    /// vrrpv3NewMaster of RFC 6527.
    NewMaster3 {
        index: u32,
        vrid: u8,
        address: IpAddr,
        reason: MasterReason,
    },
}

/// How the program's own MIB numbers states.
pub(super) fn state(news: News) -> i32 {
    match news {
        News::Backup => 1,
        News::Master => 2,
        News::Fault => 3,
        News::Deleted => 4,
        News::Stop => 5,
    }
}

/// The same for what an instance is to begin as.
pub(super) fn initial(state: InitialState) -> i32 {
    match state {
        InitialState::Backup => 1,
        InitialState::Master => 2,
    }
}

impl Notification {
    /// Its contents.
    pub(super) fn values(&self) -> Vec<VarBind> {
        let text = |text: &str| Value::Octets(text.as_bytes().to_vec());
        let own = |parts: &[u32]| [KEEPALIVED, parts].concat();
        let (what, contents): (Oid, Vec<(Oid, Value)>) = match self {
            Self::Group {
                name,
                news,
                router_id,
            } => (
                own(&[2, 10, 0, 1]),
                vec![
                    (own(&[2, 1, 1, 2]), text(name)),
                    (own(&[2, 1, 1, 3]), Value::Integer(state(*news))),
                    (own(&[1, 2, 0]), text(router_id)),
                ],
            ),
            Self::Instance {
                name,
                news,
                initial: begins,
                router_id,
            } => (
                own(&[2, 10, 0, 2]),
                vec![
                    (own(&[2, 3, 1, 2]), text(name)),
                    (own(&[2, 3, 1, 4]), Value::Integer(state(*news))),
                    (own(&[2, 3, 1, 5]), Value::Integer(initial(*begins))),
                    (own(&[1, 2, 0]), text(router_id)),
                ],
            ),
            Self::NewMaster2 { index, vrid, address } => (
                [rfc2787::SUBTREE, &[0, 1]].concat(),
                vec![(
                    [rfc2787::SUBTREE, &[1, 3, 1, 7, *index, u32::from(*vrid)]].concat(),
                    Value::Address(*address),
                )],
            ),
            Self::NewMaster3 {
                index,
                vrid,
                address,
                reason,
            } => {
                let place = [*index, u32::from(*vrid), if address.is_ipv4() { 1 } else { 2 }];
                (
                    [rfc6527::SUBTREE, &[0, 1]].concat(),
                    vec![
                        (
                            [rfc6527::SUBTREE, &[1, 1, 1, 1, 3], &place].concat(),
                            Value::Octets(octets(*address)),
                        ),
                        (
                            [rfc6527::SUBTREE, &[1, 2, 5, 1, 2], &place].concat(),
                            Value::Integer(*reason as i32),
                        ),
                    ],
                )
            }
        };
        let contents = contents.into_iter().map(|(name, value)| VarBind { name, value });
        std::iter::once(VarBind {
            name: WHAT.to_vec(),
            value: Value::Name(what),
        })
        .chain(contents)
        .collect()
    }
}
