//! Where the running program writes down what it knows.

/// What is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DumpKind {
    /// All data (SIGUSR1).
    State,
    /// All counts (SIGUSR2).
    Stats,
    /// Data and counts as JSON.
    Json,
}

/// `state_dump_file` and its kin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dumps {
    /// `state_dump_file`.
    pub state: Option<String>,
    /// `stats_dump_file`.
    pub stats: Option<String>,
    /// `json_dump_file`.
    pub json: Option<String>,
    /// `data_use_instance`: the name of the instance goes into the names of files of state and statistics.
    pub use_instance: bool,
    /// `json_version 2`: an object that holds the list, instead of the list alone.
    pub json_object: bool,
}

impl Dumps {
    /// The file for what a process writes down. `part` stands in the name of all that are not of VRRP (`_parent`); `instance` is that
    /// of the configuration.
    #[must_use]
    pub fn path(&self, kind: DumpKind, part: &str, instance: Option<&str>) -> String {
        let (given, name) = match kind {
            DumpKind::State => (&self.state, "keepalived.data"),
            DumpKind::Stats => (&self.stats, "keepalived.stats"),
            DumpKind::Json => (&self.json, "keepalived.json"),
        };
        let path = match given {
            None => format!("/tmp/{name}"),
            // A folder.
            Some(path) if path.ends_with('/') => format!("{path}{name}"),
            Some(path) => path.clone(),
        };
        let instance = match instance.filter(|_| self.use_instance && kind != DumpKind::Json) {
            Some(instance) => format!(".{instance}"),
            None => String::new(),
        };
        let name_at = path.rfind('/').map_or(0, |slash| slash + 1);
        // A dot in front is no extension's.
        let dot = path[name_at..].rfind('.').filter(|dot| *dot > 0);
        let end = dot.map_or(path.len(), |dot| name_at + dot);
        format!("{}{part}{instance}{}", &path[..end], &path[end..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from the original.
    #[test]
    fn files_are_called_as_the_original_calls_them() {
        let mut dumps = Dumps::default();
        assert_eq!(
            dumps.path(DumpKind::State, "", Some("foo")),
            "/tmp/keepalived.data"
        );
        assert_eq!(
            dumps.path(DumpKind::State, "_parent", None),
            "/tmp/keepalived_parent.data"
        );
        dumps.use_instance = true;
        assert_eq!(
            dumps.path(DumpKind::State, "", Some("foo")),
            "/tmp/keepalived.foo.data"
        );
        assert_eq!(
            dumps.path(DumpKind::State, "_parent", Some("foo")),
            "/tmp/keepalived_parent.foo.data"
        );
        assert_eq!(
            dumps.path(DumpKind::Json, "", Some("foo")),
            "/tmp/keepalived.json"
        );
        dumps = Dumps {
            state: Some("/run/x/a.b".to_owned()),
            stats: Some("/run/x/".to_owned()),
            ..Dumps::default()
        };
        assert_eq!(dumps.path(DumpKind::State, "_parent", None), "/run/x/a_parent.b");
        assert_eq!(dumps.path(DumpKind::Stats, "", None), "/run/x/keepalived.stats");
    }
}
