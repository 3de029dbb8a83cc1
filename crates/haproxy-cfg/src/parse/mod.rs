//! From words to the as-written model. [`Reading`] holds the state; each keyword family has its file.

mod acl;
pub(crate) mod arguments;
mod balance;
mod bind;
mod certificate;
mod cookie;
pub(crate) mod environment;
mod expression;
mod format;
pub(crate) mod forwardfor;
pub(crate) mod global;
pub(crate) mod healthcheck;
mod legacy;
mod line;
pub(crate) mod log;
mod option;
mod order;
mod other;
pub(crate) mod proxy;
mod reading;
pub(crate) mod rules;
mod section;
mod server;
pub(crate) mod stats;
pub(crate) mod switch;
pub(crate) mod timeout;

pub(crate) use acl::acl;
pub(crate) use balance::balance;
pub(crate) use bind::{BindParse, bind};
pub(crate) use cookie::cookie;
pub(crate) use line::{Line, shown};
pub(crate) use option::{OptionParse, old_redispatch, option};
pub(crate) use reading::{Reading, Section};
pub(crate) use rules::ActionParse;
pub(crate) use section::line_of_section;
pub(crate) use server::{ServerParse, default_server, server, server_template};
