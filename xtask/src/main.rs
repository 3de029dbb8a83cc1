//! Tests, lab, bench, fixtures and tidy checks of this workspace.

fn main() {}
