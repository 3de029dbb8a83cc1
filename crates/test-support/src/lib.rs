//! What tests share: free ports, temporary folders, child processes.
