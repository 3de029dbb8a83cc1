//! Settings of the kernel for an interface (`net.ipv4.conf.*`), changed for as long as they are needed.

use std::collections::BTreeMap;
use std::{fs, io};

/// Settings that were changed, with what they were.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changed {
    before: BTreeMap<String, String>,
}

impl Changed {
    /// Sets one, such as `ipv4/conf/eth0/arp_ignore`, and remembers what it was the first time. Gives that.
    ///
    /// # Errors
    /// What the system says, such as that it has no such setting.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> io::Result<String> {
        let before = get(name)?;
        if before != value {
            put(name, value)?;
        }
        self.before
            .entry(name.to_owned())
            .or_insert_with(|| before.clone());
        Ok(before)
    }

    /// Remembers what one was before somebody else changed it.
    pub(crate) fn recall(&mut self, name: &str, before: &str) {
        self.before.insert(name.to_owned(), before.to_owned());
    }

    /// All of them with what they were.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.before
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Makes those that `which` names what they were. Gives names and values of those that were something else.
    pub(crate) fn restore(&mut self, which: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let mut out = Vec::new();
        self.before.retain(|name, value| {
            if !which(name) {
                return true;
            }
            // Its interface may be gone, and the setting with it.
            if get(name).is_ok_and(|now| now != *value) && put(name, value).is_ok() {
                out.push((name.clone(), value.clone()));
            }
            false
        });
        out
    }
}

fn path(name: &str) -> String {
    format!("/proc/sys/net/{name}")
}

/// What a setting is.
///
/// # Errors
/// What the system says.
pub(crate) fn get(name: &str) -> io::Result<String> {
    Ok(fs::read_to_string(path(name))?.trim().to_owned())
}

/// Sets one for good.
///
/// # Errors
/// What the system says.
pub(crate) fn put(name: &str, value: &str) -> io::Result<()> {
    fs::write(path(name), value)
}

/// The names of all interfaces that have settings, `all` and `default` left out.
pub(crate) fn interfaces() -> Vec<String> {
    let entries = fs::read_dir(path("ipv4/conf")).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name != "all" && name != "default").collect()
}
