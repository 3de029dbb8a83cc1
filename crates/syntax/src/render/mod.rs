//! Diagnostics as text: a module for each shape.

mod concise;
mod full;
mod haproxy;
mod json;

pub use concise::concise;
pub use full::full;
pub use haproxy::{HaproxyShape, haproxy};
pub use json::json;
