//! Servers without a port since 1.7.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "server-port",
    about: "a server without a port goes to the port that the client came to",
    when: When::From(Version::new(1, 7)),
    docs: "A server without a port took that of the connection, and a check the first port of the proxy. Later versions ask for a port to check, and take the port that each client came to.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let servers = task.file.proxy_lines().filter(|line| line.word(0) == "server");
    for line in servers.filter(|line| line.has(3, "check") && !line.has(3, "port")) {
        let address = line.word(2);
        let bare = !address.contains(['/', '@', '$', '[']) && !address.is_empty();
        let without = bare && (!address.contains(':') || address.ends_with(':'));
        if without {
            let message = format!(
                "server '{}' has no port, and its check has none to go to",
                line.word(1)
            );
            found.push(
                Found::new([line], message)
                    .advice("write the port behind the address, or 'port' for the check")
                    .decide(),
            );
        }
    }
}
