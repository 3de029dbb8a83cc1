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
