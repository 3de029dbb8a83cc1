//! The shell around vrrp-proto, what keepalived does to a machine: raw sockets, addresses and routes by netlink, scripts, notifications,
//! mail, reload. The border is laid, nothing is in it yet.
//!
//! What it must not know: the proxy's half (haproxy's files, plan and connections), which must go on when this one fails; and what
//! an instance does next, which vrrp-proto decides.
