//! The loop: questions of requests, answers of name servers, and times.

use std::collections::HashMap;
use std::future::pending;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::rc::Rc;

use proxy_core::cli::Hooks as _;
use proxy_core::resolve::{Directory, Effects, Question, Settings};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::Told;
use super::nameserver::{Heard, Nameserver};
use crate::control::Shell;
use crate::thread::Thread;

/// Answers that wait to be looked at; name servers that send more have to wait.
const WAITING: usize = 64;

/// Numbers that nobody foresees: hashes, by a key of the process, of what is counted.
fn chance() -> Box<dyn FnMut() -> u16> {
    let key = RandomState::new();
    let mut count = 0_u64;
    Box::new(move || {
        count += 1;
        (key.hash_one(count) >> 48) as u16
    })
}

/// Asks for as long as the process lives.
pub(super) async fn drive(thread: Rc<Thread>, mut asked: mpsc::UnboundedReceiver<Told>) {
    let (runtime, config) = (&thread.shared.runtime, thread.config());
    let clock = thread.shared.clock;
    let mut directory = Directory::new(config, runtime, clock.now_ms(), chance());
    let (heard, mut hears) = mpsc::channel::<Heard>(WAITING);
    let nameservers: Vec<Vec<mpsc::UnboundedSender<Vec<u8>>>> = config
        .sections
        .resolvers
        .iter()
        .enumerate()
        .map(|(section, model)| {
            let settings = Settings::new(model);
            let servers = model.nameservers.iter().enumerate();
            servers
                .map(|(index, server)| {
                    let from = (section, index);
                    Nameserver::start(server, from, &settings, heard.clone(), &thread)
                })
                .collect()
        })
        .collect();
    let mut waiting: HashMap<u64, oneshot::Sender<Option<IpAddr>>> = HashMap::new();
    let mut last = 0_u64;
    let mut shell = Shell::new(&thread);
    loop {
        while let Some((section, question)) = directory.poll_send() {
            for nameserver in &nameservers[section] {
                // Its task lives as long as this one.
                let _ = nameserver.send(question.clone());
            }
        }
        let due = directory
            .poll_timeout()
            .map(|ms| Instant::from(clock.instant_of(ms)));
        let due = async {
            match due {
                Some(at) => sleep_until(at).await,
                None => pending().await,
            }
        };
        let effects = tokio::select! {
            Some(answer) = hears.recv() => {
                let now = clock.now_ms();
                directory.handle_answer(answer.from, &answer.bytes, runtime, config, now)
            }
            Some(told) = asked.recv() => match told {
                Told::Renamed(server, from) => {
                    directory.rename(server, &from, (runtime, config), clock.now_ms());
                    directory.handle_timeout(runtime, config, clock.now_ms())
                }
                Told::Asking(asking) => {
                last += 1;
                let question = Question { section: asking.section, name: &asking.name, kind: asking.kind };
                match directory.ask(question, last, clock.now_ms()) {
                    // Whoever asked may have gone.
                    Some(ip) => {
                        let _ = asking.reply.send(Some(ip));
                    }
                    None => {
                        waiting.insert(last, asking.reply);
                    }
                }
                directory.handle_timeout(runtime, config, clock.now_ms())
                }
            },
            () = due => directory.handle_timeout(runtime, config, clock.now_ms()),
        };
        let Effects {
            events,
            changed,
            answers,
        } = effects;
        let mut changed = changed;
        // Those that track a server may be of other backends.
        changed.extend(events.iter().map(|event| event.proxy));
        changed.sort_unstable();
        changed.dedup();
        shell.log(events);
        for proxy in changed {
            shell.changed(Some(proxy));
        }
        for (number, found) in answers {
            if let Some(reply) = waiting.remove(&number) {
                // As above.
                let _ = reply.send(found);
            }
        }
    }
}
