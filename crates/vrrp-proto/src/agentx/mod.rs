//! AgentX (RFC 2741): how a program lends a part of the tree of SNMP to the agent of its machine. Packets to bytes and back, and what a
//! tree answers to the agent's questions. Connections, and what stands in the tree, are not known here.

mod packet;
mod tree;

pub use packet::{Error, Fault, HEADER_LENGTH, Header, Oid, Packet, Range, Value, VarBind};
pub use tree::Tree;
