//! nftables over netlink: batches of tables, chains, sets and rules, as far as the program has rules of its own. What the rules
//! are for is `firewall`'s to know.
//!
//! The library for netlink has no types for these messages, so their attributes are written here byte by byte
//! (linux/netfilter/nf_tables.h). Numbers are in network order, but for what is compared with the machine's own.

use std::io;

use netlink_packet_core::{NLM_F_ACK, NLM_F_CREATE, NLM_F_REQUEST};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_NETFILTER};

/// A family of packets, as netfilter numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    /// IPv4.
    V4 = 2,
    /// IPv6.
    V6 = 10,
}

/// Where a chain is called from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hook {
    /// Packets for this machine.
    Input = 1,
    /// Packets that this machine sends.
    Output = 3,
}

/// What is done with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict<'a> {
    /// It is thrown away.
    Drop,
    /// It goes on.
    Accept,
    /// Another chain decides.
    Goto(&'a str),
}

/// A part of a rule. Registers are those of 32 bits, from 0: a wider value takes those behind it as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expression<'a> {
    /// Loads bytes of the network header.
    Network { register: u32, offset: u32, length: u32 },
    /// Loads bytes of the transport header.
    Transport { register: u32, offset: u32, length: u32 },
    /// Loads something about the packet (`NFT_META_*`).
    Meta { register: u32, key: u32 },
    /// Masks a register.
    Mask { register: u32, mask: &'a [u8] },
    /// Goes on only where the register equals this.
    Equals { register: u32, value: &'a [u8] },
    /// Goes on only where the register is in the set.
    In { register: u32, set: &'a str },
    /// Loads what a map has for the register.
    Map { register: u32, map: &'a str, to: u32 },
    /// Sends a copy to the address in a register, out of the interface whose number is in another.
    Duplicate { address: u32, device: u32 },
    /// Counts.
    Counter,
    /// Decides.
    Verdict(Verdict<'a>),
}

/// The type of a set's keys, for those who list it, and their length in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyType {
    /// The number by which the program `nft` knows the type.
    pub(crate) number: u32,
    /// Bytes.
    pub(crate) length: u32,
}

impl KeyType {
    pub(crate) const IPV4: Self = Self { number: 7, length: 4 };
    pub(crate) const IPV6: Self = Self {
        number: 8,
        length: 16,
    };
    pub(crate) const ICMPV6: Self = Self {
        number: 29,
        length: 1,
    };
    pub(crate) const INTERFACE: Self = Self {
        number: 20,
        length: 4,
    };
    pub(crate) const INTERFACE_NAME: Self = Self {
        number: 41,
        length: 16,
    };

    /// This with another one behind it.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            number: self.number << 6 | other.number,
            length: self.length + other.length,
        }
    }
}

// Messages (NFT_MSG_*), with the number of the subsystem before them.
const NEW_TABLE: u16 = 0x0a00;
const DELETE_TABLE: u16 = 0x0a02;
const NEW_CHAIN: u16 = 0x0a03;
const NEW_RULE: u16 = 0x0a06;
const NEW_SET: u16 = 0x0a09;
const NEW_ELEMENT: u16 = 0x0a0c;
const DELETE_ELEMENT: u16 = 0x0a0e;
const BATCH_BEGIN: u16 = 0x10;
const BATCH_END: u16 = 0x11;
const ERROR: u16 = 2;

const NESTED: u16 = 0x8000;
const APPEND: u16 = 0x800;

const SET_CONSTANT: u32 = 0x2;
const SET_MAP: u32 = 0x8;

/// Bytes of a message's own header and netfilter's.
const HEADER: usize = 20;

/// Several changes that happen together or not at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    messages: u32,
    sets: u32,
}

impl Batch {
    /// Makes a table where there is none.
    pub(crate) fn table(&mut self, family: Family, table: &str) {
        self.message(NEW_TABLE, NLM_F_CREATE, family, &text(1, table));
    }

