//! A server among those who use what is in memory.

use std::sync::Arc;

use haproxy_cfg::model::{Mode, ServerTls};
use syntax::Span;

use super::super::client::ServerSide;

/// A server with TLS.
#[derive(Debug)]
pub(in crate::tls) struct ServerUser {
    pub(in crate::tls) proxy: String,
    pub(in crate::tls) mode: Mode,
    pub(in crate::tls) tls: Box<ServerTls>,
    /// How messages name it.
    pub(in crate::tls) what: String,
    pub(in crate::tls) section: &'static str,
    pub(in crate::tls) span: Span,
    pub(in crate::tls) side: Arc<ServerSide>,
}
