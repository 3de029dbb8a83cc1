//! What is computed while a check goes on: texts, ports and codes, from variables, from the state of the process, and from what the
//! server has sent.

use std::borrow::Cow;
use std::cell::Cell;

use super::Scene;
use super::step::{Computed, Set, Text};
use crate::format::FormatPlan;
use crate::http1::{ResponseHead, ResponseRef, parse_response};
use crate::sample::{Arena, Body, Expression, Named, Sample, SampleContext, set_variable, unset_variable};
use crate::stream::{Client, Stream};

/// Lines of a head that samples can be taken from.
const MOST_HEADERS: usize = 101;

/// What lives as long as one check.
#[derive(Debug, Default)]
pub(super) struct Memory {
    client: Client,
    stream: Stream,
    arena: Arena,
}

impl Memory {
    pub(super) fn new(scene: Scene<'_>) -> Self {
        let mut memory = Self::default();
        memory.client.frontend = scene.proxy;
        memory.client.is_check = true;
        memory.stream.in_response = true;
        memory.stream.log.backend = Some(scene.proxy);
        memory.stream.route.server = Some(scene.server);
        memory
    }
}

/// What can be looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Computing<'a> {
    pub(super) scene: Scene<'a>,
    pub(super) memory: &'a Memory,
    /// What the server has sent since it was told something.
    pub(super) received: &'a [u8],
    /// It is an HTTP response.
    pub(super) http: bool,
}

impl Computing<'_> {
    pub(super) fn text<'t>(&self, text: &'t Text) -> Cow<'t, [u8]> {
        match text {
            Text::Literal(text) => Cow::Borrowed(text),
            Text::Computed(format) => Cow::Owned(self.format(format)),
        }
    }

    pub(super) fn format(&self, format: &FormatPlan) -> Vec<u8> {
        self.look(|context| format.text(context).to_vec())
    }

    /// The number that an expression gives.
    pub(super) fn number(&self, of: &Expression) -> Option<i64> {
        self.look(|context| match of.sample(context) {
            Some(Sample::Int(number)) => Some(number),
            _ => None,
        })
    }

    /// Sets a variable if it is to be.
    pub(super) fn set(&self, set: &Set) {
        self.look(|context| {
            let sample = match &set.value {
                Computed::Sample(of) => of.sample(context),
                Computed::Text(format) => Some(Sample::Str(format.text(context))),
                Computed::Empty => Some(Sample::Str(b"")),
            };
            let Some(sample) = sample else { return };
            if set
                .conditions
                .iter()
                .all(|condition| condition.holds(context, &set.variable, sample))
            {
                // One that finds no room is not set, as with the original.
                let _ = set_variable(context, &set.variable, sample);
            }
        });
    }

    pub(super) fn unset(&self, variable: &Named) {
        // One whose scope there is none of is not set.
        self.look(|context| unset_variable(context, variable));
    }

    fn look<T>(&self, look: impl FnOnce(&SampleContext<'_>) -> T) -> T {
        let mut head = ResponseHead::default();
        let is_whole =
            self.http && matches!(parse_response(self.received, &mut head, MOST_HEADERS), Ok(true));
        let behind = |bytes| Body {
            bytes,
            complete: true,
            ..Body::default()
        };
        look(&SampleContext {
            arena: &self.memory.arena,
            config: self.scene.config,
            runtime: self.scene.runtime,
            world: self.scene.world,
            proxy: self.scene.proxy,
            client: &self.memory.client,
            stream: Some(&self.memory.stream),
            request: None,
            response: is_whole.then_some(ResponseRef {
                buf: self.received,
                head: &head,
            }),
            body: behind(self.received.get(head.len as usize..).unwrap_or_default()),
            payload: behind(if self.http { &[] } else { self.received }),
            from_server: true,
            undecided: &Cell::new(false),
        })
    }
}
