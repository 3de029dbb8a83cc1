//! What comes in: proven, told apart from what came before, and acted on.

use crate::output::Level;
use crate::wire::{Fault, Message};
use crate::{Hold, Share, Time};

use super::peer::{Peer, Status};
use super::{Node, Phase, RESEND_PAUSE};

/// The most nodes that may join by themselves.
const MOST_NODES: usize = 100;

/// The most messages that one request makes sent again.
const MOST_RESENT: u32 = 50;

impl Node {
    /// Takes a packet that came by the way of that number.
    ///
    /// # Errors
    /// Why it was left aside; it is counted.
    pub fn receive(&mut self, now: Time, link: usize, packet: &[u8]) -> Result<(), Fault> {
        let taken = self.take_packet(now, link, packet);
        if let Err(fault) = taken {
            self.faults.add(fault);
        }
        taken
    }

    fn take_packet(&mut self, now: Time, link: usize, packet: &[u8]) -> Result<(), Fault> {
        let message = Message::decode(packet, &self.settings.keys)?;
        let (Some(source), Some(generation)) = (message.text("src"), message.number("hg")) else {
            return Err(Fault::Incomplete);
        };
        let uuid: Option<[u8; 16]> = message.binary("srcuuid").and_then(|uuid| uuid.try_into().ok());
        if source.eq_ignore_ascii_case(&self.settings.name) {
            // Broadcasts come back to their sender.
            if uuid.is_some_and(|uuid| uuid != self.settings.uuid) {
                return Err(Fault::NameTaken);
            }
            self.see_own_link(now, link);
            return Ok(());
        }
        let index = self.find(source)?;
        let numbered = message.text("seq").is_some();
        let sequence = message.number("seq");
        if numbered && sequence.is_none() {
            return Err(Fault::Malformed);
        }
        if self.is_too_early(index, generation, &message) {
            return Ok(());
        }
        self.see_generation(now, index, generation, &message)?;
        self.see_link(now, index, link);
        let Some(peer) = self.peers.get_mut(index) else {
            return Err(Fault::UnknownNode);
        };
        peer.uuid = uuid.or(peer.uuid);
        if let Some(sequence) = sequence {
            self.see_number(now, index, sequence)?;
        }
        self.see_life(now, index, &message);
        self.acknowledge(now, index, sequence);
        let here = message
            .text("dest")
            .is_none_or(|name| name.eq_ignore_ascii_case(&self.settings.name));
        if here {
            self.act(now, index, &message, sequence.unwrap_or(0));
            self.tell_clients(now, index, message);
        } else if message.kind() == "ip-request-resp" {
            self.overhear(index, &message);
        }
        Ok(())
    }

    fn find(&mut self, name: &str) -> Result<usize, Fault> {
        if let Some(index) = self
            .peers
            .iter()
            .position(|peer| peer.name.eq_ignore_ascii_case(name))
        {
            return Ok(index);
        }
        if !self.settings.autojoin || self.peers.len() >= MOST_NODES {
            return Err(Fault::UnknownNode);
        }
        let name = name.to_ascii_lowercase();
        self.log(Level::Info, format!("Adding new node {name} to configuration."));
        self.peers.push(Peer::new(&name, self.settings.links.len()));
        self.settings.nodes.push(name);
        Ok(self.peers.len() - 1)
    }

    /// Whether it is the first word of a start of a dead node, and says nothing of how that node is: whether it begins, or was cut off
    /// and may hold what is held here, only its next sign of life tells.
    fn is_too_early(&self, index: usize, generation: u32, message: &Message) -> bool {
        self.peers.get(index).is_some_and(|peer| {
            peer.status == Status::Dead
                && peer.generation.is_none_or(|known| generation > known)
                && message.kind() != "status"
        })
    }

    /// Whether it is of the sender's last start, which may be a new one.
    fn see_generation(
        &mut self,
        now: Time,
        index: usize,
        generation: u32,
        message: &Message,
    ) -> Result<(), Fault> {
        let Some(peer) = self.peers.get_mut(index) else {
            return Err(Fault::UnknownNode);
        };
        // A node that begins says so. One that is in the midst of things, and was thought dead, was cut off.
        let begins = matches!(message.text("st"), Some("init" | "up"));
        match peer.generation {
            Some(known) if generation < known => return Err(Fault::OldGeneration),
            Some(known) if generation == known => {}
            Some(_) => {
                let name = peer.name.clone();
                let was_dead = peer.status == Status::Dead || peer.left;
                peer.begin_again(generation);
                if begins || peer.status != Status::Dead {
                    peer.status = Status::Unknown;
                }
                self.log(Level::Info, format!("Heartbeat restart on node {name}"));
                if !was_dead && self.phase == Phase::Active {
                    self.standby_broken(now);
                }
            }
            None => {
                peer.begin_again(generation);
                if begins && peer.status == Status::Dead {
                    peer.status = Status::Unknown;
                }
            }
        }
        Ok(())
    }

