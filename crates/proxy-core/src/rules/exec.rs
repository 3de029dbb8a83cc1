//! A rule set at work: what its actions may look at and change.

use haproxy_cfg::model::{Config, ProxyId};

use super::Cache;
use crate::answer::Answer;
use crate::format::FormatPlan;
use crate::http1::{HeadersMut, RequestHead, RequestRef, ResponseHead, ResponseRef};
use crate::sample::{Arena, Body, Expression, Sample, SampleContext, World};
use crate::state::Runtime;
use crate::stream::{Client, Stream};

/// Bytes that are set aside for a text at first: most need no more.
const TEXT_ROOM: usize = 64;

/// What a rule set may look at and change.
#[derive(Debug)]
pub struct Exec<'a> {
    /// Memory for samples; empty when the set begins.
    pub arena: &'a Arena,
    /// The configuration.
    pub config: &'a Config,
    /// Gauges, counters and server states.
    pub runtime: &'a Runtime,
    /// What the process and the system know.
    pub world: &'a dyn World,
    /// The proxy whose rules these are.
    pub proxy: ProxyId,
    /// The client's connection.
    pub client: &'a mut Client,
    /// The stream upon it; none in `tcp-request connection` and `session`.
    pub stream: Option<&'a mut Stream>,
    /// The request with the buffer that its head was read from.
    pub request: Option<(&'a [u8], &'a mut RequestHead)>,
    /// The response with the buffer that its head was read from.
    pub response: Option<(&'a [u8], &'a mut ResponseHead)>,
    /// The body of the message at hand, as far as it has come.
    pub body: Body<'a>,
    /// In TCP mode: the bytes of the side at hand.
    pub payload: Body<'a>,
    /// The server's side is at hand.
    pub from_server: bool,
    /// Most bytes that edits may add to a head.
    pub room: usize,
    /// What is known of the proxy's ACLs.
    pub cache: &'a mut Cache,
    /// A header that cannot be changed is an error (`strict-mode`).
    pub strict: bool,
    /// Where actions put an answer of our own together.
    pub answer: &'a mut Answer,
    /// They have: without it the proxy's own page for the status is meant.
    pub has_answer: bool,
    /// An early answer's head, without its end; empty when there is none.
    pub hints: &'a mut Vec<u8>,
    /// What looking at samples found missing that may still come.
    pub undecided: &'a std::cell::Cell<bool>,
}

impl<'a> Exec<'a> {
    /// What samples are taken from.
    pub(crate) fn context(&self) -> SampleContext<'_> {
        SampleContext {
            arena: self.arena,
            config: self.config,
            runtime: self.runtime,
            world: self.world,
            proxy: self.proxy,
            client: self.client,
            stream: self.stream.as_deref(),
            request: self.request.as_ref().map(|(buf, head)| RequestRef { buf, head }),
            response: self
                .response
                .as_ref()
                .map(|(buf, head)| ResponseRef { buf, head }),
            body: self.body,
            payload: self.payload,
            from_server: self.from_server,
            undecided: self.undecided,
        }
    }

    /// The string of a format, in the set's arena.
    pub(crate) fn text(&self, format: &FormatPlan) -> &'a [u8] {
        let mut out = self.arena.bytes(TEXT_ROOM);
        format.write(&self.context(), &mut out);
        out.into_bump_slice()
    }

    /// Shows `see` the sample of an expression.
    pub(crate) fn sample<T>(&self, expression: &Expression, see: impl FnOnce(Sample<'_>) -> T) -> Option<T> {
        expression.sample(&self.context()).map(see)
    }

    /// The headers of the message that the rules are about: the response where there is one.
    pub(crate) fn headers(&mut self) -> Option<HeadersMut<'_>> {
        let room = self.room;
        if let Some((buf, head)) = &mut self.response {
            return Some(head.edit(buf, room));
        }
        let (buf, head) = self.request.as_mut()?;
        Some(head.edit(buf, room))
    }
}
