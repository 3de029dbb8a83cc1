//! Alert mail: the text that the original writes, handed to the mail server that the configuration names.

use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use jiff::Zoned;
use keepalived_conf::model::Smtp;
use lettre::address::Envelope;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::task::spawn_local;

use crate::log::Log;
use crate::snapshot::MailCounts;

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alert {
    /// What it is about, behind the name of the machine.
    pub(crate) subject: String,
    /// Its text.
    pub(crate) body: String,
}

/// Sends alerts as one configuration says.
#[derive(Clone, Debug)]
pub(crate) struct Mailer {
    smtp: Smtp,
    router: String,
    counts: Rc<Cell<MailCounts>>,
}

impl Mailer {
    /// For a machine that calls itself `router` in subjects.
    pub(crate) fn new(smtp: Smtp, router: String) -> Self {
        Self {
            smtp,
            router,
            counts: Rc::default(),
        }
    }

    /// The same for another configuration: it goes on counting.
    pub(crate) fn renewed(&self, smtp: Smtp, router: String) -> Self {
        Self {
            smtp,
            router,
            counts: Rc::clone(&self.counts),
        }
    }

    /// What became of the mails so far.
    pub(crate) fn counts(&self) -> MailCounts {
        self.counts.get()
    }

    /// Sends an alert on its own, when there is somebody to send it to; what becomes of it is logged. To be called within a
    /// local task set.
    pub(crate) fn send(&self, alert: Alert, log: Log) {
        let Some(server) = self.smtp.server else { return };
        if self.smtp.to.is_empty() {
            return;
        }
        let mailer = self.clone();
        spawn_local(async move {
            let delivered = mailer.deliver(server.address, server.port, &alert).await;
            let mut counts = mailer.counts.get();
            counts.sent += u64::from(delivered.is_ok());
            counts.failed += u64::from(delivered.is_err());
            mailer.counts.set(counts);
            match delivered {
                Ok(()) => log.detail("SMTP alert successfully sent."),
                Err(error) => log.info(format!(
                    "SMTP alert to [{}]:{} failed: {error}",
                    server.address, server.port
                )),
            }
        });
    }

    async fn deliver(&self, server: IpAddr, port: u16, alert: &Alert) -> Result<(), String> {
        let address = |text: &str| {
            bare(text)
                .parse::<lettre::Address>()
                .map_err(|error| format!("{text}: {error}"))
        };
        let to = self
            .smtp
            .to
            .iter()
            .map(|to| address(to))
            .collect::<Result<Vec<_>, _>>()?;
        let envelope =
            Envelope::new(Some(address(&self.smtp.from)?), to).map_err(|error| error.to_string())?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.to_string())
            .port(port)
            .hello_name(ClientId::Domain(self.smtp.helo_name.clone()))
            .timeout(Some(self.smtp.connect_timeout.max(Duration::from_secs(1))))
            .build();
        transport
            .send_raw(&envelope, self.text(alert, &Zoned::now()).as_bytes())
            .await
            .map(|_| ())
            .map_err(|error| error.to_string())
    }

    /// The mail as it goes over the wire, but for the doubling of dots and the end of its last line.
    fn text(&self, alert: &Alert, now: &Zoned) -> String {
        format!(
            "Date: {}\r\nFrom: {}\r\nSubject: [{}] {}\r\nX-Mailer: Keepalived\r\nTo: {}\r\n\r\n{}\r\n",
            now.strftime("%a, %d %b %Y %H:%M:%S %z"),
            self.smtp.from,
            self.router,
            alert.subject,
            self.smtp.to.join(", "),
            alert.body
        )
    }
}

/// The address alone, where a name stands before it: `Name <address>`.
fn bare(text: &str) -> &str {
    let inner = text
        .trim_end()
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'));
    inner.map_or(text, |(_, address)| address)
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn a_name_before_an_address_is_not_for_the_envelope() {
        assert_eq!(bare("admin@example.com"), "admin@example.com");
        assert_eq!(bare("My admin <admin@example.com>"), "admin@example.com");
        assert_eq!(bare("<admin@example.com>"), "admin@example.com");
    }
}
