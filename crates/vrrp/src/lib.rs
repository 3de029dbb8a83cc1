//! The shell around vrrp-proto: raw sockets, netlink, scripts.
