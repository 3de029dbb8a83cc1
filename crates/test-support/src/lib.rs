//! What tests share: free ports, temporary folders, child processes, networks of their own.

pub mod admin;
pub mod clients;
pub mod namespace;
pub mod process;
pub mod reload;
pub mod verdict;
