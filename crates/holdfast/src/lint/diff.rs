//! What changes in a file, as a unified diff that `patch` takes.

use similar::TextDiff;

/// The changes from `old` to `new` with three lines around each.
pub(super) fn unified(name: &str, old: &[u8], new: &[u8]) -> String {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = TextDiff::from_lines(&old, &new);
    diff.unified_diff()
        .context_radius(3)
        .header(
            &format!("a/{}", name.trim_start_matches('/')),
            &format!("b/{}", name.trim_start_matches('/')),
        )
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_named_and_changes_have_their_lines() {
        let text = unified("/etc/a.cfg", b"one\ntwo\n", b"one\n");
        assert_eq!(
            text,
            "--- a/etc/a.cfg\n+++ b/etc/a.cfg\n@@ -1,2 +1 @@\n one\n-two\n"
        );
    }
}
