//! The next hops of a route, each behind `nexthop`.

use super::encap::encap;
use super::number::unsigned;
use super::route::Draft;
use super::route_value::{Words, host_address, interface, realms_of_route, wrong};
use crate::model::NextHop;
use crate::reading::Reading;

pub(super) fn hop() -> NextHop {
    NextHop {
        weight: 1,
        ..NextHop::default()
    }
}

/// `nexthop` and all behind it.
pub(super) fn next_hops(reading: &mut Reading<'_>, words: &mut Words<'_>, draft: &mut Draft) {
    loop {
        let Some(hop) = next_hop(reading, words, draft) else {
            return;
        };
        draft.route.hops.push(hop);
        match words.next() {
            None => return,
            Some(word) if word.bytes == b"nexthop" => {}
            Some(word) => {
                let message = format!("Route has trailing nonsense after nexthops - {}", word.text());
                wrong(
                    reading,
                    word,
                    message,
                    None,
                    "write what holds for the route before the first nexthop",
                );
                return;
            }
        }
    }
}

/// One hop; none when it is wrong. What follows one that is wrong is not looked at.
fn next_hop(reading: &mut Reading<'_>, words: &mut Words<'_>, draft: &mut Draft) -> Option<NextHop> {
    let mut hop = hop();
    while let Some(word) = words.peek() {
        match &*word.bytes {
            b"via" => {
                words.next();
                let mut value = words.value(reading, "a gateway")?;
                let forced = match &*value.bytes {
                    b"inet" => Some(false),
                    b"inet6" => Some(true),
                    _ => None,
                };
                if forced.is_some() {
                    value = words.value(reading, "a gateway")?;
                }
                let address = host_address(reading, value, "invalid nexthop address")?;
                let clash = draft.family.is_some_and(|family| family != address.is_ipv6());
                if clash {
                    let message = match forced {
                        Some(_) => "IPv4/6 mismatch for nexthop",
                        None => "Address family mismatch for next hop",
                    };
                    wrong(
                        reading,
                        value,
                        message.to_owned(),
                        None,
                        "all addresses of a route are of one family",
                    );
                    return None;
                }
                draft.family = Some(address.is_ipv6());
                hop.gateway = Some(address);
            }
            b"dev" | b"oif" => {
                words.next();
                let value = words.value(reading, "an interface")?;
                hop.interface = Some(interface(reading, value));
            }
            b"weight" => {
                words.next();
                let value = words.value(reading, "a number from 1 to 256")?;
                match unsigned(value, 0, 256) {
                    Ok(weight @ 1..) => hop.weight = u16::try_from(weight).unwrap_or(1),
                    other => {
                        let message = format!("Invalid weight {} specified for route", value.text());
                        wrong(
                            reading,
                            value,
                            message,
                            other.err(),
                            "write a number from 1 to 256; the hop is left out",
                        );
                        return None;
                    }
                }
            }
            b"onlink" => {
                words.next();
                hop.onlink = true;
            }
            b"encap" => {
                words.next();
                hop.encap = Some(encap(reading, words)?);
            }
            b"realms" => {
                words.next();
                let value = words.value(reading, "realms")?;
                hop.realms = Some(realms_of_route(reading, value)?);
            }
            _ => break,
        }
    }
    Some(hop)
}
