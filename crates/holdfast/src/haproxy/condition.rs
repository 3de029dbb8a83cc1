//! `-cc CONDITION`: a condition as `.if` has it.

use haproxy_cfg::{Dialect, condition_holds};

use super::console::{Console, Grade};
use super::environment::variables;
use crate::host::SystemHost;

/// 0 when it holds, 1 when it does not, 2 when it cannot be read.
pub(crate) fn exit_status(condition: &str, dialect: Dialect, console: &mut Console) -> u8 {
    match condition_holds(condition, dialect, &SystemHost, &variables(false)) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(why) => {
            console.tell(Grade::Alert, &format!("config : {why}"));
            2
        }
    }
}
