//! The document's configuration with its addresses moved.

use std::net::SocketAddr;

/// The document's file, as it stands there.
const DOCUMENT: &str = include_str!("../../../../compat-fixtures/documents/haproxy/000-webapp-leastconn.cfg");

/// Where things are in this demonstration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// The site, `*:80` in the document.
    pub(super) site: SocketAddr,
    /// The statistics page, which the document's file does not have.
    pub(super) statistics: SocketAddr,
    /// The syslog receiver.
    pub(super) log: SocketAddr,
    /// web1, web2 and the maintenance server.
    pub(super) web: [SocketAddr; 3],
}

/// The text to run. What needs root or the background is left out.
pub(super) fn text(places: &Places) -> String {
    const NEED_ROOT: [&str; 5] = ["chroot", "pidfile", "user", "group", "daemon"];
    let mut out = String::new();
    for line in DOCUMENT.lines() {
        let first = line.split_whitespace().next().unwrap_or_default();
        if NEED_ROOT.contains(&first) {
            continue;
        }
        let line = line
            .replace("*:80", &places.site.to_string())
            .replace("10.10.1.10:80", &places.web[0].to_string())
            .replace("10.10.1.11:80", &places.web[1].to_string())
            .replace("127.0.0.1:8080", &places.web[2].to_string())
            .replace("127.0.0.1 local2", &format!("{} local2", places.log));
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str(&format!(
        "\nlisten statistics\n    bind {}\n    stats enable\n    stats uri /haproxy?stats\n    stats refresh 2s\n    stats admin if TRUE\n",
        places.statistics
    ));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_document_is_moved() {
        let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let text = text(&Places {
            site: at(1),
            statistics: at(2),
            log: at(3),
            web: [at(4), at(5), at(6)],
        });
        for old in ["*:80", "10.10.1", ":8080", "chroot", "daemon", "pidfile"] {
            assert!(!text.contains(old), "{old} is still there:\n{text}");
        }
        for new in [
            "bind 127.0.0.1:1\n",
            "web1 127.0.0.1:4 ",
            "web2 127.0.0.1:5 ",
            "backup 127.0.0.1:6 backup",
        ] {
            assert!(text.contains(new), "{new} is missing:\n{text}");
        }
    }
}
