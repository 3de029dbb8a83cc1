//! Indentation and spacing of configuration files, a file for each language. Words, comments, empty lines and their order stay byte
//! for byte; so do ends of lines, but for a last line that has none and gets one.

mod haproxy;
mod keepalived;

pub use haproxy::haproxy;
pub use keepalived::keepalived;

/// In front of the lines of a section or block, for each that is around them.
const INDENT: &[u8] = b"    ";

/// Ends a last line that has no end, as the first line ends.
fn end_last_line(out: &mut Vec<u8>, text: &[u8]) {
    if out.is_empty() || out.ends_with(b"\n") {
        return;
    }
    let first = text.iter().position(|byte| *byte == b'\n');
    let windows = first.is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with(b"\r")));
    out.extend_from_slice(if windows { b"\r\n" } else { b"\n" });
}

/// The recorded files whose names have that ending.
#[cfg(test)]
fn recorded(ending: &str) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../compat-fixtures");
    let mut folders = vec![std::path::PathBuf::from(root)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|of| of == ending) {
                let text = std::fs::read(&path).expect("it can be read");
                files.push((path, text));
            }
        }
    }
    assert!(files.len() > 60, "{}", files.len());
    files
}
