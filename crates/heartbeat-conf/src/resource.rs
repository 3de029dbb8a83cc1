//! A resource of haresources: `NAME::ARG::ARG`, or an address alone, which stands for `IPaddr::ADDRESS`.

/// A resource with its arguments, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource<'t> {
    /// The script.
    pub name: &'t str,
    /// What it is given.
    pub args: Vec<&'t str>,
}

/// Takes a word of haresources apart.
#[must_use]
pub fn resource(word: &str) -> Resource<'_> {
    let mut parts = word.split("::");
    let name = parts.next().unwrap_or(word);
    if parts.clone().next().is_none() && is_address(name) {
        return Resource {
            name: "IPaddr",
            args: vec![name],
        };
    }
    Resource {
        name,
        args: parts.collect(),
    }
}

/// Whether a word begins with an IPv4 address; a mask, an interface and a broadcast address may follow.
fn is_address(word: &str) -> bool {
    word.split('/')
        .next()
        .is_some_and(|address| address.parse::<std::net::Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_alone_is_short_for_its_script() {
        assert_eq!(
            resource("192.168.0.99/24/eth0"),
            Resource {
                name: "IPaddr",
                args: vec!["192.168.0.99/24/eth0"]
            }
        );
        assert_eq!(
            resource("IPaddr::10.0.0.1"),
            Resource {
                name: "IPaddr",
                args: vec!["10.0.0.1"]
            }
        );
        assert_eq!(
            resource("Filesystem::/dev/sda1::/mnt"),
            Resource {
                name: "Filesystem",
                args: vec!["/dev/sda1", "/mnt"]
            }
        );
        assert_eq!(
            resource("haproxy"),
            Resource {
                name: "haproxy",
                args: Vec::new()
            }
        );
    }
}
