//! Questions to the threads: what a thread keeps for itself is told by itself, between two of its tasks. As long as nobody asks
//! it costs nothing.

use std::rc::Rc;
use std::sync::Mutex;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::thread::Thread;

type Job = Box<dyn FnOnce(&Rc<Thread>) + Send>;

/// The ways to all threads.
pub(crate) struct Inquiries {
    senders: Box<[UnboundedSender<Job>]>,
    /// Each until its thread takes it.
    receivers: Mutex<Vec<Option<UnboundedReceiver<Job>>>>,
}

impl std::fmt::Debug for Inquiries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inquiries")
    }
}

impl Inquiries {
    /// Ways to so many threads.
    pub(crate) fn new(threads: usize) -> Self {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..threads).map(|_| unbounded_channel()).unzip();
        Self {
            senders: senders.into(),
            receivers: Mutex::new(receivers.into_iter().map(Some).collect()),
        }
    }

    /// What each thread says, in their order. One that does not run says nothing.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl Fn(&Rc<Thread>) -> T + Clone + Send + 'static,
    ) -> Vec<T> {
        let answers: Vec<_> = self
            .senders
            .iter()
            .map(|sender| {
                let (answer, answered) = oneshot::channel();
                let question = question.clone();
                let job: Job = Box::new(move |thread| {
                    // Whoever asked may have gone.
                    let _unheard = answer.send(question(thread));
                });
                // Where nobody receives it the answer's sender is dropped with it, which is seen below.
                let _dropped = sender.send(job);
                answered
            })
            .collect();
        let mut said = Vec::with_capacity(answers.len());
        for answer in answers {
            said.extend(answer.await.ok());
        }
        said
    }
}

/// Answers what is asked of the thread, for as long as it runs.
pub(crate) async fn serve(thread: Rc<Thread>) {
    let receiver = {
        let mut receivers = thread.shared.inquiries.receivers.lock();
        // Whoever panicked left whole values.
        let receivers = receivers.as_mut().unwrap_or_else(|poisoned| poisoned.get_mut());
        receivers.get_mut(thread.index).and_then(Option::take)
    };
    let Some(mut receiver) = receiver else { return };
    while let Some(job) = receiver.recv().await {
        job(&thread);
    }
}
