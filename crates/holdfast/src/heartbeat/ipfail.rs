//! `ipfail`, which runs along with heartbeat (`respawn`): when the other node can reach more of what is pinged, all resources are handed
//! over to it. It speaks with the original's on the other node.

use std::io;
use std::time::{Duration, Instant};

use heartbeat_proto::wire::Message;

use super::client::Client;
use super::{node_name, say};
use crate::syslog::Syslog;

/// Exit status when heartbeat cannot be spoken with.
const FAILED: u8 = 1;

/// Exit status that says not to be started again.
const ENOUGH: u8 = 100;

/// Between a change and the question what the other node reaches: several things may change at once.
const BETWEEN: Duration = Duration::from_secs(1);

/// How long it reads when nothing is due.
const LONG: Duration = Duration::from_secs(3600);

/// The priority of its lines in the system log: of daemons, for information.
const PRIORITY: u32 = 3 * 8 + 6;

/// What the ping nodes of both nodes mean.
struct Watch {
    client: Client,
    other: String,
    /// How long it waits with giving up, which the other node may call off.
    delay: Duration,
    /// When the other node is asked.
    ask: Option<Instant>,
    /// When everything is given up.
    give_up: Option<Instant>,
    syslog: Syslog,
}

/// Runs until heartbeat ends; gives the exit status.
pub(crate) fn run() -> u8 {
    let mut watch = match Watch::begin() {
        Ok(Some(watch)) => watch,
        Ok(None) => {
            say("ipfail: there is no other node, or auto_failback is legacy\n");
            return ENOUGH;
        }
        Err(why) => {
            say(&format!(
                "ipfail: ERROR: Cannot sign on with heartbeat\nipfail: ERROR: REASON: {why}\n"
            ));
            return FAILED;
        }
    };
    match watch.watch() {
        Ok(()) => 0,
        Err(error) => {
            watch.log(&format!("heartbeat is gone: {error}"));
            FAILED
        }
    }
}

impl Watch {
    fn begin() -> Result<Option<Self>, String> {
        let mut client = Client::sign_on(Some("ipfail"))?;
        let heard = |error: io::Error| error.to_string();
        let request = client.request("getparm").with("pname", "auto_failback");
        let failback = client.ask_with(&request).map_err(heard)?;
        let request = client.request("getparm").with("pname", "keepalive");
        let keepalive = client.ask_with(&request).map_err(heard)?;
        let request = client.request("nodelist");
        let nodes = client.ask_for_all(&request).map_err(heard)?;
        let own = client.node().to_owned();
        let other = nodes.iter().find_map(|node| {
            let name = node.text("node")?;
            let is_other = node.text("nodetype") == Some("normal") && !name.eq_ignore_ascii_case(&own);
            is_other.then(|| name.to_owned())
        });
        let is_legacy = failback.text("pvalue") == Some("legacy");
        let Some(other) = other.filter(|_| !is_legacy) else {
            return Ok(None);
        };
        Ok(Some(Self {
            client,
            other,
            delay: period(keepalive.text("pvalue").unwrap_or_default()) * 2,
            ask: Some(Instant::now() + BETWEEN),
            give_up: None,
            syslog: Syslog::default(),
        }))
    }

    fn log(&mut self, text: &str) {
        let line = format!(
            "<{PRIORITY}>{} ipfail: [{}]: info: {text}",
            node_name(),
            std::process::id()
        );
        self.syslog.send(line.as_bytes());
    }

    fn watch(&mut self) -> io::Result<()> {
        loop {
            let now = Instant::now();
            let next = [self.ask, self.give_up].into_iter().flatten().min();
            if let Some(message) = self.client.told(next.unwrap_or(now + LONG))? {
                self.hear(&message)?;
            }
            let now = Instant::now();
            if self.ask.is_some_and(|time| now >= time) {
                self.ask = None;
                self.log("Asking other side for ping node count.");
                let count = self.count()?.to_string();
                self.tell(Message::new("num_ping_nodes").with("num_ping", &count))?;
            }
            if self.give_up.is_some_and(|time| now >= time) {
                self.give_up = None;
                self.hand_over()?;
            }
        }
    }

