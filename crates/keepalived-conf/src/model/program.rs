//! How the program itself runs: what is run before and after it, its names, and how it takes another configuration.

use std::time::Duration;

use super::Script;

/// What concerns the program as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// `startup_script`: run before anything else.
    pub startup: Option<Script>,
    /// `startup_script_timeout`. Default ten seconds.
    pub startup_timeout: Duration,
    /// `shutdown_script`: run when all is over.
    pub shutdown: Option<Script>,
    /// `shutdown_script_timeout`. Default ten seconds.
    pub shutdown_timeout: Duration,
    /// `umask`; the command line goes before it.
    pub umask: Option<u32>,
    /// `process_name`.
    pub parent_name: Option<String>,
    /// `vrrp_process_name`.
    pub vrrp_name: Option<String>,
    /// `process_names`: each process has a name of its own.
    pub own_names: bool,
    /// `config_save_dir`: each configuration that is read is kept there.
    pub save_folder: Option<String>,
    /// How another configuration is taken.
    pub reload: Reload,
}

impl Program {
    /// The name of the process that starts the others.
    #[must_use]
    pub fn name_of_parent(&self) -> &str {
        self.parent_name.as_deref().unwrap_or("keepalived")
    }

    /// The name of the process that speaks VRRP.
    #[must_use]
    pub fn name_of_vrrp(&self) -> &str {
        let own = if self.own_names {
            "keepalived_vrrp"
        } else {
            self.name_of_parent()
        };
        self.vrrp_name.as_deref().unwrap_or(own)
    }
}

/// `reload_*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reload {
    /// `reload_file`: a file that is there, and empty, while a configuration is read. The inner is none where the file gives no name.
    pub file: Option<Option<String>>,
    /// `reload_time_file`: a file that says when to reload.
    pub time_file: Option<String>,
    /// `reload_repeat`: that file stays.
    pub repeat: bool,
    /// `reload_check_config`: a configuration with faults is not taken. The inner is the file that is told why.
    pub check: Option<Option<String>>,
}
