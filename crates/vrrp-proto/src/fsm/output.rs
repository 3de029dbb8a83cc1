//! What an instance wants done and told. The texts are the original's log lines, without the instance's name before them.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use crate::wire::Fault;

/// The states, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StateKind {
    /// Not started, or stopped.
    Init,
    /// Listens for a master.
    Backup,
    /// Has the addresses.
    Master,
    /// Something that it tracks keeps it from taking part.
    Fault,
}

impl fmt::Display for StateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Init => "INIT",
            Self::Backup => "BACKUP",
            Self::Master => "MASTER",
            Self::Fault => "FAULT",
        })
    }
}

/// A change of state: for the log, scripts and mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transition {
    /// Where it comes from. The fault state twice: it was in it to wait for the first result of a script, and the result is
    /// bad.
    pub from: StateKind,
    /// Where it goes to. [`StateKind::Init`] when it was stopped.
    pub to: StateKind,
    /// The effective priority at that time.
    pub priority: u8,
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (StateKind::Init, StateKind::Backup) => f.write_str("Entering BACKUP STATE (init)"),
            (StateKind::Init, StateKind::Fault) => f.write_str("entering FAULT state"),
            (_, to) => write!(f, "Entering {to} STATE"),
        }
    }
}

/// Why neighbours are told where the addresses are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnnounceCause {
    /// It became master, or its addresses changed while it is.
    Master,
    /// For the second time after it became master.
    MasterAgain,
    /// A master of lower priority was heard.
    LowerPriority,
    /// For the second time after that.
    LowerPriorityAgain,
    /// It has been a while.
    Refresh,
}

/// What is to be done, in this order. [`Output::line`] has what the original logs with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send an advert.
    Send {
        /// The priority in it.
        priority: u8,
        /// Over IPv4 the packet with its IP header, over IPv6 what follows the header (hop limit 255).
        packet: Vec<u8>,
        /// Where to.
        destination: IpAddr,
    },
    /// See to it that the addresses are there. Those that are there already stay.
    AddAddresses,
    /// See to it that none of the addresses is there.
    RemoveAddresses,
    /// Tell neighbours where each address is, so many times.
    Announce {
        /// Packets for each address, at least 1.
        repeat: u8,
        /// Why.
        cause: AnnounceCause,
    },
    /// The state has changed.
    State(Transition),
    /// Something worth a line in the log, a count, or a notification.
    Event(Event),
}

impl Output {
    /// The line that the original logs at this point, without the instance's name; `None` where it logs nothing, or where
    /// the line needs to know what only the shell does.
    pub fn line(&self) -> Option<String> {
        match self {
            Self::Send { .. } | Self::Announce { .. } => None,
            Self::AddAddresses => Some("setting VIPs.".to_owned()),
            Self::RemoveAddresses => Some("removing VIPs.".to_owned()),
            Self::State(Transition {
                to: StateKind::Init, ..
            }) => None,
            Self::State(transition) if transition.from == transition.to => None,
            Self::State(transition) => Some(transition.to_string()),
            Self::Event(Event::Rejected(fault)) if fault.is_silent() => None,
            Self::Event(event) => Some(event.to_string()),
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// No advert was heard for the master-down interval.
    AdvertTimeout,
    /// An advert of priority 0 went out.
    SentZeroPriority,
    /// As master, an advert of priority 0 was heard.
    MasterHeardZero,
    /// As backup, an advert of priority 0 was heard: the master has stopped.
    BackupHeardZero,
    /// As backup that preempts, the advert of a lower master was not taken for one.
    DiscardedLower {
        /// Its sender.
        source: IpAddr,
        /// Its priority.
        priority: u8,
    },
    /// As backup, the advert of a lower master was heard for the first time, and it is let be for so long.
    PreemptDelayStarted(Duration),
    /// As master, the advert of a lower master was heard, and was answered by one of ours or not.
    MasterHeardLower {
        /// Its sender.
        source: IpAddr,
        /// Its priority.
        priority: u8,
        /// Our priority.
        own: u8,
        /// Whether it was answered.
        answered: bool,
    },
    /// With authentication headers: the numbers of ours go on from those of a lower master.
    SequenceFollowed,
    /// As master, the advert of a higher master was heard.
    MasterHeardHigher {
        /// Its sender.
        source: IpAddr,
        /// Its priority.
        priority: u8,
        /// Our priority.
        own: u8,
    },
    /// As master, the advert of a master of our priority and a higher address was heard.
    MasterHeardEqual {
        /// Its sender.
        source: IpAddr,
        /// Its priority and ours.
        priority: u8,
    },
    /// Two routers say that they own the addresses; we no longer do.
    TwoOwners,
    /// Version 3: the master's interval is ours from now on.
    IntervalAdopted {
        /// What it was.
        from: Duration,
        /// What it is.
        to: Duration,
    },
    /// Version 3: as master, our own interval counts again.
    IntervalRestored {
        /// What it was.
        from: Duration,
        /// What it is.
        to: Duration,
    },
    /// The effective priority changed.
    PriorityChanged {
        /// What it was.
        from: u8,
        /// What it is.
        to: u8,
    },
    /// What kept it in the fault state has become a number that is added to the priority, which is this now.
    PrioritySet(u8),
    /// As owner of the addresses that takes no adverts, one was heard for the first time, from there.
    IgnoredAsOwner(IpAddr),
    /// A packet was refused.
    Rejected(Fault),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AdvertTimeout => f.write_str("Receive advertisement timeout"),
            Self::SentZeroPriority => f.write_str("sent 0 priority"),
            Self::MasterHeardZero => f.write_str("Master received priority 0 message"),
            Self::BackupHeardZero => f.write_str("Backup received priority 0 advertisement"),
            Self::DiscardedLower { source, priority } => {
                write!(f, "received lower priority ({priority}) advert from {source} - discarding")
            }
            Self::PreemptDelayStarted(delay) => {
                write!(f, "start preempt delay ({}.{:06})", delay.as_secs(), delay.subsec_micros())
            }
            Self::MasterHeardLower { source, priority, own, answered } => {
                let election = if *answered { ", forcing new election" } else { "" };
                write!(f, "Received advert from {source} with lower priority {priority}, ours {own}{election}")
            }
            Self::SequenceFollowed => f.write_str("IPSEC-AH : Syncing seq_num - Increment seq"),
            Self::MasterHeardHigher { source, priority, own } => {
                write!(f, "Master received advert from {source} with higher priority {priority}, ours {own}")
            }
            Self::MasterHeardEqual { source, priority } => write!(
                f,
                "Master received advert from {source} with same priority {priority} but higher IP address than ours"
            ),
            Self::TwoOwners => f.write_str(
                "CONFIGURATION ERROR: local instance and a remote instance are both configured as address owner, \
                 please fix - reducing local priority",
            ),
            Self::IntervalAdopted { from, to } => write!(
                f,
                "advertisement interval updated from {}ms to {}ms by master",
                from.as_millis(),
                to.as_millis()
            ),
            Self::IntervalRestored { from, to } => write!(
                f,
                "changing advert interval from {}ms to locally configured {}ms",
                from.as_millis(),
                to.as_millis()
            ),
            Self::PriorityChanged { from, to } => write!(f, "Changing effective priority from {from} to {to}"),
            Self::PrioritySet(to) => write!(f, "Setting effective priority to {to}"),
            Self::IgnoredAsOwner(source) => {
                write!(f, "Dropping packet(s) from {source} since we are address owner")
            }
            Self::Rejected(fault) => fault.fmt(f),
        }
    }
}
