//! HTTP/1 messages (RFC 9112): heads, body framing, edits. Nothing here reads or writes.

mod head;

pub use head::{Header, Headers, RequestHead, RequestRef, ResponseHead, ResponseRef, Slice, Version};
