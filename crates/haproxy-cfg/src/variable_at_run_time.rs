//! A variable of the process that is set while the process runs (`set var`): its value is read as the global section's lines read it.

use crate::in_memory::Nowhere;
use crate::model::Preset;
use crate::server_at_run_time::push_word;
use crate::{Dialect, Input, LoadOptions, load};

/// Reads what a variable is to be set to: an expression, or (`formatted`) a format.
///
/// # Errors
/// What is wrong with name or value, in the original's words.
pub fn read_variable(name: &[u8], value: &[u8], formatted: bool, dialect: Dialect) -> Result<Preset, String> {
    let keyword: &[u8] = if formatted { b"set-var-fmt" } else { b"set-var" };
    let mut text = b"global\n ".to_vec();
    text.extend_from_slice(keyword);
    for word in [name, value] {
        text.push(b' ');
        push_word(&mut text, word);
    }
    text.push(b'\n');
    let input = Input::Text {
        name: "CLI".to_owned(),
        bytes: text,
    };
    let mut loaded = load(&[input], dialect, &Nowhere, LoadOptions::default());
    if let Some(told) = loaded.diagnostics.iter().find(|told| told.refuses) {
        let keyword = String::from_utf8_lossy(keyword);
        let message = told.message.replacen(&format!("'{keyword}': "), "'set var': ", 1);
        return Err(message.replace("in the global section.", "here."));
    }
    match loaded.config.global.variables.pop() {
        Some(preset) => Ok(preset),
        // Told of as a warning only: nothing acts on what the value is taken from.
        None => Err(match loaded.diagnostics.first() {
            Some(told) => told.message.clone(),
            None => "the value cannot be read".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str, value: &str) -> String {
        let read = read_variable(name.as_bytes(), value.as_bytes(), false, Dialect::default());
        read.map(|_| ()).expect_err("it is refused")
    }

    #[test]
    fn what_is_wrong_is_told_as_the_original_tells_it() {
        assert_eq!(
            refusal("sess.x", "int(5)"),
            "'set var': cannot set variable 'sess.x', only scope 'proc' is permitted here."
        );
        assert_eq!(refusal("proc.x", "int(5"), "fetch method 'int' : expected ')'");
        assert_eq!(refusal("proc.x", "nosuch()"), "unknown fetch method 'nosuch'");
        assert_eq!(refusal("proc.x", "int(5),nosuch"), "unknown converter 'nosuch'");
        assert_eq!(
            refusal("proc.x", "src"),
            "fetch method 'set-var(proc.x)' extracts information from 'client address', none of which is available here"
        );
    }

    #[test]
    fn a_value_is_one_word_whatever_stands_in_it() {
        for (value, formatted) in [("str(a b#c)", false), ("a b '%[int(3)]", true)] {
            let read = read_variable(b"proc.x", value.as_bytes(), formatted, Dialect::default());
            assert!(read.is_ok(), "{value}: {read:?}");
        }
    }
}
