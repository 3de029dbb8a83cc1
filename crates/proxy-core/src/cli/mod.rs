//! The stats socket's language: commands, their answers, and what they do to the running proxy.

mod control;

pub use control::{AdminState, Control, FrontendChange, Refused, ServerId};
