//! Differences of two texts in the unified form, for what a migration or formatting would change.

use similar::TextDiff;

/// The unified difference of two texts under the names `old` and `new`, with three lines around each change; empty when they are
/// equal. Bytes that are no UTF-8 are shown as marks.
#[must_use]
pub fn unified(before: &[u8], after: &[u8], old: &str, new: &str) -> String {
    if before == after {
        return String::new();
    }
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    TextDiff::from_lines(&before, &after)
        .unified_diff()
        .context_radius(3)
        .header(old, new)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_stands_between_lines_of_context() {
        let before = b"1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = b"1\n2\n3\n4\nfive\nmore\n6\n7\n8\n9\n";
        let wanted = "--- a\n+++ b\n@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n+more\n 6\n 7\n 8\n";
        assert_eq!(unified(before, after, "a", "b"), wanted);
        assert_eq!(unified(before, before, "a", "b"), "");
    }
}
