//! The shell around proxy-core: sockets, TLS, threads, timers. tokio lives here.

pub mod clock;
