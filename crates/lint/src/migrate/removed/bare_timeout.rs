//! `timeout TIME`, without a name.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "bare-timeout",
    about: "`timeout 5000` becomes `timeout connect 5000`",
    when: When::From(Version::new(1, 4)),
    docs: "1.3 took a timeout without a name for that of connections to servers.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.file.proxy_lines().filter(|line| line.word(0) == "timeout") {
        let value = line
            .word(1)
            .trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        if number && line.words.len() == 2 {
            let rewrite = task.rewrite(
                line,
                &[format!("timeout connect {}", task.file.raw_from(line, 1))],
            );
            let told = Found::new([line], "a timeout without its name is refused");
            found.push(
                told.edits(rewrite)
                    .advice("1.3 took it for the time of connecting to servers"),
            );
        }
    }
}
