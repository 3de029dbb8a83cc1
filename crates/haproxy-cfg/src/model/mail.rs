//! Mails about servers (`email-alert`, `mailers`; manual, section 3.6).

use std::net::SocketAddr;

use super::{LogLevel, Millis, Word};

/// What a proxy mails of its servers, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAlert {
    /// Whom the mails are from, in the envelope and in the header.
    pub from: Word,
    /// Whom they are to.
    pub to: Word,
    /// What is said to mail servers for this machine's name; its own when none.
    pub host: Option<Word>,
    /// The least severe of what is mailed.
    pub level: LogLevel,
    /// The mail servers: each is sent every mail.
    pub servers: Vec<SocketAddr>,
    /// For one mail to one server, ms.
    pub timeout: Millis,
}
