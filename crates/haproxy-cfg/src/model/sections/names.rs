//! `resolvers`: name servers (manual, section 5.3.2).

use syntax::Span;

use super::Endpoint;
use crate::model::{Millis, Word};

/// Name servers, and how they are asked.
#[derive(Clone, Debug)]
pub struct Resolvers {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// The servers.
    pub nameservers: Vec<Nameserver>,
    /// `parse-resolv-conf`: those of the system too.
    pub of_system: bool,
    /// `hold`.
    pub hold: Hold,
    /// `timeout resolve`: between two questions about a name.
    pub timeout_resolve: Option<Millis>,
    /// `timeout retry`: until a question is asked again.
    pub timeout_retry: Option<Millis>,
    /// `resolve_retries`.
    pub retries: Option<u32>,
    /// `accepted_payload_size`, bytes.
    pub payload_size: Option<u16>,
}

impl Resolvers {
    /// A section that says nothing yet.
    #[must_use]
    pub fn new(name: Word, span: Span) -> Self {
        Self {
            name,
            span,
            nameservers: Vec::new(),
            of_system: false,
            hold: Hold::default(),
            timeout_resolve: None,
            timeout_retry: None,
            retries: None,
            payload_size: None,
        }
    }
}

/// How long the last answer counts, by what the name server says since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hold {
    /// It has addresses.
    pub valid: Option<Millis>,
    /// The name does not exist.
    pub nx: Option<Millis>,
    /// It refuses.
    pub refused: Option<Millis>,
    /// It says nothing.
    pub timeout: Option<Millis>,
    /// Anything else.
    pub other: Option<Millis>,
    /// Addresses that were left out of the answer.
    pub obsolete: Option<Millis>,
}

/// A name server.
#[derive(Clone, Debug)]
pub struct Nameserver {
    /// Its name.
    pub name: Word,
    /// Where it is.
    pub endpoint: Endpoint,
    /// It is asked over TCP.
    pub stream: bool,
    /// Its line.
    pub span: Span,
}
