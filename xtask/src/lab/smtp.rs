//! A small SMTP client: greets, and delivers one mail.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Result, bail};

const PATIENCE: Duration = Duration::from_secs(20);

/// A session after the server's greeting.
pub(super) struct Session {
    stream: BufReader<TcpStream>,
    greeting: String,
}

impl Session {
    /// Connects and reads the greeting.
    pub(super) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut session = Self {
            stream: BufReader::new(stream),
            greeting: String::new(),
        };
        session.greeting = session.reply(220)?;
        Ok(session)
    }

    /// The host name in the greeting, without its domain.
    pub(super) fn server(&self) -> &str {
        let name = self.greeting.split_whitespace().nth(1).unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }

    /// Delivers one mail.
    pub(super) fn deliver(&mut self, to: &str, subject: &str) -> Result<()> {
        self.say("HELO client.example.org", 250)?;
        self.say("MAIL FROM:<lab@example.org>", 250)?;
        self.say(&format!("RCPT TO:<{to}>"), 250)?;
        self.say("DATA", 354)?;
        self.say(
            &format!("To: {to}\r\nSubject: {subject}\r\n\r\nA mail through the balancer.\r\n."),
            250,
        )
    }

    /// Ends the session.
    pub(super) fn quit(mut self) -> Result<()> {
        self.say("QUIT", 221)
    }

    fn say(&mut self, line: &str, expected: u16) -> Result<()> {
        self.stream
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())?;
        self.reply(expected).map(|_| ())
    }

    fn reply(&mut self, expected: u16) -> Result<String> {
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                bail!("the mail server closed the connection where {expected} was due");
            }
            if !line.starts_with(&expected.to_string()) {
                bail!("the mail server said `{}` where {expected} was due", line.trim());
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(line);
            }
        }
    }
}
