//! Packets of MQTT 3.1, 3.1.1 and 5.0: the first that a client sends (CONNECT) and its answer (CONNACK).

mod packet;

use super::argument::text;
use super::{Row, of_text, row};
use crate::sample::Sample;
use packet::{Fault, Field, Kind, Value, parse};

pub(super) const ROWS: &[Row] = &[
    row(&["mqtt_is_valid"], |_, _| {
        of_text(|context, packet| match parse(packet, None) {
            Ok(_) => Some(Sample::Bool(true)),
            Err(Fault::Wrong) => Some(Sample::Bool(false)),
            Err(Fault::Incomplete) => {
                context.wait();
                None
            }
        })
    }),
    row(&["mqtt_field_value"], |_, converter| {
        let wanted = text(converter, 0)
            .and_then(kind_named)
            .zip(text(converter, 1).and_then(field_named));
        of_text(move |context, packet| {
            let (kind, field) = wanted?;
            match parse(packet, Some((kind, field))) {
                Ok(Some(Value::Number(number))) => Some(Sample::Bin(context.arena.text(number))),
                Ok(Some(Value::Text(text))) => Some(text).filter(|text| !text.is_empty()).map(Sample::Bin),
                Ok(None) | Err(Fault::Wrong) => None,
                Err(Fault::Incomplete) => {
                    context.wait();
                    None
                }
            }
        })
    }),
];

/// The type of packets of that name or number, of those that are read.
fn kind_named(name: &[u8]) -> Option<Kind> {
    match &*name.to_ascii_lowercase() {
        b"connect" => Some(Kind::Connect),
        b"connack" => Some(Kind::Connack),
        number => match std::str::from_utf8(number).ok()?.parse().ok()? {
            1_u8 => Some(Kind::Connect),
            2 => Some(Kind::Connack),
            _ => None,
        },
    }
}

/// The field of that name, or the property of that number.
fn field_named(name: &[u8]) -> Option<Field> {
    Some(match &*name.to_ascii_lowercase() {
        b"flags" => Field::Flags,
        b"protocol_name" => Field::ProtocolName,
        b"protocol_version" => Field::ProtocolVersion,
        b"client_identifier" => Field::ClientIdentifier,
        b"will_topic" => Field::WillTopic,
        b"will_payload" => Field::WillPayload,
        b"username" => Field::Username,
        b"password" => Field::Password,
        b"keepalive" => Field::KeepAlive,
        b"reason_code" => Field::ReasonCode,
        number => Field::Property(std::str::from_utf8(number).ok()?.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn packets_are_read_as_by_the_original() {
        crate::sample::convert::recorded::hold_to("mqtt");
    }
}
