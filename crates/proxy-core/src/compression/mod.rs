//! Compression of answers (manual, `compression`): whether a request asks for it and a response is fit for it, what becomes of
//! the response's head, and the body's way through an encoder. No byte is read or sent here.

mod body;
mod choice;
mod encoder;
mod head;

pub use body::{Counts, Squeeze};
pub use choice::choose;
pub use head::{Fit, apply, fits, of_request};
