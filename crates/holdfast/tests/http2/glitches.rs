//! What is odd on a connection is counted, shown, and cut off where the file says so; and what else streams of a connection share.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use crate::frame::*;
use crate::program::{Running, run_own};
use crate::talk::{PATIENCE, next_frame, read_until, wait_for_frame};

const FRONTEND: &str = concat!(
    " stick-table type ip size 10 expire 1m store glitch_cnt\n",
    " tcp-request connection track-sc0 src\n",
    " http-request wait-for-body time 9s if { path /wait }\n",
    " http-request return status 200 content-type text/plain lf-string \"%[fc_glitches] %[sc0_glitch_cnt]\" if { path /glitches }\n",
    " http-request set-var(sess.n) int(0) if !{ var(sess.n) -m found }\n",
    " http-request set-var(sess.n) var(sess.n),add(1)\n",
    " http-request return status 200 content-type text/plain lf-string %[var(sess.n)]\n",
);

fn start(global: &str) -> anyhow::Result<Running> {
    run_own(global, FRONTEND)
}

fn connect(program: &Running) -> anyhow::Result<TcpStream> {
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, b"")].concat())?;
    Ok(client)
}

fn path(stream: u32, path: &str) -> Vec<u8> {
    let fields = [GET[0], GET[1], (":path", path), GET[3]];
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &block(&fields))
}

/// Requests that are called off at once, over streams from `first` on.
fn called_off(first: u32, n: u32) -> Vec<u8> {
    let each = |n| {
        [
            post(first + 2 * n),
            frame(RST_STREAM, 0, first + 2 * n, &[0, 0, 0, 8]),
        ]
        .concat()
    };
    (0..n).flat_map(each).collect()
}

fn body(client: &mut TcpStream) -> anyhow::Result<String> {
    let mut received = Vec::new();
    Ok(String::from_utf8(wait_for_frame(client, &mut received, DATA)?)?)
}

/// They are counted as haproxy 3.4 counts them, for samples and for what is tracked.
pub(crate) fn counted() -> anyhow::Result<()> {
    let program = start("")?;
    for (name, sent, expected) in [
        ("nothing", Vec::new(), "0 0"),
        ("a PING", pong(), "0 0"),
        ("called off", called_off(1, 10), "10 10"),
        (
            "malformed",
            (0..10)
                .flat_map(|n| frame(HEADERS, END_STREAM | END_HEADERS, 2 * n + 1, &block(&GET[..2])))
                .collect(),
            "10 20",
        ),
    ] {
        let mut client = connect(&program)?;
        client.write_all(&sent)?;
        // Answers to what was sent have gone out by then.
        client.write_all(&frame(PING, 0, 0, b"12345678"))?;
        let mut received = Vec::new();
        wait_for_frame(&mut client, &mut received, PING)?;
        if name == "a PING" {
            wait_for_frame(&mut client, &mut received, PING)?;
        }
        client.write_all(&path(1001, "/glitches"))?;
        let shown = body(&mut client)?;
        anyhow::ensure!(shown == expected, "{name}: {shown} for {expected}");
    }
    Ok(())
}

/// At three quarters of the threshold a client is asked to go elsewhere, at the threshold it is cut off.
pub(crate) fn cut_off() -> anyhow::Result<()> {
    let program = start(" tune.h2.fe.glitches-threshold 12\n")?;
    let mut client = connect(&program)?;
    let mut received = Vec::new();
    client.write_all(&called_off(1, 8))?;
    client.write_all(&pong())?;
    loop {
        let (kind, ..) = next_frame(&mut client, &mut received)?;
        anyhow::ensure!(kind != GOAWAY, "told too early");
        if kind == PING {
            break;
        }
    }
    // A stream that stays open keeps the connection.
    client.write_all(&post(101))?;
    client.write_all(&called_off(201, 1))?;
    let told = wait_for_frame(&mut client, &mut received, GOAWAY)?;
    anyhow::ensure!(told[4..8] == NO_ERROR.to_be_bytes(), "{told:?}");
    client.write_all(&called_off(301, 3))?;
    loop {
        let told = wait_for_frame(&mut client, &mut received, GOAWAY)?;
        if told[4..8] == ENHANCE_YOUR_CALM.to_be_bytes() {
            return Ok(());
        }
        anyhow::ensure!(told[4..8] == NO_ERROR.to_be_bytes(), "{told:?}");
    }
}

/// What one stream sets in the session the next one sees, and each connection has its own.
pub(crate) fn session() -> anyhow::Result<()> {
    let program = start("")?;
    for _ in 0..2 {
        let mut client = connect(&program)?;
        for (stream, expected) in [(1, "1"), (3, "2"), (5, "3")] {
            client.write_all(&path(stream, "/session"))?;
            let shown = body(&mut client)?;
            anyhow::ensure!(shown == expected, "{shown} for {expected}");
        }
    }
    Ok(())
}

/// What may wait to be read is what the file says, and no more than a window may be.
pub(crate) fn windows() -> anyhow::Result<()> {
    for (size, expected) in [("524288", 524_288), ("1m", 1 << 20)] {
        let program = start(&format!(" tune.h2.fe.rxbuf {size}\n"))?;
        let mut client = connect(&program)?;
        let mut received = Vec::new();
        let more = wait_for_frame(&mut client, &mut received, WINDOW_UPDATE)?;
        let more = u32::from_be_bytes(more[..].try_into()?);
        anyhow::ensure!(more + 65_535 == expected, "{more}");
    }
    Ok(())
}

/// A server that resets each stream once more behind its end: its connection is kept up to three quarters of the threshold.
pub(crate) fn of_servers() -> anyhow::Result<()> {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let at = server.local_addr()?;
    let backend = format!(
        " http-response set-header x-odd %[bc_glitches]\n default_backend be\nbackend be\n http-reuse always\n server s1 {at} proto h2\n"
    );
    let program = run_own(" tune.h2.be.glitches-threshold 4\n", &backend)?;
    std::thread::spawn(move || {
        // It ends with the test: nobody connects any more then, and nobody waits for it.
        for stream in server.incoming().flatten() {
            std::thread::spawn(move || odd_server(stream));
        }
    });
    let mut client = TcpStream::connect(program.front)?;
    client.set_read_timeout(Some(PATIENCE))?;
    for expected in [1, 2, 3, 1, 2] {
        client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")?;
        let head = String::from_utf8(read_until(&mut client, b"\r\n\r\n")?)?;
        anyhow::ensure!(
            head.contains(&format!("x-odd: {expected}\r\n")),
            "{head} for {expected}"
        );
    }
    Ok(())
}

fn odd_server(mut stream: TcpStream) -> anyhow::Result<()> {
    stream.read_exact(&mut [0; PREFACE.len()])?;
    stream.write_all(&frame(SETTINGS, 0, 0, b""))?;
    let mut received = Vec::new();
    let mut number = 1;
    loop {
        let (kind, ..) = next_frame(&mut stream, &mut received)?;
        if kind == HEADERS {
            let answer = frame(HEADERS, END_STREAM | END_HEADERS, number, &[0x88]);
            let reset = frame(RST_STREAM, 0, number, &[0, 0, 0, 0]);
            stream.write_all(&[answer, reset].concat())?;
            number += 2;
        }
    }
}
