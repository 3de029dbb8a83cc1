//! The shell of the heartbeat program.
