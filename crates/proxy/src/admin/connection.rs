//! One connection to a stats socket: lines in, answers out, closed after the first lines unless `prompt` was said.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use haproxy_cfg::model::Level;
use proxy_core::check::Origin;
use proxy_core::cli::{CliContext, Live, Session, execute};
use proxy_core::stats::StatsView;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::AdminContext;

/// Serves a connection to its end; the slot becomes free with it.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    level: Level,
    context: Rc<AdminContext>,
    slot: OwnedSemaphorePermit,
) {
    let process = &context.runtime.counters[context.thread].process;
    let now_ms = context.clock.now_ms();
    process.conn_tot.inc();
    process.conn_rate.hit(now_ms);
    process.sess_rate.hit(now_ms);
    let mut connection = Connection {
        stream,
        session: Session::new(level),
        input: Vec::new(),
        context: &context,
    };
    // A peer that went away is the only one who could be told.
    drop(connection.run().await);
    drop(slot);
}

struct Connection<'a, S> {
    stream: S,
    session: Session,
    input: Vec<u8>,
    context: &'a AdminContext,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<'_, S> {
    async fn run(&mut self) -> io::Result<()> {
        let limit = self.context.config.global.tune.bufsize as usize;
        loop {
            let wait = self.timeout();
            let Ok(read) = timeout(wait, self.stream.read_buf(&mut self.input)).await else {
                return Ok(());
            };
            let at_end = read? == 0;
            let answered = self.answer(at_end).await?;
            let is_over = self.session.quits
                || (answered && !self.session.interactive && !self.session.awaits_payload());
            if at_end || is_over || self.input.len() >= limit {
                return self.stream.shutdown().await;
            }
        }
    }

    fn timeout(&self) -> Duration {
        self.session
            .timeout_ms
            .map_or(self.context.timeout, Duration::from_millis)
    }

    /// Runs the whole lines that are there, and at the end what a `;` has completed. Gives whether there was any.
    async fn answer(&mut self, at_end: bool) -> io::Result<bool> {
        let end = match self.input.iter().rposition(|&b| b == b'\n') {
            Some(at) => at + 1,
            None => 0,
        };
        let whole = if at_end {
            let complete = self.input[end..]
                .iter()
                .rposition(|&b| b == b';')
                .map_or(0, |at| at + 1);
            end + complete
        } else {
            end
        };
        if whole == 0 {
            return Ok(false);
        }
        let rest = self.input.split_off(whole);
        let lines = std::mem::replace(&mut self.input, rest);
        let lines = lines.strip_suffix(b"\n").unwrap_or(&lines);
        for line in lines.split(|&b| b == b'\n') {
            let out = self.execute(line);
            self.send(&out).await?;
            if self.session.quits {
                break;
            }
        }
        Ok(true)
    }

    fn execute(&mut self, line: &[u8]) -> Vec<u8> {
        let context = self.context;
        let now_ms = context.clock.now_ms();
        context.runtime.counters[context.thread].process.req_tot.inc();
        let mut hooks = context.hooks.borrow_mut();
        let mut control = Live {
            config: &context.config,
            runtime: &context.runtime,
            origin: Origin::Cli,
            now_ms,
            hooks: &mut *hooks,
        };
        let view = StatsView {
            config: &context.config,
            runtime: &context.runtime,
            now_ms,
            process: &context.process,
        };
        let mut cli = CliContext {
            view,
            control: &mut control,
        };
        let mut out = Vec::new();
        execute(&mut self.session, line, &mut cli, &mut out);
        out
    }

    /// Sends an answer; each part may take as long as the timeout.
    async fn send(&mut self, out: &[u8]) -> io::Result<()> {
        let mut rest = out;
        while !rest.is_empty() {
            let Ok(written) = timeout(self.timeout(), self.stream.write(rest)).await else {
                return Err(io::ErrorKind::TimedOut.into());
            };
            rest = &rest[written?..];
        }
        Ok(())
    }
}
