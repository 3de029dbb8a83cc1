//! Handing over while both nodes are there.
//!
//! ```text
//!   who gives                                 who takes
//!   ask_resources me      ────────────────>
//!                         <────────────────   ask_resources other
//!   (gives back)
//!   ask_resources done    ────────────────>   (takes)
//!                         <────────────────   ask_resources done
//! ```

use std::time::Duration;

use crate::output::{Level, Purpose};
use crate::wire::Message;
use crate::{Hold, Share, Time};

use super::peer::Status;
use super::resources::After;
use super::{Node, Phase};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the conversation stands. Parts are as the node itself sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standby {
    /// There is none.
    Idle,
    /// It was offered.
    Asking { share: Share, until: Time },
    /// It is given back.
    Giving { share: Share },
    /// It is given, and the other one takes it.
    Given { share: Share },
    /// The other one was told that it can give: whatever it says later than that message is an answer.
    Promised { share: Share, after: u32 },
    /// It is taken.
    Taking { share: Share },
}

impl Standby {
    pub(super) const fn poll_timeout(self) -> Option<Time> {
        match self {
            Self::Asking { until, .. } => Some(until),
            _ => None,
        }
    }
}

impl Node {
    /// Hands resources over to the other node (`hb_standby`).
    pub fn give(&mut self, now: Time, share: Share) {
        self.ask_standby(now, share);
    }

    /// Asks the other node to hand over (`hb_takeover`).
    pub fn take(&mut self, now: Time, share: Share) {
        let message = Message::new("hb_takeover").with("rsc_hold", share.name());
        self.send(now, message);
    }

    pub(super) fn ask_standby(&mut self, now: Time, share: Share) {
        let name = self.settings.name.clone();
        if self.phase != Phase::Active || !self.tells_holdings() {
            return self.log(
                Level::Warning,
                "Standby request ignored: it needs auto_failback on or off, and a node that takes part.",
            );
        }
        if self.standby != Standby::Idle || !self.stable {
            return self.log(
                Level::Warning,
                "Standby request ignored: resources are on their way.",
            );
        }
        self.log(
            Level::Info,
            format!("{name} wants to go standby [{}]", share.name()),
        );
        self.standby = Standby::Asking {
            share,
            until: now + PATIENCE,
        };
        self.say(now, share, "me");
    }

    /// Says something of a part; all words of the conversation name it as whoever gives sees it.
    fn say(&mut self, now: Time, share: Share, info: &str) {
        let message = Message::new("ask_resources")
            .with("rsc_hold", share.name())
            .with("info", info);
        self.send(now, message);
    }

    /// Gives up waiting.
    pub(super) fn standby_timeout(&mut self, now: Time) {
        if let Standby::Asking { until, .. } = self.standby
            && now >= until
        {
            self.standby = Standby::Idle;
            self.log(
                Level::Warning,
                "No reply to standby request.  Standby request cancelled.",
            );
        }
    }

    /// Another node asks for all that is here, or a part of it.
    pub(super) fn take_takeover(&mut self, now: Time, share: Share) {
        self.ask_standby(now, share.mirrored());
    }

