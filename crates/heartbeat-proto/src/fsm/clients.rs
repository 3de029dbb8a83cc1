//! Programs on this machine that are signed on: what they say to those of their name on other nodes, and what they are told. Who they
//! are and what they ask of this node alone is not known here.

use crate::Time;
use crate::output::Output;
use crate::settings::Share;
use crate::wire::Message;

use super::{Node, Phase};

/// Kinds of messages that nodes settle among themselves, or that clients are told of otherwise.
const OF_NODES: [&str; 11] = [
    "status",
    "NS_st",
    "NS_rexmit",
    "NS_ackmsg",
    "reqnodes",
    "repnodes",
    "starting",
    "stonith",
    "ip-request",
    "query-cstatus",
    "hbapi-clstat",
];

impl Node {
    /// What is held, as those who ask are told.
    #[must_use]
    pub fn told_hold(&self) -> &'static str {
        let begins = self.phase == Phase::Up || (self.phase == Phase::Active && !self.stable);
        if begins && self.tells_holdings() {
            "transition"
        } else {
            self.hold.name()
        }
    }

    /// How the ways of this node are, as far as its own messages come back.
    #[must_use]
    pub fn own_links(&self) -> Vec<(String, bool)> {
        self.heard_on(&self.own_links)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// A program has signed on.
    pub fn client_joined(&mut self, now: Time, id: &str) {
        self.clients.push(id.to_owned());
        self.say_of_client(now, id, "join", "signon");
    }

    /// A program has signed off, or is gone.
    pub fn client_left(&mut self, now: Time, id: &str) {
        if let Some(place) = self.clients.iter().position(|known| known == id) {
            self.clients.remove(place);
            self.say_of_client(now, id, "leave", "disconnect");
        }
    }

    /// Whether a program of that name is signed on here.
    #[must_use]
    pub fn has_client(&self, id: &str) -> bool {
        self.clients.iter().any(|known| known == id)
    }

    fn say_of_client(&mut self, now: Time, id: &str, what: &str, how: &str) {
        let message = Message::new("hbapi-clstat")
            .with("st", what)
            .with("from_id", id)
            .with("to_id", id)
            .with("info", how)
            .with("client_gen", "0");
        let source = self.settings.name.clone();
        self.outputs
            .push_back(Output::Event(message.clone().with("src", &source)));
        self.send(now, message);
    }

    /// A program wants to know, for the client `asking`, whether one of the name `client` is signed on at another node.
    pub fn ask_for_client(&mut self, now: Time, asking: &str, node: &str, client: &str) {
        if let Some(index) = self
            .peers
            .iter()
            .position(|peer| peer.name.eq_ignore_ascii_case(node))
        {
            let message = self
                .to("query-cstatus", index)
                .with("cn", client)
                .with("from_id", asking);
            self.send(now, message);
        }
    }

    /// A signed-on program says something to the others: `fields` of what it wrote, without those that each message has. What it asks
    /// of the cluster itself is done.
    pub fn client_says(&mut self, now: Time, id: &str, said: &Message) {
        let share = said.text("rsc_hold").and_then(Share::of);
        match (said.kind(), share) {
            ("ask_resources", Some(share)) if said.text("info") == Some("me") => {
                return self.give(now, share);
            }
            ("hb_takeover", Some(share)) => return self.take(now, share),
            _ => {}
        }
        // What nodes say of themselves is not a program's to say.
        if OF_NODES.contains(&said.kind())
            || matches!(
                said.kind(),
                "shutdone" | "resource" | "ip-request-resp" | "ask_resources" | "hb_takeover" | ""
            )
        {
            return;
        }
        let here = said
            .text("dest")
            .is_some_and(|dest| dest.eq_ignore_ascii_case(&self.settings.name));
        let index = said.text("dest").and_then(|dest| {
            self.peers
                .iter()
                .position(|peer| peer.name.eq_ignore_ascii_case(dest))
        });
        if said.text("dest").is_some() && index.is_none() && !here {
            return;
        }
        let mut message = match index {
            Some(index) => self.to(said.kind(), index),
            None => Message::new(said.kind()),
        };
        const OWN: [&str; 12] = [
            "t", "src", "srcuuid", "dest", "destuuid", "seq", "hg", "ts", "ld", "ttl", "auth", "from_id",
        ];
        for field in said.fields() {
            if !OWN.contains(&field.name.as_str()) && !matches!(field.name.as_str(), "to_id" | "client_gen") {
                message = message.with_field(field.clone());
            }
        }
        let to = said.text("to_id").unwrap_or(id);
        message = message
            .with("from_id", id)
            .with("to_id", to)
            .with("client_gen", "0");
        if index.is_none() {
            let source = self.settings.name.clone();
            self.outputs
                .push_back(Output::Event(message.clone().with("src", &source)));
        }
        if !here {
            self.send(now, message);
        }
    }

    /// What another node has sent is told to those who listen, as far as it is not between nodes alone.
    pub(super) fn tell_clients(&mut self, now: Time, index: usize, message: Message) {
        if message.kind() == "query-cstatus" {
            return self.answer_for_client(now, index, &message);
        }
        if message.kind() == "hbapi-clstat" || !OF_NODES.contains(&message.kind()) {
            self.outputs.push_back(Output::Event(message));
        }
    }

    fn answer_for_client(&mut self, now: Time, index: usize, asked: &Message) {
        let (Some(client), Some(asking)) = (asked.text("cn"), asked.text("from_id")) else {
            return;
        };
        let state = if self.has_client(client) {
            "online"
        } else {
            "offline"
        };
        let message = self
            .to("respond-cstatus", index)
            .with("result", "OK")
            .with("cn", client)
            .with("to_id", asking)
            .with("cs", state);
        self.send(now, message);
    }
}
