//! HTTP/1 messages (RFC 9112): heads, body framing, edits. Nothing here reads or writes.

mod cacheable;
mod case;
mod chunk;
mod edit;
mod fault;
mod framing;
mod head;
mod hop;
mod known;
mod parse;
mod target;
mod write;

pub use cacheable::has_cacheable_cookie;
pub use case::HeaderCases;
pub use chunk::{ChunkError, ChunkReader, Followed, chunk_data, chunks};
pub use edit::{HeadersMut, NoRoom};
pub use fault::{Fault, request_fault, response_fault};
pub use framing::{
    Framing, FramingError, MessageTraits, list_tokens, message_traits, request_framing, response_framing,
};
pub use head::{Header, Headers, RequestHead, RequestRef, ResponseHead, ResponseRef, Slice, Version};
pub use hop::settle_hop_headers;
pub use known::KnownHeader;
pub use parse::{HeadError, HeadProgress, HeadRules, leading_empty_lines, parse_request, parse_response};
pub use target::{TargetError, settle_target};
pub use write::{ConnectionHeader, write_request, write_response};
