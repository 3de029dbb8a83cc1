//! The shell around vrrp-proto, what keepalived does to a machine: raw sockets, addresses by netlink, scripts, notifications, mail,
//! reload.
//!
//! What it must not know: the proxy's half (haproxy's files, plan and connections), which must go on when this one fails; and what
//! an instance does next, which vrrp-proto decides.

/// Adds a line.
macro_rules! line {
    ($out:expr, $($text:tt)*) => {
        $out.push_str(&format!($($text)*));
        $out.push('\n');
    };
}

mod address;
mod announced;
mod announcement;
mod bfd;
mod check;
mod clock;
mod dbus;
mod driver;
mod dump;
mod fifo;
mod files;
mod firewall;
mod http;
mod interfaces;
mod json;
mod kernel;
mod limit;
mod link;
pub mod log;
pub mod machine;
mod mail;
mod netlink;
mod node;
mod notify;
pub mod privilege;
mod process;
mod processes;
mod queue;
mod router;
mod routers;
mod scheduling;
mod snapshot;
mod snmp;
mod socket;
mod sysctl;
mod thing;
mod vmac;

pub use check::script_timing;
pub use driver::{Command, Milestone, Options, run};
pub use dump::write_parent_data;
pub use kernel::become_user;
pub use netlink::{is_l2_ipvlan, is_private_macvlan};
pub use router::machine_config;
pub use thing::{Thing, tracked};
