//! `trace` and `show trace`: this program has no places that tell what goes on inside it, and says so in the original's words.

use super::{Call, Reply};

const NONE: &str = "Supported trace sources and states (.=stopped, w=waiting, R=running) :\n";

/// `trace [SOURCE|0 …]`.
pub(super) fn trace(call: &mut Call<'_, '_>) -> Reply {
    match call.argument(0) {
        b"" => Reply::Info(format!(
            "{NONE} [.] 0          : not a source, will immediately stop all traces\n"
        )),
        b"0" => Reply::Info("All traces now stopped\n".to_owned()),
        _ => unknown(call),
    }
}

/// `show trace [SOURCE]`.
pub(super) fn show(call: &mut Call<'_, '_>) -> Reply {
    match call.argument(0) {
        b"" => Reply::Info(NONE.to_owned()),
        _ => unknown(call),
    }
}

fn unknown(call: &Call<'_, '_>) -> Reply {
    let name = String::from_utf8_lossy(call.argument(0));
    Reply::Error(format!("No such trace source '{name}'\n"))
}
