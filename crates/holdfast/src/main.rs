//! The holdfast program: looks at the name it was started under and becomes that program.

fn main() {}
