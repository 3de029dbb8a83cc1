//! Diagnostics as text: a module for each shape.

mod concise;
mod full;
mod haproxy;
mod hints;
mod json;
mod keepalived;

pub use concise::concise;
pub use full::full;
pub use haproxy::{HaproxyShape, haproxy};
pub use json::json;
pub use keepalived::keepalived;

/// Whether a line of a message repeats the source, with a mark below it: such lines begin with two blanks.
fn is_excerpt(line: &str) -> bool {
    line.starts_with("  ")
}