    /// Takes a table away, with all in it. It must be there.
    pub(crate) fn delete_table(&mut self, family: Family, table: &str) {
        self.message(DELETE_TABLE, 0, family, &text(1, table));
    }

    /// A chain; with a hook and a priority where it is called by the system itself.
    pub(crate) fn chain(&mut self, family: Family, table: &str, chain: &str, hook: Option<(Hook, i32)>) {
        let mut body = [text(1, table), text(3, chain)].concat();
        if let Some((hook, priority)) = hook {
            let place = [number(1, hook as u32), attribute(2, &priority.to_be_bytes())].concat();
            body.extend(nested(4, &place));
            // What no rule decides on is accepted.
            body.extend(number(5, 1));
            body.extend(text(7, "filter"));
        }
        self.message(NEW_CHAIN, NLM_F_CREATE, family, &body);
    }

    /// A rule at the end of a chain.
    pub(crate) fn rule(&mut self, family: Family, table: &str, chain: &str, expressions: &[Expression<'_>]) {
        let list: Vec<u8> = expressions.iter().flat_map(expression).collect();
        let body = [text(1, table), text(2, chain), nested(4, &list)].concat();
        self.message(NEW_RULE, NLM_F_CREATE | APPEND, family, &body);
    }

    /// A set that keys come into and leave.
    pub(crate) fn set(&mut self, family: Family, table: &str, set: &str, keys: KeyType) {
        self.new_set(family, table, set, (0, keys), &order(&[keys]));
    }

    /// A set whose keys never change.
    pub(crate) fn constant_set(&mut self, family: Family, table: &str, set: &str, keys: KeyType) {
        self.new_set(family, table, set, (SET_CONSTANT, keys), &[]);
    }

    /// A map from keys to values.
    pub(crate) fn map(&mut self, family: Family, table: &str, map: &str, keys: KeyType, values: KeyType) {
        let more = [
            number(6, values.number),
            number(7, values.length),
            order(&[keys, values]),
        ]
        .concat();
        self.new_set(family, table, map, (SET_MAP, keys), &more);
    }

    fn new_set(&mut self, family: Family, table: &str, set: &str, of: (u32, KeyType), more: &[u8]) {
        self.sets += 1;
        let (flags, keys) = of;
        let mut body = [text(1, table), text(2, set), number(3, flags)].concat();
        body.extend(number(4, keys.number));
        body.extend(number(5, keys.length));
        body.extend_from_slice(more);
        // Its number within the batch.
        body.extend(number(10, self.sets));
        self.message(NEW_SET, NLM_F_CREATE, family, &body);
    }

    /// Puts keys into a set, or keys with their values into a map.
    pub(crate) fn add(
        &mut self,
        family: Family,
        table: &str,
        set: &str,
        keys: &[(Vec<u8>, Option<Vec<u8>>)],
    ) {
        self.elements(NEW_ELEMENT, NLM_F_CREATE, (family, table, set), keys);
    }

    /// Takes keys out of a set. They must be there.
    pub(crate) fn delete(
        &mut self,
        family: Family,
        table: &str,
        set: &str,
        keys: &[(Vec<u8>, Option<Vec<u8>>)],
    ) {
        self.elements(DELETE_ELEMENT, 0, (family, table, set), keys);
    }

    fn elements(
        &mut self,
        kind: u16,
        flags: u16,
        (family, table, set): (Family, &str, &str),
        keys: &[(Vec<u8>, Option<Vec<u8>>)],
    ) {
        let element = |(key, value): &(Vec<u8>, Option<Vec<u8>>)| {
            let mut parts = nested(1, &attribute(1, key));
            if let Some(value) = value {
                parts.extend(nested(2, &attribute(1, value)));
            }
            nested(1, &parts)
        };
        let list: Vec<u8> = keys.iter().flat_map(element).collect();
        let body = [text(1, table), text(2, set), nested(3, &list)].concat();
        self.message(kind, flags, family, &body);
    }

    fn message(&mut self, kind: u16, flags: u16, family: Family, body: &[u8]) {
        self.messages += 1;
        let sequence = self.messages;
        // It is answered in any case, so that an answer can be waited for.
        let flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        // A family is a byte.
        self.bytes
            .extend(message(kind, flags, sequence, [family as u8, 0, 0, 0], body));
    }

    fn finish(self) -> Vec<u8> {
        // Both carry the number of the subsystem.
        let batch = |kind, sequence| message(kind, NLM_F_REQUEST, sequence, [0, 0, 0, 10], &[]);
        [
            batch(BATCH_BEGIN, 0),
            self.bytes,
            batch(BATCH_END, self.messages + 1),
        ]
        .concat()
    }
}

fn message(kind: u16, flags: u16, sequence: u32, netfilter: [u8; 4], body: &[u8]) -> Vec<u8> {
    // A batch of ours is far below the four GiB that the length has room for.
    let length = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
    let mut out = length.to_ne_bytes().to_vec();
    out.extend(kind.to_ne_bytes());
    out.extend(flags.to_ne_bytes());
    out.extend(sequence.to_ne_bytes());
    out.extend([0; 4]);
    out.extend(netfilter);
    out.extend_from_slice(body);
    out
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
    let mut out = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
    out.extend_from_slice(value);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn nested(kind: u16, value: &[u8]) -> Vec<u8> {
    attribute(kind | NESTED, value)
}

fn number(kind: u16, value: u32) -> Vec<u8> {
    attribute(kind, &value.to_be_bytes())
}

fn text(kind: u16, value: &str) -> Vec<u8> {
    attribute(kind, &[value.as_bytes(), b"\0"].concat())
}

/// For those who list a set: which of its keys and values are in the machine's own order. The others are in the network's.
fn order(types: &[KeyType]) -> Vec<u8> {
    let own = |(place, of): (u8, &KeyType)| {
        let own = u32::from(*of == KeyType::INTERFACE);
        (own == 1).then(|| [&[place, 4][..], &own.to_ne_bytes()].concat())
    };
    let told: Vec<u8> = (0..).zip(types).filter_map(own).flatten().collect();
    if told.is_empty() {
        Vec::new()
    } else {
        attribute(13, &told)
    }
}

/// The number of a register of 32 bits (`NFT_REG32_*`).
const fn register(which: u32) -> u32 {
    8 + which
}

fn expression(what: &Expression<'_>) -> Vec<u8> {
    let header = |from, to, offset, length| {
        [
            number(1, register(to)),
            number(2, from),
            number(3, offset),
            number(4, length),
        ]
        .concat()
    };
    let (name, data) = match *what {
        Expression::Network {
            register,
            offset,
            length,
        } => ("payload", header(1, register, offset, length)),
        Expression::Transport {
            register,
            offset,
            length,
        } => ("payload", header(2, register, offset, length)),
        Expression::Meta { register: to, key } => {
            ("meta", [number(1, register(to)), number(2, key)].concat())
        }
        Expression::Mask {
            register: which,
            mask,
        } => {
            let none = vec![0; mask.len()];
            let parts = [
                number(1, register(which)),
                number(2, register(which)),
                number(3, u32::try_from(mask.len()).unwrap_or(u32::MAX)),
                nested(4, &attribute(1, mask)),
                nested(5, &attribute(1, &none)),
            ];
            ("bitwise", parts.concat())
        }
        Expression::Equals {
            register: which,
            value,
        } => (
            "cmp",
            [
                number(1, register(which)),
                number(2, 0),
                nested(3, &attribute(1, value)),
            ]
            .concat(),
        ),
        Expression::In { register: which, set } => {
            ("lookup", [text(1, set), number(2, register(which))].concat())
        }
        Expression::Map {
            register: which,
            map,
            to,
        } => (
            "lookup",
            [text(1, map), number(2, register(which)), number(3, register(to))].concat(),
        ),
        Expression::Duplicate { address, device } => (
            "dup",
            [number(1, register(address)), number(2, register(device))].concat(),
        ),
        Expression::Counter => ("counter", [attribute(1, &[0; 8]), attribute(2, &[0; 8])].concat()),
        Expression::Verdict(verdict) => {
            let parts = match verdict {
                Verdict::Drop => number(1, 0),
                Verdict::Accept => number(1, 1),
                // NFT_GOTO is -4.
                Verdict::Goto(chain) => [attribute(1, &(-4_i32).to_be_bytes()), text(2, chain)].concat(),
            };
            // Register 0 is that of verdicts.
            (
                "immediate",
                [number(1, 0), nested(2, &nested(2, &parts))].concat(),
            )
        }
    };
    nested(1, &[text(1, name), nested(2, &data)].concat())
}

/// The channel.
#[derive(Debug)]
pub(crate) struct Nftables(Socket);

impl Nftables {
    /// Opens it.
    ///
    /// # Errors
    /// What the system says, such as that it has no netfilter.
    pub(crate) fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_NETFILTER)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        // Its answers are there when the call that sends a batch returns.
        socket.set_non_blocking(true)?;
        Ok(Self(socket))
    }

