//! Commands about the session itself: its level, its timeout, how messages are marked.

use haproxy_cfg::Dialect;
use haproxy_cfg::model::Level;

use super::{Call, Reply, Session};

/// How a message says how severe it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Severity {
    /// Not at all.
    #[default]
    None,
    /// `[3]: …`
    Number,
    /// `[err]: …`
    Word,
}

pub(super) fn level_name(level: Level) -> &'static str {
    match level {
        Level::User => "user",
        Level::Operator => "operator",
        Level::Admin => "admin",
    }
}

pub(super) fn show_level(call: &mut Call<'_, '_>) -> Reply {
    Reply::Info(format!("{}\n", level_name(call.session.level)))
}

pub(super) fn operator(call: &mut Call<'_, '_>) -> Reply {
    call.session.level = Level::Operator;
    Reply::Done
}

pub(super) fn user(call: &mut Call<'_, '_>) -> Reply {
    call.session.level = Level::User;
    Reply::Done
}

pub(super) fn expert_mode(call: &mut Call<'_, '_>) -> Reply {
    switch(&mut call.session.expert, "expert-mode", call.arguments)
}

pub(super) fn experimental_mode(call: &mut Call<'_, '_>) -> Reply {
    switch(
        &mut call.session.experimental,
        "experimental-mode",
        call.arguments,
    )
}

/// Turns a mode on or off; shows it when nothing is said.
fn switch(mode: &mut bool, name: &str, arguments: &[Vec<u8>]) -> Reply {
    match arguments.first().map(Vec::as_slice) {
        None => return Reply::Info(format!("{name} is {}\n", if *mode { "ON" } else { "OFF" })),
        Some(b"on") => *mode = true,
        Some(_) => *mode = false,
    }
    Reply::Done
}

pub(super) fn set_severity(call: &mut Call<'_, '_>) -> Reply {
    call.session.severity = match call.argument(0) {
        b"none" => Severity::None,
        b"number" => Severity::Number,
        b"string" => Severity::Word,
        _ => return Reply::error("one of 'none', 'number', 'string' is a required argument"),
    };
    Reply::Done
}

pub(super) fn set_timeout(call: &mut Call<'_, '_>) -> Reply {
    if call.argument(0) != b"cli" {
        return Reply::error("'set timeout' only supports 'cli'.");
    }
    match call.argument(1) {
        b"" => Reply::error("Expects an integer value."),
        text => match milliseconds(text) {
            None | Some(0) => Reply::error("Invalid timeout value."),
            Some(ms) => {
                call.session.timeout_ms = Some(ms);
                Reply::Done
            }
        },
    }
}

const PROMPT_HELP: &str = "\
Usage: prompt [help | n | i | p | timed]*
Says how this session goes on. One may choose:
  help    this text
  n       one line of commands, then the end
  i       lines go on until the end, without a prompt
  p       lines go on until the end, with a prompt behind each answer
  timed   show, or show no longer, how long the process has run in the prompt
Without any of them 'p' is chosen, or 'n' where it was.
";

/// `prompt`, which words change since 3.2 (and `timed` since 3.0).
pub(super) fn set_prompt(session: &mut Session, words: &[Vec<u8>], dialect: Dialect) -> Reply {
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let (mut interactive, mut prompts, mut timed) = (session.interactive, session.prompts, session.timed);
    let mut chosen = false;
    for word in &words {
        match *word {
            b"timed" if dialect.does_as(3, 0) => timed = !timed,
            // Those before took no notice of words.
            _ if !dialect.does_as(3, 2) => {}
            b"n" => (interactive, prompts, chosen) = (false, false, true),
            b"i" => (interactive, prompts, chosen) = (true, false, true),
            b"p" => (interactive, prompts, chosen) = (true, true, true),
            _ => return Reply::Info(PROMPT_HELP.to_owned()),
        }
    }
    if !chosen {
        // Who wants the time wants the prompt.
        let on = timed != session.timed || !prompts;
        (interactive, prompts) = (on, on);
    }
    (session.interactive, session.prompts, session.timed) = (interactive, prompts, timed);
    Reply::Done
}

/// A duration whose unit is the second unless given.
pub(super) fn milliseconds(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let n: u64 = std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
    let unit = match &text[digits..] {
        b"us" => return Some(n.div_ceil(1000)),
        b"ms" => 1,
        b"" | b"s" => 1000,
        b"m" => 60_000,
        b"h" => 3_600_000,
        b"d" => 86_400_000,
        _ => return None,
    };
    n.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_in_seconds_unless_it_says_otherwise() {
        assert_eq!(milliseconds(b"20"), Some(20_000));
        assert_eq!(milliseconds(b"20ms"), Some(20));
        assert_eq!(milliseconds(b"1h"), Some(3_600_000));
        assert_eq!(milliseconds(b"5foo"), None);
        assert_eq!(milliseconds(b"s"), None);
    }
}
