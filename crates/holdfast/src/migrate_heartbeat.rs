//! `holdfast migrate --from heartbeat FOLDER… --to keepalived`: reads the files of all nodes of a cluster and writes a keepalived.conf
//! for each, with the report. What becomes of what is the lint crate's.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use heartbeat_conf::{Elsewhere, Input, Inputs, Loaded, Source, load};
use lint::migrate_heartbeat::{Migration, Node, migrate, page};
use syntax::render::full;

/// Exit status when everything is carried over.
const FINE: u8 = 0;
/// Exit status when something stands in the way.
const BLOCKED: u8 = 1;
/// Exit status when files cannot be read, are refused, or cannot be written.
const UNREADABLE: u8 = 2;

/// Runs it; gives the exit status. `folders` are the nodes' /etc/ha.d, as FOLDER or NODE=FOLDER. With `output` a folder for each node is
/// made there, with its keepalived.conf, and report.md beside them; otherwise all goes to standard output.
pub(crate) fn run(folders: &[String], output: Option<&Path>) -> u8 {
    match work(folders, output) {
        Ok((text, blocked)) => {
            // A reader that went away does not want the rest.
            let _ = io::stdout().write_all(text.as_bytes());
            if blocked { BLOCKED } else { FINE }
        }
        Err(text) => {
            // Nobody is left to be told when standard error is closed.
            let _ = writeln!(io::stderr(), "{}", text.trim_end());
            UNREADABLE
        }
    }
}

/// What goes to standard output, and whether something stands in the way.
fn work(folders: &[String], output: Option<&Path>) -> Result<(String, bool), String> {
    let mut read: Vec<(Option<&str>, &str, Loaded)> = Vec::new();
    let mut faults = String::new();
    for folder in folders {
        let (name, place) = match folder.split_once('=') {
            Some((name, place)) if !name.contains('/') => (Some(name), place),
            _ => (None, folder.as_str()),
        };
        let files = files(Path::new(place)).map_err(|error| format!("holdfast migrate: {error}"))?;
        let loaded = load(&files, &Elsewhere);
        for diagnostic in &loaded.diagnostics {
            let text = full(diagnostic, &loaded.sources, false);
            if diagnostic.refuses {
                faults += &text;
            } else {
                let _ = write!(io::stderr(), "{text}");
            }
        }
        read.push((name, place, loaded));
    }
    if !faults.is_empty() {
        return Err(format!(
            "{faults}holdfast migrate: heartbeat would not run these files"
        ));
    }
    let nodes: Vec<Node<'_>> = read
        .iter()
        .map(|(name, place, loaded)| Node {
            place,
            name: *name,
            configuration: &loaded.configuration,
        })
        .collect();
    let migration = migrate(&nodes).map_err(|error| format!("holdfast migrate: {error}"))?;
    let blocked = migration.blocking().next().is_some();
    let text = match output {
        Some(folder) => write(&migration, folder).map_err(|error| format!("holdfast migrate: {error}"))?,
        None => page(&migration, None),
    };
    Ok((text, blocked))
}

/// What the files of one node show by themselves, for a report; nothing is written.
pub(crate) fn look(folder: &Path) -> Result<Migration, String> {
    let loaded = load(&files(folder)?, &Elsewhere);
    if let Some(refused) = loaded.diagnostics.iter().find(|told| told.refuses) {
        return Err(refused.message.clone());
    }
    let place = folder.display().to_string();
    let node = Node {
        place: &place,
        name: None,
        configuration: &loaded.configuration,
    };
    migrate(&[node]).map_err(|error| error.to_string())
}

/// The three files of a folder, which may be a copy.
pub(crate) fn files(folder: &Path) -> Result<Inputs, String> {
    let file = |name: &str| {
        let path = folder.join(name);
        let shown = path.display().to_string();
        match fs::read(&path) {
            // Copies of files need not have the permissions of the files.
            Ok(bytes) => Ok(Source::File(Input::new(shown, bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Source::Missing(shown)),
            Err(error) => Err(format!("{shown}: {error}")),
        }
    };
    Ok(Inputs {
        ha_cf: file("ha.cf")?,
        haresources: file("haresources")?,
        authkeys: match file("authkeys")? {
            // Nothing but the password comes from it.
            Source::Missing(_) => Source::Left,
            source => source,
        },
    })
}

/// Writes the files below `folder`, readable for their owner alone as they may hold a password, and gives the report, which is written
/// there too.
fn write(migration: &Migration, folder: &Path) -> Result<String, String> {
    let mut names = Vec::new();
    for file in &migration.files {
        let place = folder.join(&file.node);
        fs::create_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
        let path = place.join("keepalived.conf");
        put(&path, &file.text).map_err(|error| format!("{}: {error}", path.display()))?;
        names.push(path.display().to_string());
    }
    let text = page(migration, Some(&names));
    let path = folder.join("report.md");
    fs::write(&path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text)
}

fn put(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    // One that was there keeps the permissions that it had, otherwise.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())
}
