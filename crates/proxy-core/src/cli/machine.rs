//! `show dev`: what a developer asks for first: the program, the machine, the process and its limits (management guide, section 9.3).

use super::ongoing::{Answer, Question};
use super::{Call, Reply};

/// What the process runs on, as far as the system tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// About the platform: a name and what it is.
    pub platform: Vec<(&'static str, String)>,
    /// About the process.
    pub process: Vec<(&'static str, String)>,
    /// Rights and limits, each as the system writes it.
    pub limits: Vec<String>,
}

/// `show dev`.
pub(super) fn show(_: &mut Call<'_, '_>) -> Reply {
    Reply::ask(Question::Machine, write)
}

#[allow(clippy::needless_pass_by_value, reason = "as all that go on with an answer")]
fn write(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Machine(machine) = answer else {
        return Reply::Done;
    };
    let mut text = format!("HAProxy version {}\n", call.view.process.version);
    text += &format!(
        "Build options:\n  Threads: {}, sockets: at most {}\n",
        call.view.runtime.counters.len(),
        call.view.process.maxsock
    );
    for (title, rows) in [("Platform", &machine.platform), ("Process", &machine.process)] {
        text += title;
        text += " info:\n";
        for (name, value) in rows {
            text += &format!("  {name}: {value}\n");
        }
    }
    text += "  capabilities and limits:\n";
    for line in &machine.limits {
        text += &format!("      {line}\n");
    }
    call.out.extend_from_slice(text.as_bytes());
    Reply::Done
}
