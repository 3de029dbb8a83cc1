//! Stats sockets, spoken to as socat and scripts do.

use std::cell::RefCell;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use haproxy_cfg::model::{Config, Level};
use proxy_core::cli::{Answer, NoShell, Question};
use proxy_core::state::Runtime;
use proxy_core::stats::Process;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::{AdminContext, AdminListener, Answers, spawn};
use crate::clock::Clock;
use crate::listen::ListenSocket;
use crate::log::{Files, Logs};

/// What no test should take.
const TOO_LONG: Duration = Duration::from_secs(20);

struct NoThreads;

impl Answers for NoThreads {
    fn date(&self, _: u64) -> Vec<u8> {
        Vec::new()
    }

    fn answer(&self, question: Question) -> Pin<Box<dyn Future<Output = Option<Answer>> + '_>> {
        Box::pin(std::future::ready(match question {
            Question::Streams { .. } => Some(Answer::Streams(Vec::new())),
            Question::Threads | Question::Libraries | Question::Descriptors | Question::Machine => None,
            Question::Now => Some(Answer::Now(Vec::new())),
            Question::EndStream(_) => Some(Answer::Ended(false)),
        }))
    }
}

/// Runs `test` with the path of a served socket.
fn with_socket<F: Future<Output = ()>>(config: Config, level: Level, test: impl FnOnce(PathBuf) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stats");
    let set = tokio::task::LocalSet::new();
    set.block_on(&runtime, async {
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let process = Process {
            version: "3.5.0-test".to_owned(),
            ..Process::default()
        };
        let state = Runtime::new(&config, 1, 0);
        let logs = Logs::new(&config, Files::default());
        let context = AdminContext::new(
            Arc::new(config),
            Arc::new(state),
            Clock::start(),
            Arc::new(process),
            0,
            Rc::new(RefCell::new(NoShell)),
            Arc::default(),
            Arc::new(logs),
            Rc::new(NoThreads),
            None,
        );
        let listener = AdminListener {
            socket: ListenSocket::Unix(listener),
            level,
            exposes_listeners: false,
            number: 1,
        };
        let task = spawn(listener, Rc::new(context)).unwrap();
        timeout(TOO_LONG, test(path.clone()))
            .await
            .expect("the socket answers");
        task.abort();
    });
}

async fn read_to_end(stream: &mut UnixStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

async fn read_until(stream: &mut UnixStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut byte = [0; 1];
        assert_eq!(stream.read(&mut byte).await.unwrap(), 1, "{text:?}");
        text.push(char::from(byte[0]));
    }
    text
}

#[test]
fn one_line_is_answered_and_the_connection_closed() {
    with_socket(Config::default(), Level::Admin, |path| async move {
        let mut stream = UnixStream::connect(path).await.unwrap();
        stream.write_all(b"show version;show cli level\n").await.unwrap();
        assert_eq!(read_to_end(&mut stream).await, "3.5.0-test\n\nadmin\n\n");
    });
}

#[test]
fn a_line_may_come_in_pieces_and_a_semicolon_may_end_the_last() {
    with_socket(Config::default(), Level::User, |path| async move {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"show vers").await.unwrap();
        tokio::task::yield_now().await;
        stream.write_all(b"ion\n").await.unwrap();
        assert_eq!(read_to_end(&mut stream).await, "3.5.0-test\n\n");
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"show version;show cli level").await.unwrap();
        stream.shutdown().await.unwrap();
        assert_eq!(read_to_end(&mut stream).await, "3.5.0-test\n\n");
    });
}

#[test]
fn after_prompt_the_session_lasts_until_quit() {
    with_socket(Config::default(), Level::Operator, |path| async move {
        let mut stream = UnixStream::connect(path).await.unwrap();
        stream.write_all(b"prompt\n").await.unwrap();
        assert_eq!(read_until(&mut stream, "> ").await, "\n> ");
        stream.write_all(b"show cli level\n").await.unwrap();
        assert_eq!(read_until(&mut stream, "> ").await, "operator\n\n> ");
        stream.write_all(b"show version <<\n").await.unwrap();
        assert_eq!(read_until(&mut stream, "+ ").await, "+ ");
        stream.write_all(b"\nquit\n").await.unwrap();
        assert_eq!(read_to_end(&mut stream).await, "3.5.0-test\n\n> ");
    });
}

