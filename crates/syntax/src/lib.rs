//! What every grammar of this project shares: spans, source maps, diagnostics with their renderers, keyword rows with
//! their tables, and did-you-mean. Nothing here knows a language, a file system or a clock.

#[cfg(feature = "testing")]
pub mod annotated;
pub mod diagnostic;
pub mod keyword;
pub mod reference;
pub mod render;
pub mod source;
pub mod span;
pub mod suggest;
pub mod table;

pub use diagnostic::{Applicability, Context, Diagnostic, Edit, Fix, Label, Severity};
pub use keyword::{Arity, KeywordRow, Status, Version};
pub use source::{Position, SourceFile, SourceMap};
pub use span::{FileId, Span};
pub use suggest::closest;
