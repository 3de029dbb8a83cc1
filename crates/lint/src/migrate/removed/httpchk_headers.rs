//! Headers in the version of `option httpchk`.

use super::super::task::{Found, Task};
use super::super::word::{format_written, written};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "httpchk-headers",
    about: "headers behind the version of `option httpchk` become `http-check send`",
    when: When::From(syntax::Version::new(2, 2)),
    docs: "Headers, and a body, were smuggled into the version. `http-check send` has them since 2.2, and 2.7 refuses the old form.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task
        .file
        .proxy_lines()
        .filter(|line| line.word(0) == "option" && line.word(1) == "httpchk")
    {
        let Some(version) = line.words.get(4) else {
            continue;
        };
        // The ends of lines are escapes that the file's rules read, or letters that only the check read.
        let text: String = line
            .rest(4)
            .collect::<Vec<_>>()
            .join(" ")
            .replace("\\r", "\r")
            .replace("\\n", "\n");
        let mut parts = text.split('\n').map(|part| part.trim_end_matches('\r'));
        let plain = parts.next().unwrap_or_default().to_owned();
        let mut headers = Vec::new();
        let mut whole = task.file.is_text(line);
        for part in parts.filter(|part| !part.is_empty()) {
            let cut = part
                .split_once(':')
                .and_then(|(name, value)| Some((written(name.trim())?, format_written(value.trim())?)));
            match cut {
                Some((name, value)) => headers.push(format!("hdr {name} {value}")),
                None => whole = false,
            }
        }
        if plain == version.text && line.words.len() == 5 {
            continue;
        }
        let told = Found::new(
            [line],
            "headers in the version of 'option httpchk' are warned of since 2.2 and refused since 2.7",
        );
        let sends = line.section.is_some_and(|section| {
            task.file
                .body(section)
                .any(|other| other.word(0) == "http-check" && other.word(1) == "send")
        });
        if !whole || sends || headers.is_empty() {
            found.push(
                told.decide().advice(
                    "write 'http-check send' with 'hdr' and 'body' for what stands behind the version",
                ),
            );
            continue;
        }
        let first = format!("option httpchk {} {plain}", task.file.raw(line, 2, 3));
        found
            .push(told.edits(task.rewrite(line, &[first, format!("http-check send {}", headers.join(" "))])));
    }
}
