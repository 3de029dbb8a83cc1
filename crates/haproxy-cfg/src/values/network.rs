//! Networks: an address with a mask as a prefix length, or dotted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Address and prefix length in bits of `ADDR[/MASK]`; without a mask the prefix is the whole address.
pub(crate) fn network(word: &[u8]) -> Option<(IpAddr, u8)> {
    let text = std::str::from_utf8(word).ok()?;
    let (address, mask) = text
        .split_once('/')
        .map_or((text, None), |(address, mask)| (address, Some(mask)));
    let address: IpAddr = address.parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match mask {
        None => width,
        Some(mask) => match (address, mask.parse::<u8>()) {
            (_, Ok(bits)) if bits <= width => bits,
            (IpAddr::V4(_), Err(_)) => dotted_prefix(mask)?,
            _ => return None,
        },
    };
    Some((masked(address, prefix), prefix))
}

/// The prefix length of a dotted mask whose ones are contiguous.
fn dotted_prefix(mask: &str) -> Option<u8> {
    let bits = u32::from(mask.parse::<Ipv4Addr>().ok()?);
    let ones = bits.leading_ones();
    (bits.checked_shl(ones).unwrap_or(0) == 0)
        .then(|| u8::try_from(ones).ok())
        .flatten()
}

fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from(u32::from(v4) & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from(u128::from(v6) & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_read_in_both_forms() {
        let net = |text: &str| network(text.as_bytes()).map(|(ip, bits)| format!("{ip}/{bits}"));
        assert_eq!(net("127.0.0.0/8").as_deref(), Some("127.0.0.0/8"));
        assert_eq!(net("10.1.2.3/255.255.0.0").as_deref(), Some("10.1.0.0/16"));
        assert_eq!(net("10.1.2.3").as_deref(), Some("10.1.2.3/32"));
        assert_eq!(net("2001:db8::1/32").as_deref(), Some("2001:db8::/32"));
        assert_eq!(net("0.0.0.0/0").as_deref(), Some("0.0.0.0/0"));
        assert_eq!(net("1.2.3.4/33"), None);
        assert_eq!(net("1.2.3.4/255.0.255.0"), None);
        assert_eq!(net("foo"), None);
    }
}
