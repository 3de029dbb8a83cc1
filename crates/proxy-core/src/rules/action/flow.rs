//! Actions that end a rule set or say how it goes on.

use super::{Action, Make};
use crate::rules::{Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[("allow", |_| Ok(Box::new(Allow)))];

/// `allow`.
#[derive(Debug)]
struct Allow;

impl Action for Allow {
    fn apply<'p>(&'p self, _exec: &mut Exec<'_>) -> Step<'p> {
        Step::Stop
    }
}
