//! The resolved model compiled into an immutable plan, and everything the data path decides: no sockets, no clock.
