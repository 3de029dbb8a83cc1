//! VRRP: packets of versions 2 and 3 with their ways of authentication, the announcements that move an address (GARP, NDP), and
//! the state machine of an instance. Pure. The border is laid, nothing is in it yet.
//!
//! What it must not know: anything of ours, the types of diagnostics and configuration files included; sockets, interfaces,
//! scripts; and the time, which is handed in. Its machines take an input or the end of a timer with the time of it, and are
//! asked what to send, what to do and when to be woken. So whole clusters can be run through faults without waiting, and a
//! packet that is malformed costs nothing but itself.
