//! Folders of heartbeat (/etc/ha.d) among what is to be judged.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use heartbeat_conf::{Input, Inputs, Source};

/// Whether a folder holds heartbeat's files.
pub(super) fn is_folder(name: &str) -> bool {
    Path::new(name).join("ha.cf").is_file()
}

/// What is judged together: all folders, as those of the nodes of a cluster, or each by itself.
pub(super) fn sets(folders: &[&String], alone: bool) -> Result<Vec<Vec<Inputs>>, String> {
    let nodes = folders
        .iter()
        .map(|folder| inputs(Path::new(folder.as_str())))
        .collect::<Result<Vec<Inputs>, String>>()?;
    Ok(match nodes {
        nodes if nodes.is_empty() => Vec::new(),
        nodes if alone => nodes.into_iter().map(|node| vec![node]).collect(),
        nodes => vec![nodes],
    })
}

/// The three files of a folder.
fn inputs(folder: &Path) -> Result<Inputs, String> {
    let source = |name: &str| {
        let path = folder.join(name);
        let shown = path.display().to_string();
        let read = fs::read(&path).and_then(|bytes| {
            let mode = fs::metadata(&path)?.permissions().mode() & 0o7777;
            Ok(Source::File(Input::new(shown.clone(), bytes).mode(mode)))
        });
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Source::Missing(shown)),
            read => read.map_err(|error| format!("{shown}: {error}")),
        }
    };
    Ok(Inputs {
        ha_cf: source("ha.cf")?,
        haresources: source("haresources")?,
        authkeys: source("authkeys")?,
    })
}
