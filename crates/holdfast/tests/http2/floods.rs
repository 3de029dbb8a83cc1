//! Floods: frames that cost a client next to nothing. Each is sent 100,000 times over one connection; what it costs the program is
//! bounded, in memory and in processor time, and others are served meanwhile and afterwards.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use test_support::process::resident_kib;

use crate::case::Outcome;
use crate::case::{SERVED, case};
use crate::frame::*;
use crate::program::{Running, run};
use crate::talk::{PATIENCE, ask};

/// Memory that a flood may take for good, KiB: what some buffers and the allocator keep.
const MOST_KIB: u64 = 8 * 1024;

/// Processor time that 100,000 frames may take: a debug build needs some microseconds for each.
const MOST_TIME: Duration = Duration::from_secs(20);

/// How a flood ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The connection is cut, by GOAWAY with that code or by a close.
    Cut(u32),
    /// All frames are taken, each at a bounded cost.
    Taken,
}

pub(crate) struct Flood {
    pub(crate) name: &'static str,
    /// Sent once.
    first: Vec<u8>,
    /// Frame number N of the flood.
    each: fn(u32) -> Vec<u8>,
    end: End,
}

const FRAMES: u32 = 100_000;

pub(crate) fn floods() -> Vec<Flood> {
    let flood = |name, first: Vec<u8>, each, end| Flood {
        name,
        first,
        each,
        end,
    };
    vec![
        flood(
            "10.5 a flood of streams that are reset at once",
            Vec::new(),
            |n| [post(2 * n + 1), frame(RST_STREAM, 0, 2 * n + 1, &[0, 0, 0, 8])].concat(),
            End::Cut(ENHANCE_YOUR_CALM),
        ),
        flood(
            "10.5 a flood of malformed requests",
            Vec::new(),
            |n| frame(HEADERS, END_STREAM | END_HEADERS, 2 * n + 1, &block(&GET[..2])),
            End::Cut(ENHANCE_YOUR_CALM),
        ),
        flood(
            "10.5 a flood of windows that are wrong",
            Vec::new(),
            |n| [post(2 * n + 1), window(2 * n + 1, 0x7fff_ffff)].concat(),
            End::Cut(ENHANCE_YOUR_CALM),
        ),
        flood(
            "10.5 a flood of CONTINUATION",
            frame(HEADERS, END_STREAM, 1, &block(GET)),
            |_| frame(CONTINUATION, 0, 1, &block(&[("a", "b")])),
            End::Cut(ENHANCE_YOUR_CALM),
        ),
        flood(
            "10.5 a flood of empty CONTINUATION",
            frame(HEADERS, END_STREAM, 1, &block(GET)),
            |_| frame(CONTINUATION, 0, 1, b""),
            End::Cut(ENHANCE_YOUR_CALM),
        ),
        flood(
            "10.5 a flood of PING",
            Vec::new(),
            |_| frame(PING, 0, 0, b"12345678"),
            End::Taken,
        ),
        flood(
            "10.5 a flood of SETTINGS",
            Vec::new(),
            |_| setting(4, 70_000),
            End::Taken,
        ),
        flood(
            "10.5 a flood of empty data",
            post(1),
            |_| frame(DATA, 0, 1, b""),
            End::Cut(ENHANCE_YOUR_CALM),
        ),
        flood(
            "10.5 a flood of PRIORITY",
            Vec::new(),
            |n| frame(PRIORITY, 0, 2 * n + 1, &[0, 0, 0, 0, 1]),
            End::Taken,
        ),
        flood(
            "10.5 a flood of windows",
            Vec::new(),
            |_| window(0, 1),
            End::Taken,
        ),
        flood(
            "10.5 a flood of unknown frames",
            Vec::new(),
            |_| frame(99, 0, 0, b""),
            End::Taken,
        ),
    ]
}

/// Sends a flood and looks at what it costs and how it ends.
pub(crate) fn contain(flood: &Flood) -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.arg("haproxy");
    let program = run(command, "")?;
    served(&program)?;
    let pid = program.program.pid();
    let (memory, time) = (resident_kib(pid)?, processor_time(pid)?);
    let end = send(&program, flood)?;
    let (took, more) = (
        processor_time(pid)?.saturating_sub(time),
        resident_kib(pid)?.saturating_sub(memory),
    );
    anyhow::ensure!(end == flood.end, "expected {:?}, got {end:?}", flood.end);
    anyhow::ensure!(more <= MOST_KIB, "{more} KiB more");
    anyhow::ensure!(took <= MOST_TIME, "{took:?}");
    served(&program)
}

/// Another client is served.
fn served(program: &Running) -> anyhow::Result<()> {
    let outcome = ask(program.front, &case("afterwards", &[get(1)], SERVED), PATIENCE)?;
    anyhow::ensure!(outcome == Outcome::Served, "{outcome:?}");
    Ok(())
}

fn send(program: &Running, flood: &Flood) -> anyhow::Result<End> {
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    let mut writer = client.try_clone()?;
    let mut sent = [PREFACE, &frame(SETTINGS, 0, 0, b""), &flood.first].concat();
    let each = flood.each;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for n in 0..FRAMES {
                sent.extend_from_slice(&each(n));
                if sent.len() > 60_000 || n + 1 == FRAMES {
                    // A client that was cut off learns of it by what it reads.
                    if writer.write_all(&sent).is_err() {
                        return;
                    }
                    sent.clear();
                }
            }
            let _ = writer.write_all(&frame(PING, 0, 0, b"the last"));
        });
        let mut received = Vec::new();
        let mut room = vec![0; 65_536];
        let until = Instant::now() + 6 * PATIENCE;
        while Instant::now() < until {
            let n = match client.read(&mut room) {
                Ok(0) => return Ok(End::Cut(ENHANCE_YOUR_CALM)),
                Ok(n) => n,
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                    return Ok(End::Cut(ENHANCE_YOUR_CALM));
                }
                Err(error) => return Err(error.into()),
            };
            received.extend_from_slice(&room[..n]);
            while let Some((kind, flags, payload)) = take_frame(&mut received) {
                if kind == GOAWAY {
                    // The rest of the flood is not waited for.
                    let _ = client.shutdown(std::net::Shutdown::Both);
                    return Ok(End::Cut(u32::from_be_bytes(payload[4..8].try_into()?)));
                }
                if kind == PING && flags & ACK != 0 && payload == b"the last" {
                    return Ok(End::Taken);
                }
            }
        }
        anyhow::bail!("neither cut nor taken")
    })
}

/// Processor time that a process has used.
fn processor_time(pid: i32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, behind) = stat.rsplit_once(')').context("a name")?;
    let ticks: Vec<u64> = behind
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
}
