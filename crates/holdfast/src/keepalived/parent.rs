//! The first process: it reads the configuration, leaves the terminal, starts the process that speaks VRRP, starts it again when it
//! dies, and passes signals on. It holds no socket and no address, so it outlives whatever becomes of the other.

use std::ffi::CString;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use keepalived_conf::model::Program;
use keepalived_conf::{Dialect, Loaded};
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigSet, Signal, kill, killpg};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::stat::{Mode, umask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, chdir, dup2_stdin, getppid, pipe2};
use signal_hook::SigId;
use vrrp::log::{Level, Log};
use vrrp::privilege;

use super::arguments::{Arguments, JSON, STATS_CLEAR};
use super::bounded_script;
use super::child::{self, PERMANENT};
use super::journal::Journal;
use super::pid_file::{self, PidFiles};
use super::schedule::Schedule;
use super::{FAILED, reading};
use crate::background::{Readiness, Waited, detach, silence};
use crate::kernel::{self, Split, split};
use crate::service_manager;
use crate::version::KEEPALIVED_VERSION;

/// Exit status of a configuration that cannot be read.
const UNREADABLE: u8 = 6;

/// Exit status of a configuration that cannot be run, and of a child that will not run however often it is started.
const REFUSED: u8 = 2;

/// The mask of files, when the command line has none: they are for their owner alone.
const UMASK: u32 = 0o177;

/// A child that ran for so long is started again at once when it dies.
const STEADY: Duration = Duration::from_secs(60);

/// The longest pause before a child is started again, seconds.
const LONGEST_PAUSE: u64 = 60;

/// Signals that are waited for.
const AWAITED: [Signal; 6] = [
    Signal::SIGCHLD,
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
];

/// Starts what was read; gives the exit status at its end.
pub(crate) fn run(arguments: &Arguments, dialect: Dialect, loaded: Loaded) -> u8 {
    let journal = match Journal::open(arguments, "Keepalived", "") {
        Ok(journal) => Rc::new(journal),
        Err(error) => {
            super::say(&format!("keepalived: the log file cannot be opened: {error}\n"));
            return FAILED;
        }
    };
    let log = Log::new(journal, arguments.log_detail);
    introduce(&log);
    let stopped = |status: u8| {
        log.info(format!("Stopped Keepalived v{KEEPALIVED_VERSION}"));
        status
    };
    if loaded.outcome.unreadable {
        reading::tell(&loaded, &log);
        log.info(format!("Config files missing '{}'.", arguments.file));
        return stopped(UNREADABLE);
    }
    log.detail(format!("Opening file '{}'.", arguments.file));
    log.info(format!("Configuration file {}", arguments.file));
    reading::tell(&loaded, &log);
    if loaded.has_errors() {
        return stopped(REFUSED);
    }
    let files = PidFiles::new(arguments, &loaded.config.global);
    if files.running().is_some() {
        log.info("daemon is already running");
        return 0;
    }
    let readiness = match leave_terminal(arguments, &loaded.config.global.program) {
        Ok(Left::Gone(status)) => return status,
        Ok(Left::Runs(readiness)) => readiness,
        Err(error) => {
            log.at(Level::Error, format!("The terminal cannot be left: {error}"));
            return stopped(FAILED);
        }
    };
    // The process has another number now.
    let journal = match Journal::open(arguments, "Keepalived", "") {
        Ok(journal) => Rc::new(journal),
        Err(_) => return stopped(FAILED),
    };
    let log = Log::new(journal, arguments.log_detail);
    let parent = Parent {
        arguments,
        dialect,
        loaded,
        files,
        log: log.clone(),
        child: None,
        readiness: Some(readiness),
        rare: None,
        pause: 0,
        start_at: None,
        stopping: None,
        status: 0,
        schedule: None,
        reload_file: None,
        saved: 0,
    };
    match parent.watch() {
        Ok(status) => status,
        Err(error) => {
            log.at(Level::Error, format!("Cannot run: {error}"));
            log.info(format!("Stopped Keepalived v{KEEPALIVED_VERSION}"));
            FAILED
        }
    }
}

