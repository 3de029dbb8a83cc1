//! BFD, which tells within milliseconds that a neighbour is gone: its packet and its session, both in RFC 5880's asynchronous mode.
//! Over one hop (RFC 5881) and over several (RFC 5883) they are the same; ports and TTLs are the shell's affair.

mod packet;
mod session;

pub use packet::{Diagnostic, Packet, PacketFault, State};
pub use session::{Event, Output, Parameters, Session, SessionConfig};
