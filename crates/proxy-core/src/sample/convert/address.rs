//! Converters of addresses, and of what names a host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use haproxy_cfg::model::ArgValue;

use super::{Row, of_text, row, with};
use crate::sample::Sample;

pub(super) const ROWS: &[Row] = &[
    // An IPv4 address inside of an IPv6 one is masked, and given, as what it is.
    row(&["ipmask"], |_, converter| {
        let mask4 = converter.args.first().and_then(|arg| match arg.value {
            ArgValue::Mask4(mask) => Some(mask),
            _ => None,
        });
        let mask6 = converter.args.get(1).and_then(|arg| match arg.value {
            ArgValue::Mask6(mask) => Some(mask),
            _ => None,
        });
        with(move |_, sample| {
            let Sample::Ip(address) = sample else { return None };
            Some(Sample::Ip(match address.to_canonical() {
                IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from(u32::from(v4) & u32::from(mask4?))),
                // Without a mask of their own IPv6 addresses give nothing.
                IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & u128::from(mask6?))),
            }))
        })
    }),
    row(&["host_only"], |_, _| {
        of_text(|context, text| {
            let (host, _) = host_and_port(text);
            let mut out = context.arena.bytes(host.len());
            out.extend(host.iter().map(u8::to_ascii_lowercase));
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
    row(&["port_only"], |_, _| {
        of_text(|_, text| {
            let (_, port) = host_and_port(text);
            // The original looks at no digit twice: what is none counts by its place in ASCII.
            let number = port.iter().fold(0_u32, |number, digit| {
                let digit = u32::from(*digit).wrapping_sub(u32::from(b'0'));
                number.wrapping_mul(10).wrapping_add(digit)
            });
            Some(Sample::Int(number.into()))
        })
    }),
];

/// The value of a Host header as its two parts.
fn host_and_port(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr2(b':', b']', text) {
        Some(colon) if text[colon] == b':' => (&text[..colon], &text[colon + 1..]),
        _ => (text, b""),
    }
}
