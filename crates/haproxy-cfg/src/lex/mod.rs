//! From bytes to words (manual, section 2.2). [`tokens`] keeps every byte of a line, [`words`] gives what the words mean.

mod fault;
mod tokens;
mod words;

pub(crate) use fault::{LexError, excerpt};
pub use tokens::{Token, TokenKind};
pub(crate) use tokens::{content, tokens};
pub(crate) use words::{Comments, Environment, Word, origins, words};