    /// A word of the conversation from the other node. `share` is as whoever gives sees it.
    pub(super) fn take_word(&mut self, now: Time, index: usize, share: Share, info: &str, sequence: u32) {
        let Some(peer) = self.peers.get(index) else {
            return;
        };
        let (name, active) = (peer.name.clone(), peer.status == Status::Active);
        if self.phase != Phase::Active || !self.tells_holdings() {
            return;
        }
        match (info, self.standby) {
            ("me", Standby::Idle | Standby::Promised { .. }) if active => {
                self.log(
                    Level::Info,
                    format!("{name} wants to go standby [{}]", share.name()),
                );
                self.settled = None;
                self.standby = Standby::Promised {
                    share,
                    after: sequence,
                };
                self.say(now, share, "other");
            }
            // Both offer at the same time: the one whose name is the smaller takes.
            ("me", Standby::Asking { .. }) if active && self.settings.name < name => {
                self.standby = Standby::Promised {
                    share,
                    after: sequence,
                };
                self.say(now, share, "other");
            }
            ("other", Standby::Asking { share: offered, .. }) if offered == share => {
                self.log(
                    Level::Info,
                    format!("standby: {name} can take our {} resources", share.name()),
                );
                self.log(
                    Level::Info,
                    format!("give up {} HA resources (standby).", share.name()),
                );
                self.hold = self.hold.without(share);
                self.stable = false;
                self.standby = Standby::Giving { share };
                self.tell_hold(now, "standby");
                let groups = self.groups_of(share);
                self.order(false, groups, Purpose::Standby, After::Given(share));
            }
            (
                "done",
                Standby::Promised {
                    share: promised,
                    after,
                },
            ) if promised == share && sequence > after => {
                let own = share.mirrored();
                self.log(
                    Level::Info,
                    format!("standby: acquire [{}] resources from {name}", share.name()),
                );
                self.log(
                    Level::Info,
                    format!("acquire {} HA resources (standby).", own.name()),
                );
                self.hold = self.hold.with(own);
                self.standby = Standby::Taking { share };
                let groups = self.groups_of(own);
                self.order(true, groups, Purpose::Standby, After::Acquired(share));
            }
            ("done", Standby::Given { share: given }) if given == share => self.standby_over(now, share),
            _ => {}
        }
    }

    /// The part is given back.
    pub(super) fn standby_given(&mut self, now: Time, share: Share) {
        if self.standby != (Standby::Giving { share }) {
            return;
        }
        self.log(
            Level::Info,
            format!("{} HA resource release completed (standby).", share.name()),
        );
        self.log(
            Level::Info,
            format!("Local standby process completed [{}].", share.name()),
        );
        self.standby = Standby::Given { share };
        self.say(now, share, "done");
    }

    /// The part is taken.
    pub(super) fn standby_acquired(&mut self, now: Time, share: Share) {
        if self.standby != (Standby::Taking { share }) {
            return;
        }
        self.log(
            Level::Info,
            format!(
                "{} HA resource acquisition completed (standby).",
                share.mirrored().name()
            ),
        );
        self.log(
            Level::Info,
            format!("Standby resource acquisition done [{}].", share.name()),
        );
        self.standby = Standby::Idle;
        self.stable = true;
        self.say(now, share, "done");
        self.tell_hold(now, "");
    }

    /// The other node has taken it.
    fn standby_over(&mut self, now: Time, share: Share) {
        self.log(
            Level::Info,
            format!(
                "Other node completed standby takeover of {} resources.",
                share.name()
            ),
        );
        self.standby = Standby::Idle;
        self.stable = true;
        self.tell_hold(now, "");
    }

    /// The other node has said what it holds while a conversation is on.
    pub(super) fn standby_weigh(&mut self, now: Time, theirs: Hold, lasting: bool) {
        if let Standby::Given { share } = self.standby
            && lasting
            && theirs == theirs.with(share.mirrored())
        {
            self.standby_over(now, share);
        }
    }

    /// The other node has begun anew or is gone: the conversation is at its end. What was given and not taken comes back.
    pub(super) fn standby_broken(&mut self, now: Time) {
        let was = std::mem::replace(&mut self.standby, Standby::Idle);
        match was {
            Standby::Idle | Standby::Asking { .. } | Standby::Promised { .. } | Standby::Taking { .. } => {
                if matches!(was, Standby::Taking { .. }) {
                    self.stable = true;
                }
            }
            Standby::Giving { share } | Standby::Given { share } => {
                self.hold = self.hold.with(share);
                self.stable = true;
                let groups = self.groups_of(share);
                self.tell_hold(now, "");
                self.order(true, groups, Purpose::Standby, After::Nothing);
            }
        }
    }
}
