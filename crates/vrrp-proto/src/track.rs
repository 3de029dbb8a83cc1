//! What an instance keeps an eye on (scripts, interfaces) and what the state of each does to its priority, and the machine that
//! makes the state of a script from its runs. Who runs the scripts and watches the interfaces is the shell's affair.

use std::time::Duration;

use crate::Time;

/// The name of a tracked thing between the shell and the instances: the shell chooses it and keeps it over a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackId(pub u32);

/// What a tracked thing means for one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tracked {
    /// What it is.
    pub id: TrackId,
    /// Positive: added while it is up. Negative: taken away while it is down. 0: the instance is in the fault state while it
    /// is down. A [`Health::Level`] is multiplied with it.
    pub weight: i32,
    /// The other way round: a positive weight is taken away while it is up, a negative one is added while it is down, and
    /// with a weight of 0 it is being up that is the fault.
    pub reverse: bool,
}

/// The state of a tracked thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Health {
    /// Not known yet: a script that has not ended once.
    #[default]
    Unknown,
    /// In order.
    Up,
    /// Not in order.
    Down,
    /// A number, of which 0 is in order: that of a file. With a weight of 0 any other is the fault; else the product is added to
    /// the priority, and is the fault when it is too small for that.
    Level(i64),
}

/// What a tracked thing does to an instance right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// It changes the priority by so much.
    Weight(i32),
    /// It keeps the instance in the fault state.
    Fault,
    /// It keeps an instance that starts from running until it is known.
    Wait,
}

/// The most that one tracked thing can add to a priority, or take away.
const LARGEST_WEIGHT: i64 = 253;

impl Tracked {
    /// Whether it is a fault for an instance that tracks it so.
    pub fn is_fault(&self, health: Health) -> bool {
        self.effect(health) == Effect::Fault
    }

    pub(crate) const fn effect(&self, health: Health) -> Effect {
        let signed = if self.reverse {
            self.weight.saturating_neg()
        } else {
            self.weight
        };
        match (health, self.weight) {
            (Health::Unknown, 0) => Effect::Wait,
            (Health::Unknown, _) => Effect::None,
            (Health::Up, 0) if self.reverse => Effect::Fault,
            (Health::Down, 0) if !self.reverse => Effect::Fault,
            (Health::Level(0), 0) if self.reverse => Effect::Fault,
            (Health::Level(level), 0) if !self.reverse && level != 0 => Effect::Fault,
            (Health::Level(_), 0) => Effect::None,
            (Health::Level(level), _) => {
                let product = level.saturating_mul(signed as i64);
                if product < -LARGEST_WEIGHT {
                    Effect::Fault
                } else if product > LARGEST_WEIGHT {
                    Effect::Weight(LARGEST_WEIGHT as i32)
                } else {
                    Effect::Weight(product as i32)
                }
            }
            (Health::Up, 1..) | (Health::Down, ..0) => Effect::Weight(signed),
            _ => Effect::None,
        }
    }
}

/// How one run of a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScriptEnd {
    /// With this status; 0 is success.
    Exited(i32),
    /// By this signal, which was not ours after its time was up.
    Killed(i32),
    /// It did not end in time.
    TimedOut,
}

impl ScriptEnd {
    /// Whether it was a success.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Exited(0))
    }
}

/// How often a script runs and how its results are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScriptTiming {
    /// From one start to the next.
    pub interval: Duration,
    /// How long a run may take. When the file says nothing it is the interval.
    pub timeout: Duration,
    /// Successes in a row that make it up; at least 1.
    pub rise: u32,
    /// Failures in a row that make it down; at least 1.
    pub fall: u32,
}

impl Default for ScriptTiming {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
            rise: 1,
            fall: 1,
        }
    }
}

/// What a [`ScriptMachine`] asks the shell to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScriptAction {
    /// Start the script.
    Run,
    /// It was time to start it, but it still runs: the start is left out.
    SkippedStillRunning,
    /// Its time is up: end it (SIGTERM to its process group, then SIGKILL).
    Terminate,
    /// Other exit status than last time.
    ReturningNow(i32),
    /// It is up or down from now on: tell the instances. With the end of the run that brought it.
    Became(Health, ScriptEnd),
}

/// Counts the results of one script. The first result decides at once, whatever `rise` and `fall` say; from then on it takes
/// `rise` successes or `fall` failures in a row.
#[derive(Clone, Debug)]
pub struct ScriptMachine {
    timing: ScriptTiming,
    health: Health,
    /// Results in a row that speak against `health`.
    against: u32,
    last_status: Option<i32>,
    next_start: Time,
    running: Option<Running>,
    actions: std::collections::VecDeque<ScriptAction>,
}

#[derive(Clone, Copy, Debug)]
struct Running {
    give_up_at: Time,
    given_up: bool,
}

impl ScriptMachine {
    /// A script that is to run for the first time at `now`. (The original's `init_fail` makes no difference to it: the first
    /// result decides at once there too.)
    pub fn new(now: Time, timing: ScriptTiming) -> Self {
        Self {
            timing,
            health: Health::Unknown,
            against: 0,
            last_status: None,
            next_start: now,
            running: None,
            actions: std::collections::VecDeque::new(),
        }
    }

    /// The state that the runs so far have made.
    pub const fn health(&self) -> Health {
        self.health
    }

    /// Whether it runs right now, as far as the machine was told.
    pub const fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Time {
        match self.running {
            Some(Running {
                give_up_at,
                given_up: false,
            }) => give_up_at.min(self.next_start),
            _ => self.next_start,
        }
    }

    /// What is to be done next.
    pub fn poll_action(&mut self) -> Option<ScriptAction> {
        self.actions.pop_front()
    }

    /// Lets the time go on to `now`.
    pub fn handle_timeout(&mut self, now: Time) {
        if let Some(running) = &mut self.running
            && !running.given_up
            && now >= running.give_up_at
        {
            running.given_up = true;
            self.actions.push_back(ScriptAction::Terminate);
            self.result(ScriptEnd::TimedOut);
        }
        if now >= self.next_start {
            if self.running.is_some() {
                self.actions.push_back(ScriptAction::SkippedStillRunning);
            } else {
                self.running = Some(Running {
                    give_up_at: now + self.timing.timeout,
                    given_up: false,
                });
                self.actions.push_back(ScriptAction::Run);
            }
            // After a pause of the whole machine no starts are made up for.
            self.next_start += self.timing.interval;
            if self.next_start <= now {
                self.next_start = now + self.timing.interval;
            }
        }
    }

    /// Takes the end of the run that was asked for. The end of one that was given up was counted when its time was up.
    pub fn handle_end(&mut self, end: ScriptEnd) {
        let Some(running) = self.running.take() else {
            return;
        };
        if !running.given_up {
            self.result(end);
        }
    }

    /// Takes other timing after a reload; the state and its counters stay.
    pub fn reload(&mut self, timing: ScriptTiming) {
        self.timing = timing;
    }

    fn result(&mut self, end: ScriptEnd) {
        if let ScriptEnd::Exited(status) = end {
            if self.last_status.map_or(status != 0, |last| last != status) {
                self.actions.push_back(ScriptAction::ReturningNow(status));
            }
            self.last_status = Some(status);
        }
        let (says, needed) = if end.is_success() {
            (Health::Up, self.timing.rise)
        } else {
            (Health::Down, self.timing.fall)
        };
        if says == self.health {
            self.against = 0;
            return;
        }
        self.against += 1;
        if self.health == Health::Unknown || self.against >= needed {
            self.health = says;
            self.against = 0;
            self.actions.push_back(ScriptAction::Became(says, end));
        }
    }
}
