//! Sinks: the rings and the standard outputs, as messages of the program itself get to them and as the stats socket shows them.

use std::sync::atomic::Ordering::Relaxed;

use proxy_core::cli::{Held, SinkState, Sinks};
use proxy_core::logline::DateText;
use proxy_core::logline::syslog::{self, Shape};
use tokio::sync::watch;

use super::{LogSender, Logs};

/// The sinks that are descriptors: their numbers, and what the original says that they are.
const DESCRIPTORS: [(&str, i32, &str); 2] = [
    ("stdout", 1, "standard output (fd#1)"),
    ("stderr", 2, "standard output (fd#2)"),
];

impl Sinks for Logs {
    fn list(&self) -> Vec<SinkState> {
        let descriptors = DESCRIPTORS.iter().map(|(name, _, about)| SinkState {
            name: name.as_bytes().into(),
            keeps: false,
            dropped: 0,
            about: about.as_bytes().into(),
        });
        let rings = self.rings.all_named().map(|(name, ring)| SinkState {
            name: name.into(),
            keeps: true,
            dropped: ring.dropped(),
            about: ring.about.clone(),
        });
        descriptors.chain(rings).collect()
    }

    fn held(&self, name: &[u8], from: u64) -> Option<Held> {
        Some(self.rings.named(name)?.held(from))
    }
}

impl Logs {
    /// Tells of each message for the ring of that name.
    pub(crate) fn news(&self, name: &[u8]) -> Option<watch::Receiver<()>> {
        Some(self.rings.named(name)?.news.subscribe())
    }
}

impl Logs {
    /// Writes a message of the program itself to a sink, by way of `text`. False where the sink has no room for it, or there is none
    /// of that name.
    pub(super) fn note(
        &self,
        text: &mut Vec<u8>,
        sink: &[u8],
        now_us: u64,
        dates: &mut DateText,
        message: &[u8],
    ) -> bool {
        let descriptor = DESCRIPTORS.iter().find(|(name, ..)| name.as_bytes() == sink);
        if let Some((_, fd, _)) = descriptor {
            text.clear();
            text.extend_from_slice(message);
            text.push(b'\n');
            self.files.write(*fd, text).is_ok()
        } else if let Some(ring) = self.rings.named(sink) {
            let shape = Shape {
                format: ring.format,
                max_len: ring.max_len,
            };
            syslog::event(text, shape, now_us, dates, message);
            ring.push(text)
        } else {
            false
        }
    }
}

impl LogSender {
    /// Writes a message of the program itself to a sink; one that has no room for it, or none of that name, loses it.
    pub(crate) fn note(&mut self, sink: &[u8], now_us: u64, dates: &mut DateText, message: &[u8]) {
        let logs = &self.shared.logs;
        if !logs.note(&mut self.message, sink, now_us, dates, message) {
            self.shared.runtime.dropped_logs.fetch_add(1, Relaxed);
        }
    }
}
