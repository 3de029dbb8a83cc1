//! Names of variables, `scope.name` (manual, section 2.8).

use crate::model::{Scope, Variable};

/// The variable that `text` names.
///
/// # Errors
/// The original's words for what is wrong.
pub(crate) fn variable(text: &[u8]) -> Result<Variable, String> {
    if text.is_empty() {
        return Err("Empty variable name cannot be accepted".to_owned());
    }
    let dot = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
    let scope = Scope::ALL
        .into_iter()
        .find(|scope| scope.name().as_bytes() == &text[..dot]);
    let name = text.get(dot + 1..).unwrap_or_default();
    let (Some(scope), false) = (scope, name.is_empty()) else {
        let shown = String::from_utf8_lossy(text);
        return Err(format!(
            "invalid variable name '{shown}'. A variable name must be start by its scope. The scope can be 'proc', 'sess', \
             'txn', 'req', 'res' or 'check'"
        ));
    };
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    if let Some(at) = name.iter().position(|byte| !allowed(byte)) {
        let rest = String::from_utf8_lossy(&name[at..]);
        return Err(format!("invalid syntax at char '{rest}'"));
    }
    Ok(Variable {
        scope,
        name: name.to_vec().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_has_a_scope_and_a_name() {
        let found = variable(b"txn.a.b_9").unwrap();
        assert_eq!((found.scope, found.name), (Scope::Transaction, "a.b_9".into()));
        assert_eq!(
            variable(b"").unwrap_err(),
            "Empty variable name cannot be accepted"
        );
        assert!(
            variable(b"txn.")
                .unwrap_err()
                .starts_with("invalid variable name 'txn.'.")
        );
        assert!(
            variable(b"foo.a")
                .unwrap_err()
                .starts_with("invalid variable name 'foo.a'.")
        );
        assert_eq!(variable(b"txn.a-b").unwrap_err(), "invalid syntax at char '-b'");
    }
}
