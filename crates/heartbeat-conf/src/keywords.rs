//! The directives of ha.cf, a row each: name, number of words that follow, since when, what it is for, and what acts on it.

use syntax::Arity;
use syntax::reference::Page;
use syntax::table::{Keyword, kw};

use crate::parse::{Act, log, media, members, programs, switches, times};

/// The directives of ha.cf.
pub fn rows() -> impl Iterator<Item = &'static syntax::KeywordRow> {
    ROWS.iter().map(|keyword| &keyword.row)
}

/// A row of the table.
pub(crate) type Row = Keyword<Act>;

/// A row of that name, read only until something acts on it.
const fn row(name: &'static str, arity: Arity, help: &'static str) -> Row {
    kw(name, 0, arity, help)
}

const ONE: Arity = Arity::exactly(1);
const SOME: Arity = Arity::at_least(1);

/// All directives, in the order of their names. A row whose value nothing acts on yet is kept (`keeps`), and its file is told.
pub(crate) const ROWS: &[Row] = &[
    row("apiauth", Arity::at_least(2), "who may use a name on the API").acts(programs::apiauth),
    row(
        "auto_failback",
        ONE,
        "whether resources go home when their owner is back",
    )
    .acts(switches::auto_failback),
    row("autojoin", ONE, "whether nodes that are not named may come")
        .acts(members::autojoin)
        .since(2, 0),
    row("baud", ONE, "speed of the serial lines behind it").keeps(media::baud),
    row("bcast", SOME, "broadcasts on these interfaces").acts(media::bcast),
    row("cluster", ONE, "name of the cluster")
        .keeps(switches::any)
        .since(2, 0),
    row("compression", ONE, "method that large messages are compressed by")
        .keeps(switches::compression)
        .since(2, 0),
    row(
        "compression_threshold",
        ONE,
        "from how many KiB on messages are compressed",
    )
    .keeps(switches::compression_threshold)
    .since(2, 0),
    row(
        "conn_logd_time",
        ONE,
        "wait before the logging daemon is connected to again",
    )
    .keeps(log::conn_logd_time),
    row("coredumps", ONE, "whether cores are dumped")
        .keeps(switches::core_dumps)
        .since(2, 0),
    row("coreroot", ONE, "where cores are put")
        .keeps(switches::any)
        .since(2, 0),
    row("crm", ONE, "whether Pacemaker rules")
        .acts(switches::pacemaker)
        .since(2, 0)
        .instead("haresources"),
    row("crm_daemon_dir", ONE, "where Pacemaker's daemons are")
        .acts(switches::crm_daemon_dir)
        .since(3, 0),
    row(
        "crmd_spawns_pengine",
        ONE,
        "whether Pacemaker starts its policy engine",
    )
    .keeps(switches::judged)
    .since(3, 0),
    row(
        "deadping",
        ONE,
        "without an answer for so long a ping node is dead",
    )
    .acts(times::deadping),
    row("deadtime", ONE, "without a message for so long a node is dead").acts(times::deadtime),
    row("debug", ONE, "level of debug lines").acts(log::debug),
    row(
        "debugfile",
        ONE,
        "file for all log lines, those for debugging too",
    )
    .acts(log::debug_file),
    row("enable_config_writes", ONE, "of Pacemaker")
        .keeps(switches::judged)
        .since(2, 0),
    row("env", SOME, "environment of programs that run along")
        .keeps(switches::any)
        .since(3, 0),
    row(
        "failfast",
        Arity::at_least(2),
        "a program whose end restarts the machine",
    )
    .keeps(programs::failfast)
    .since(2, 0),
    row("hbgenmethod", ONE, "where the generation of this node comes from").acts(switches::generation),
    row("hopfudge", ONE, "hops of a message beyond the number of nodes").acts(members::hop_fudge),
    row("initdead", ONE, "as deadtime, at the start").acts(times::initdead),
    row(
        "keepalive",
        ONE,
        "time between two messages that say that this node lives",
    )
    .acts(times::keepalive),
    row("log_badpack", ONE, "whether bad messages are logged")
        .keeps(switches::judged)
        .since(2, 0),
    row("logfacility", ONE, "facility of syslog").acts(log::facility),
    row("logfile", ONE, "file for log lines").acts(log::file),
    row(
        "max_rexmit_delay",
        ONE,
        "longest wait before a lost message is asked for again",
    )
    .acts(times::max_rexmit_delay)
    .since(3, 0),
    row(
        "mcast",
        Arity::exactly(5),
        "multicasts: interface, group, port, time to live, loop",
    )
    .acts(media::mcast),
    row(
        "mcast6",
        Arity::exactly(5),
        "multicasts by IPv6: interface, group, port, hops, loop",
    )
    .acts(media::mcast6)
    .since(3, 0),
    row("memreserve", ONE, "memory to set aside, in KiB")
        .keeps(switches::memory_reserve)
        .since(2, 0),
    row("msgfmt", ONE, "form of messages")
        .acts(switches::format)
        .since(2, 0),
    row("nice_failback", ONE, "whether resources stay where they are")
        .acts(switches::nice_failback)
        .warned(1, 2)
        .instead("auto_failback"),
    row("node", SOME, "names of nodes").acts(members::node),
    row("pacemaker", ONE, "whether Pacemaker rules")
        .acts(switches::pacemaker)
        .since(3, 0)
        .instead("haresources"),
    row("ping", SOME, "hosts that answer pings count as members").acts(members::ping),
    row("ping6", SOME, "hosts that answer pings by IPv6 count as members")
        .acts(members::ping6)
        .since(3, 0),
    row(
        "ping_group",
        Arity::at_least(2),
        "hosts of which one that answers makes a member",
    )
    .acts(members::ping_group),
    row("quorum_server", ONE, "of Pacemaker")
        .keeps(switches::any)
        .since(2, 0),
    row("realtime", ONE, "whether real-time scheduling is asked for").keeps(switches::realtime),
    row("record_config_changes", ONE, "of Pacemaker")
        .keeps(switches::judged)
        .since(2, 0),
    row("record_pengine_inputs", ONE, "of Pacemaker")
        .keeps(switches::judged)
        .since(2, 0),
    row("respawn", Arity::at_least(2), "a program that runs along").acts(programs::respawn),
    row("rtprio", ONE, "real-time priority").keeps(switches::priority),
    row("serial", SOME, "serial lines").keeps(media::serial),
    row(
        "stonith",
        Arity::at_least(2),
        "the device that shuts off the other node",
    )
    .keeps(programs::stonith),
    row(
        "stonith_host",
        Arity::at_least(2),
        "a device that shuts off a node",
    )
    .keeps(programs::stonith_host),
    row("syslogmsgfmt", ONE, "whether lines to syslog have its form")
        .keeps(switches::judged)
        .since(3, 0),
    row(
        "traditional_compression",
        ONE,
        "whether whole messages are compressed",
    )
    .keeps(switches::traditional_compression)
    .since(2, 0),
    row("ucast", Arity::exactly(2), "to one peer: interface, address").acts(media::ucast),
    row(
        "ucast6",
        Arity::exactly(2),
        "to one peer by IPv6: interface, address",
    )
    .acts(media::ucast6)
    .since(3, 0),
    row("udp", SOME, "as bcast")
        .acts(media::udp)
        .warned(1, 2)
        .instead("bcast"),
    row(
        "udpport",
        ONE,
        "UDP port of the broadcasts and unicasts behind it",
    )
    .acts(media::udp_port),
    row("use_apphbd", ONE, "whether another daemon watches this one")
        .keeps(switches::judged)
        .since(2, 0),
    row("use_logd", ONE, "whether lines go to the logging daemon").keeps(log::use_logd),
    row("uuidfrom", ONE, "where the identity of this node comes from")
        .acts(switches::uuid_from)
        .since(2, 0),
    row("warntime", ONE, "without a message for so long a node is late").acts(times::warntime),
    row(
        "watchdog",
        ONE,
        "the device that restarts the machine when this program hangs",
    )
    .keeps(switches::watchdog),
];

/// The row of that name. Case matters.
pub(crate) fn find(name: &[u8]) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.row.name.as_bytes() == name)
}

/// The reference of all directives in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Directives of ha.cf\n\n\
         Made from the table that the parser reads by; do not edit. *Works* says whether Holdfast acts on a directive. One that it \
         does not act on is read, and a file that uses it is warned of it.\n",
    );
    let page = Page { sometime_since: None };
    out += &page.table("ha.cf", "", &[ROWS], &[]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_in_order() {
        assert!(ROWS.windows(2).all(|rows| rows[0].row.name < rows[1].row.name));
    }

    #[test]
    fn each_row_has_something_that_reads_it() {
        assert!(ROWS.iter().all(|row| row.act.is_some()));
    }

    #[test]
    fn what_is_no_longer_to_be_written_has_something_else_to_write() {
        let old = ROWS.iter().filter(|row| row.row.deprecated_since.is_some());
        assert!(old.clone().count() > 0);
        assert!(old.clone().all(|row| !row.row.replacement.is_empty()));
    }
}
