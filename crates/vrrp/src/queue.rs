//! Scripts that are told of changes, one after the other for each instance and each group, so that none hears of a change before
//! the one that came earlier. One that takes too long holds the next ones up no longer, and nobody else ever waits for any.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use keepalived_conf::model::Script;
use tokio::sync::Notify;
use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::log::Log;
use crate::process::Running;

/// How long a script holds up the next one of its instance.
const PATIENCE: Duration = Duration::from_secs(30);

/// Scripts of one instance that wait at a time. Further ones are left out.
const MOST: usize = 256;

/// A script that is to be run.
#[derive(Debug)]
struct Job {
    script: Script,
    more: Vec<String>,
}

/// Those of one instance or group. There while one runs.
type Waiting = BTreeMap<String, VecDeque<Job>>;

/// All scripts that wait.
#[derive(Clone, Debug)]
pub(crate) struct Queues {
    waiting: Rc<RefCell<Waiting>>,
    /// Told when nothing waits and nothing runs.
    idle: Rc<Notify>,
    patience: Duration,
    log: Log,
}

impl Queues {
    /// None wait.
    pub(crate) fn new(log: Log) -> Self {
        Self {
            waiting: Rc::default(),
            idle: Rc::default(),
            patience: PATIENCE,
            log,
        }
    }

    /// Runs a script when those before it are done. `of` is whose it is. To be called within a local runtime.
    pub(crate) fn push(&self, of: &str, script: &Script, more: &[&str]) {
        let job = Job {
            script: script.clone(),
            more: more.iter().map(|word| (*word).to_owned()).collect(),
        };
        let mut waiting = self.waiting.borrow_mut();
        if let Some(queue) = waiting.get_mut(of) {
            if queue.len() < MOST {
                queue.push_back(job);
            } else {
                let program = program(script);
                self.log.info(format!(
                    "Notify script {program} is left out: too many wait for {of}"
                ));
            }
            return;
        }
        waiting.insert(of.to_owned(), VecDeque::new());
        drop(waiting);
        // The first one begins at once.
        let running = self.start(&job);
        let (queues, of) = (self.clone(), of.to_owned());
        spawn_local(async move { queues.work(&of, running, job).await });
    }

    fn start(&self, job: &Job) -> Option<Running> {
        let more: Vec<&str> = job.more.iter().map(String::as_str).collect();
        match Running::start(&job.script, &more) {
            Ok(running) => Some(running),
            Err(error) => {
                let program = program(&job.script);
                self.log
                    .info(format!("Notify script {program} cannot be run: {error}"));
                None
            }
        }
    }

    async fn work(&self, of: &str, mut running: Option<Running>, mut job: Job) {
        loop {
            if let Some(mut one) = running.take() {
                // Whatever it ends with: nobody asked for it.
                if timeout(self.patience, one.wait()).await.is_err() {
                    self.log.info(format!(
                        "Notify script {} still runs after {} s: the next one for {of} does not wait for it",
                        program(&job.script),
                        self.patience.as_secs_f64()
                    ));
                }
                one.let_go();
            }
            let mut waiting = self.waiting.borrow_mut();
            let Some(next) = waiting.get_mut(of).and_then(VecDeque::pop_front) else {
                waiting.remove(of);
                if waiting.is_empty() {
                    self.idle.notify_waiters();
                }
                return;
            };
            drop(waiting);
            job = next;
            running = self.start(&job);
        }
    }

    /// Lets those that wait have their turn for so long, and begins those that are left all at once, for nobody waits any more.
    pub(crate) async fn finish(&self, longest: Duration) {
        let idle = self.idle.notified();
        let is_idle = self.waiting.borrow().values().all(VecDeque::is_empty);
        if !is_idle {
            // Either way.
            let _ = timeout(longest, idle).await;
        }
        let left: Vec<Job> = {
            let mut waiting = self.waiting.borrow_mut();
            waiting.values_mut().flat_map(std::mem::take).collect()
        };
        for job in left {
            if let Some(running) = self.start(&job) {
                running.let_go();
            }
        }
        for running in self.waiting.borrow().keys() {
            self.log
                .detail(format!("A notify script for {running} goes on by itself"));
        }
    }
}

fn program(script: &Script) -> &str {
    script.command.first().map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use nix::unistd::{getegid, geteuid};
    use tokio::task::LocalSet;

    use super::*;
    use crate::log::{Level, Sink};

    #[derive(Debug)]
    struct Nobody;

    impl Sink for Nobody {
        fn line(&self, _: Level, _: &str) {}
    }

    fn script(out: &Path, text: &str) -> Script {
        Script {
            command: ["/bin/sh", "-c", &format!("{text}; echo $0 >>{}", out.display())]
                .map(str::to_owned)
                .to_vec(),
            uid: geteuid().as_raw(),
            gid: getegid().as_raw(),
            groups: Vec::new(),
        }
    }

    fn queues(patience: Duration) -> Queues {
        Queues {
            patience,
            ..Queues::new(Log::new(Rc::new(Nobody), false))
        }
    }

    fn in_runtime(work: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        LocalSet::new().block_on(&runtime, work);
    }

    fn told(out: &Path) -> Vec<String> {
        let text = std::fs::read_to_string(out).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn scripts_of_one_instance_run_in_order_and_others_beside_them() {
        in_runtime(async {
            let folder = tempfile::tempdir().expect("a folder");
            let (one, other) = (folder.path().join("one"), folder.path().join("other"));
            let queues = queues(PATIENCE);
            queues.push("one", &script(&one, "sleep 0.3"), &["first"]);
            queues.push("one", &script(&one, "sleep 0.1"), &["second"]);
            queues.push("one", &script(&one, "true"), &["third"]);
            queues.push("other", &script(&other, "true"), &["beside"]);
            queues.finish(Duration::from_secs(20)).await;
            assert_eq!(told(&one), ["first", "second", "third"]);
            assert_eq!(told(&other), ["beside"]);
            assert!(queues.waiting.borrow().is_empty());
        });
    }

    #[test]
    fn one_that_hangs_holds_up_nobody_for_ever() {
        in_runtime(async {
            let folder = tempfile::tempdir().expect("a folder");
            let out = folder.path().join("out");
            let queues = queues(Duration::from_millis(200));
            queues.push("one", &script(&out, "sleep 5"), &["slow"]);
            queues.push("one", &script(&out, "true"), &["next"]);
            queues.finish(Duration::from_secs(4)).await;
            assert_eq!(told(&out), ["next"]);
        });
    }

    #[test]
    fn what_still_waits_at_the_end_is_begun_all_the_same() {
        in_runtime(async {
            let folder = tempfile::tempdir().expect("a folder");
            let out = folder.path().join("out");
            let queues = queues(PATIENCE);
            queues.push("one", &script(&out, "sleep 5"), &["slow"]);
            queues.push("one", &script(&out, "true"), &["last"]);
            queues.finish(Duration::from_millis(100)).await;
            let all = test_support::process::wait_for(|| (told(&out) == ["last"]).then_some(()));
            assert!(all.is_some());
        });
    }
}
