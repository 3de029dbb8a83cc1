//! What every grammar of this project shares: spans, source maps, diagnostics and keyword rows.

pub mod span;

pub use span::{FileId, Span};