/// Says what is started, on what, and how.
fn introduce(log: &Log) {
    log.info(format!("Starting Keepalived v{KEEPALIVED_VERSION}"));
    if let Ok(system) = nix::sys::utsname::uname() {
        log.info(format!(
            "Running on {} {} {}",
            system.sysname().to_string_lossy(),
            system.release().to_string_lossy(),
            system.version().to_string_lossy()
        ));
    }
    for line in command_line(std::env::args().collect()) {
        log.info(line);
    }
}

/// The command line in lines of a readable length.
fn command_line(words: Vec<String>) -> Vec<String> {
    const WIDTH: usize = 100;
    const HEAD: &str = "Command line:";
    let mut lines = vec![HEAD.to_owned()];
    for word in words {
        let word = format!(" '{word}'");
        match lines.last_mut() {
            Some(line) if line.len() + word.len() <= WIDTH || line.trim_end() == HEAD => line.push_str(&word),
            _ => lines.push(format!("{:width$}{word}", "", width = HEAD.len())),
        }
    }
    lines
}

/// In which process the terminal was left.
enum Left {
    /// The first one, which ends with that status.
    Gone(u8),
    /// The one that goes on.
    Runs(Readiness),
}

/// Goes into the background, unless that is not wanted, and sets up what a daemon has.
fn leave_terminal(arguments: &Arguments, program: &Program) -> io::Result<Left> {
    let readiness = if arguments.foreground {
        Readiness::nobody()
    } else {
        match detach()? {
            Waited::Parent { runs, .. } => return Ok(Left::Gone(if runs { 0 } else { FAILED })),
            Waited::Child(readiness) => readiness,
        }
    };
    // `holdfast keepalived` is found under the name that it stands for.
    set_name(program.name_of_parent())?;
    // What the child started and left behind when it died is collected here.
    prctl::set_child_subreaper(true)?;
    let mask = arguments.umask.or(program.umask).unwrap_or(UMASK);
    umask(Mode::from_bits_truncate(mask));
    if arguments.core_dump {
        let (_, hard) = nix::sys::resource::getrlimit(Resource::RLIMIT_CORE)?;
        let all = nix::libc::RLIM_INFINITY;
        // Who is not root may not raise the hard limit.
        setrlimit(Resource::RLIMIT_CORE, all, all)
            .or_else(|_| setrlimit(Resource::RLIMIT_CORE, hard, hard))?;
    }
    // Core files of a foreground process stay where it was started.
    if !(arguments.core_dump && arguments.foreground) {
        chdir("/")?;
    }
    let null = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    if arguments.foreground {
        dup2_stdin(&null)?;
    } else {
        silence(&null)?;
    }
    Ok(Left::Runs(readiness))
}

/// Gives this process a name.
fn set_name(name: &str) -> io::Result<()> {
    // A name ends before an octet that none can have.
    let name = CString::new(name.split('\0').next().unwrap_or_default()).map_err(io::Error::other)?;
    Ok(prctl::set_name(&name)?)
}

/// The running first process.
struct Parent<'a> {
    arguments: &'a Arguments,
    dialect: Dialect,
    loaded: Loaded,
    files: PidFiles,
    log: Log,
    child: Option<Child>,
    /// What tells whoever started the program that it runs.
    readiness: Option<Readiness>,
    rare: Option<RareSignals>,
    /// Seconds to wait before the child is started the next time it dies.
    pause: u64,
    /// When the child is started.
    start_at: Option<Instant>,
    /// Asked to end; when the child is ended by force.
    stopping: Option<Instant>,
    status: u8,
    /// When the configuration is to be read again.
    schedule: Option<Schedule>,
    /// The file that is there while configurations are read.
    reload_file: Option<PathBuf>,
    /// Configurations that were kept.
    saved: u32,
}

/// The real-time signals, which have no name that could be waited for as the others are: each writes into a pipe.
struct RareSignals {
    pipes: Vec<(i32, SigId, UnixStream)>,
}

