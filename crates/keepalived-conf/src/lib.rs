//! The keepalived.conf language. Pure: files and environment come in through traits.
//!
//! What it must not know: sockets, interfaces and addresses as the system has them, scripts that could be run, the clock; and
//! VRRP beyond the words that a file has for it. A reading never panics, reads on behind every fault, and loses no byte: tools
//! that change a file need it whole.
//!
//! So far: lines cut into tokens without losing a byte, and the blocks that braces make of them.

mod block;
mod lex;

pub use block::{Statement, blocks};
pub use lex::{Token, TokenKind, tokens};
