//! The order in which rules are processed, whatever order the file gives them: what is written late but processed early is
//! told, as is what nothing can reach.

use syntax::{Diagnostic, Span};

use super::reading::Reading;

/// Kinds of rules in the order in which they are processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RuleClass {
    TcpConnection,
    TcpSession,
    TcpContent,
    Monitor,
    HttpRequest,
    Redirect,
    UseBackend,
    UseServer,
}

impl RuleClass {
    const ALL: [Self; 8] = [
        Self::TcpConnection,
        Self::TcpSession,
        Self::TcpContent,
        Self::Monitor,
        Self::HttpRequest,
        Self::Redirect,
        Self::UseBackend,
        Self::UseServer,
    ];

    /// Its keyword.
    fn keyword(self) -> &'static str {
        match self {
            Self::TcpConnection | Self::TcpSession | Self::TcpContent => "tcp-request",
            Self::Monitor => "monitor fail",
            Self::HttpRequest => "http-request",
            Self::Redirect => "redirect",
            Self::UseBackend => "use_backend",
            Self::UseServer => "use-server",
        }
    }

    /// What it is called as the rule that is processed later.
    fn name(self) -> &'static str {
        match self {
            Self::TcpConnection => "tcp-request connection",
            Self::TcpSession => "tcp-request session",
            Self::TcpContent => "tcp-request content",
            _ => self.keyword(),
        }
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// Notes a rule of the section at hand, and tells when one that is processed later stands before it.
pub(super) fn note(reading: &mut Reading<'_>, class: RuleClass, span: Span) {
    let Some(proxy) = reading.proxy() else { return };
    let before = proxy.rule_classes;
    proxy.rule_classes |= class.bit();
    let later = RuleClass::ALL
        .iter()
        // Of these two nothing is said: one is of requests, the other of servers.
        .filter(|other| (class, **other) != (RuleClass::UseBackend, RuleClass::UseServer))
        .find(|other| **other > class && before & other.bit() != 0);
    if let Some(later) = later.map(|later| later.name()) {
        let own = class.keyword();
        let article = if later.starts_with('h') { "an" } else { "a" };
        let message =
            format!("a '{own}' rule placed after {article} '{later}' rule will still be processed before.");
        let told = Diagnostic::warning("rule-order", message).at(span);
        reading.tell(told.help(format!("move it above the first '{later}' rule")));
    }
}
