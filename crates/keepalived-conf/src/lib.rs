//! The keepalived.conf language. Pure: files and environment come in through traits.
