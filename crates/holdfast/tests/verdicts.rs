//! Holdfast's verdict on every recorded case of compat-fixtures: the exit status of the original, and a message for each
//! line that the original complains of. One test for each case, so that a failure names it.

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use test_support::verdict::comparison::faults;
use test_support::verdict::{Case, Verdict, case_folders};

/// The program under test, as `haproxy`.
const HOLDFAST: [&str; 2] = [env!("CARGO_BIN_EXE_holdfast"), "haproxy"];

/// compat-fixtures/verdicts/pending.toml: cases whose verdict Holdfast does not give yet, each with its reason. One that
/// passes must be taken out.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pending {
    #[serde(default)]
    haproxy: std::collections::BTreeMap<String, String>,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../compat-fixtures")
        .canonicalize()?;
    let cases = fixtures.join("verdicts/haproxy");
    let pending: Pending = toml::from_str(&std::fs::read_to_string(fixtures.join("verdicts/pending.toml"))?)?;

    let mut trials = Vec::new();
    let mut names = Vec::new();
    for folder in case_folders(&cases)? {
        let name = folder.strip_prefix(&cases)?.display().to_string();
        let case = Case::load(&folder)?;
        names.push(name.clone());
        if case.cannot_run_here().is_some() {
            trials.push(Trial::test(name, || Ok(())).with_ignored_flag(true));
        } else if pending.haproxy.contains_key(&name) {
            // Looked at now, so that it counts as skipped while it is pending and as failed when it need not be.
            let faults = judge(&case, &folder, &fixtures)?;
            let stale = || Err("it passes: take it out of compat-fixtures/verdicts/pending.toml".into());
            trials.push(Trial::test(name, stale).with_ignored_flag(!faults.is_empty()));
        } else {
            let fixtures = fixtures.clone();
            trials.push(Trial::test(name, move || {
                let faults = judge(&case, &folder, &fixtures)?;
                if faults.is_empty() {
                    Ok(())
                } else {
                    Err(Failed::from(faults))
                }
            }));
        }
    }
    if let Some(unknown) = pending.haproxy.keys().find(|name| !names.contains(name)) {
        anyhow::bail!("pending.toml names '{unknown}', which is no case");
    }
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

/// Runs the case and says what is wrong with Holdfast's answers; empty when nothing is.
fn judge(case: &Case, folder: &Path, fixtures: &Path) -> anyhow::Result<String> {
    let recorded = Verdict::load(folder)?;
    let ours = case.run(folder, fixtures, &HOLDFAST)?;
    anyhow::ensure!(
        recorded.runs.len() == ours.len(),
        "record the case again: its runs have changed"
    );
    let mut report = String::new();
    for (recorded, ours) in recorded.runs.iter().zip(&ours) {
        let faults = faults(recorded, ours, case.holdfast.as_ref());
        if !faults.is_empty() {
            report += &format!("{}: {}\n", case.about, recorded.args.join(" "));
            report += &faults
                .iter()
                .map(|fault| format!("  - {fault}\n"))
                .collect::<String>();
            report += &format!("  it said: {}{}\n", ours.stdout, ours.stderr);
        }
    }
    Ok(report)
}
