//! The cookie by which a client of RDP comes back to its server (manual, `persist rdp-cookie`): what the server's broker puts in
//! it is the server's address, `IP.PORT.` and something behind that nobody looks at. Both numbers are written as a machine that
//! stores their lowest octet first reads them from the network.

use std::net::{Ipv4Addr, SocketAddrV4};

/// The address that a cookie's value names; none where it names none.
#[must_use]
pub fn rdp_address(value: &[u8]) -> Option<SocketAddrV4> {
    let (ip, rest) = number(value)?;
    let (port, _) = number(rest)?;
    // What is too large is cut, as the original does.
    Some(SocketAddrV4::new(
        Ipv4Addr::from((ip as u32).to_le_bytes()),
        u16::from_be_bytes((port as u16).to_le_bytes()),
    ))
}

/// A decimal number that a dot ends, and what stands behind the dot.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let len = text.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(len);
    let rest = rest.strip_prefix(b".").filter(|_| len > 0)?;
    let number = digits.iter().fold(0_u64, |sum, digit| {
        sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    });
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_names_an_address() {
        let read = |text: &str| rdp_address(text.as_bytes()).map(|address| address.to_string());
        let address = Some("10.102.2.217:3389".to_owned());
        assert_eq!(read("3640813066.15629.0000"), address);
        // What is behind the port is not looked at, but its dot must be there.
        assert_eq!(read("3640813066.15629."), address);
        assert_eq!(read("3640813066.15629"), None);
        assert_eq!(read(" 3640813066.81165.x"), address);
        for wrong in [
            "",
            ".",
            "x",
            "3640813066",
            "3640813066.",
            ".15629.",
            "3640813066x.15629.",
            "0xd9.1.",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
