//! Recorded lines: what a version of haproxy says of single lines, and how what we say is held against it: the verdict, and each
//! message with its severity, line and words.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input, LoadOptions, Loaded, load};
use serde::Deserialize;
use syntax::Severity;

#[derive(Deserialize)]
struct Record {
    files: BTreeMap<String, String>,
    blocks: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    template: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    line: String,
    status: i32,
    said: Vec<(String, u32, String)>,
}

/// Codes of what the original reads over in silence and we tell on purpose.
const OURS: &[&str] = &[
    "read-only",
    "loose-number",
    "extra-argument",
    "inert-rule",
    "smtpchk",
    "time-underflow",
];

/// differences.toml: lines that are judged otherwise on purpose, by family, each with its reason.
type Differences = BTreeMap<String, BTreeMap<String, String>>;

fn read(record: &Record, dialect: Dialect, template: &str, line: &str) -> Loaded {
    let mut host = FakeHost::new().with_file("/etc/resolv.conf", "nameserver 127.0.0.53\n");
    for (name, text) in &record.files {
        host = host.with_file(name, text.as_bytes());
    }
    let text = template.replace("{}", &line.replace("\\n", "\n"));
    let input = Input::Text {
        name: "t.cfg".to_owned(),
        bytes: text.into_bytes(),
    };
    load(&[input], dialect, &host, LoadOptions::default())
}

/// A message that names its place twice, without the second one.
fn once_placed(text: &str) -> &str {
    let behind = text
        .strip_prefix("parsing [t.cfg:")
        .and_then(|rest| rest.split_once(']'));
    behind.map_or(text, |(_, rest)| rest.trim_start_matches([' ', ':']))
}

/// The original's words without its guess of what was meant, which is ours to make, and each line of them once.
fn told_by_the_original(text: &str) -> String {
    let text = once_placed(text);
    // Lines behind the first of a message are set in.
    let mut text = text.replace("\n   | ", "\n");
    while let Some(start) = text.find("; did you mean '") {
        let Some(length) = text[start..].find("' maybe ?") else {
            break;
        };
        let end = if text[..start].ends_with("section") {
            ""
        } else {
            "."
        };
        text.replace_range(start..start + length + "' maybe ?".len(), end);
    }
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.dedup();
    lines.join("\n")
}

/// What we say: severity, line (0 for none) and text.
fn told(loaded: &Loaded) -> Vec<(Severity, u32, String)> {
    let mut out = Vec::new();
    for diagnostic in &loaded.diagnostics {
        let line = match diagnostic.context {
            syntax::Context::Whole => 0,
            _ => diagnostic
                .span
                .map_or(0, |span| loaded.sources.locate(span).1.line),
        };
        let silent = diagnostic.severity < Severity::Alert && OURS.contains(&diagnostic.code);
        if !silent {
            // The original was given a file of another name.
            let message = diagnostic.message.trim().replace("test.cfg:", "t.cfg:");
            let message = message.replace("\n   | ", "\n");
            // Some of its messages name their place themselves.
            let placed = message
                .strip_prefix("Parsing [t.cfg:")
                .and_then(|rest| rest.split_once("]: "))
                .and_then(|(number, text)| Some((number.parse().ok()?, text.to_owned())));
            let (line, message) = placed.unwrap_or((line, message));
            out.push((diagnostic.severity, line, once_placed(&message).to_owned()));
        }
    }
    out
}

/// What is wrong with what we say of a case; empty when nothing is.
fn faults(record: &Record, dialect: Dialect, template: &str, case: &Case) -> Vec<String> {
    let loaded = read(record, dialect, template, &case.line);
    let ours = told(&loaded);
    let mut out = Vec::new();
    let refused = case.status == 1;
    if loaded.has_errors() != refused {
        out.push(if refused {
            "accepted".to_owned()
        } else {
            "refused".to_owned()
        });
    }
    let severity = |name: &str| match name {
        "alert" => Severity::Alert,
        "warning" => Severity::Warning,
        _ => Severity::Note,
    };
    // What only follows from an alert before it is not asked for.
    let mut alerted = false;
    let theirs: Vec<_> = case
        .said
        .iter()
        .filter(|(name, _, text)| {
            let follows = alerted && text == "'listen' or 'defaults' expected.";
            alerted |= name == "alert";
            !follows
        })
        // Of some ignored lines it says this as well.
        .filter(|(_, _, text)| text != "(null)")
        .map(|(name, line, text)| (severity(name), *line, told_by_the_original(text)))
        .collect();
    // Of some lines it does not know where they stand.
    const NOWHERE: &str = "Parsing [(null):0]: ";
    let same = |their: &(Severity, u32, String), our: &(Severity, u32, String)| match their
        .2
        .strip_prefix(NOWHERE)
    {
        Some(text) => their.0 == our.0 && text == our.2,
        None => their == our,
    };
    for message in &theirs {
        if !ours.iter().any(|our| same(message, our)) {
            out.push(format!("not said: {message:?}"));
        }
    }
    // The original stops early: what we say more is no fault then, unless we say it of the same line in other words.
    for message in ours
        .iter()
        .filter(|our| !theirs.iter().any(|their| same(their, our)))
    {
        let same_line = message.1 != 0 && theirs.iter().any(|their| their.1 == message.1);
        if message.0 >= Severity::Warning && (!refused || same_line) {
            out.push(format!("said:     {message:?}"));
        }
    }
    out
}

