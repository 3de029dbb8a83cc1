//! The shell around proxy-core: sockets, TLS, threads, timers. tokio lives here.

pub mod admin;
pub mod buffer;
pub mod clock;
pub mod io;
pub mod listen;
pub mod syslog;
pub mod wheel;