    fn see_number(&mut self, now: Time, index: usize, sequence: u32) -> Result<(), Fault> {
        let most = u64::try_from(self.settings.max_rexmit_delay.as_millis()).unwrap_or(u64::MAX);
        let random = &mut self.random;
        let Some(peer) = self.peers.get_mut(index) else {
            return Err(Fault::UnknownNode);
        };
        let taken = peer
            .received
            .take(sequence, || now + Time::from_millis(random.below(most)))?;
        let name = peer.name.clone();
        if let Some(gap) = taken.gap {
            self.log(
                Level::Warning,
                format!(
                    "{} lost packet(s) for [{name}] [{}:{sequence}]",
                    gap.missing, gap.before
                ),
            );
        }
        if taken.complete {
            self.log(Level::Info, format!("No pkts missing from {name}!"));
        }
        Ok(())
    }

    fn see_link(&mut self, now: Time, index: usize, link: usize) {
        let Some(name) = self.settings.links.get(link) else {
            return;
        };
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        let Some(heard) = peer.links.get_mut(link) else {
            return;
        };
        if heard.replace(now).is_none() {
            let (name, link) = (peer.name.clone(), name.clone());
            self.tell_link(&name, &link, true);
        }
    }

    /// The sender lives.
    fn see_life(&mut self, now: Time, index: usize, message: &Message) {
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        let late = peer.heard.map(|heard| now.saturating_sub(heard));
        peer.heard = Some(now);
        let name = peer.name.clone();
        let returned = peer.status == Status::Dead;
        if let Some(late) = late.filter(|_| peer.status != Status::Unknown && !peer.left) {
            let interval = late.as_millis();
            if late >= self.settings.deadtime {
                self.log(
                    Level::Critical,
                    format!("Late heartbeat: Node {name}: interval {interval} ms (> deadtime)"),
                );
            } else if late >= self.settings.warntime {
                self.log(
                    Level::Warning,
                    format!("Late heartbeat: Node {name}: interval {interval} ms"),
                );
            }
        }
        if returned {
            self.end_partition(now, index);
        }
        let status = message
            .text("st")
            .filter(|_| message.kind() == "status")
            .and_then(Status::of);
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        if let Some(status) = status.filter(|status| *status != peer.status && !peer.left) {
            peer.status = status;
            self.log(
                Level::Info,
                format!("Status update for node {name}: status {}", status.name()),
            );
            self.tell_status(now, &name, status.name());
            self.become_active_if_known(now);
            self.weigh_hold(now, index);
        }
    }

    /// A node that was thought dead is heard again and has not begun anew: each of both may have what the other has.
    fn end_partition(&mut self, now: Time, index: usize) {
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        let name = peer.name.clone();
        peer.status = Status::Unknown;
        peer.left = false;
        for (level, line) in [
            (
                Level::Critical,
                format!("Cluster node {name} returning after partition."),
            ),
            (
                Level::Info,
                "For information on cluster partitions, See URL: http://linux-ha.org/wiki/Split_Brain"
                    .to_owned(),
            ),
            (Level::Warning, "Deadtime value may be too small.".to_owned()),
            (
                Level::Info,
                "See FAQ for information on tuning deadtime.".to_owned(),
            ),
            (
                Level::Info,
                "URL: http://linux-ha.org/wiki/FAQ#Heavy_Load".to_owned(),
            ),
        ] {
            self.log(level, line);
        }
        if self.phase == Phase::Active {
            self.leave(now, true);
        }
    }

    /// Acknowledges some of the sender's messages, so that it need not keep them.
    fn acknowledge(&mut self, now: Time, index: usize, sequence: Option<u32>) {
        if let Some(sequence) = sequence.filter(|sequence| sequence % 10 == self.ack_slot) {
            let message = self
                .to("NS_ackmsg", index)
                .with("ackseq", &format!("{sequence:x}"));
            self.send_unnumbered(now, message);
        }
    }

