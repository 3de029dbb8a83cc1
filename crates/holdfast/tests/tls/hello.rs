//! What clients offer in their first message, and the secrets of their connections.

use std::io::Write as _;
use std::process::Stdio;

use crate::bench::Bench;

/// Sends a request with openssl's client and gives what the body of the answer says, by the words in front of `=`.
fn told(
    bench: &Bench,
    to: std::net::SocketAddr,
    arguments: &[&str],
) -> anyhow::Result<Vec<(String, String)>> {
    let mut command = bench.openssl(&["s_client", "-quiet", "-connect", &to.to_string()]);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut client = command.spawn()?;
    // With -quiet the end of what is sent does not end the client.
    if let Some(mut stdin) = client.stdin.take() {
        stdin.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    }
    let said = String::from_utf8(client.wait_with_output()?.stdout)?;
    let (_, body) = said.split_once("\r\n\r\n").unwrap_or_default();
    let words = body.split_whitespace().filter_map(|word| word.split_once('='));
    Ok(words
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

fn value<'a>(told: &'a [(String, String)], name: &str) -> &'a str {
    let found = told.iter().find(|(word, _)| word == name);
    found.map_or("", |(_, value)| value)
}

pub(crate) fn offered(bench: &Bench) -> anyhow::Result<()> {
    let body = "cl=%[ssl_fc_cipherlist_bin,hex] cl1=%[ssl_fc_cipherlist_bin(1),hex] hex=%[ssl_fc_cipherlist_hex] \
                str=%[ssl_fc_cipherlist_str] xxh=%[ssl_fc_cipherlist_xxh] ext=%[ssl_fc_extlist_bin,hex] \
                ec=%[ssl_fc_eclist_bin,hex] fmt=%[ssl_fc_ecformats_bin,hex] hello=%[ssl_fc_protocol_hello_id] \
                sig=%[ssl_fc_sigalgs_bin,hex] ver=%[ssl_fc_supported_versions_bin,hex]";
    // What 3.2 says of the same client.
    let suites = &[
        "-tls1_3",
        "-ciphersuites",
        "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
        "-noservername",
    ];
    for (size, ext, ec, fmt, ver) in [
        (
            200,
            "000B000A002300160017000D002B002D0033",
            "001D0017",
            "000102",
            "0304",
        ),
        (28, "000B000A002300160017000D002B002D0033", "001D0017", "", ""),
        (12, "000B000A0023", "", "", ""),
    ] {
        let text = format!(
            "global\n tune.ssl.capture-buffer-size {size}\ndefaults\nfrontend f\n bind @0 ssl crt DIR/ec.pem\n \
             http-request return status 200 content-type text/plain lf-string \"{body}\\n\"\n"
        );
        let started = bench.start(&text)?;
        let arguments = [
            &suites[..],
            &["-groups", "X25519:P-256", "-sigalgs", "ECDSA+SHA256"],
        ]
        .concat();
        let told = told(bench, started.addresses[0], &arguments)?;
        for (name, wanted) in [
            ("cl", "1301130200FF"),
            ("cl1", "1301130200FF"),
            ("hex", "1301130200FF"),
            (
                "str",
                "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
            ),
            ("xxh", "6804245573788523377"),
            ("ext", ext),
            ("ec", ec),
            ("fmt", fmt),
            ("hello", "771"),
            ("sig", if ver.is_empty() { "" } else { "0403" }),
            ("ver", ver),
        ] {
            anyhow::ensure!(
                value(&told, name) == wanted,
                "{size}: {name} is not {wanted}: {told:?}"
            );
        }
    }
    Ok(())
}

pub(crate) fn secrets(bench: &Bench) -> anyhow::Result<()> {
    let body = "random=%[ssl_fc_client_random,hex] CLIENT_RANDOM=%[ssl_fc_session_key,hex] \
                CLIENT_HANDSHAKE_TRAFFIC_SECRET=%[ssl_fc_client_handshake_traffic_secret] \
                SERVER_HANDSHAKE_TRAFFIC_SECRET=%[ssl_fc_server_handshake_traffic_secret] \
                CLIENT_TRAFFIC_SECRET_0=%[ssl_fc_client_traffic_secret_0] SERVER_TRAFFIC_SECRET_0=%[ssl_fc_server_traffic_secret_0] \
                EXPORTER_SECRET=%[ssl_fc_exporter_secret]";
    let text = format!(
        "global\n tune.ssl.keylog on\ndefaults\nfrontend f\n bind @0 ssl crt DIR/ec.pem\n \
         http-request return status 200 content-type text/plain lf-string \"{body}\\n\"\n"
    );
    let started = bench.start(&text)?;
    for (version, names) in [("-tls1_2", 1), ("-tls1_3", 5)] {
        let log = format!("keys{version}");
        let told = told(bench, started.addresses[0], &[version, "-keylogfile", &log])?;
        // The client's own log of the connection has the same.
        let mut seen = 0;
        for line in bench.read(&log)?.lines().filter(|line| !line.starts_with('#')) {
            let [name, random, secret] = line.split(' ').collect::<Vec<_>>()[..] else {
                anyhow::bail!("{line}");
            };
            anyhow::ensure!(
                value(&told, "random").eq_ignore_ascii_case(random),
                "{line} {told:?}"
            );
            anyhow::ensure!(value(&told, name).eq_ignore_ascii_case(secret), "{line} {told:?}");
            seen += 1;
        }
        anyhow::ensure!(seen == names, "{seen} of {names}");
    }
    Ok(())
}
