//! Where the running program can be asked how it is, which the original has nothing for.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

/// Where requests are taken: on this machine alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpPlace {
    /// A unix socket at this path.
    Unix(String),
    /// An address of loopback.
    Loopback(SocketAddr),
}

impl FromStr for HttpPlace {
    type Err = String;

    /// `unix:` and an absolute path, or an address of loopback with a port. The error says what is wrong.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            // The system's addresses have no room for more.
            return if !path.starts_with('/') {
                Err(format!("'{path}' is no absolute path"))
            } else if path.len() > 107 {
                Err(format!(
                    "'{path}' is longer than the 107 octets that a socket's path may have"
                ))
            } else {
                Ok(Self::Unix(path.to_owned()))
            };
        }
        let named = text
            .strip_prefix("localhost:")
            .map(|port| format!("127.0.0.1:{port}"));
        let address: SocketAddr = named
            .as_deref()
            .unwrap_or(text)
            .parse()
            .map_err(|_| format!("'{text}' is neither unix:/PATH nor an address with a port"))?;
        if !address.ip().is_loopback() {
            return Err(format!("{} is not an address of loopback", address.ip()));
        }
        if address.port() == 0 {
            return Err("port 0 is none".to_owned());
        }
        Ok(Self::Loopback(address))
    }
}

impl fmt::Display for HttpPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{path}"),
            Self::Loopback(address) => address.fmt(f),
        }
    }
}

/// `holdfast_http`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpEndpoint {
    /// Where.
    pub place: HttpPlace,
    /// User and group that a unix socket is given to, who may then use it; none leaves it to the program's own user alone.
    pub owner: Option<(u32, u32)>,
}

/// `enable_dbus`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DBus {
    /// `dbus_service_name`.
    pub service: String,
    /// `dbus_no_interface_name`: what stands for the interface in the path of an instance without one.
    pub no_interface: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_on_this_machine_are_taken() {
        for good in [
            "unix:/run/h.sock",
            "127.0.0.1:9112",
            "127.3.2.1:1",
            "[::1]:80",
            "localhost:9",
        ] {
            assert!(good.parse::<HttpPlace>().is_ok(), "{good}");
        }
        for bad in [
            "unix:h.sock",
            "0.0.0.0:80",
            "192.0.2.1:80",
            "[::]:80",
            "127.0.0.1",
            "127.0.0.1:0",
            "x:1",
        ] {
            assert!(bad.parse::<HttpPlace>().is_err(), "{bad}");
        }
        assert!(format!("unix:/{}", "x".repeat(120)).parse::<HttpPlace>().is_err());
    }
}
