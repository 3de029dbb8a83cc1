//! Work on resources: groups one after the other, members from the first to the last when they are started and from the last to the
//! first when they are stopped. Different work goes on side by side, but what was asked for first happens first to each group.

use heartbeat_conf::model::Group;
use heartbeat_proto::{Level, Purpose, Work};
use std::rc::Rc;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_local;

use crate::log::Log;
use crate::resource::Hand;

/// Work that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    /// Its number.
    pub(crate) id: u64,
    /// Whether any member of its groups ran before.
    pub(crate) was_running: bool,
}

/// Does work.
#[derive(Debug)]
pub(crate) struct Worker {
    groups: Rc<[Group]>,
    hand: Hand,
    log: Log,
    /// For each group, what tells that the last work that was asked for is done.
    last: Vec<watch::Receiver<bool>>,
    done: mpsc::UnboundedSender<Done>,
}

impl Worker {
    /// One for these groups; `done` hears of what is done.
    pub(crate) fn new(groups: &[Group], hand: Hand, log: Log, done: mpsc::UnboundedSender<Done>) -> Self {
        let last = groups.iter().map(|_| watch::channel(true).1).collect();
        Self {
            groups: groups.into(),
            hand,
            log,
            last,
            done,
        }
    }

    /// Begins work. To be called within a local runtime.
    pub(crate) fn begin(&mut self, work: Work) {
        // The places in the queues are taken now, whenever the work itself gets there.
        let mut turns = Vec::new();
        for group in &work.groups {
            let (ended, end) = watch::channel(false);
            if let Some(last) = self.last.get_mut(*group) {
                turns.push((*group, std::mem::replace(last, end), ended));
            }
        }
        let job = Job {
            groups: Rc::clone(&self.groups),
            hand: self.hand.clone(),
            log: self.log.clone(),
        };
        let done = self.done.clone();
        spawn_local(async move {
            let mut was_running = false;
            for (group, mut before, ended) in turns {
                // One whose work was given up does not hold up the next.
                let _ = before.wait_for(|done| *done).await;
                if let Some(group) = job.groups.get(group) {
                    was_running |= if work.start {
                        job.start(group).await
                    } else {
                        job.stop(group, &work.purpose).await
                    };
                }
                // Nobody may wait.
                let _ = ended.send(true);
            }
            if let Purpose::Takeover(node) = &work.purpose {
                job.log
                    .info(format!("mach_down takeover complete for node {node}."));
            }
            let _ = done.send(Done {
                id: work.id,
                was_running,
            });
        });
    }
}

struct Job {
    groups: Rc<[Group]>,
    hand: Hand,
    log: Log,
}

impl Job {
    /// Starts a group; whether any of it ran before. One that cannot be started whole is given back.
    async fn start(&self, group: &Group) -> bool {
        self.log
            .resources(Level::Info, format!("Acquiring resource group: {}", shown(group)));
        let mut was_running = false;
        for resource in &group.resources {
            match self.hand.is_running(resource).await {
                Ok(true) => {
                    was_running = true;
                    continue;
                }
                Ok(false) => {}
                Err(error) => self.log.resources(Level::Error, error.to_string()),
            }
            self.log.resources(
                Level::Info,
                format!("Running {}", self.hand.shown(resource, "start")),
            );
            if let Err(error) = self.hand.start(resource).await {
                self.log.resources(Level::Error, error.to_string());
                self.log.resources(
                    Level::Critical,
                    format!("Giving up resources due to failure of {}", resource.full()),
                );
                self.release(group).await;
                break;
            }
        }
        was_running
    }

    /// Stops a group; whether any of it ran before.
    async fn stop(&self, group: &Group, purpose: &Purpose) -> bool {
        let mut was_running = false;
        for resource in &group.resources {
            // One that cannot be asked is stopped all the same.
            was_running |= self.hand.is_running(resource).await.unwrap_or(true);
        }
        // Whoever asks for what is its own is told that nothing was here.
        if was_running || !matches!(purpose, Purpose::Request { .. }) {
            self.release(group).await;
        }
        was_running
    }

    async fn release(&self, group: &Group) {
        self.log
            .resources(Level::Info, format!("Releasing resource group: {}", shown(group)));
        for resource in group.resources.iter().rev() {
            self.log.resources(
                Level::Info,
                format!("Running {}", self.hand.shown(resource, "stop")),
            );
            if let Err(error) = self.hand.stop(resource).await {
                self.log.resources(Level::Error, error.to_string());
            }
        }
    }
}

/// A group as haresources has it.
fn shown(group: &Group) -> String {
    let resources: Vec<String> = group.resources.iter().map(|one| one.full()).collect();
    format!("{} {}", group.owner, resources.join(" "))
}
