//! From bytes to words (manual, section 2.2). [`tokens`] keeps every byte of a line, [`words`] gives what the words mean.

mod tokens;
mod words;

pub(crate) use tokens::tokens;
pub use tokens::{Token, TokenKind};
pub(crate) use words::{Environment, LexError, MAX_WORDS, Word, words};
