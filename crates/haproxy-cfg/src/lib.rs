//! The haproxy.cfg language, from bytes to a resolved model. Pure: files and environment come in through traits.

pub mod model;
