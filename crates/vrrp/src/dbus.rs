//! The program on D-Bus, with the original's names, paths, methods and signals. A thread of its own speaks to the bus: what happens is
//! handed to it without waiting, so a bus that is slow, full or gone keeps no advert waiting.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use keepalived_conf::model::VrrpInstance;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use vrrp_proto::StateKind;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, MessageStream, interface};

/// What the thread is told that it has not come to yet. Beyond that, what happens is left out for it: it learns states anew when
/// it has caught up.
const MOST: usize = 4096;

/// What the bus asks for that the program has not come to yet.
pub(crate) const MOST_ASKED: usize = 64;

/// How long anything on the bus may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// From one attempt to reach the bus to the next.
const AGAIN: Duration = Duration::from_secs(5);

/// How long the bus may take to hear of the end.
const FAREWELL: Duration = Duration::from_millis(500);

const VRRP: &str = "/org/keepalived/Vrrp1/Vrrp";

/// What somebody on the bus asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// `PrintData`
    Data,
    /// `PrintStats`
    Stats,
    /// `PrintStatsClear`
    ClearStats,
    /// `ReloadConfig`
    Reload,
    /// `SendGarp` of the instance of that name.
    Announce(String),
}

/// What happened.
#[derive(Debug)]
enum News {
    State {
        path: String,
        state: StateKind,
    },
    /// Another configuration, with all its instances.
    Instances(Vec<Instance>),
}

#[derive(Clone, Debug)]
struct Instance {
    path: String,
    name: String,
    state: StateKind,
}

/// The program's end of it.
#[derive(Debug)]
pub(crate) struct Bus {
    service: String,
    no_interface: String,
    news: mpsc::Sender<News>,
    ended: oneshot::Receiver<()>,
    /// Something was left out.
    behind: bool,
}

impl Bus {
    /// Begins to speak to the system's bus under the name `service`. What is asked there goes to `asked`.
    ///
    /// # Errors
    /// What the system says when there can be no thread.
    pub(crate) fn start(
        service: &str,
        no_interface: &str,
        all: &[(&VrrpInstance, StateKind)],
        asked: mpsc::Sender<Asked>,
    ) -> io::Result<Self> {
        let (news, told) = mpsc::channel(MOST);
        let (end, ended) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut thread = Thread {
            service: service.to_owned(),
            instances: BTreeMap::new(),
            told,
            asked,
        };
        for one in instances(no_interface, all) {
            thread.instances.insert(one.path.clone(), one);
        }
        std::thread::Builder::new()
            .name("dbus".to_owned())
            .spawn(move || {
                // It needs none of the program's rights; one that has none to give up is fine.
                let _ = caps::clear(None, caps::CapSet::Effective);
                let _ = caps::clear(None, caps::CapSet::Permitted);
                runtime.block_on(thread.run());
                // Nobody waits any more when it took too long.
                let _ = end.send(());
            })?;
        Ok(Self {
            service: service.to_owned(),
            no_interface: no_interface.to_owned(),
            news,
            ended,
            behind: false,
        })
    }

    /// Whether it is what a configuration asks for.
    pub(crate) fn is(&self, service: &str, no_interface: &str) -> bool {
        (self.service.as_str(), self.no_interface.as_str()) == (service, no_interface)
    }

    /// Tells a state.
    pub(crate) fn tell(&mut self, instance: &VrrpInstance, state: StateKind) {
        let path = path(instance, &self.no_interface);
        self.behind |= self.news.try_send(News::State { path, state }).is_err();
    }

    /// Whether something was left out, and there is room to tell all anew.
    pub(crate) fn is_behind(&self) -> bool {
        self.behind && self.news.capacity() > MOST / 2
    }

    /// Tells all instances: another configuration is in force.
    pub(crate) fn tell_all(&mut self, all: &[(&VrrpInstance, StateKind)]) {
        let all = instances(&self.no_interface, all);
        self.behind = self.news.try_send(News::Instances(all)).is_err();
    }

    /// Says goodbye.
    pub(crate) async fn end(self) {
        drop(self.news);
        // A bus that does not listen hears nothing of it.
        let _ = timeout(FAREWELL, self.ended).await;
    }
}

fn instances(no_interface: &str, all: &[(&VrrpInstance, StateKind)]) -> Vec<Instance> {
    all.iter()
        .map(|(instance, state)| Instance {
            path: path(instance, no_interface),
            name: instance.name.clone(),
            state: *state,
        })
        .collect()
}

/// Where an instance is on the bus.
fn path(instance: &VrrpInstance, no_interface: &str) -> String {
    let interface = match instance.interface.as_str() {
        "" => no_interface,
        name => name,
    };
    // Nothing else may stand in a path.
    let interface: String = interface
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let family = if instance.ipv6 { "IPv6" } else { "IPv4" };
    let vrid = instance.virtual_router_id;
    format!("/org/keepalived/Vrrp1/Instance/{interface}/{vrid}/{family}")
}

fn number(state: StateKind) -> u8 {
    crate::json::state_number(state)
}

fn word(number: u8) -> &'static str {
    match number {
        0 => "Init",
        1 => "Backup",
        2 => "Master",
        3 => "Fault",
        _ => "Unknown",
    }
}

/// The object of the program.
struct Program {
    asked: mpsc::Sender<Asked>,
}

impl Program {
    fn ask(&self, what: Asked) -> zbus::fdo::Result<()> {
        self.asked
            .try_send(what)
            .map_err(|_| zbus::fdo::Error::LimitsExceeded("the program has enough to do".to_owned()))
    }
}

