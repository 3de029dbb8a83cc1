//! The haproxy.cfg language, from bytes to a resolved model. Pure: files and environment come in through [`Host`].
//!
//! A reading goes through these steps, each in its module: `lex` (bytes to words), `preprocess` (`.if` and its kin), `parse`
//! (words to the as-written model, driven by the rows of `keywords`), `resolve` (defaults, names and dialects applied). It
//! never stops at the first fault and never panics.

pub mod codes;
mod dialect;
mod dump;
mod empty_word;
mod environment;
mod host;
mod in_memory;
pub mod keywords;
mod lex;
mod list_line_at_run_time;
mod load;
mod log_variables;
pub mod model;
mod parse;
pub mod pattern;
mod preprocess;
mod resolve;
mod server_at_run_time;
pub mod signature;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tree;
mod values;
mod variable_at_run_time;
mod written;

pub use written::SectionLines;

pub use dialect::{Dialect, UnknownDialect};
pub use dump::DumpOptions;
pub use host::{Host, PathKind};
pub use lex::{Token, TokenKind};
pub use list_line_at_run_time::read_list_line;
pub use load::{Input, LoadOptions, Loaded, ReadWord, load};
pub use preprocess::{FEATURES, condition_holds};
pub use server_at_run_time::{ServerOf, keywords_at_run_time, read_server};
pub use variable_at_run_time::read_variable;
