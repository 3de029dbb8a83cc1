//! The environment variables that the process sets for its configuration files (manual, section 2.3).

use crate::version;

/// What is set; `master_worker`: whether the files are read to run below a master.
///
/// `HAPROXY_STARTUP_VERSION` stays what it is, as a master that has become a newer program goes on telling how it began.
pub(crate) fn variables(master_worker: bool) -> Vec<(String, Vec<u8>)> {
    let mut variables = vec![("HAPROXY_BRANCH", version::HAPROXY_BRANCH)];
    if std::env::var_os("HAPROXY_STARTUP_VERSION").is_none() {
        variables.push(("HAPROXY_STARTUP_VERSION", version::HAPROXY_VERSION));
    }
    if master_worker {
        variables.push(("HAPROXY_MWORKER", "1"));
    }
    variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .collect()
}
