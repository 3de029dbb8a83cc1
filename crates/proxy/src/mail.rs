//! Mails about servers whose state changes (`email-alert`): to each server of the `mailers` section, one after the other in the
//! order of what happened. A mail that cannot be handed over within its time is lost, and the log has what it says.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use haproxy_cfg::model::{MailAlert, ProxyId};
use proxy_core::check::Event;
use proxy_core::logline::DateText;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// Bytes of an answer's line at most.
const LINE: u64 = 4096;

/// Mails that wait for one mail server at most: one that never answers must not hold all that ever happens.
const WAITING: usize = 4096;

/// What a mail server says first that takes what it was told.
const DONE: u8 = b'2';

/// What it says first to `DATA`.
const GO_ON: u8 = b'3';

/// The ways to those that hand mails over, by proxy and mail server.
#[derive(Debug, Default)]
pub(crate) struct Post {
    ways: HashMap<(ProxyId, SocketAddr), UnboundedSender<Vec<u8>>>,
}

impl Post {
    /// Sends mails about an event, if `alert` wants to know of it. `now` is in seconds since the epoch, `hostname` the machine's.
    pub(crate) fn tell(
        &mut self,
        event: &Event,
        alert: &MailAlert,
        (dates, now): (&mut DateText, u64),
        hostname: &[u8],
    ) {
        if event.mailed.is_none_or(|level| level > alert.level) {
            return;
        }
        let mail = write(event, alert, dates, now);
        for server in &alert.servers {
            let way = self.ways.entry((event.proxy, *server)).or_insert_with(|| {
                let (way, mails) = unbounded_channel();
                let host = alert.host.as_ref().map_or(hostname, |host| host.as_slice());
                let letter = Envelope {
                    server: *server,
                    hello: [b"HELO ", host, b"\r\n"].concat(),
                    from: [b"MAIL FROM:<", alert.from.as_slice(), b">\r\n"].concat(),
                    to: [b"RCPT TO:<", alert.to.as_slice(), b">\r\n"].concat(),
                    limit: Duration::from_millis(alert.timeout.into()),
                };
                tokio::task::spawn_local(deliver(letter, mails));
                way
            });
            // Its task lives as long as the way does.
            let _taken = way.send(mail.clone());
        }
    }
}

/// The mail that tells of an event, with its headers and the end of its data.
fn write(event: &Event, alert: &MailAlert, dates: &mut DateText, now: u64) -> Vec<u8> {
    let text = event.text.strip_suffix(b".").unwrap_or(&event.text);
    let mut mail = Vec::with_capacity(2 * text.len() + 256);
    mail.extend_from_slice(&[b"From: ", alert.from.as_slice(), b"\r\nTo: ", alert.to.as_slice()].concat());
    mail.extend_from_slice(b"\r\nDate: ");
    dates.write_mail(&mut mail, now);
    mail.extend_from_slice(&[b"\r\nSubject: [HAProxy Alert] ", text].concat());
    mail.extend_from_slice(&[b"\r\n\r\n", text, b"\r\n\r\n.\r\n"].concat());
    mail
}

/// What is the same of all mails of one way.
struct Envelope {
    server: SocketAddr,
    hello: Vec<u8>,
    from: Vec<u8>,
    to: Vec<u8>,
    limit: Duration,
}

/// Hands mails over for as long as there may be more.
async fn deliver(envelope: Envelope, mut mails: UnboundedReceiver<Vec<u8>>) {
    while let Some(mail) = mails.recv().await {
        if mails.len() < WAITING {
            // The log has what the mail says, whatever becomes of it.
            let _lost = timeout(envelope.limit, hand_over(&envelope, &mail)).await;
        }
    }
}

/// One mail over a connection of its own (RFC 5321).
async fn hand_over(envelope: &Envelope, mail: &[u8]) -> io::Result<()> {
    let stream = TcpStream::connect(envelope.server).await?;
    let mut stream = BufReader::new(stream);
    answer(&mut stream, DONE).await?;
    for (said, wanted) in [
        (envelope.hello.as_slice(), DONE),
        (&envelope.from, DONE),
        (&envelope.to, DONE),
        (b"DATA\r\n", GO_ON),
        (mail, DONE),
        (b"QUIT\r\n", DONE),
    ] {
        stream.write_all(said).await?;
        answer(&mut stream, wanted).await?;
    }
    Ok(())
}

/// Reads an answer to its last line; an error where it does not begin with `wanted`.
async fn answer(stream: &mut BufReader<TcpStream>, wanted: u8) -> io::Result<()> {
    loop {
        let mut line = Vec::new();
        (&mut *stream).take(LINE).read_until(b'\n', &mut line).await?;
        if !line.ends_with(b"\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.first() != Some(&wanted) {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        // One with a hyphen behind its code is not the last.
        if line.get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}
