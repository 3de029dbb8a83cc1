//! What a reading asks of the machine: files, environment, names. The crate itself touches none of them.

use std::io;
use std::net::IpAddr;

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A regular file, or anything else that can be read like one.
    File,
    /// A folder.
    Folder,
}

/// The machine as a configuration sees it. Paths are as the user wrote them.
pub trait Host {
    /// The content of a file.
    ///
    /// # Errors
    /// What the system says when it cannot be read.
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>>;

    /// The names (not paths) of what a folder holds, in any order, without `.` and `..`.
    ///
    /// # Errors
    /// What the system says when it cannot be listed.
    fn list_folder(&self, path: &str) -> io::Result<Vec<String>>;

    /// What a path is.
    ///
    /// # Errors
    /// What the system says when it cannot be looked at; for a path that does not exist [`io::ErrorKind::NotFound`].
    fn path_kind(&self, path: &str) -> io::Result<PathKind>;

    /// The value of an environment variable.
    fn env(&self, name: &str) -> Option<Vec<u8>>;

    /// The first address of a host name. Not asked for addresses written as numbers.
    fn resolve(&self, host: &str) -> Option<IpAddr>;

    /// The number of a user.
    fn user_id(&self, name: &str) -> Option<u32>;

    /// The number of a group.
    fn group_id(&self, name: &str) -> Option<u32>;

    /// The machine's name.
    fn hostname(&self) -> String;

    /// Whether the key in `key` belongs to the first certificate in `certificate`, both as PEM files; none where this cannot
    /// be told.
    fn key_belongs(&self, certificate: &[u8], key: &[u8]) -> Option<bool> {
        let _ = (certificate, key);
        None
    }

    /// Whether an inherited file descriptor may be used for listening.
    ///
    /// # Errors
    /// What the system says when it is not open.
    fn descriptor(&self, fd: i32) -> io::Result<()>;
}
