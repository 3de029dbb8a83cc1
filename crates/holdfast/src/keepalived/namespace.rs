//! Network namespaces by the names that `ip netns` gives them.

use std::fs::File;
use std::io;
use std::path::Path;

use nix::sched::{CloneFlags, setns};

/// Where namespaces have their names.
const FOLDER: &str = "/run/netns";

/// Goes into the network namespace `name`, from which there is no way back for this process.
///
/// # Errors
/// What the system says, such as that there is none of that name.
pub(crate) fn enter(name: &str) -> io::Result<()> {
    if name.is_empty() || name.contains('/') {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "that is no name of one",
        ));
    }
    let namespace = File::open(Path::new(FOLDER).join(name))?;
    Ok(setns(namespace, CloneFlags::CLONE_NEWNET)?)
}
