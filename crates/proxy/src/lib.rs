//! The shell around proxy-core: sockets, TLS, threads, timers. tokio lives here.

mod accept;
pub mod admin;
pub mod buffer;
pub mod checks;
pub mod clock;
mod context;
pub mod control;
mod early;
mod effort;
pub mod handover;
mod http;
mod inspect;
pub mod io;
pub mod listen;
mod listener;
mod load;
pub mod log;
mod observe;
mod pace;
mod packet;
mod passwords;
mod pipe;
mod proxy_header;
mod relay;
mod resolve;
mod run;
pub mod session;
mod sticking;
mod tcp;
mod tcp_info;
pub mod thread;
pub mod tls;
pub mod upstream;
pub mod wheel;

pub(crate) use log::stream as stream_log;
pub use run::{RunInput, Supervisor, TlsConfigs, run};
