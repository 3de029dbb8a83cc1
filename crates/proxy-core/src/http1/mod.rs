//! HTTP/1 messages (RFC 9112): heads, body framing, edits. Nothing here reads or writes.

mod chunk;
mod edit;
mod framing;
mod head;
mod known;
mod parse;
mod write;

pub use chunk::{ChunkError, ChunkReader, Followed, chunk_data};
pub use edit::{HeadersMut, NoRoom};
pub use framing::{
    Framing, FramingError, MessageTraits, list_tokens, message_traits, request_framing, response_framing,
};
pub use head::{Header, Headers, RequestHead, RequestRef, ResponseHead, ResponseRef, Slice, Version};
pub use known::KnownHeader;
pub use parse::{
    HeadError, is_target, leading_empty_lines, lower_response_version, lower_version, parse_request,
    parse_response, unfold,
};
pub use write::{ConnectionHeader, write_request, write_response};
