//! What load balancers say to each other to share their stick tables: the peers protocol 2.1 (`peers.txt` and `peers-v2.0.txt` of the
//! original's documents, and what it says on the wire, recorded in `compat-fixtures/peers`). Greetings, messages, definitions of
//! tables and entries, read and written; and a [`Section`], which knows when to say what, and to whom. No sockets here.
//!
//! ```text
//!   Hello ─▶ ◀─ Status
//!   Message::Control      synchronise, finished, partial, confirmed, heartbeat
//!   Message::Definition   the table that what follows is about
//!   Message::Update       an entry of that table, in the form that its definition says
//!   Message::Acknowledged how far the other side has read
//! ```

mod definition;
mod dictionary;
mod exchange;
mod hello;
pub(crate) mod integer;
mod lesson;
mod message;
mod section;
mod session;
mod shared;
mod show;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod update;

pub use definition::{Definition, KeyForm, Stored};
pub use dictionary::{Known, Told};
pub use hello::{Hello, HelloError, Status};
pub use message::{Control, Fault, Message, Trouble, acknowledge, read};
pub use section::{Connection, Effect, Section};
pub use show::{Moment, Wire};
pub use update::{Update, Value};
