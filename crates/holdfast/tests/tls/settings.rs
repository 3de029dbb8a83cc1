//! Settings of bind lines: certificates, names, signatures, authorities, sessions.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use anyhow::Context as _;
use test_support::process::wait_for;

use crate::bench::Bench;

/// What openssl's client sees: the listener, its words, and what must stand in what it says.
type Seen = (usize, &'static [&'static str], &'static [&'static str]);

fn check(bench: &Bench, text: &str, all: &[Seen]) -> anyhow::Result<()> {
    let started = bench.start(text)?;
    for (at, arguments, wanted) in all {
        let said = bench.client(started.addresses[*at], arguments)?;
        for wanted in *wanted {
            // Versions of openssl write names with and without blanks.
            let (said, wanted) = (said.replace(' ', ""), wanted.replace(' ', ""));
            anyhow::ensure!(
                said.contains(&wanted),
                "{at} {arguments:?}: no {wanted:?} in {said}\n{:?}",
                started.program.output()
            );
        }
    }
    Ok(())
}

pub(crate) fn certificates_and_signatures(bench: &Bench) -> anyhow::Result<()> {
    let text = "global\n ssl-default-bind-options no-strict-sni\ndefaults\nfrontend f\n \
                bind @0 ssl crt DIR/first.pem strict-sni\n \
                bind @1 ssl crt DIR/first.pem default-crt DIR/rsa.pem crt DIR/ec.pem\n \
                bind @2 ssl crt DIR/ec.pem crt DIR/rsa.pem sigalgs RSA-PSS+SHA512\n \
                bind @3 ssl crt DIR/rsa.pem sigalgs RSA-PSS+SHA512:ECDSA+SHA256\n \
                bind @4 ssl crt DIR/ec.pem ssl-max-ver TLSv1.2 ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256\n \
                bind @5 ssl crt DIR/ec.pem ssl-max-ver TLSv1.2 ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256 prefer-client-ciphers\n \
                http-request return status 200\n";
    let other_order: &[&str] = &[
        "-cipher",
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384",
    ];
    check(
        bench,
        text,
        &[
            (0, &["-servername", "first.test"], &["CN = first.test"]),
            // The alert that is sent where no certificate has the name, or none is asked for.
            (0, &["-servername", "other.test"], &["SSL alert number 112"]),
            (0, &["-noservername"], &["SSL alert number 112"]),
            // The first is for all others, and so is one that says so; both at once by what the client can verify.
            (1, &["-servername", "other.test"], &["CN = first.test"]),
            (
                1,
                &["-servername", "other.test", "-sigalgs", "RSA-PSS+SHA256"],
                &["CN = rsa.test"],
            ),
            (1, &["-servername", "ec.test"], &["CN = ec.test"]),
            (
                2,
                &["-servername", "rsa.test"],
                &["CN = rsa.test", "digest: SHA512", "type: RSA-PSS"],
            ),
            (2, &["-servername", "ec.test"], &["SSL alert number 40"]),
            (3, &[], &["digest: SHA512", "type: RSA-PSS"]),
            (3, &["-sigalgs", "RSA-PSS+SHA256"], &["SSL alert number 40"]),
            (4, other_order, &["Cipher is ECDHE-ECDSA-AES256-GCM-SHA384"]),
            (5, other_order, &["Cipher is ECDHE-ECDSA-AES128-GCM-SHA256"]),
        ],
    )
}

pub(crate) fn authorities(bench: &Bench) -> anyhow::Result<()> {
    let text = "defaults\nfrontend f\n \
                bind @0 ssl crt DIR/first.pem ca-file DIR/ec.crt ca-verify-file DIR/rsa.crt verify required ssl-max-ver TLSv1.2\n \
                bind @1 ssl crt DIR/first.pem ca-file DIR/ec.crt no-ca-names verify required ssl-max-ver TLSv1.2\n \
                bind @2 ssl crt DIR/first.pem ca-file DIR/ec.crt ca-verify-file DIR/rsa.crt verify required ssl-max-ver TLSv1.2 client-sigalgs ECDSA+SHA256\n \
                http-request return status 200\n";
    let rsa: &[&str] = &["-cert", "rsa.pem", "-key", "rsa.pem"];
    const NAMES: &str = "Acceptable client certificate CA names\nCN = ec.test\nClient";
    check(
        bench,
        text,
        &[
            (0, rsa, &["Verification", "Cipher is ECDHE", NAMES]),
            (0, &["-cert", "first.pem", "-key", "first.pem"], &["alert"]),
            (
                1,
                &["-cert", "ec.pem", "-key", "ec.pem"],
                &["Cipher is ECDHE", "No client certificate CA names sent"],
            ),
            (1, rsa, &["alert"]),
            (
                2,
                &["-cert", "ec.pem", "-key", "ec.pem"],
                &[
                    "Cipher is ECDHE",
                    "Requested Signature Algorithms: ECDSA+SHA256\n",
                ],
            ),
        ],
    )
}

