//! The packets that tell neighbours that an address has moved: a gratuitous ARP for IPv4, an unsolicited neighbour
//! advertisement for IPv6. Whole Ethernet frames.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::internet_checksum;

/// The two forms of a gratuitous ARP. The original sends requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum ArpForm {
    /// Operation 1, target hardware address all ones.
    #[default]
    Request,
    /// Operation 2, target hardware address our own.
    Reply,
}

/// The broadcast frame that says that `address` is at `hardware`, as the original sends it.
pub fn gratuitous_arp(form: ArpForm, hardware: [u8; 6], address: Ipv4Addr) -> [u8; 42] {
    let mut frame = [0; 42];
    frame[..6].fill(0xff);
    frame[6..12].copy_from_slice(&hardware);
    frame[12..14].copy_from_slice(&[0x08, 0x06]);
    // Ethernet, IPv4, lengths of their addresses.
    frame[14..20].copy_from_slice(&[0, 1, 0x08, 0, 6, 4]);
    frame[21] = match form {
        ArpForm::Request => 1,
        ArpForm::Reply => 2,
    };
    frame[22..28].copy_from_slice(&hardware);
    frame[28..32].copy_from_slice(&address.octets());
    match form {
        ArpForm::Request => frame[32..38].fill(0xff),
        ArpForm::Reply => frame[32..38].copy_from_slice(&hardware),
    }
    frame[38..42].copy_from_slice(&address.octets());
    frame
}

const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
const ICMPV6: u8 = 58;

/// The frame to all nodes that says that `address` is at `hardware` (RFC 4861, section 7.2.6): override set, and the router
/// flag where this machine forwards packets.
pub fn unsolicited_neighbour_advertisement(hardware: [u8; 6], address: Ipv6Addr, router: bool) -> [u8; 86] {
    let mut message = [0; 32];
    message[0] = 136;
    message[4] = if router { 0xa0 } else { 0x20 };
    message[8..24].copy_from_slice(&address.octets());
    // Target link-layer address, in units of eight octets.
    message[24..26].copy_from_slice(&[2, 1]);
    message[26..32].copy_from_slice(&hardware);
    let mut pseudo = [0; 72];
    pseudo[..16].copy_from_slice(&address.octets());
    pseudo[16..32].copy_from_slice(&ALL_NODES.octets());
    pseudo[35] = 32;
    pseudo[39] = ICMPV6;
    pseudo[40..].copy_from_slice(&message);
    let checksum = internet_checksum(&pseudo);
    message[2..4].copy_from_slice(&checksum.to_be_bytes());

    let mut frame = [0; 86];
    frame[..6].copy_from_slice(&[0x33, 0x33, 0, 0, 0, 1]);
    frame[6..12].copy_from_slice(&hardware);
    frame[12..14].copy_from_slice(&[0x86, 0xdd]);
    frame[14] = 0x60;
    frame[19] = 32;
    frame[20] = ICMPV6;
    frame[21] = 255;
    frame[22..38].copy_from_slice(&address.octets());
    frame[38..54].copy_from_slice(&ALL_NODES.octets());
    frame[54..].copy_from_slice(&message);
    frame
}

/// The announcement for an address of either family.
pub fn announcement(hardware: [u8; 6], address: IpAddr, router: bool) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => gratuitous_arp(ArpForm::Request, hardware, v4).to_vec(),
        IpAddr::V6(v6) => unsolicited_neighbour_advertisement(hardware, v6, router).to_vec(),
    }
}

/// What a frame tells all who hear it: where an address is. None for every other frame. `frame` begins behind the Ethernet
/// header: a gratuitous ARP in either form, or a neighbour advertisement.
pub fn read_announcement(ethernet_type: u16, frame: &[u8]) -> Option<(IpAddr, [u8; 6])> {
    match ethernet_type {
        0x0806 => read_arp(frame),
        0x86dd => read_advertisement(frame),
        _ => None,
    }
}

fn read_arp(frame: &[u8]) -> Option<(IpAddr, [u8; 6])> {
    let arp: &[u8; 28] = frame.first_chunk()?;
    let sender: [u8; 4] = arp[14..18].try_into().ok()?;
    let hardware = arp[8..14].try_into().ok()?;
    let fits = arp[..7] == [0, 1, 0x08, 0, 6, 4, 0] && [1, 2].contains(&arp[7]);
    (fits && arp[24..28] == sender).then_some((sender.into(), hardware))
}

fn read_advertisement(frame: &[u8]) -> Option<(IpAddr, [u8; 6])> {
    let (header, message) = frame.split_first_chunk::<40>()?;
    // Of version 6, with nothing between its header and the message, from a neighbour.
    if header[0] >> 4 != 6 || header[6..8] != [ICMPV6, 255] || message.first() != Some(&136) {
        return None;
    }
    let target: [u8; 16] = message.get(8..24)?.try_into().ok()?;
    let mut options = message.get(24..)?;
    while let [kind, length, ..] = options
        && *length > 0
    {
        let (option, rest) = options.split_at_checked(usize::from(*length) * 8)?;
        if (*kind, *length) == (2, 1) {
            return Some((target.into(), option[2..8].try_into().ok()?));
        }
        options = rest;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_announced_is_read_again() {
        let hardware = [2, 0, 0, 0, 0, 7];
        let v4 = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 99));
        let v6: IpAddr = "2001:db8::99".parse().expect("an address");
        for (kind, address) in [(0x0806, v4), (0x86dd, v6)] {
            let frame = announcement(hardware, address, false);
            assert_eq!(read_announcement(kind, &frame[14..]), Some((address, hardware)));
            for end in 14..frame.len() {
                assert_eq!(read_announcement(kind, &frame[14..end]), None, "{end}");
            }
        }
        let reply = gratuitous_arp(ArpForm::Reply, hardware, Ipv4Addr::new(192, 0, 2, 99));
        assert_eq!(read_announcement(0x0806, &reply[14..]), Some((v4, hardware)));
        let mut request = reply;
        request[41] ^= 1;
        assert_eq!(
            read_announcement(0x0806, &request[14..]),
            None,
            "somebody asks for another"
        );
    }
}
