//! What the process may do once its sockets are open. Only that is kept.

use caps::errors::CapsError;
use keepalived_conf::model::Process;

use caps::{CapSet, Capability, CapsHashSet};

/// What is needed for as long as the process runs:
/// addresses are set (`NET_ADMIN`); raw sockets are opened for interfaces that come later (`NET_RAW`); scripts become their user
/// (`SETUID`, `SETGID`) and are ended when they take too long (`KILL`); the configuration is read again on reload, whoever owns
/// it (`DAC_READ_SEARCH`).
pub const KEPT: [Capability; 6] = [
    Capability::CAP_NET_ADMIN,
    Capability::CAP_NET_RAW,
    Capability::CAP_SETUID,
    Capability::CAP_SETGID,
    Capability::CAP_KILL,
    Capability::CAP_DAC_READ_SEARCH,
];

/// Gives up what is not in [`KEPT`], but for the right to another priority (`SYS_NICE`) where the process may raise its own. What the process did not have it does not get. Programs that it starts as root are root as
/// they would be without: the bounding set is not touched.
///
/// # Errors
/// The system's words.
pub fn keep_only_what_is_needed(raises_priority: bool) -> Result<(), CapsError> {
    let mut kept = KEPT.to_vec();
    kept.extend(raises_priority.then_some(Capability::CAP_SYS_NICE));
    keep(&kept)
}

/// The same for a process that only starts the one that needs the others, and removes pid files, whoever's folder they are in.
///
/// # Errors
/// The system's words.
pub fn keep_for_parent(process: &Process) -> Result<(), CapsError> {
    let mut kept = KEPT.to_vec();
    // Its child asks for these before it gives up rights by itself.
    if *process != Process::default() {
        kept.extend([
            Capability::CAP_SYS_NICE,
            Capability::CAP_SYS_RESOURCE,
            Capability::CAP_IPC_LOCK,
        ]);
    }
    kept.push(Capability::CAP_DAC_OVERRIDE);
    keep(&kept)
}

fn keep(kept: &[Capability]) -> Result<(), CapsError> {
    let kept: CapsHashSet = kept.iter().copied().collect();
    let permitted = caps::read(None, CapSet::Permitted)?;
    let left: CapsHashSet = permitted.intersection(&kept).copied().collect();
    // Nothing can be effective that is not permitted, so this comes first.
    caps::set(None, CapSet::Effective, &left)?;
    caps::set(None, CapSet::Permitted, &left)?;
    caps::set(None, CapSet::Inheritable, &CapsHashSet::new())
}
