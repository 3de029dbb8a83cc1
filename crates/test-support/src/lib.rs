//! What tests share: free ports, temporary folders, child processes.

pub mod process;
pub mod verdict;
