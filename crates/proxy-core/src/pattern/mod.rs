//! Patterns and maps that can be changed while the proxy runs (manual, sections 7.1 and 7.3.1, `map`; management guide,
//! `show map`, `add map` and their kin).
//!
//! A [`Reference`] is a file, shared by all maps and ACLs that name it, or the patterns that an ACL line holds itself. Its entries
//! are arranged once for each expression, a way of comparing them with samples; what is found among several that match is what
//! the original finds: of whole texts, beginnings and networks the most exact, of all else the first of the file, and of equal
//! patterns the first.
//!
//! [`References`] holds all of a configuration. A [`Lookup`] is one expression of one reference, for those who look samples up.

mod affix;
mod entry;
mod equal;
mod expression;
mod held;
mod index;
mod key;
mod net;
mod range;
mod reference;
mod references;
mod set;
mod table;
mod tree;

pub use key::{Found, Key, Value};
pub use reference::{EditError, Entries, Reference, Versions};
pub use references::{Lookup, PatternError, References};
