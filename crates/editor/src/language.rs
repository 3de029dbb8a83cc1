//! Which of the grammars a file is written in.

/// A grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// haproxy.cfg.
    Haproxy,
    /// keepalived.conf.
    Keepalived,
    /// ha.cf.
    HeartbeatConfiguration,
    /// haresources.
    HeartbeatResources,
    /// authkeys.
    HeartbeatKeys,
}

impl Language {
    /// By the editor's name of the language, or else the file's name, or else what stands in it.
    #[must_use]
    pub fn of(id: &str, path: &str, text: &str) -> Self {
        match id {
            "haproxy" => return Self::Haproxy,
            "keepalived" => return Self::Keepalived,
            _ => {}
        }
        match path.rsplit('/').next().unwrap_or_default() {
            "ha.cf" => Self::HeartbeatConfiguration,
            "haresources" => Self::HeartbeatResources,
            "authkeys" => Self::HeartbeatKeys,
            name if name.contains("keepalived") => Self::Keepalived,
            name if name.contains("haproxy") => Self::Haproxy,
            _ => {
                let block = |line: &str| {
                    let word = line
                        .trim_start()
                        .split([' ', '\t', '{'])
                        .next()
                        .unwrap_or_default();
                    !word.is_empty()
                        && (word.starts_with("vrrp_")
                            || matches!(word, "global_defs" | "virtual_server" | "bfd_instance"))
                };
                if text.lines().any(block) {
                    Self::Keepalived
                } else {
                    Self::Haproxy
                }
            }
        }
    }
}
