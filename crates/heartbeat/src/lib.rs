//! The shell of heartbeat: its links, its resources' scripts, its processes. The border is laid, nothing is in it yet.
//!
//! What it must not know: the proxy's half and keepalived's. Its own state machine takes the time as an argument, so that clusters
//! can be run through faults without waiting.
