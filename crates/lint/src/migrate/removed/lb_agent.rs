//! `option lb-agent-chk`.

use haproxy_cfg::keywords::Table;

use super::super::task::behind;
use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "lb-agent",
    about: "`option lb-agent-chk` becomes `agent-check` on servers",
    when: When::Old(&[(Table::Option, "lb-agent-chk")]),
    docs: "The health check of a server asked an agent for its load. Since 1.5 the agent has a check of its own, on its own port, beside the health check.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_options("lb-agent-chk") {
        let (mut edits, mut shown) = task.rewrite(line, &[]);
        let servers = line
            .section
            .into_iter()
            .flat_map(|section| task.file.body(section));
        for server in servers.filter(|server| server.word(0) == "server" && server.has(3, "check")) {
            let own = server.word(2).rsplit_once(':').map(|(_, port)| port);
            let port = server.value_of("port").or(own);
            if let Some(port) = port.filter(|port| !port.is_empty() && !server.has(3, "agent-check")) {
                let words = format!("agent-check agent-port {port}");
                edits.push(behind(server, &words));
                shown.push(format!("server {} … {words}", server.word(1)));
            }
        }
        let told = Found::new([line], task.age(Table::Option, "lb-agent-chk")).edits((edits, shown));
        found.push(told.decide().advice(
            "the agent is asked beside the health check now: see that the port is the agent's, and what 'check' is to look at",
        ));
    }
}
