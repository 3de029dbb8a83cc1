//! What a reading asks of the machine: files, names, users, interfaces. The crate itself touches none of them.

use std::io;
use std::net::IpAddr;

/// What a path is, and who may do what with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStatus {
    /// Whether it is a folder.
    pub folder: bool,
    /// Whether it is a regular file.
    pub regular: bool,
    /// The permission bits (`0o7777`).
    pub mode: u32,
    /// The owner's user number.
    pub uid: u32,
    /// The owner's group number.
    pub gid: u32,
}

/// The machine as a configuration sees it. Paths are as the user wrote them, put behind their base folder.
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

    /// What a path is, behind symbolic links.
    ///
    /// # Errors
    /// What the system says when it cannot be looked at; for a path that does not exist [`io::ErrorKind::NotFound`].
    fn file_status(&self, path: &str) -> io::Result<FileStatus>;

    /// The path of a file behind all symbolic links.
    ///
    /// # Errors
    /// What the system says when it cannot be found out.
    fn canonical_path(&self, path: &str) -> io::Result<String>;

    /// The folder that relative paths start from, without a slash behind it.
    fn current_folder(&self) -> String;

    /// The value of an environment variable.
    fn env(&self, name: &str) -> Option<Vec<u8>>;

    /// The first address of a host name. Not asked for addresses written as numbers.
    fn resolve(&self, host: &str) -> Option<IpAddr>;

    /// The number and the group's number of a user.
    fn user(&self, name: &str) -> Option<(u32, u32)>;

    /// The number of a group.
    fn group(&self, name: &str) -> Option<u32>;

    /// The groups that the user of that number is in, `gid` included; none when they cannot be found out.
    fn groups_of(&self, _uid: u32, _gid: u32) -> Vec<u32> {
        Vec::new()
    }

    /// The user and group number that the program runs as.
    fn own_ids(&self) -> (u32, u32);

    /// The machine's name, whole.
    fn hostname(&self) -> String;

    /// Whether there is a network interface of that name.
    fn has_interface(&self, name: &str) -> bool;

    /// Whether that interface is a loopback one; without better knowledge, whether it has that one's usual name.
    fn is_loopback(&self, name: &str) -> bool {
        name == "lo"
    }

    /// How many processors the machine has.
    fn processors(&self) -> u32 {
        2
    }

    /// Whether that interface is a macvlan, such as an earlier run may have left. Only asked for ones that are there.
    fn is_macvlan(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// Whether that interface is an ipvlan of layer 2, such as an earlier run may have left. Only asked for ones that are there.
    fn is_ipvlan(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// Any number from `low` to `high`, both included; the same `seed` and `count` give the same number.
    fn random(&self, seed: Option<u32>, count: u32, low: u32, high: u32) -> u32;
}
