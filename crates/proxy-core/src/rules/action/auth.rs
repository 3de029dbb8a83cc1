//! `auth`: asks for a user's password.

use super::{Action, Make};
use crate::rules::{Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[("auth", |at| {
    let given = at.rule.option("realm").and_then(|values| values.first());
    let realm = given.map_or(at.config.proxy(at.proxy).name.as_slice(), |value| {
        value.value.bytes()
    });
    Ok(Box::new(Auth { realm: realm.into() }))
})];

/// `auth`.
#[derive(Debug)]
struct Auth {
    realm: Box<[u8]>,
}

impl Action for Auth {
    fn apply<'p>(&'p self, _exec: &mut Exec<'_>) -> Step<'p> {
        Step::Authenticate(&self.realm)
    }
}