impl RareSignals {
    fn listen() -> io::Result<Self> {
        let mut pipes = Vec::new();
        for number in [STATS_CLEAR, JSON] {
            let (reader, writer) = UnixStream::pair()?;
            reader.set_nonblocking(true)?;
            let id = signal_hook::low_level::pipe::register(number, writer)?;
            pipes.push((number, id, reader));
        }
        Ok(Self { pipes })
    }

    /// The numbers of those that came.
    fn received(&self) -> Vec<i32> {
        let came = |mut pipe: &UnixStream| matches!(pipe.read(&mut [0; 64]), Ok(length) if length > 0);
        self.pipes
            .iter()
            .filter(|(_, _, pipe)| came(pipe))
            .map(|(number, _, _)| *number)
            .collect()
    }

    /// In a child: what comes there is not the parent's.
    fn let_go(self) {
        for (_, id, _) in self.pipes {
            signal_hook::low_level::unregister(id);
        }
    }
}

/// The process that speaks VRRP.
struct Child {
    pid: Pid,
    since: Instant,
    /// What it tells. None once it says no more.
    words: Option<std::fs::File>,
}

impl Parent<'_> {
    fn watch(mut self) -> io::Result<u8> {
        // Its child is the one that speaks; this one has to start it, and to take pid files away.
        privilege::keep_for_parent(&self.loaded.config.global.process)
            .map_err(|error| io::Error::other(format!("rights cannot be given up: {error}")))?;
        let awaited: SigSet = AWAITED.into_iter().collect();
        awaited.thread_block()?;
        let signals = SignalFd::with_flags(&awaited, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        self.rare = Some(RareSignals::listen()?);
        pid_file::write(&self.files.parent)?;
        self.save(&self.loaded);
        self.saved += 1;
        self.renew_schedule();
        let program = &self.loaded.config.global.program;
        if let Some(script) = &program.startup {
            bounded_script::run("startup", script, program.startup_timeout, &self.log);
        }
        if self.arguments.check_only {
            self.log
                .info("Checks of servers (-C) are not built yet: nothing runs");
        } else if self.loaded.config.instances.is_empty() && !self.arguments.all {
            self.log.info("Warning - keepalived has no configuration to run");
        } else {
            self.start()?;
        }
        if let Some(readiness) = self.readiness.take() {
            readiness.tell();
        }
        if self.child.is_none() {
            // There is no child to wait for.
            service_manager::ready(true);
        }
        loop {
            if self.stopping.is_some() && self.child.is_none() {
                return self.end();
            }
            let now = Instant::now();
            if self.start_at.is_some_and(|at| now >= at) {
                self.start_at = None;
                self.start()?;
            }
            if let (Some(until), Some(child)) = (self.stopping, &self.child)
                && now >= until
            {
                self.log
                    .info(format!("VRRP process({}) does not end: killing it", child.pid));
                // It may just have ended.
                let _ = kill(child.pid, Signal::SIGKILL);
                self.stopping = Some(now + Duration::from_secs(1));
            }
            self.wait(&signals)?;
            if let Some(schedule) = &mut self.schedule
                && schedule.look(&self.log)
                && self.stopping.is_none()
            {
                self.reload()?;
            }
            self.listen();
            for number in self.rare.as_ref().map(RareSignals::received).unwrap_or_default() {
                self.pass_on_number(number);
            }
            while let Some(info) = signals.read_signal()? {
                let number = i32::try_from(info.ssi_signo).ok();
                if let Some(signal) = number.and_then(|number| Signal::try_from(number).ok()) {
                    self.take(signal)?;
                }
            }
        }
    }

    /// Waits for a signal, a word of the child, or a time.
    fn wait(&self, signals: &SignalFd) -> io::Result<()> {
        let look = self.schedule.as_ref().map(Schedule::poll_timeout);
        let until = [self.start_at, self.stopping, look].into_iter().flatten().min();
        let timeout = match until {
            None => PollTimeout::NONE,
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
                PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
            }
        };
        let mut all = vec![PollFd::new(signals.as_fd(), PollFlags::POLLIN)];
        if let Some(rare) = &self.rare {
            all.extend(
                rare.pipes
                    .iter()
                    .map(|(_, _, pipe)| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)),
            );
        }
        if let Some(words) = self.child.as_ref().and_then(|child| child.words.as_ref()) {
            all.push(PollFd::new(words.as_fd(), PollFlags::POLLIN));
        }
        match poll(&mut all, timeout) {
            Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes what the child tells.
    fn listen(&mut self) {
        let mut was_read = false;
        let Some(child) = &mut self.child else { return };
        let Some(words) = &mut child.words else { return };
        let mut said = [0; 16];
        match words.read(&mut said) {
            Ok(0) => child.words = None,
            Ok(length) => {
                for word in said.get(..length).unwrap_or_default() {
                    match *word {
                        child::STARTED => {
                            self.log.info("Startup complete");
                            service_manager::ready(true);
                        }
                        child::RELOADED => {
                            self.log.info("Reload complete");
                            service_manager::ready(true);
                            was_read = true;
                        }
                        child::NOT_RELOADED => {
                            service_manager::ready(true);
                            was_read = true;
                        }
                        _ => {}
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => child.words = None,
        }
        if was_read {
            self.remove_reload_file();
        }
    }

    fn take(&mut self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::SIGCHLD => self.collect(),
            Signal::SIGTERM | Signal::SIGINT if self.stopping.is_none() => {
                self.log.info("Stopping");
                self.begin_end(signal);
            }
            Signal::SIGHUP if self.stopping.is_none() => return self.reload(),
            Signal::SIGUSR1 => {
                vrrp::write_parent_data(&self.loaded.config.global, &self.log);
                self.pass_on(signal);
            }
            Signal::SIGUSR2 => self.pass_on(signal),
            _ => {}
        }
        Ok(())
    }

    fn pass_on(&self, signal: Signal) {
        if let Some(child) = &self.child {
            // It may just have died; then it is started anew.
            let _ = kill(child.pid, signal);
        }
    }

    /// The same for a signal that has a number only.
    fn pass_on_number(&self, number: i32) {
        if let Some(child) = &self.child
            && let Err(error) = kernel::send_signal(child.pid, number)
        {
            self.log
                .info(format!("Signal {number} cannot be passed on: {error}"));
        }
    }

    fn begin_end(&mut self, signal: Signal) {
        service_manager::stopping(true);
        self.stopping = Some(Instant::now() + self.loaded.config.global.child_wait_time);
        self.start_at = None;
        self.pass_on(if signal == Signal::SIGINT {
            signal
        } else {
            Signal::SIGTERM
        });
    }

    /// Reads the configuration again, for children to come, and lets the child do the same.
    fn reload(&mut self) -> io::Result<()> {
        self.log.info("Reloading ...");
        service_manager::reloading(true);
        self.log
            .detail(format!("Opening file '{}'.", self.arguments.file));
        self.log
            .info(format!("Configuration file {}", self.arguments.file));
        self.make_reload_file();
        let loaded = reading::read(self.arguments, self.dialect);
        self.save(&loaded);
        self.saved += 1;
        if !self.passes(&loaded) {
            self.remove_reload_file();
            service_manager::ready(true);
            return Ok(());
        }
        if !loaded.has_errors() && !loaded.outcome.unreadable {
            self.loaded = loaded;
            self.renew_schedule();
        }
        if self.child.is_none() {
            self.remove_reload_file();
        }
        if self.child.is_some() {
            self.pass_on(Signal::SIGHUP);
        } else if self.start_at.is_none()
            && !self.arguments.check_only
            && !self.loaded.config.instances.is_empty()
        {
            self.start()?;
        }
        Ok(())
    }

    /// `reload_check_config`: whether a configuration may be taken.
    fn passes(&self, loaded: &Loaded) -> bool {
        let Some(told_in) = &self.loaded.config.global.program.reload.check else {
            return true;
        };
        self.log.info("validate conf before Reload");
        if loaded.test_status() == 0 && !loaded.outcome.unreadable {
            return true;
        }
        let Some(file) = told_in else {
            reading::tell(loaded, &self.log);
            self.log.info("New config failed validation");
            return false;
        };
        if let Err(error) = pid_file::replace(Path::new(file), &loaded.report()) {
            self.log.info(format!("{file} cannot be written: {error}"));
        }
        self.log
            .info(format!("New config failed validation, see {file} for details"));
        false
    }

    /// `reload_file`: says that configurations are being read, by a file that is there and empty.
    fn make_reload_file(&mut self) {
        let Some(given) = &self.loaded.config.global.program.reload.file else {
            return;
        };
        let path = match given {
            Some(path) => PathBuf::from(path),
            None => self.files.parent.with_file_name("keepalived.reload"),
        };
        let made = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .custom_flags(nix::libc::O_NOFOLLOW)
            .open(&path);
        match made {
            Ok(_) => self.reload_file = Some(path),
            Err(error) => self
                .log
                .info(format!("Reload file {} cannot be made: {error}", path.display())),
        }
    }

    /// Says that they were read.
    fn remove_reload_file(&mut self) {
        if let Some(path) = self.reload_file.take()
            && let Err(error) = pid_file::remove(&path)
        {
            self.log.info(format!(
                "Reload file {} cannot be removed: {error}",
                path.display()
            ));
        }
    }

    /// `config_save_dir`: keeps a configuration as it was read.
    fn save(&self, loaded: &Loaded) {
        let Some(folder) = &self.loaded.config.global.program.save_folder else {
            return;
        };
        let folder = Path::new(folder);
        let name = format!("keepalived.conf.{}.{}", std::process::id(), self.saved);
        let texts = loaded
            .sources
            .files()
            .flat_map(|(_, file)| file.bytes().iter().copied());
        let made = match DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made,
        };
        let texts: Vec<u8> = texts.collect();
        let kept = made.and_then(|()| pid_file::replace_bytes(&folder.join(name), &texts));
        if let Err(error) = kept {
            self.log.info(format!(
                "The configuration cannot be kept in {}: {error}",
                folder.display()
            ));
        }
    }

    /// Looks at the file that says when to reload, when it is another one than before.
    fn renew_schedule(&mut self) {
        let reload = &self.loaded.config.global.program.reload;
        let wanted = reload.time_file.as_deref().map(|file| (file, reload.repeat));
        if self.schedule.as_ref().map(Schedule::file) != wanted {
            self.schedule = wanted.map(|(file, repeat)| Schedule::new(file.to_owned(), repeat));
        }
    }

    /// Starts the child.
    fn start(&mut self) -> io::Result<()> {
        let (reader, writer) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
        let mother = nix::unistd::getpid();
        match split()? {
            Split::Parent(pid) => {
                drop(writer);
                self.log.detail(format!("Starting VRRP child process, pid={pid}"));
                self.child = Some(Child {
                    pid,
                    since: Instant::now(),
                    words: Some(std::fs::File::from(reader)),
                });
                Ok(())
            }
            Split::Child => {
                drop(reader);
                // That the program runs is the parent's to tell: whoever waits for it is not to wait for this process.
                drop(self.readiness.take());
                if let Some(rare) = self.rare.take() {
                    rare.let_go();
                }
                std::process::exit(self.speak(mother, writer));
            }
        }
    }

    /// The life of the child.
    fn speak(&self, mother: Pid, words: OwnedFd) -> i32 {
        let journal = match Journal::open(self.arguments, "Keepalived_vrrp", "_vrrp") {
            Ok(journal) => journal,
            Err(error) => {
                self.log.info(format!("The log file cannot be opened: {error}"));
                return PERMANENT;
            }
        };
        if let Err(error) = set_name(self.loaded.config.global.program.name_of_vrrp()) {
            self.log.info(format!("The process cannot be named: {error}"));
        }
        // When the parent is killed, addresses are to be given back.
        if let Err(error) = prctl::set_pdeathsig(Signal::SIGTERM) {
            self.log
                .info(format!("The parent's end will not be heard of: {error}"));
        }
        if getppid() != mother {
            return 0;
        }
        child::run(
            self.arguments,
            self.dialect,
            &self.loaded.config,
            journal,
            &self.files.vrrp,
            words,
        )
    }

    /// Takes note of processes that ended.
    fn collect(&mut self) {
        loop {
            let (pid, status) = match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, status)) => (pid, Some(status)),
                Ok(WaitStatus::Signaled(pid, signal, _)) => {
                    if self.is_child(pid) {
                        self.log.info(format!(
                            "pid {pid} exited due to signal {} ({})",
                            signal as i32,
                            signal_words(signal)
                        ));
                    }
                    (pid, None)
                }
                _ => return,
            };
            if self.is_child(pid) {
                self.listen();
                self.take_end(pid, status);
            }
        }
    }

    fn is_child(&self, pid: Pid) -> bool {
        self.child.as_ref().is_some_and(|child| child.pid == pid)
    }

    fn take_end(&mut self, pid: Pid, status: Option<i32>) {
        let Some(child) = self.child.take() else { return };
        self.remove_reload_file();
        if self.stopping.is_some() {
            // Scripts that hear of the end may take their time.
            return;
        }
        self.end_orphans();
        if status == Some(PERMANENT) {
            self.log.info(format!(
                "pid {pid} exited with permanent error CONFIG. Terminating"
            ));
            self.status = REFUSED;
            self.begin_end(Signal::SIGTERM);
            return;
        }
        // Its file names nobody any more.
        if let Err(error) = pid_file::remove(&self.files.vrrp) {
            self.log.info(format!("Pid file cannot be removed: {error}"));
        }
        if self.arguments.no_respawn {
            self.log
                .at(Level::Alert, format!("VRRP child process({pid}) died: Exiting"));
            self.log.info("Stopping");
            self.begin_end(Signal::SIGTERM);
            return;
        }
        self.log.at(
            Level::Alert,
            format!("VRRP child process({pid}) died: Respawning"),
        );
        if child.since.elapsed() >= STEADY {
            self.pause = 0;
        }
        self.log.info(format!(
            "Restart of VRRP process delayed {} seconds to limit respawn rate",
            self.pause
        ));
        self.start_at = Some(Instant::now() + Duration::from_secs(self.pause));
        self.pause = (self.pause * 2).clamp(1, LONGEST_PAUSE);
    }

    /// Ends the scripts that a child left behind when it died, which are this process's children since.
    fn end_orphans(&self) {
        let own = std::process::id();
        let children = std::fs::read_to_string(format!("/proc/self/task/{own}/children")).unwrap_or_default();
        for pid in children.split_whitespace().filter_map(|pid| pid.parse().ok()) {
            // Each is the first of a group of its own. It may just have ended.
            let _ = killpg(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }

    fn end(self) -> io::Result<u8> {
        for path in [&self.files.vrrp, &self.files.parent] {
            if let Err(error) = pid_file::remove(path) {
                self.log
                    .info(format!("Pid file {} cannot be removed: {error}", path.display()));
            }
        }
        let program = &self.loaded.config.global.program;
        if let Some(script) = &program.shutdown {
            bounded_script::run("shutdown", script, program.shutdown_timeout, &self.log);
        }
        self.log.detail(format!("CPU usage {}", child::times_used()));
        self.log.info(format!("Stopped Keepalived v{KEEPALIVED_VERSION}"));
        Ok(self.status)
    }
}

fn signal_words(signal: Signal) -> &'static str {
    match signal {
        Signal::SIGKILL => "Killed",
        Signal::SIGTERM => "Terminated",
        Signal::SIGSEGV => "Segmentation fault",
        Signal::SIGABRT => "Aborted",
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_command_line_is_told_in_several_lines() {
        let words = vec!["keepalived".to_owned(), "x".repeat(50), "y".repeat(50)];
        let lines = command_line(words);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("Command line: 'keepalived' 'xxx"));
        assert!(lines[1].starts_with("              'yyy"), "{}", lines[1]);
        assert_eq!(command_line(vec!["z".repeat(300)]).len(), 1);
    }
}
