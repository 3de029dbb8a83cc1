//! Configurations of many servers: backends with servers each, and a rule of the frontend for each backend.

use std::fmt::Write as _;

use anyhow::Context;

/// The text behind a frontend's bind line. `server` gives what stands behind a server's name, by the numbers of its backend and
/// its own.
pub(super) fn farm(
    backends: usize,
    servers_each: usize,
    server: impl Fn(usize, usize) -> String,
) -> anyhow::Result<String> {
    let mut text = String::new();
    for backend in 1..backends {
        writeln!(
            text,
            "    use_backend app{backend} if {{ path_beg /app{backend}/ }}"
        )
        .context("no memory")?;
    }
    text += "    default_backend app0\n";
    for backend in 0..backends {
        writeln!(text, "\nbackend app{backend}\n    balance roundrobin").context("no memory")?;
        for number in 0..servers_each {
            writeln!(text, "    server s{number} {}", server(backend, number)).context("no memory")?;
        }
    }
    Ok(text)
}