    fn act(&mut self, now: Time, index: usize, message: &Message, sequence: u32) {
        match message.kind() {
            "NS_rexmit" => self.send_again(now, message),
            "reqnodes" => self.tell_nodes(now, index),
            "repnodes" => {
                if let Some(peer) = self.peers.get_mut(index) {
                    peer.has_told_nodes = true;
                }
                self.become_active_if_known(now);
            }
            "shutdone" => self.take_goodbye(now, index),
            "starting" => self.take_beginning(now, index, sequence),
            "resource" => self.take_hold(now, index, message, sequence),
            "ask_resources" => {
                let share = message.text("rsc_hold").and_then(Share::of);
                if let (Some(share), Some(info)) = (share, message.text("info")) {
                    let info = info.to_owned();
                    self.take_word(now, index, share, &info, sequence);
                }
            }
            "hb_takeover" => {
                if let Some(share) = message.text("rsc_hold").and_then(Share::of) {
                    self.take_takeover(now, share);
                }
            }
            "ip-request" => {
                if let Some(key) = message.text("ipaddr") {
                    let key = key.to_owned();
                    self.take_request(now, index, &key);
                }
            }
            "ip-request-resp" => {
                if let Some(key) = message.text("ipaddr") {
                    let granted = message.text("ok") == Some("OK");
                    let key = key.to_owned();
                    self.take_answer(now, &key, granted);
                }
            }
            _ => {}
        }
    }

    /// A node that thinks itself alone grants its own groups to itself: whatever is held of them here is given back.
    fn overhear(&mut self, index: usize, message: &Message) {
        let Some(peer) = self.peers.get(index) else {
            return;
        };
        let to_itself = message
            .text("dest")
            .is_some_and(|name| name.eq_ignore_ascii_case(&peer.name));
        if to_itself && message.text("ok") == Some("OK") {
            let key = message.text("ipaddr").unwrap_or_default().to_owned();
            self.let_go(index, &key);
        }
    }

    /// Sends again what somebody missed. Its numbers are decimal.
    fn send_again(&mut self, now: Time, message: &Message) {
        let number = |name| message.text(name).and_then(|text| text.parse::<u32>().ok());
        if let (Some(first), Some(last)) = (number("firstseq"), number("lastseq")) {
            let last = last.min(first.saturating_add(MOST_RESENT - 1));
            for packet in self.history.again(now, first, last, RESEND_PAUSE) {
                self.outputs.push_back(crate::Output::Packet(packet));
            }
        }
    }

    fn tell_nodes(&mut self, now: Time, index: usize) {
        // Who asks takes part as soon as it is told, and must know by then that this node does: the original takes its own without
        // asking otherwise.
        if matches!(self.phase, Phase::Up | Phase::Active) {
            self.beat(now);
        }
        let nodes: String = self
            .settings
            .nodes
            .iter()
            .map(|name| format!("{name} "))
            .collect();
        let message = self
            .to("repnodes", index)
            .with("nodelist", &nodes)
            .with("delnodelist", " ");
        self.send(now, message);
    }

    fn take_goodbye(&mut self, now: Time, index: usize) {
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        if std::mem::replace(&mut peer.left, true) {
            return;
        }
        peer.hold = None;
        let name = peer.name.clone();
        self.log(Level::Info, format!("Received shutdown notice from '{name}'."));
        match self.phase {
            Phase::Active => self.take_over(now, index),
            Phase::Leaving { .. } | Phase::Lingering { .. } => {
                self.log(Level::Info, "Resource takeover cancelled - shutdown in progress.");
            }
            Phase::Up | Phase::Ended => {}
        }
    }

    /// A node takes part from now on, and holds nothing yet.
    fn take_beginning(&mut self, now: Time, index: usize, sequence: u32) {
        if let Some(peer) = self.peers.get_mut(index)
            && !peer.left
            && sequence >= peer.hold_told
        {
            peer.hold_told = sequence;
            peer.hold = Some((Hold::default(), false));
        }
        if self.tells_holdings() && self.phase == Phase::Active {
            self.tell_hold(now, "");
        }
    }

    fn take_hold(&mut self, now: Time, index: usize, message: &Message, sequence: u32) {
        let Some(hold) = message.text("rsc_hold").and_then(Hold::of) else {
            return;
        };
        let lasting = message.text("isstable") == Some("1");
        let parting = message.text("info") == Some("mach_down");
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        // One that was lost and is sent again says what was; and what follows on a takeover speaks of a part only.
        if peer.left || sequence < peer.hold_told || parting {
            return;
        }
        peer.hold_told = sequence;
        peer.hold = Some((hold, lasting));
        peer.had_own |= hold.local && lasting;
        self.weigh_hold(now, index);
    }
}