    fn hear(&mut self, message: &Message) -> io::Result<()> {
        let source = message.text("src").unwrap_or_default().to_owned();
        let of_other = source.eq_ignore_ascii_case(&self.other);
        match message.kind() {
            "num_ping_nodes" if of_other => {
                let theirs = message
                    .text("num_ping")
                    .and_then(|text| text.parse::<usize>().ok());
                if let Some(theirs) = theirs {
                    self.weigh(theirs)?;
                }
            }
            "you_are_dead" if of_other => {
                self.log("Giving up because we were told that we have less ping nodes.");
                self.give_up_soon();
            }
            "abort_giveup" if of_other => {
                let text = if self.give_up.take().is_some() {
                    "Giveup timer aborted."
                } else {
                    "No giveup timer to abort."
                };
                self.log(text);
            }
            // The way to something, something that is pinged, or its partner on the other node has come or gone.
            "ifstat" | "status" | "NS_st" => {
                let text = format!(
                    "Status update: Node {} now has status {}",
                    message.text("node").unwrap_or(&source),
                    message.text("st").unwrap_or_default()
                );
                self.log(&text);
                self.ask_soon();
            }
            "hbapi-clstat" if of_other && message.text("st") == Some("join") => self.ask_soon(),
            _ => {}
        }
        Ok(())
    }

    fn ask_soon(&mut self) {
        self.ask.get_or_insert_with(|| Instant::now() + BETWEEN);
    }

    /// Compares what the other node reaches with what this one does.
    fn weigh(&mut self, theirs: usize) -> io::Result<()> {
        let ours = self.count()?;
        match ours.cmp(&theirs) {
            std::cmp::Ordering::Greater => {
                self.log("Telling other node that we have more visible ping nodes.");
                self.tell(Message::new("you_are_dead"))
            }
            std::cmp::Ordering::Equal => {
                self.log("Ping node count is balanced.");
                self.give_up = None;
                self.tell(Message::new("abort_giveup"))
            }
            std::cmp::Ordering::Less => {
                self.log("Giving up because we have less ping nodes.");
                self.give_up_soon();
                Ok(())
            }
        }
    }

    fn give_up_soon(&mut self) {
        let text = format!("Delayed giveup in {} seconds.", self.delay.as_secs_f32());
        self.log(&text);
        let delay = self.delay;
        self.give_up.get_or_insert_with(|| Instant::now() + delay);
    }

    /// How many of what is pinged answer.
    fn count(&mut self) -> io::Result<usize> {
        let request = self.client.request("nodelist");
        let nodes = self.client.ask_for_all(&request)?;
        let answer =
            |node: &&Message| node.text("nodetype") == Some("ping") && node.text("st") == Some("ping");
        Ok(nodes.iter().filter(answer).count())
    }

    fn tell(&mut self, message: Message) -> io::Result<()> {
        let message = message.with("src", self.client.node()).with("dest", &self.other);
        self.client.say(&message)
    }

    /// Hands everything over, unless nothing is held.
    fn hand_over(&mut self) -> io::Result<()> {
        self.log("giveup() called (timeout worked)");
        let request = self.client.request("getrsc");
        let answer = self.client.ask_with(&request)?;
        match answer.text("rsc_hold") {
            Some("none") => Ok(()),
            // What is on its way is waited for.
            Some("transition") => {
                self.ask_soon();
                Ok(())
            }
            _ => {
                let node = self.client.node().to_owned();
                let message = Message::new("ask_resources")
                    .with("rsc_hold", "all")
                    .with("src", &node)
                    .with("info", "me");
                self.client.say(&message)
            }
        }
    }
}

/// A time as ha.cf has it: seconds, or milliseconds with their unit.
fn period(text: &str) -> Duration {
    let milliseconds = match text.strip_suffix("ms") {
        Some(number) => number.trim().parse::<f64>().ok(),
        None => text
            .trim_end_matches('s')
            .trim()
            .parse::<f64>()
            .ok()
            .map(|seconds| seconds * 1000.0),
    };
    Duration::try_from_secs_f64(milliseconds.unwrap_or(1000.0) / 1000.0).unwrap_or(BETWEEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_read_with_its_unit() {
        assert_eq!(period("500ms"), Duration::from_millis(500));
        assert_eq!(period("2"), Duration::from_secs(2));
        assert_eq!(period("1.5s"), Duration::from_millis(1500));
        assert_eq!(period(""), Duration::from_secs(1));
    }
}
