//! Putting a new content in a file's place: whole or not at all, with the owner and the permissions that it had, and only when nobody
//! changed it meanwhile.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::{Path, PathBuf};

/// Puts `new` in the place of `old`.
///
/// Where the path is a link, the file that it leads to is replaced, and the link stays.
///
/// # Errors
/// When the file no longer holds `old`, or something of it cannot be done; the file is as it was then.
pub(crate) fn replace(path: &Path, old: &[u8], new: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let meta = fs::metadata(&path)?;
    let beside = temporary(&path);
    let written = write_beside(&beside, &meta, new).and_then(|()| {
        if fs::read(&path)? != old {
            let message = "it changed since it was read; nothing was written";
            return Err(io::Error::other(message));
        }
        fs::rename(&beside, &path)
    });
    if written.is_err() {
        // What is told is why; a temporary file that was not even made cannot be removed.
        let _ = fs::remove_file(&beside);
        return written;
    }
    // The name is on the disk once its folder is.
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.new", std::process::id()))
}

fn write_beside(path: &Path, like: &fs::Metadata, content: &[u8]) -> io::Result<()> {
    // Nobody else reads it before it has its permissions.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content)?;
    let made = file.metadata()?;
    if (made.uid(), made.gid()) != (like.uid(), like.gid()) {
        fchown(&file, Some(like.uid()), Some(like.gid()))?;
    }
    file.set_permissions(like.permissions())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_new_file_has_the_mode_of_the_old_and_links_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, link) = (folder.path().join("a.cfg"), folder.path().join("link.cfg"));
        fs::write(&path, "old").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
        std::os::unix::fs::symlink("a.cfg", &link).expect("linked");
        replace(&link, b"old", b"new").expect("replaced");
        assert_eq!(fs::read(&path).expect("read"), b"new");
        assert_eq!(
            fs::metadata(&path).expect("there").permissions().mode() & 0o777,
            0o640
        );
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
    }

    #[test]
    fn a_file_that_changed_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.cfg");
        fs::write(&path, "changed").expect("written");
        let error = replace(&path, b"old", b"new").expect_err("it changed");
        assert!(error.to_string().contains("changed since"), "{error}");
        assert_eq!(fs::read(&path).expect("read"), b"changed");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}
