//! What the machine's SNMP agent is told of the program (AgentX, RFC 2741), by a thread of its own: an agent that is slow, or goes
//! away, keeps no advert waiting. What it asks for is answered from a view that is taken now and then, however much it asks.

mod keepalived;
mod notification;
mod rfc2787;
mod rfc6527;
mod session;
mod view;

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use keepalived_conf::model::Snmp;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use vrrp_proto::agentx::Tree;

pub(crate) use self::notification::Notification;
use self::session::Session;
pub(crate) use self::view::{Asked, Change, Managed, MasterReason, Names, Shown, View};
use crate::driver::Options;

/// Where an agent listens unless something else is said.
const USUAL_SOCKET: &str = "/var/agentx/master";

/// Notifications that wait for the agent at most: what an agent that is gone is not told is lost, as with the original.
const MOST_WAITING: usize = 4096;

/// How long the end of the program waits until the last notifications are sent.
const FAREWELL: Duration = Duration::from_millis(500);

/// What is to be told, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    socket: String,
    /// The program's own MIB.
    keepalived: bool,
    rfc2787: bool,
    rfc6527: bool,
}

impl Wanted {
    /// What the configuration and the command line ask for; none for nothing.
    pub(crate) fn of(snmp: &Snmp, options: &Options) -> Option<Self> {
        let wanted = Self {
            socket: options
                .snmp_socket
                .as_ref()
                .or(snmp.socket.as_ref())
                .map_or_else(|| USUAL_SOCKET.to_owned(), Clone::clone),
            keepalived: snmp.keepalived || options.snmp,
            rfc2787: snmp.rfc2787 || options.snmp,
            rfc6527: snmp.rfc6527 || options.snmp,
        };
        (wanted.keepalived || wanted.rfc2787 || wanted.rfc6527).then_some(wanted)
    }

    /// The parts of the tree that it answers for.
    fn subtrees(&self) -> impl Iterator<Item = &'static [u32]> {
        [
            (self.keepalived, keepalived::SUBTREE),
            (self.rfc2787, rfc2787::SUBTREE),
            (self.rfc6527, rfc6527::SUBTREE),
        ]
        .into_iter()
        .filter_map(|(is_wanted, subtree)| is_wanted.then_some(subtree))
    }

    /// What they show.
    fn tree(&self, view: &View) -> Tree {
        let mut tree = Tree::default();
        if self.keepalived {
            keepalived::put(&mut tree, view);
        }
        if self.rfc2787 {
            rfc2787::put(&mut tree, view);
        }
        if self.rfc6527 {
            rfc6527::put(&mut tree, view);
        }
        tree
    }

    /// Whether a notification belongs to what is told.
    fn tells(&self, notification: &Notification) -> bool {
        match notification {
            Notification::Group { .. } | Notification::Instance { .. } => self.keepalived,
            Notification::NewMaster2 { .. } => self.rfc2787,
            Notification::NewMaster3 { .. } => self.rfc6527,
        }
    }
}

/// The thread while it runs. Dropped, its session ends.
#[derive(Debug)]
pub(crate) struct SnmpAgent {
    wanted: Wanted,
    /// The thread ends when this is dropped.
    notifications: mpsc::Sender<Notification>,
    ended: oneshot::Receiver<()>,
}

impl SnmpAgent {
    /// Starts it. What it wants is asked of `asked`.
    ///
    /// # Errors
    /// What the system says of a thread.
    pub(crate) fn start(wanted: Wanted, asked: mpsc::UnboundedSender<Asked>) -> io::Result<Self> {
        let (notifications, notified) = mpsc::channel(MOST_WAITING);
        let (end, ended) = oneshot::channel();
        let session = Session::new(wanted.clone(), asked, notified);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::Builder::new()
            .name("snmp".to_owned())
            .spawn(move || {
                // It needs none of the program's rights; a thread that has none to give up needs none.
                let _ = caps::clear(None, caps::CapSet::Effective);
                let _ = caps::clear(None, caps::CapSet::Permitted);
                runtime.block_on(session.run());
                // Nobody may wait for it.
                let _ = end.send(());
            })?;
        Ok(Self {
            wanted,
            notifications,
            ended,
        })
    }

    /// What it tells.
    pub(crate) fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Has managers told of something, if it belongs to what is told. Gives whether it does.
    pub(crate) fn notify(&self, notification: Notification) -> bool {
        let tells = self.wanted.tells(&notification);
        if tells {
            // With an agent that takes nothing, it is lost.
            let _ = self.notifications.try_send(notification);
        }
        tells
    }

    /// Ends it, when what it was to tell is told, or soon in any case.
    pub(crate) async fn end(self) {
        drop(self.notifications);
        // One that does not end in time ends with the process.
        let _ = timeout(FAREWELL, self.ended).await;
    }
}

/// TRUE and FALSE, as SNMP has them (RFC 2579).
fn truth(value: bool) -> i32 {
    if value { 1 } else { 2 }
}

/// How the RFCs number states: initialize, backup, master. FAULT is none of theirs.
fn state(state: vrrp_proto::StateKind) -> i32 {
    use vrrp_proto::StateKind;

    match state {
        StateKind::Init | StateKind::Fault => 1,
        StateKind::Backup => 2,
        StateKind::Master => 3,
    }
}

/// Hundredths of a second from one time to another.
fn ticks(from: jiff::Timestamp, to: jiff::Timestamp) -> u32 {
    let hundredths = from.duration_until(to).as_millis() / 10;
    u32::try_from(hundredths.rem_euclid(1 << 32)).unwrap_or(0)
}

/// A count as a Counter32, which begins anew behind its end.
fn count(number: u64) -> u32 {
    (number & u64::from(u32::MAX)) as u32
}

/// An address as its bytes.
fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_asks_for_all_and_goes_before_the_file() {
        let file = Snmp {
            socket: Some("tcp:127.0.0.1:7050".to_owned()),
            rfc2787: true,
            ..Snmp::default()
        };
        let wanted = Wanted::of(&file, &Options::default()).unwrap();
        assert_eq!(wanted.socket, "tcp:127.0.0.1:7050");
        assert_eq!(wanted.subtrees().count(), 1);
        let options = Options {
            snmp: true,
            snmp_socket: Some("/run/agentx".to_owned()),
            ..Options::default()
        };
        let wanted = Wanted::of(&file, &options).unwrap();
        assert_eq!((&*wanted.socket, wanted.subtrees().count()), ("/run/agentx", 3));
        assert_eq!(Wanted::of(&Snmp::default(), &Options::default()), None);
        let usual = Wanted::of(
            &Snmp::default(),
            &Options {
                snmp: true,
                ..Options::default()
            },
        )
        .unwrap();
        assert_eq!(usual.socket, USUAL_SOCKET);
    }
}
