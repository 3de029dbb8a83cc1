//! What the commands want to know of the threads.

use std::pin::Pin;
use std::rc::Rc;

use proxy_core::cli::{Answer, LiveStream, Question};

use super::{descriptors, machine};
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
                Question::Threads => Answer::Threads {
                    epoch_us: self.0.epoch_us(),
                    asked: self.0.index,
                    reports: inquiries.ask(|thread| thread.report()).await,
                },
                Question::Libraries => Answer::Libraries(libraries()),
                Question::Descriptors => {
                    let of_threads = inquiries.ask(|thread| thread.wheel.streams()).await;
                    let streams: Vec<LiveStream> = of_threads.into_iter().flatten().collect();
                    // The kernel's tables may be long.
                    let all = tokio::task::spawn_blocking(move || descriptors::all(&streams)).await;
                    Answer::Descriptors(all.ok()?)
                }
                Question::Machine => Answer::Machine(machine::describe()),
                Question::Now => Answer::Now(self.0.date(self.0.now_ms())),
                Question::EndStream(number) => {
                    let ended = inquiries.ask(move |thread| thread.wheel.end_stream(number)).await;
                    Answer::Ended(ended.contains(&true))
                }
            })
        })
    }
}

/// The files that are in the process's memory as code, each with the first byte and the one behind the last.
fn libraries() -> Vec<(u64, u64, String)> {
    // Where the system does not tell, nothing is known of them.
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let mut found: Vec<(u64, u64, String)> = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_ascii_whitespace();
        let (Some(range), Some(path)) = (words.next(), words.nth(4)) else {
            continue;
        };
        let Some((from, to)) = range.split_once('-') else {
            continue;
        };
        let (Ok(from), Ok(to)) = (u64::from_str_radix(from, 16), u64::from_str_radix(to, 16)) else {
            continue;
        };
        if !path.starts_with('/') {
            continue;
        }
        match found.iter_mut().find(|(.., known)| known == path) {
            Some((_, end, _)) => *end = to,
            None => found.push((from, to, path.to_owned())),
        }
    }
    found
}
