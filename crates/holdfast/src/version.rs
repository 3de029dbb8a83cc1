//! What the program says of itself.

use std::fmt::Write as _;

/// The version of the language that is spoken, and ours behind it.
pub(crate) const HAPROXY_VERSION: &str = concat!("3.5.0-holdfast", env!("CARGO_PKG_VERSION"));

/// The version of the language alone.
pub(crate) const HAPROXY_VERSION_SHORT: &str = "3.5.0";

/// Its branch.
pub(crate) const HAPROXY_BRANCH: &str = "3.5";

/// The date that belongs to the version, `YYYY/MM/DD`.
pub(crate) const RELEASED: &str = "2026/11/21";

/// What `haproxy -v` prints. Tools read the first line.
pub(crate) fn short() -> String {
    let running = nix::sys::utsname::uname().map(|name| {
        let word = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
        format!(
            "{} {} {} {}",
            word(name.sysname()),
            word(name.release()),
            word(name.version()),
            word(name.machine())
        )
    });
    let running = running.unwrap_or_else(|_| "an unknown system".to_owned());
    format!(
        "HAProxy version {HAPROXY_VERSION} {RELEASED}\n\
         Status: this is Holdfast, a program of its own that reads haproxy's files and takes its place.\n\
         Running on: {running}\n"
    )
}

/// The version of keepalived's language that is spoken, and ours behind it.
pub(crate) const KEEPALIVED_VERSION: &str = concat!("2.4.3-holdfast", env!("CARGO_PKG_VERSION"));

/// What `keepalived -v` prints. Tools read the first line.
pub(crate) fn keepalived() -> String {
    let running = nix::sys::utsname::uname().map_or_else(
        |_| "an unknown system".to_owned(),
        |name| {
            let word = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
            format!(
                "{} {} {}",
                word(name.sysname()),
                word(name.release()),
                word(name.version())
            )
        },
    );
    let (year, rest) = RELEASED.split_once('/').unwrap_or((RELEASED, ""));
    format!(
        "Keepalived v{KEEPALIVED_VERSION} ({rest},{year})\n\n\
         This is Holdfast, a program of its own that reads keepalived's files and takes its place.\n\n\
         Running on {running}\n\n\
         Languages read: 1.2 to 2.4 (choose one with --dialect or HOLDFAST_KEEPALIVED_DIALECT)\n\n\
         Config options:  VRRP VRRP_AUTH\n"
    )
}

/// What `haproxy -vv` prints.
pub(crate) fn long() -> String {
    let mut out = short();
    let features: Vec<String> = haproxy_cfg::FEATURES
        .iter()
        .map(|(name, there)| format!("{}{name}", if *there { '+' } else { '-' }))
        .collect();
    let features = features.join(" ");
    // A string takes everything that is written to it.
    let _ = write!(
        out,
        "Build options :\n  TARGET  = {}-{}\n  PROFILE = {}\n  OPTIONS = USE_EPOLL=1 USE_THREAD=1 USE_OPENSSL=1 USE_RUSTLS=1\n\n\
         Feature list : {features}\n\n\
         Default settings :\n  bufsize = 16384, maxrewrite = 1024\n\n\
         Built with multi-threading support (default={}).\n\
         Built with rustls on aws-lc-rs: TLSv1.2 TLSv1.3.\n\
         Built with transparent proxy support using: IP_TRANSPARENT IPV6_TRANSPARENT\n\
         Languages read : 1.3 to {HAPROXY_BRANCH} (choose one with --dialect or HOLDFAST_DIALECT)\n\n\
         Available polling systems :\n      epoll : pref=300,  test result OK\nTotal: 1 (1 usable), will use epoll.\n\n\
         Available multiplexer protocols :\n  <default> : mode=HTTP  side=FE|BE  mux=H1    flags=\n  <default> : mode=TCP   side=FE|BE  mux=PASS  flags=\n\n",
        std::env::consts::OS,
        std::env::consts::ARCH,
        if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        },
        std::thread::available_parallelism().map_or(1, usize::from),
    );
    out
}
