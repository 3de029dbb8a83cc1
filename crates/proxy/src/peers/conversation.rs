//! A connection with a peer: what the section says goes out, and it is told what comes in.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use proxy_core::peers::Connection;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};

use super::Work;
use crate::upstream::Wired;

/// What bytes go over.
pub(super) type Stream = Box<dyn Wired>;

/// Bytes that are read at once.
const PART: usize = 16 * 1024;
/// How often in a row something is sent before others have their turn.
const TURN: usize = 8;

/// How a look at a connection ended.
enum Seen {
    /// So many bytes came.
    Received(usize),
    /// It is over.
    Over,
}

/// What is being sent.
#[derive(Default)]
struct Outbound {
    bytes: Vec<u8>,
    sent: usize,
    /// The connection ends behind it.
    is_last: bool,
}

impl Work {
    /// Carries a connection until it ends.
    pub(super) async fn converse(self: Rc<Self>, id: Connection, mut stream: Stream) {
        let mut inbound = vec![0; PART];
        let mut outbound = Outbound::default();
        loop {
            let seen = poll_fn(|cx| {
                self.carriers.borrow_mut().insert(id, cx.waker().clone());
                if self.poll_send(id, &mut stream, &mut outbound, cx).is_ready() {
                    return Poll::Ready(Seen::Over);
                }
                let mut buffer = ReadBuf::new(&mut inbound);
                match Pin::new(&mut stream).poll_read(cx, &mut buffer) {
                    Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                        Poll::Ready(Seen::Received(buffer.filled().len()))
                    }
                    Poll::Ready(_) => Poll::Ready(Seen::Over),
                    Poll::Pending => Poll::Pending,
                }
            });
            let seen = seen.await;
            let now = self.thread.now_ms();
            let Some(mut section) = self.section() else { return };
            match seen {
                Seen::Received(length) => section.received(id, &inbound[..length], now, self.tables()),
                Seen::Over => section.ended(id, now),
            }
            drop(section);
            if let Seen::Over = seen {
                self.carriers.borrow_mut().remove(&id);
                return self.settle();
            }
            self.settle();
        }
    }

    /// Sends what there is to be said; ready when the connection is over.
    fn poll_send(
        &self,
        id: Connection,
        stream: &mut Stream,
        outbound: &mut Outbound,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        for _ in 0..TURN {
            if outbound.sent == outbound.bytes.len() {
                if outbound.is_last {
                    // What was said is to arrive: whatever comes of the end itself changes nothing.
                    let _ = Pin::new(stream).poll_shutdown(cx);
                    return Poll::Ready(());
                }
                outbound.bytes.clear();
                outbound.sent = 0;
                let Some(mut section) = self.section() else {
                    return Poll::Ready(());
                };
                let tables = self.tables();
                outbound.is_last = section.say(id, self.thread.now_ms(), tables, &mut outbound.bytes);
                if outbound.bytes.is_empty() && !outbound.is_last {
                    if section.wake_with_news(id, tables, cx.waker()) {
                        continue;
                    }
                    drop(section);
                    return match Pin::new(stream).poll_flush(cx) {
                        Poll::Ready(Err(_)) => Poll::Ready(()),
                        _ => Poll::Pending,
                    };
                }
            }
            match Pin::new(&mut *stream).poll_write(cx, &outbound.bytes[outbound.sent..]) {
                Poll::Ready(Ok(0) | Err(_)) if outbound.sent < outbound.bytes.len() => return Poll::Ready(()),
                Poll::Ready(Ok(sent)) => outbound.sent += sent,
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