/// Holds what we say in that dialect to the records of a folder, but for its `differences.toml`. What is wrong with it.
pub(crate) fn compare(folder: &Path, dialect: Dialect) -> Result<(), String> {
    let differences = std::fs::read_to_string(folder.join("differences.toml")).expect("it is there");
    let differences: Differences = toml::from_str(&differences).expect("it names families and lines");
    let mut report = String::new();
    let (mut cases, mut agreed) = (0, 0);
    let mut seen = BTreeSet::new();
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    paths.sort();
    for path in paths {
        let family = path
            .file_stem()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        let only = std::env::var("LINES_FAMILY").ok();
        if only.is_some_and(|only| only != family) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("the record can be read");
        let record: Record = serde_json::from_str(&text).expect("the record is as it was written");
        let known = differences.get(&family);
        for (block, case) in record
            .blocks
            .iter()
            .flat_map(|block| block.cases.iter().map(move |case| (block, case)))
        {
            // Where the original crashed there is no verdict.
            if case.status < 0 {
                read(&record, dialect, &block.template, &case.line);
                continue;
            }
            cases += 1;
            let faults = faults(&record, dialect, &block.template, case);
            let excused = known.is_some_and(|known| known.contains_key(&case.line));
            if excused {
                seen.insert((family.clone(), case.line.clone(), faults.is_empty()));
            } else if faults.is_empty() {
                agreed += 1;
            } else {
                report += &format!("{family}: {}\n", case.line);
                report += &faults
                    .iter()
                    .map(|fault| format!("    {fault}\n"))
                    .collect::<String>();
            }
        }
        for line in known.into_iter().flat_map(BTreeMap::keys) {
            // One line may stand in several blocks; it differs in one of them at least.
            if !seen.contains(&(family.clone(), line.clone(), false)) {
                report +=
                    &format!("{family}: {line}\n    it does not differ: take it out of differences.toml\n");
            }
        }
    }
    if report.is_empty() && cases > 0 {
        Ok(())
    } else {
        Err(format!("{agreed} of {cases} lines agree\n{report}"))
    }
}

/// Holds whether we accept the recorded lines of a folder in that dialect to `VERSION.json` of another: what that version judges
/// otherwise, by family and `BLOCK.CASE`. What is wrong with it.
pub(crate) fn compare_statuses(folder: &Path, statuses: &Path, dialect: Dialect) -> Result<(), String> {
    let named = |name: &str| std::fs::read_to_string(statuses.join(name)).expect("it is there");
    let version = dialect.version;
    let others: BTreeMap<String, BTreeMap<String, i32>> =
        serde_json::from_str(&named(&format!("{version}.json"))).expect("it is as it was written");
    let differences: Differences =
        toml::from_str(&named("differences.toml")).expect("it names families and lines");
    let mut report = String::new();
    let (mut cases, mut agreed) = (0, 0);
    for (family, other) in &others_of_all(folder, &others) {
        let record: Record = {
            let text = std::fs::read_to_string(folder.join(format!("{family}.json"))).expect("it is there");
            serde_json::from_str(&text).expect("as it was written")
        };
        for (at, block) in record.blocks.iter().enumerate() {
            for (number, case) in block.cases.iter().enumerate() {
                let status = other
                    .get(&format!("{at}.{number}"))
                    .copied()
                    .unwrap_or(case.status);
                if status < 0 {
                    continue;
                }
                cases += 1;
                let loaded = read(&record, dialect, &block.template, &case.line);
                let known = differences.get(family);
                if loaded.has_errors() == (status == 1) {
                    agreed += 1;
                } else if !known.is_some_and(|known| known.contains_key(&case.line)) {
                    let what = if status == 1 { "accepted" } else { "refused" };
                    report += &format!("{family} {at}.{number}: {}\n    {what}\n", case.line);
                }
            }
        }
    }
    if report.is_empty() && cases > 0 {
        Ok(())
    } else {
        Err(format!("{agreed} of {cases} lines agree\n{report}"))
    }
}

/// What is known of each family of the folder.
fn others_of_all(
    folder: &Path,
    others: &BTreeMap<String, BTreeMap<String, i32>>,
) -> BTreeMap<String, BTreeMap<String, i32>> {
    std::fs::read_dir(folder)
        .expect("the folder is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .map(|family| {
            let known = others.get(&family).cloned().unwrap_or_default();
            (family, known)
        })
        .collect()
}
