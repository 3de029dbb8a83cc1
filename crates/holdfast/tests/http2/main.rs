//! What RFC 9113 asks of a server, frame by frame: each case sends frames as no client should (or as few do) and looks at what comes
//! back. Where Debian's haproxy is installed it gets the same, and whatever it refuses is to be refused here as well.

mod case;
mod cases;
mod floods;
mod frame;
mod glitches;
mod program;
mod recorded;
mod talk;
mod upgrade;
mod websocket;
mod windows;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::TcpStream;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use anyhow::Context as _;
use libtest_mimic::{Arguments, Failed, Trial};
use nix::sys::signal::Signal;
use test_support::process::both_programs;

use case::{Case, Expected, Outcome};
use cases::cases;
use frame::*;
use program::{Running, run, start};
use recorded::Answers;
use talk::{PATIENCE, SILENCE, ask, wait_for_end, wait_for_frame};
use websocket::{Answer, talk};

/// A test that talks to a running program, and one that starts its own.
type OfProgram = fn(&Running) -> anyhow::Result<()>;
type OfItsOwn = fn() -> anyhow::Result<()>;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let programs = if arguments.list { Vec::new() } else { start()? };
    if let Ok(other) = std::env::var("HOLDFAST_OTHER_HAPROXY")
        && std::env::var_os("HOLDFAST_RECORD").is_some()
    {
        record(&programs, &other)?;
    }
    let programs = Arc::new(programs);
    let answers = Arc::new(recorded::read()?);
    let websockets = [
        ("RFC 8441 a WebSocket", Answer::Right, Outcome::Served),
        (
            "RFC 8441 a WebSocket whose server has not seen the key",
            Answer::Wrong,
            Outcome::Refused,
        ),
        (
            "RFC 8441 a WebSocket that is declined",
            Answer::None,
            Outcome::Refused,
        ),
    ];
    let websockets = websockets.map(|(name, answer, expected)| {
        let programs = Arc::clone(&programs);
        let test = move || {
            programs
                .iter()
                .try_for_each(|program| talk(program, answer, expected))
                .map_err(|error| Failed::from(format!("{error:#}")))
        };
        Trial::test(name, test)
    });
    let told = |result: anyhow::Result<()>| result.map_err(|error| Failed::from(format!("{error:#}")));
    let lives = [
        Trial::test("an idle connection is told of its end", move || {
            let commands = both_programs(env!("CARGO_BIN_EXE_holdfast"));
            told(commands.into_iter().try_for_each(expire))
        }),
        Trial::test("streams come to their end where the process stops", move || {
            told(stop())
        }),
    ];
    let each: [(&str, OfProgram); 3] = [
        ("3.1 an upgrade to HTTP/2", upgrade::declined),
        ("6.9.1 data beyond the window of a stream", |program| {
            windows::overrun(program, false)
        }),
        ("6.9.1 data beyond the window of the connection", |program| {
            windows::overrun(program, true)
        }),
    ];
    let each = each.map(|(name, test)| {
        let programs = Arc::clone(&programs);
        Trial::test(name, move || told(test(&programs[0])))
    });
    let own: [(&str, OfItsOwn); 5] = [
        ("what is odd is counted", glitches::counted),
        ("what is too odd is cut off", glitches::cut_off),
        (
            "what is odd about servers is counted, and cut off",
            glitches::of_servers,
        ),
        ("streams share the session's variables", glitches::session),
        ("what may wait to be read", glitches::windows),
    ];
    let own = own.map(|(name, test)| Trial::test(name, move || told(test())));
    let floods = floods::floods()
        .into_iter()
        .map(|flood| Trial::test(flood.name, move || told(floods::contain(&flood))));
    let trials = cases().into_iter().map(|case| {
        let (programs, answers) = (Arc::clone(&programs), Arc::clone(&answers));
        Trial::test(case.name, move || {
            judge(&programs, &answers, &case).map_err(|error| Failed::from(format!("{error:#}")))
        })
    });
    Ok(libtest_mimic::run(
        &arguments,
        trials
            .chain(websockets)
            .chain(each)
            .chain(own)
            .chain(floods)
            .chain(lives)
            .collect(),
    )
    .exit_code())
}

/// Holds a case to what is expected, and to the originals: one that is installed, and what was recorded of both.
fn judge(programs: &[Running], recorded: &BTreeMap<String, Answers>, case: &Case) -> anyhow::Result<()> {
    let ours = ask(programs[0].front, case, PATIENCE)?;
    anyhow::ensure!(
        case.expected.allows(ours),
        "expected {:?}, got {ours:?}",
        case.expected
    );
    let [old, new, _] = recorded.get(case.name).context("no answer is recorded")?;
    if matches!(case.expected, Expected::PassedOver | Expected::Demanded) {
        return Ok(());
    }
    for (version, answer) in [("2.6", old), ("3.4", new)] {
        anyhow::ensure!(
            ours.is_error() || !Outcome::is_error_text(answer),
            "haproxy {version} is stricter: {answer}, and ours {ours:?}"
        );
    }
    if let Some(original) = programs.get(1) {
        let theirs = ask(original.front, case, SILENCE)?;
        anyhow::ensure!(
            ours.is_error() || !theirs.is_error(),
            "the original is stricter: {theirs:?}, and ours {ours:?}"
        );
    }
    Ok(())
}

/// Asks Holdfast, haproxy 2.6 and the one that is named, and writes down what they answer.
fn record(programs: &[Running], other: &str) -> anyhow::Result<()> {
    let original = programs.get(1).context("Debian's haproxy is wanted")?;
    let other = run(Command::new(other), "")?;
    let mut rows = Vec::new();
    for case in cases() {
        let old = ask(original.front, &case, SILENCE)?;
        let new = ask(other.front, &case, SILENCE)?;
        let ours = ask(programs[0].front, &case, PATIENCE)?;
        rows.push((case.name, [old, new, ours]));
    }
    recorded::write(&rows)
}

/// A connection without streams is told of its end, and closed.
fn expire(command: Command) -> anyhow::Result<()> {
    let program = run(command, " timeout http-keep-alive 200ms\n")?;
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, b""), &get(1)].concat())?;
    let mut received = Vec::new();
    wait_for_frame(&mut client, &mut received, HEADERS)?;
    let told = wait_for_frame(&mut client, &mut received, GOAWAY)?;
    anyhow::ensure!(told[4..8] == NO_ERROR.to_be_bytes(), "{told:?}");
    wait_for_end(&mut client)
}

/// A process that stops tells its clients, and lets streams come to their end.
fn stop() -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.arg("haproxy");
    let mut program = run(command, "")?;
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.write_all(
        &[
            PREFACE,
            &frame(SETTINGS, 0, 0, b""),
            &post(1),
            &frame(PING, 0, 0, &[0; 8]),
        ]
        .concat(),
    )?;
    let mut received = Vec::new();
    wait_for_frame(&mut client, &mut received, PING)?;
    program.program.signal(Signal::SIGUSR1)?;
    wait_for_frame(&mut client, &mut received, GOAWAY)?;
    client.write_all(&frame(DATA, END_STREAM, 1, b"abc"))?;
    let head = wait_for_frame(&mut client, &mut received, HEADERS)?;
    anyhow::ensure!(head.first() == Some(&0x88), "{head:?}");
    wait_for_end(&mut client)?;
    let status = program.program.wait_code();
    anyhow::ensure!(status == Some(0), "{status:?}");
    Ok(())
}