#[test]
fn events_are_waited_for_until_something_is_said() {
    with_socket(Config::default(), Level::Operator, |path| async move {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"prompt\nshow events buf0 -w\n").await.unwrap();
        assert_eq!(read_until(&mut stream, "> ").await, "\n> ");
        stream.write_all(b"show version\n").await.unwrap();
        let answer = read_until(&mut stream, "3.5.0-test\n\n> ").await;
        assert_eq!(answer, "\n> 3.5.0-test\n\n> ");
        // Of a connection for one command, what is said is its end.
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"show events buf0 -wn\n").await.unwrap();
        tokio::task::yield_now().await;
        stream.write_all(b"\n").await.unwrap();
        assert_eq!(read_to_end(&mut stream).await, "\n");
    });
}

#[test]
fn an_idle_connection_is_closed_after_the_timeout() {
    let mut config = Config::default();
    config.global.stats_timeout = Some(30);
    with_socket(config, Level::Admin, |path| async move {
        let mut stream = UnixStream::connect(path).await.unwrap();
        assert_eq!(read_to_end(&mut stream).await, "");
    });
}

#[test]
fn connections_beyond_the_limit_wait_for_their_turn() {
    let mut config = Config::default();
    config.global.stats_maxconn = Some(1);
    with_socket(config, Level::Admin, |path| async move {
        let mut first = UnixStream::connect(&path).await.unwrap();
        first.write_all(b"prompt\n").await.unwrap();
        read_until(&mut first, "> ").await;
        let mut second = UnixStream::connect(&path).await.unwrap();
        second.write_all(b"show version\n").await.unwrap();
        let waits = timeout(Duration::from_millis(50), read_until(&mut second, "\n")).await;
        assert!(
            waits.is_err(),
            "the second connection was served beside the first"
        );
        first.write_all(b"quit\n").await.unwrap();
        assert_eq!(read_to_end(&mut second).await, "3.5.0-test\n\n");
    });
}

#[test]
fn a_line_larger_than_the_buffer_ends_the_connection() {
    with_socket(Config::default(), Level::Admin, |path| async move {
        let mut stream = UnixStream::connect(path).await.unwrap();
        let line = vec![b'a'; Config::default().global.tune.bufsize as usize + 1];
        stream.write_all(&line).await.unwrap();
        let mut rest = Vec::new();
        // The bytes that were not read make the end a reset.
        if let Err(error) = stream.read_to_end(&mut rest).await {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        }
        let rest = String::from_utf8(rest).unwrap();
        assert!(
            rest.is_empty() || rest.starts_with("The command line is too big for the buffer size. "),
            "{rest}"
        );
    });
}

#[test]
fn connections_and_commands_are_counted() {
    with_socket(Config::default(), Level::User, |path| async move {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"show info\n").await.unwrap();
        let text = read_to_end(&mut stream).await;
        assert!(text.contains("\nCumConns: 1\nCumReq: 1\n"), "{text}");
    });
}

/// What a connection that says these lines gets until it would wait for more, as haproxy 3.4.7 answers.
async fn talk(path: &PathBuf, lines: &str, end: &str) {
    let mut stream = UnixStream::connect(path).await.unwrap();
    stream.write_all(lines.as_bytes()).await.unwrap();
    assert_eq!(read_until(&mut stream, end).await, end, "{lines:?}");
}

#[test]
fn the_prompt_has_the_forms_that_it_is_asked_for() {
    with_socket(Config::default(), Level::Admin, |path| async move {
        talk(&path, "prompt i\nshow version\n", "\n3.5.0-test\n\n").await;
        talk(&path, "prompt p\nshow version\n", "\n> 3.5.0-test\n\n> ").await;
        talk(
            &path,
            "prompt timed\nprompt timed\nprompt i timed\n",
            "\n[0:00:00:00]> \n> \n",
        )
        .await;
        for end in ["prompt n\n", "prompt\n"] {
            let mut stream = UnixStream::connect(&path).await.unwrap();
            stream.write_all(b"prompt\n").await.unwrap();
            read_until(&mut stream, "> ").await;
            stream.write_all(end.as_bytes()).await.unwrap();
            assert_eq!(read_to_end(&mut stream).await, "\n", "{end}");
        }
        // A line that says nothing is answered with nothing.
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"\n").await.unwrap();
        assert_eq!(read_to_end(&mut stream).await, "\n");
        talk(&path, "prompt\n\nshow version\n", "\n> \n> 3.5.0-test\n\n> ").await;
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"prompt foo\n").await.unwrap();
        assert!(
            read_to_end(&mut stream)
                .await
                .starts_with("Usage: prompt [help | n | i | p | timed]*\n")
        );
    });
}

