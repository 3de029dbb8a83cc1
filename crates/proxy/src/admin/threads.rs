//! What the commands want to know of the threads.

use std::pin::Pin;
use std::rc::Rc;

use proxy_core::cli::{Answer, LiveStream, Question};

use crate::thread::Thread;

/// Who knows what only the shell does.
pub trait Answers {
    /// The answer; none where nobody could be asked.
    fn answer(&self, question: Question) -> Pin<Box<dyn Future<Output = Option<Answer>> + '_>>;
    /// A time of the process's clock, ms, as a date.
    fn date(&self, at_ms: u64) -> Vec<u8>;
}

/// All threads of the process, asked from one of them.
#[derive(Debug)]
pub struct AllThreads(pub Rc<Thread>);

impl Answers for AllThreads {
    fn date(&self, at_ms: u64) -> Vec<u8> {
        self.0.date(at_ms)
    }

    fn answer(&self, question: Question) -> Pin<Box<dyn Future<Output = Option<Answer>> + '_>> {
        Box::pin(async move {
            let inquiries = &self.0.shared.inquiries;
            Some(match question {
                Question::Streams { dates } => {
                    let of_threads = inquiries.ask(|thread| thread.wheel.streams()).await;
                    let mut streams: Vec<LiveStream> = of_threads.into_iter().flatten().collect();
                    if dates {
                        for stream in &mut streams {
                            stream.began = self.0.date(stream.began_ms);
                        }
                    }
                    Answer::Streams(streams)
                }
                Question::Now => Answer::Now(self.0.date(self.0.now_ms())),
                Question::EndStream(number) => {
                    let ended = inquiries.ask(move |thread| thread.wheel.end_stream(number)).await;
                    Answer::Ended(ended.contains(&true))
                }
            })
        })
    }
}
