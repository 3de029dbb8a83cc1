//! What a filter's SPOE file says: the agent, its messages and its groups.

use syntax::Span;

use super::{Acls, Rule, Set};
use crate::model::Word;

/// The engine that a `filter spoe` line and its file make.
#[derive(Debug)]
pub(crate) struct SpoeEngine {
    /// The proxy that has the filter; index into the proxies.
    pub(crate) proxy: usize,
    /// The name behind `engine`; the agent's where there is none.
    pub(crate) name: Word,
    /// The filter's line.
    pub(crate) span: Span,
    pub(crate) agent: SpoeAgent,
    pub(crate) messages: Vec<SpoeMessage>,
    pub(crate) groups: Vec<SpoeGroup>,
}

/// `spoe-agent`.
#[derive(Debug)]
pub(crate) struct SpoeAgent {
    pub(crate) name: Word,
    /// The section's line.
    pub(crate) span: Span,
    /// `use-backend`.
    pub(crate) backend: Option<Set<Word>>,
    /// Milliseconds of `timeout hello`, `idle` and `processing`; 0 where none is given.
    pub(crate) timeouts: [u32; 3],
    /// `messages`: sent when their events come.
    pub(crate) messages: Vec<Set<Word>>,
    /// `groups`: sent by rules.
    pub(crate) groups: Vec<Set<Word>>,
}

/// `spoe-message`.
#[derive(Debug)]
pub(crate) struct SpoeMessage {
    pub(crate) name: Word,
    /// The section's line.
    pub(crate) span: Span,
    pub(crate) acls: Acls,
    /// None stand here; conditions want a place for them.
    pub(crate) rules: Vec<Rule>,
    /// What `args` gives to the agent.
    pub(crate) args: Vec<SpoeArg>,
    /// The number of the last `event` among all of them, and its line.
    pub(crate) event: Option<Set<usize>>,
}

/// An argument of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpoeArg {
    /// Where what it looks at is at hand: bit N is column N of the contexts of fetches.
    pub(crate) contexts: u32,
    /// What it looks at, in the words of messages. The original names a place of rules there that has nothing to do with it.
    pub(crate) source: &'static str,
    pub(crate) span: Span,
}

/// `spoe-group`.
#[derive(Debug)]
pub(crate) struct SpoeGroup {
    pub(crate) name: Word,
    /// The section's line.
    pub(crate) span: Span,
    pub(crate) messages: Vec<Set<Word>>,
}

impl SpoeEngine {
    /// The message of that name.
    pub(crate) fn message(&self, name: &[u8]) -> Option<&SpoeMessage> {
        self.messages.iter().find(|message| *message.name == *name)
    }

    /// The group of that name.
    pub(crate) fn group(&self, name: &[u8]) -> Option<&SpoeGroup> {
        self.groups.iter().find(|group| *group.name == *name)
    }
}