    /// Does all of a batch.
    ///
    /// # Errors
    /// What the system says of the first change that it refuses; then none was made.
    pub(crate) fn run(&mut self, batch: Batch) -> io::Result<()> {
        let bytes = batch.finish();
        if self.0.send(&bytes, 0)? != bytes.len() {
            return Err(io::ErrorKind::WriteZero.into());
        }
        let mut result = Ok(());
        loop {
            let datagram = match self.0.recv_from_full() {
                Ok((datagram, _)) => datagram,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return result,
                Err(error) => return Err(error),
            };
            if let (Ok(()), Some(error)) = (&result, errors(&datagram).next()) {
                result = Err(error);
            }
        }
    }
}

/// The errors among the answers of a datagram.
fn errors(datagram: &[u8]) -> impl Iterator<Item = io::Error> + '_ {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        let head = *rest.first_chunk::<16>()?;
        let [a, b, c, d, kind_low, kind_high, ..] = head;
        let length = u32::from_ne_bytes([a, b, c, d]) as usize;
        let kind = u16::from_ne_bytes([kind_low, kind_high]);
        let code = rest.get(16..20).and_then(|code| code.first_chunk::<4>().copied());
        rest = if length < 16 {
            &[]
        } else {
            rest.get(length.next_multiple_of(4)..).unwrap_or_default()
        };
        Some((kind == ERROR).then(|| code.map_or(0, i32::from_ne_bytes)))
    })
    .flatten()
    .filter(|code| *code != 0)
    .map(|code| io::Error::from_raw_os_error(code.wrapping_neg()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_padded_and_say_their_length_without_it() {
        assert_eq!(
            attribute(1, b"abc\0d"),
            [9, 0, 1, 0, b'a', b'b', b'c', 0, b'd', 0, 0, 0]
        );
        assert_eq!(text(3, "out"), [8, 0, 3, 0, b'o', b'u', b't', 0]);
    }

    #[test]
    fn answers_that_are_no_errors_are_none() {
        let answer = |code: i32| {
            let mut out = 36_u32.to_ne_bytes().to_vec();
            out.extend([2, 0, 0, 0]);
            out.extend([0; 8]);
            out.extend(code.to_ne_bytes());
            out.extend([0; 16]);
            out
        };
        let found: Vec<_> = [answer(0), answer(-2), answer(0)].concat();
        let found: Vec<_> = errors(&found).map(|error| error.raw_os_error()).collect();
        assert_eq!(found, [Some(2)]);
        assert_eq!(errors(&[1, 2, 3]).count(), 0);
        assert_eq!(errors(&[0; 40]).count(), 0);
    }
}
