//! Answers that are not whole at once: long ones, which come in parts so that traffic goes on in between; those that need what
//! only the threads know; and those that wait. The shell looks at [`Wants`], does it, and calls [`super::go_on`].

use super::{Call, Descriptor, LiveStream, Machine, Reply, ThreadReport};

/// A part of a long answer is about so large, bytes.
pub(super) const PART: usize = 16 * 1024;

/// What a session wants of the shell before its answer goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// That others have their turn.
    Turn,
    /// An answer.
    Answer(Question),
    /// Some time, ms; less if the other side goes.
    Time(u64),
}

/// What only the shell knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The streams of all threads, and the connections to stats sockets.
    Streams {
        /// When they began is wanted as text too.
        dates: bool,
    },
    /// What each thread has to tell about itself.
    Threads,
    /// The files that are in the process's memory as code.
    Libraries,
    /// The files that the process has open, and the streams that some of them belong to.
    Descriptors,
    /// What it runs on.
    Machine,
    /// What time it is, as a date.
    Now,
    /// End the stream with that number.
    EndStream(u32),
}

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The streams.
    Streams(Vec<LiveStream>),
    /// The threads.
    Threads {
        /// Microseconds since the epoch.
        epoch_us: u64,
        /// The thread that answers, from 0.
        asked: usize,
        /// What each says, in their order.
        reports: Vec<ThreadReport>,
    },
    /// The files, each with its first byte and the one behind its last.
    Libraries(Vec<(u64, u64, String)>),
    /// The open files, by number.
    Descriptors(Vec<Descriptor>),
    /// What it runs on.
    Machine(Machine),
    /// The time.
    Now(Vec<u8>),
    /// A pause was cut short: the other side has ended.
    Interrupted,
    /// Whether it was there.
    Ended(bool),
}

/// How an answer goes on.
#[derive(Debug)]
pub(super) enum Next {
    /// With what the shell says.
    Asked(Question, fn(&mut Call<'_, '_>, Answer) -> Reply),
    /// With its next part.
    Part(Box<dyn Part>),
    /// After so many milliseconds, unless something happens before.
    After(u64, Box<dyn Part>),
}

/// The rest of a long answer.
pub(super) trait Part: std::fmt::Debug + Send {
    /// Writes some of it, and says whether there is more.
    fn write(self: Box<Self>, call: &mut Call<'_, '_>) -> Reply;
}

/// A command whose answer goes on.
#[derive(Debug)]
pub(super) struct Ongoing {
    pub(super) arguments: Vec<Vec<u8>>,
    pub(super) next: Next,
}

impl Ongoing {
    pub(super) fn wants(&self) -> Wants {
        match &self.next {
            Next::Asked(question, _) => Wants::Answer(question.clone()),
            Next::Part(_) => Wants::Turn,
            Next::After(ms, _) => Wants::Time(*ms),
        }
    }
}

impl Next {
    pub(super) fn run(self, answer: Option<Answer>, call: &mut Call<'_, '_>) -> Reply {
        match (self, answer) {
            (Self::Asked(_, then), Some(answer)) => then(call, answer),
            // The threads that would know are gone.
            (Self::Asked(..), None) => Reply::error("The process is ending: nobody could be asked."),
            (Self::After(..), Some(Answer::Interrupted)) => Reply::error("Interrupted."),
            (Self::Part(part) | Self::After(_, part), _) => part.write(call),
        }
    }
}

impl Reply {
    /// The shell is asked first.
    pub(super) fn ask(question: Question, then: fn(&mut Call<'_, '_>, Answer) -> Reply) -> Self {
        Self::Later(Next::Asked(question, then))
    }
}