pub(crate) fn lifetime(bench: &Bench) -> anyhow::Result<()> {
    let text = "global\n stats socket DIR/admin.sock\n tune.ssl.lifetime 2\n tune.ssl.cachesize 10\ndefaults\nfrontend f\n \
                bind @0 ssl crt DIR/ec.pem\n bind @1 ssl crt DIR/ec.pem no-tls-tickets\n http-request return status 200\n";
    let started = bench.start(text)?;
    for at in [0, 1] {
        let to = started.addresses[at];
        let said = bench.client(to, &["-tls1_2", "-sess_out", "session"])?;
        let hint = said.contains("lifetime hint: 2 (seconds)");
        anyhow::ensure!(hint == (at == 0), "{said}");
        let again = |bench: &Bench| bench.client(to, &["-tls1_2", "-sess_in", "session"]);
        let said = again(bench)?;
        anyhow::ensure!(said.contains("\nReused, TLSv1.2"), "{said}");
        // Tickets are not looked for.
        let socket = bench.path("admin.sock");
        let lookups = ["SslCacheLookups", "SslCacheMisses"].map(|name| figure(&socket, name));
        anyhow::ensure!(
            matches!(lookups, [Ok(all), Ok(0)] if all == u32::from(at == 1)),
            "{lookups:?}"
        );
        let over = wait_for(|| {
            again(bench)
                .is_ok_and(|said| said.contains("\nNew, TLSv1.2"))
                .then_some(())
        });
        anyhow::ensure!(over.is_some(), "{at}: a session that has no end");
    }
    let none = "global\n tune.ssl.cachesize 0\ndefaults\nfrontend f\n \
                bind @0 ssl crt DIR/ec.pem no-tls-tickets\n http-request return status 200\n";
    let started = bench.start(none)?;
    bench.client(started.addresses[0], &["-tls1_2", "-sess_out", "session"])?;
    let said = bench.client(started.addresses[0], &["-tls1_2", "-sess_in", "session"])?;
    anyhow::ensure!(said.contains("\nNew, TLSv1.2"), "{said}");
    Ok(())
}

/// A number of `show info`.
fn figure(socket: &Path, name: &str) -> anyhow::Result<u32> {
    let said = test_support::admin::ask(socket, "show info")?;
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    Ok(line.with_context(|| format!("no {name} in {said}"))?.parse()?)
}

/// What `show info` says of sessions that are taken up again is what haproxy 2.6 says.
pub(crate) fn key_rates(bench: &Bench) -> anyhow::Result<()> {
    let text = "global\n stats socket DIR/admin.sock level admin\ndefaults\nfrontend f\n \
                bind @0 ssl crt DIR/ec.pem\n http-request return status 200\n\
                frontend g\n bind @1\n default_backend b\nbackend b\n server s @0 ssl verify none\n";
    let started = bench.start(text)?;
    let socket = bench.path("admin.sock");
    let figure = |name: &str| figure(&socket, name);
    let to = started.addresses[0];
    bench.client(to, &["-tls1_2", "-sess_out", "session"])?;
    for _ in 0..3 {
        let said = bench.client(to, &["-tls1_2", "-sess_in", "session"])?;
        anyhow::ensure!(said.contains("\nReused, TLSv1.2"), "{said}");
    }
    anyhow::ensure!(figure("SslFrontendMaxKeyRate")? == 1);
    anyhow::ensure!(figure("SslBackendMaxKeyRate")? == 0);
    // While the last second has nothing but sessions that are taken up again, all are.
    let all = wait_for(|| {
        let again = bench.client(to, &["-tls1_2", "-sess_in", "session"]);
        let figures = again.and_then(|_| {
            Ok((
                figure("SslFrontendKeyRate")?,
                figure("SslFrontendSessionReuse_pct")?,
            ))
        });
        figures.is_ok_and(|figures| figures == (0, 100)).then_some(())
    });
    anyhow::ensure!(all.is_some(), "not all sessions are said to be taken up again");

    let mut stream = TcpStream::connect(started.addresses[1])?;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    anyhow::ensure!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    anyhow::ensure!(figure("SslBackendMaxKeyRate")? == 1);
    test_support::admin::ask(&socket, "clear counters all")?;
    let cleared = wait_for(|| {
        figure("SslBackendMaxKeyRate")
            .is_ok_and(|most| most == 0)
            .then_some(())
    });
    anyhow::ensure!(cleared.is_some(), "the highest rate is not forgotten");
    Ok(())
}
