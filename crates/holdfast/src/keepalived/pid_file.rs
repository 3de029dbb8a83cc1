//! Pid files: which process runs, for those who want to signal it, and against a second one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::arguments::Arguments;
use keepalived_conf::model::GlobalDefs;

/// Where the pid files of all processes stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PidFiles {
    /// The first process's.
    pub(crate) parent: PathBuf,
    /// That of the process that speaks VRRP.
    pub(crate) vrrp: PathBuf,
    /// The names that the processes have.
    names: Vec<String>,
}

impl PidFiles {
    /// Where the configuration wants them when the command line says nothing.
    pub(crate) fn usual(global: &GlobalDefs) -> Self {
        Self::of(None, &None, &None, global)
    }

    /// Where the command line and the configuration want them.
    pub(crate) fn new(arguments: &Arguments, global: &GlobalDefs) -> Self {
        Self::of(
            arguments.namespace.as_ref(),
            &arguments.pid_file,
            &arguments.vrrp_pid_file,
            global,
        )
    }

    fn of(
        namespace: Option<&String>,
        parent: &Option<std::ffi::OsString>,
        vrrp: &Option<std::ffi::OsString>,
        global: &GlobalDefs,
    ) -> Self {
        let namespace = namespace.or(global.net_namespace.as_ref());
        let folder = match namespace {
            Some(namespace) => format!("/run/keepalived/keepalived_{namespace}"),
            None if global.use_pid_dir => "/run/keepalived".to_owned(),
            None => "/run".to_owned(),
        };
        let instance = global
            .instance
            .as_ref()
            .map_or_else(String::new, |instance| format!("_{instance}"));
        let place = |given: &Option<std::ffi::OsString>, name: &str| match given {
            Some(path) => PathBuf::from(path),
            None => Path::new(&folder).join(format!("{name}{instance}.pid")),
        };
        Self {
            parent: place(parent, "keepalived"),
            vrrp: place(vrrp, "vrrp"),
            names: [global.program.name_of_parent(), global.program.name_of_vrrp()]
                .map(|name| name.chars().take(15).collect())
                .to_vec(),
        }
    }

    /// The first file that names a process that runs.
    pub(crate) fn running(&self) -> Option<&Path> {
        [&self.parent, &self.vrrp]
            .into_iter()
            .map(PathBuf::as_path)
            .find(|path| names_running(path, &self.names))
    }
}

/// Whether a process runs that the file names and that may be one of ours: a number that was given to another program since says
/// nothing.
fn names_running(path: &Path, names: &[String]) -> bool {
    let Some(pid) = fs::read_to_string(path)
        .ok()
        .and_then(|text| text.trim().parse::<i32>().ok())
        .filter(|pid| *pid > 1)
    else {
        return false;
    };
    let exists = !matches!(kill(Pid::from_raw(pid), None), Err(Errno::ESRCH));
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = name.trim();
    exists && (["keepalived", "holdfast"].contains(&name) || names.iter().any(|own| own == name))
}

/// Writes this process's number into the file at `path`.
///
/// # Errors
/// What the system says.
pub(crate) fn write(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    // A file that somebody else has open keeps what is in it.
    remove(path)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o644)
        .open(path)?;
    // Others are to read it whatever the mask says.
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    file.write_all(format!("{}\n", std::process::id()).as_bytes())
}

/// Makes a file anew with that text, for its owner alone: what somebody else may have put under the name is not followed.
///
/// # Errors
/// What the system says.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    replace_bytes(path, text.as_bytes())
}

/// The same for bytes.
///
/// # Errors
/// As above.
pub(crate) fn replace_bytes(path: &Path, bytes: &[u8]) -> io::Result<()> {
    remove(path)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)
}

/// Takes the file away; one that is not there is fine.
///
/// # Errors
/// What the system says.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_belongs_to_another_program_does_not_hinder_a_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pid");
        assert!(!names_running(&path, &[]));
        write(&path).expect("written");
        let text = fs::read_to_string(&path).expect("read");
        assert_eq!(text, format!("{}\n", std::process::id()));
        // This test is called neither keepalived nor holdfast in full.
        let name = fs::read_to_string("/proc/self/comm").expect("a name");
        assert_eq!(
            names_running(&path, &[]),
            ["keepalived", "holdfast"].contains(&name.trim())
        );
        remove(&path).expect("removed");
        remove(&path).expect("nothing to remove");
    }
}
