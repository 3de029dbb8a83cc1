//! The control packet (RFC 5880, section 4.1), and which of them are looked at (section 6.8.6). The texts of faults are the
//! original's log lines.

use std::fmt;
use std::time::Duration;

/// The only version there is.
const VERSION: u8 = 1;

/// Its length, without authentication.
const LENGTH: usize = 24;

const POLL: u8 = 1 << 5;
const FINAL: u8 = 1 << 4;
const INDEPENDENT: u8 = 1 << 3;
const AUTHENTICATION: u8 = 1 << 2;
const DEMAND: u8 = 1 << 1;
const MULTIPOINT: u8 = 1;

/// The state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum State {
    /// Kept down by an administrator.
    AdminDown,
    /// Nothing was heard of the neighbour.
    #[default]
    Down,
    /// The neighbour was heard, but does not hear us yet, as far as we know.
    Init,
    /// Both hear each other.
    Up,
}

impl State {
    const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::AdminDown,
            1 => Self::Down,
            2 => Self::Init,
            _ => Self::Up,
        }
    }

    const fn bits(self) -> u8 {
        match self {
            Self::AdminDown => 0,
            Self::Down => 1,
            Self::Init => 2,
            Self::Up => 3,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AdminDown => "AdminDown",
            Self::Down => "Down",
            Self::Init => "Init",
            Self::Up => "Up",
        })
    }
}

/// Why a session left its state last (`Diag`), by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Diagnostic(pub u8);

impl Diagnostic {
    /// Nothing to tell.
    pub const NONE: Self = Self(0);
    /// Nothing was heard for the detection time.
    pub const EXPIRED: Self = Self(1);
    /// The neighbour says that it is down.
    pub const NEIGHBOUR_DOWN: Self = Self(3);
    /// An administrator wants it so.
    pub const ADMIN_DOWN: Self = Self(7);
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            0 => "No Diagnostic",
            1 => "Control Detection Time Expired",
            2 => "Echo Function Failed",
            3 => "Neighbor Signaled Session Down",
            4 => "Forwarding Plane Reset",
            5 => "Path Down",
            6 => "Concatenated Path Down",
            7 => "Administratively Down",
            8 => "Reverse Concatenated Path Down",
            _ => "Reserved",
        })
    }
}

/// A control packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Packet {
    /// Why the sender left its state last.
    pub diagnostic: Diagnostic,
    /// The sender's state.
    pub state: State,
    /// It wants an answer with `is_final`.
    pub poll: bool,
    /// It answers one with `poll`.
    pub is_final: bool,
    /// The sender's sessions outlive its control plane.
    pub independent: bool,
    /// The sender wants no packets while both are up.
    pub demand: bool,
    /// So many packets missed in a row mean that the sender is gone; not 0.
    pub multiplier: u8,
    /// The sender's number for the session; not 0.
    pub my_discriminator: u32,
    /// Our number for it; 0 when the sender does not know it.
    pub your_discriminator: u32,
    /// The least time between packets that the sender wants to send.
    pub desired_min_tx: Duration,
    /// The least time between packets that the sender can take; zero wants none.
    pub required_min_rx: Duration,
    /// The same for packets that it sends back as they are; zero does not.
    pub required_min_echo_rx: Duration,
}

/// Why a packet is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PacketFault {
    /// Shorter than any.
    TooSmall(usize),
    /// Not version 1.
    Version(u8),
    /// The length in it is not that of the packet.
    Length {
        /// What it says.
        says: u8,
        /// What it is.
        is: usize,
    },
    /// The multiplier is 0.
    Multiplier,
    /// It is for many (RFC 8562).
    Multipoint,
    /// The sender has no number.
    MyDiscriminator,
    /// Ours is missing, where the sender must know it.
    YourDiscriminator,
    /// It is authenticated, which nobody asked for.
    Authentication,
}

impl fmt::Display for PacketFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall(length) => write!(f, "Packet is too small: {length} bytes"),
            Self::Version(version) => write!(f, "Packet is of unsupported version: {version}"),
            Self::Length { says, is } => {
                write!(
                    f,
                    "Packet size mismatch: length field: {says} bytes, buffer size: {is} bytes"
                )
            }
            Self::Multiplier => f.write_str("Packet 'detection multiplier' field is zero"),
            Self::Multipoint => f.write_str("Packet has 'multipoint' flag"),
            Self::MyDiscriminator => f.write_str("Packet 'my discriminator' field is zero"),
            Self::YourDiscriminator => f.write_str(
                "Packet 'your discriminator' field is zero and 'state' field is not Down or AdminDown",
            ),
            Self::Authentication => f.write_str("auth bit is set, but no authentication is in use"),
        }
    }
}

