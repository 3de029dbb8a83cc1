//! VRRP packets and state machine with injected time. Pure, and depends on nothing of ours.
