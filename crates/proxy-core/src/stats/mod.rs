//! The statistics: columns and rows, CSV, typed lines, JSON, the HTML page with its admin form, `show info`. Nothing here
//! reads a clock or a socket.

mod auth;
pub mod csv;
pub mod field;
pub mod file;
mod form;
#[cfg(test)]
mod golden;
mod html;
pub mod info;
pub mod json;
mod live;
mod page;
pub mod prometheus;
mod query;
pub mod rows;
mod server_status;
pub mod typed;
mod value;
mod view;

pub use page::{Sender, StatsPage, StatsRequest};
pub use query::Options;
pub use server_status::ServerStatus;
pub use value::{Row, RowKind, Value};
pub use view::{Filter, Process, Side, StatsView};