impl Packet {
    /// The packet in these bytes.
    ///
    /// # Errors
    /// Why it is not to be looked at.
    pub fn decode(bytes: &[u8]) -> Result<Self, PacketFault> {
        let Some(head) = bytes.first_chunk::<LENGTH>() else {
            return Err(PacketFault::TooSmall(bytes.len()));
        };
        let [first, flags, multiplier, length, fields @ ..] = head;
        if first >> 5 != VERSION {
            return Err(PacketFault::Version(first >> 5));
        }
        if usize::from(*length) != bytes.len() {
            return Err(PacketFault::Length {
                says: *length,
                is: bytes.len(),
            });
        }
        if *multiplier == 0 {
            return Err(PacketFault::Multiplier);
        }
        if flags & MULTIPOINT != 0 {
            return Err(PacketFault::Multipoint);
        }
        let field = |at: usize| {
            let mut value = [0; 4];
            value.copy_from_slice(&fields[4 * at..4 * at + 4]);
            u32::from_be_bytes(value)
        };
        let time = |at: usize| Duration::from_micros(field(at).into());
        let packet = Self {
            diagnostic: Diagnostic(first & 0x1f),
            state: State::from_bits(flags >> 6),
            poll: flags & POLL != 0,
            is_final: flags & FINAL != 0,
            independent: flags & INDEPENDENT != 0,
            demand: flags & DEMAND != 0,
            multiplier: *multiplier,
            my_discriminator: field(0),
            your_discriminator: field(1),
            desired_min_tx: time(2),
            required_min_rx: time(3),
            required_min_echo_rx: time(4),
        };
        if packet.my_discriminator == 0 {
            return Err(PacketFault::MyDiscriminator);
        }
        if packet.your_discriminator == 0 && !matches!(packet.state, State::Down | State::AdminDown) {
            return Err(PacketFault::YourDiscriminator);
        }
        if flags & AUTHENTICATION != 0 {
            return Err(PacketFault::Authentication);
        }
        Ok(packet)
    }

    /// The bytes of the packet.
    pub fn encode(&self) -> [u8; LENGTH] {
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        let mut bytes = [0; LENGTH];
        bytes[0] = VERSION << 5 | self.diagnostic.0 & 0x1f;
        bytes[1] = self.state.bits() << 6
            | flag(self.poll, POLL)
            | flag(self.is_final, FINAL)
            | flag(self.independent, INDEPENDENT)
            | flag(self.demand, DEMAND);
        bytes[2] = self.multiplier;
        // It fits.
        bytes[3] = LENGTH as u8;
        let micros = |time: Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        let fields = [
            self.my_discriminator,
            self.your_discriminator,
            micros(self.desired_min_tx),
            micros(self.required_min_rx),
            micros(self.required_min_echo_rx),
        ];
        for (place, field) in bytes[4..].chunks_exact_mut(4).zip(fields) {
            place.copy_from_slice(&field.to_be_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second packet of a session between two of the original, as it was captured.
    const RECORDED: [u8; LENGTH] = [
        0x20, 0x80, 0x03, 0x18, 0x04, 0x23, 0x87, 0x27, 0x18, 0xef, 0x89, 0x6c, 0x00, 0x0f, 0x42, 0x40, 0x00,
        0x00, 0xc3, 0x50, 0, 0, 0, 0,
    ];

    #[test]
    fn a_packet_of_the_original_is_read_and_written() {
        let packet = Packet::decode(&RECORDED).expect("a packet");
        assert_eq!(
            packet,
            Packet {
                state: State::Init,
                multiplier: 3,
                my_discriminator: 0x0423_8727,
                your_discriminator: 0x18ef_896c,
                desired_min_tx: Duration::from_secs(1),
                required_min_rx: Duration::from_millis(50),
                ..Packet::default()
            }
        );
        assert_eq!(packet.encode(), RECORDED);
    }

    #[test]
    fn what_is_wrong_is_refused_in_the_originals_words() {
        let changed = |at: usize, value: u8| {
            let mut bytes = RECORDED;
            bytes[at] = value;
            Packet::decode(&bytes).expect_err("a fault").to_string()
        };
        assert_eq!(changed(0, 0x40), "Packet is of unsupported version: 2");
        assert_eq!(
            changed(3, 23),
            "Packet size mismatch: length field: 23 bytes, buffer size: 24 bytes"
        );
        assert_eq!(changed(2, 0), "Packet 'detection multiplier' field is zero");
        assert_eq!(changed(1, 0x81), "Packet has 'multipoint' flag");
        assert_eq!(
            changed(1, 0x84),
            "auth bit is set, but no authentication is in use"
        );
        assert_eq!(
            Packet::decode(&RECORDED[..20]),
            Err(PacketFault::TooSmall(20)),
            "a short one"
        );
        let mut bytes = RECORDED;
        bytes[8..12].fill(0);
        assert_eq!(Packet::decode(&bytes), Err(PacketFault::YourDiscriminator));
        bytes[4..8].fill(0);
        assert_eq!(Packet::decode(&bytes), Err(PacketFault::MyDiscriminator));
    }
}