#[test]
fn a_thousand_clients_at_once_are_answered_one_by_one_and_none_of_them_stays() {
    with_socket(Config::default(), Level::Admin, |path| async move {
        let clients: Vec<_> = (0..1000)
            .map(|number| {
                let path = path.clone();
                tokio::task::spawn_local(async move {
                    let mut stream = loop {
                        match UnixStream::connect(&path).await {
                            Ok(stream) => break stream,
                            // The system holds so many back, and no more: one asks again.
                            Err(_) => tokio::task::yield_now().await,
                        }
                    };
                    match number % 4 {
                        // What is not a whole line is no command, and its end is the connection's.
                        0 => {
                            stream.write_all(b"show vers").await.unwrap();
                            stream.shutdown().await.unwrap();
                            assert_eq!(read_to_end(&mut stream).await, "");
                        }
                        1 => {
                            stream.write_all(b"nonsense\n").await.unwrap();
                            assert!(read_to_end(&mut stream).await.starts_with("Unknown command"));
                        }
                        2 => drop(stream),
                        _ => {
                            stream.write_all(b"show version;show cli level\n").await.unwrap();
                            assert_eq!(read_to_end(&mut stream).await, "3.5.0-test\n\nadmin\n\n");
                        }
                    }
                })
            })
            .collect();
        for client in clients {
            client.await.unwrap();
        }
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"show sess\n").await.unwrap();
        let list = read_to_end(&mut stream).await;
        assert_eq!(list.matches("fe=GLOBAL").count(), 1, "{list}");
    });
}

#[test]
fn a_wait_ends_with_the_client_and_holds_no_place() {
    let mut config = Config::default();
    config.global.stats_maxconn = Some(1);
    with_socket(config, Level::User, |path| async move {
        let mut gone = UnixStream::connect(&path).await.unwrap();
        gone.write_all(b"wait 1d\n").await.unwrap();
        tokio::task::yield_now().await;
        drop(gone);
        // As haproxy 3.4 does, the line goes on behind it.
        let mut ended = UnixStream::connect(&path).await.unwrap();
        ended.write_all(b"wait 1d;show version\n").await.unwrap();
        ended.shutdown().await.unwrap();
        assert_eq!(read_to_end(&mut ended).await, "Interrupted.\n\n3.5.0-test\n\n");
        let mut patient = UnixStream::connect(&path).await.unwrap();
        patient
            .write_all(b"prompt i\nwait 20ms\necho a\nquit\n")
            .await
            .unwrap();
        assert_eq!(read_to_end(&mut patient).await, "\nDone.\n\na\n\n");
        let mut hasty = UnixStream::connect(&path).await.unwrap();
        hasty.write_all(b"prompt i\nwait 100ms\n").await.unwrap();
        assert_eq!(read_until(&mut hasty, "\n").await, "\n");
        hasty.write_all(b"echo b\n").await.unwrap();
        assert_eq!(read_until(&mut hasty, "b\n\n").await, "Done.\n\nb\n\n");
    });
}

#[test]
fn a_wait_ends_in_time_and_what_is_behind_it_is_answered() {
    with_socket(Config::default(), Level::User, |path| async move {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        let begin = std::time::Instant::now();
        stream.write_all(b"wait 30ms;echo a  b;wait x\n").await.unwrap();
        assert_eq!(
            read_to_end(&mut stream).await,
            "Done.\n\na b\n\nInvalid duration.\n\n"
        );
        assert!(begin.elapsed() >= Duration::from_millis(30));
    });
}
