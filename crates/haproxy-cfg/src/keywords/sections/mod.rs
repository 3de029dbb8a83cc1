//! Keywords of the sections beside the proxies, a file for each section. Nothing acts on them yet: what they say is read, judged and
//! kept, and the warning of their section stands for them.

mod acme;
mod cache;
mod crt_store;
mod fcgi_app;
mod healthcheck;
mod http_errors;
mod log_forward;
mod log_profile;
mod mailers;
mod peers;
mod program;
mod resolvers;
mod ring;
mod traces;
mod userlist;

use super::row::{Keyword, Parse};

/// The rows of each section, by its name.
pub(super) const ROWS: &[(&str, &[Keyword<Parse>])] = &[
    ("peers", peers::ROWS),
    ("resolvers", resolvers::ROWS),
    ("userlist", userlist::ROWS),
    ("mailers", mailers::ROWS),
    ("http-errors", http_errors::ROWS),
    ("ring", ring::ROWS),
    ("log-forward", log_forward::ROWS),
    ("log-profile", log_profile::ROWS),
    ("cache", cache::ROWS),
    ("fcgi-app", fcgi_app::ROWS),
    ("crt-store", crt_store::ROWS),
    ("traces", traces::ROWS),
    ("acme", acme::ROWS),
    ("healthcheck", healthcheck::ROWS),
    ("program", program::ROWS),
];
