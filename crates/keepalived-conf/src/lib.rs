//! The keepalived.conf language. Pure: files and environment come in through traits.
//!
//! So far: lines cut into tokens without losing a byte, and the blocks that braces make of them.

mod block;
mod lex;

pub use block::{Statement, blocks};
pub use lex::{Token, TokenKind, tokens};