#[interface(name = "org.keepalived.Vrrp1.Vrrp")]
impl Program {
    fn print_data(&self) -> zbus::fdo::Result<()> {
        self.ask(Asked::Data)
    }

    fn print_stats(&self) -> zbus::fdo::Result<()> {
        self.ask(Asked::Stats)
    }

    fn print_stats_clear(&self) -> zbus::fdo::Result<()> {
        self.ask(Asked::ClearStats)
    }

    fn reload_config(&self) -> zbus::fdo::Result<()> {
        self.ask(Asked::Reload)
    }

    #[zbus(signal)]
    async fn vrrp_started(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn vrrp_reloaded(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn vrrp_stopped(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// The object of an instance.
struct Router {
    name: String,
    state: Arc<AtomicU8>,
    asked: mpsc::Sender<Asked>,
}

#[interface(name = "org.keepalived.Vrrp1.Instance")]
impl Router {
    fn send_garp(&self) -> zbus::fdo::Result<()> {
        self.asked
            .try_send(Asked::Announce(self.name.clone()))
            .map_err(|_| zbus::fdo::Error::LimitsExceeded("the program has enough to do".to_owned()))
    }

    #[zbus(property)]
    fn name(&self) -> (String,) {
        (self.name.clone(),)
    }

    #[zbus(property)]
    fn state(&self) -> (u32, String) {
        let state = self.state.load(Ordering::Relaxed);
        (state.into(), word(state).to_owned())
    }

    #[zbus(signal)]
    async fn vrrp_status_change(emitter: &SignalEmitter<'_>, status: u32) -> zbus::Result<()>;
}

/// The thread.
struct Thread {
    service: String,
    /// By their paths.
    instances: BTreeMap<String, Instance>,
    told: mpsc::Receiver<News>,
    asked: mpsc::Sender<Asked>,
}

/// What ended a time on the bus.
enum End {
    /// The program ends, or does not want it any more.
    Program,
    Bus,
}

impl Thread {
    async fn run(mut self) {
        loop {
            // Whatever is wrong with the bus: it is tried again.
            if let Ok(End::Program) = self.speak().await {
                return;
            }
            let pause = sleep(AGAIN);
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    news = self.told.recv() => match news {
                        None => return,
                        Some(news) => self.note(news),
                    },
                }
            }
        }
    }

    fn note(&mut self, news: News) {
        match news {
            News::State { path, state } => {
                if let Some(one) = self.instances.get_mut(&path) {
                    one.state = state;
                }
            }
            News::Instances(all) => {
                self.instances = all.into_iter().map(|one| (one.path.clone(), one)).collect();
            }
        }
    }

    /// One connection to the bus, from its beginning to its end.
    async fn speak(&mut self) -> zbus::Result<End> {
        let connecting = zbus::connection::Builder::system()?
            .method_timeout(PATIENCE)
            .build();
        let bus = timeout(PATIENCE, connecting).await.map_err(late)??;
        let mut states = BTreeMap::new();
        let program = Program {
            asked: self.asked.clone(),
        };
        bus.object_server().at(VRRP, program).await?;
        let emitter = SignalEmitter::new(&bus, VRRP)?;
        Program::vrrp_started(&emitter).await?;
        self.show(&bus, &mut states).await?;
        bus.request_name(self.service.as_str()).await?;
        let mut stream = MessageStream::from(&bus);
        loop {
            tokio::select! {
                message = stream.next() => if !matches!(message, Some(Ok(_))) {
                    return Ok(End::Bus);
                },
                news = self.told.recv() => {
                    let Some(news) = news else {
                        // It may be gone.
                        let _ = timeout(FAREWELL, Program::vrrp_stopped(&emitter)).await;
                        let _ = timeout(FAREWELL, bus.graceful_shutdown()).await;
                        return Ok(End::Program);
                    };
                    let reloaded = matches!(news, News::Instances(_));
                    self.note(news);
                    let telling = async {
                        self.show(&bus, &mut states).await?;
                        if reloaded {
                            Program::vrrp_reloaded(&emitter).await?;
                        }
                        zbus::Result::Ok(())
                    };
                    timeout(PATIENCE, telling).await.map_err(late)??;
                }
            }
        }
    }

    /// Has the bus show what there is: objects come and go, and states that changed are told.
    async fn show(&self, bus: &Connection, states: &mut BTreeMap<String, Arc<AtomicU8>>) -> zbus::Result<()> {
        let gone: Vec<String> = states
            .keys()
            .filter(|path| !self.instances.contains_key(*path))
            .cloned()
            .collect();
        for path in gone {
            states.remove(&path);
            bus.object_server().remove::<Router, _>(path.as_str()).await?;
        }
        for one in self.instances.values() {
            let now = number(one.state);
            let told = match states.get(&one.path) {
                Some(state) => state.swap(now, Ordering::Relaxed) != now,
                None => {
                    let state = Arc::new(AtomicU8::new(now));
                    states.insert(one.path.clone(), Arc::clone(&state));
                    let router = Router {
                        name: one.name.clone(),
                        state,
                        asked: self.asked.clone(),
                    };
                    bus.object_server().at(one.path.as_str(), router).await?;
                    // What has not begun has nothing to tell.
                    now != 0
                }
            };
            if told {
                let emitter = SignalEmitter::new(bus, one.path.as_str())?;
                Router::vrrp_status_change(&emitter, now.into()).await?;
            }
        }
        Ok(())
    }
}

fn late(_: tokio::time::error::Elapsed) -> zbus::Error {
    zbus::Error::Failure("it takes too long".to_owned())
}
