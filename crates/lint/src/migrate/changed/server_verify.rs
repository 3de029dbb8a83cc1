//! Certificates of servers are verified since 1.5.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "server-verify",
    about: "certificates of servers are verified",
    when: When::Since(Version::new(1, 5)),
    docs: "A server with `ssl` must show a certificate that `ca-file` vouches for, and without `ca-file` the file is refused. `verify none` takes any, as it was.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let all = task
        .file
        .global()
        .any(|line| line.word(0) == "ssl-server-verify" && line.word(1) == "none");
    let servers = task
        .file
        .proxy_lines()
        .filter(|line| line.word(0) == "server" && line.has(3, "ssl"));
    for line in servers.filter(|line| !all && !line.has(3, "verify") && !line.has(3, "ca-file")) {
        let message = format!(
            "the certificate of server '{}' is verified since 1.5",
            line.word(1)
        );
        let advice = "name the authority with 'ca-file'; 'verify none' takes any certificate, as before";
        found.push(
            Found::new([line], message)
                .advice(advice)
                .pin_behind(line, "verify none"),
        );
    }
}
