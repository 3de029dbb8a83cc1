//! The keepalived.conf language, from bytes to a resolved model. Pure: files, users and interfaces come in through [`Host`].
//!
//! A reading goes through these steps, each in its module: `lines` (included files, conditions, definitions, comments; what
//! is left cut at braces and blanks), `parse` (lines and braces to the as-written model, driven by the rows of `keywords`),
//! `resolve` (defaults applied, programs found, names settled). It never stops at the first fault and never panics, and every
//! word of a file is acted on, warned of, or refused.
//!
//! What it must not know: sockets, interfaces and addresses as the system has them, scripts that could be run, the clock; and
//! VRRP beyond the words that a file has for it.

pub mod codes;
mod dialect;
mod host;
mod keywords;
mod lex;
mod lines;
mod load;
pub mod model;
mod names;
mod parse;
mod reading;
mod resolve;
mod services;
mod statement;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tree;
mod written;

pub use dialect::{Dialect, UnknownDialect};
pub use host::{FileStatus, Host};
pub use keywords::{block_rows, reference};
pub use lex::{Token, TokenKind, tokens};
pub use load::{LoadOptions, Loaded, Outcome, load, load_bytes};
pub use statement::{Statement, Term};
