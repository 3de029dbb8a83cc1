//! Cookie persistence (manual, `cookie`): which server a request's cookie names, what the request loses before the server sees
//! it, and what the response gets. The four letters of a log's termination state end with the two that are found here.

mod cacheable;
pub(crate) mod crumbs;
mod dates;
mod dynamic;
mod edit;
mod plan;
mod rdp;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use dynamic::DynamicCookies;
pub use edit::{HeadEdit, HeadEdits};
pub use plan::CookiePlan;
pub use rdp::rdp_address;
pub use request::{ClientCookie, CookieState};
pub use response::ResponseInput;
