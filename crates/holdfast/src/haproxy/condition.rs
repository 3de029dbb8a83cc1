//! `-cc CONDITION`: a condition as `.if` has it.

use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use syntax::Severity;

use super::console::{Console, Grade};
use crate::host::SystemHost;

/// 0 when it holds, 1 when it does not, 2 when it cannot be read.
pub(crate) fn exit_status(condition: &str, console: &mut Console) -> u8 {
    const HOLDS: &str = "the condition holds";
    let text = format!(".if {condition}\n.alert \"{HOLDS}\"\n.endif\n");
    let input = Input::Text {
        name: "-cc".to_owned(),
        bytes: text.into_bytes(),
    };
    let loaded = load(&[input], Dialect::default(), &SystemHost, LoadOptions::default());
    let alerts = || {
        loaded
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Alert)
    };
    if alerts().any(|alert| alert.message.contains(HOLDS)) {
        return 0;
    }
    match alerts().next() {
        None => 1,
        Some(alert) => {
            console.tell(
                Grade::Alert,
                &format!("config : Failed to evaluate condition: {}", alert.message),
            );
            2
        }
    }
}
