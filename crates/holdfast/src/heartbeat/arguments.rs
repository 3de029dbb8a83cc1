//! heartbeat's command line: letters that may be joined.

use std::ffi::{OsStr, OsString};

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Run as a daemon.
    Run(Start),
    /// `-k`
    Stop,
    /// `-r`
    Reload,
    /// `-s`
    Status,
    /// `-V`
    Version,
    /// `-D`
    Directives,
    /// `-R`: the original gives this to itself when it begins anew.
    Restart,
}

/// How it is to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Start {
    /// How often `-d` was given.
    pub(super) debug: u8,
    /// `-f`: as the process that was started.
    pub(super) foreground: bool,
    /// `-v`: what the files come to is written out first.
    pub(super) verbose: bool,
}

/// Reads a command line (without the program's name); what is wrong with it otherwise. Words that are no options are left out, as the
/// original does.
pub(super) fn parse(arguments: &[OsString]) -> Result<Asked, String> {
    let mut asked = None;
    let mut start = Start::default();
    let (mut restart, mut reload, mut state) = (false, false, false);
    let mut words = arguments.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            continue;
        };
        let mut letters = letters.chars();
        while let Some(letter) = letters.next() {
            match letter {
                'd' => start.debug = start.debug.saturating_add(1),
                // With these the original runs no other than without.
                'l' | 'M' | 'W' => {}
                'f' => start.foreground = true,
                'v' => start.verbose = true,
                'D' => asked = Some(Asked::Directives),
                'k' => asked = Some(Asked::Stop),
                's' => asked = Some(Asked::Status),
                'V' => asked = Some(Asked::Version),
                'r' => reload = true,
                'R' => restart = true,
                'C' => {
                    state = true;
                    // Its value stands joined to it or in the next word.
                    if letters.next().is_none() && words.next().is_none() {
                        return Err("option requires an argument -- 'C'".to_owned());
                    }
                    break;
                }
                other => return Err(format!("invalid option -- '{other}'")),
            }
        }
    }
    if state && !restart {
        return Err("-C only valid with -R".to_owned());
    }
    if reload && restart {
        return Err("-r is mutually exclusive with -R".to_owned());
    }
    if reload {
        return Ok(Asked::Reload);
    }
    if restart {
        return Ok(Asked::Restart);
    }
    Ok(asked.unwrap_or(Asked::Run(start)))
}

/// What is said of a command line that cannot be understood.
pub(super) fn usage(invoked: &OsStr, wrong: &str) -> String {
    format!(
        "{}: {wrong}\n\nUsage: heartbeat [-dDkMrRsvWlVf] [-C Current-resource-state]\n\t-C only valid with -R\n\
         \t-r is mutually exclusive with -R\n",
        invoked.to_string_lossy()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Asked, String> {
        parse(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn letters_are_joined_and_words_left_out() {
        assert_eq!(read(&[]), Ok(Asked::Run(Start::default())));
        let start = Start {
            debug: 2,
            foreground: false,
            verbose: true,
        };
        assert_eq!(read(&["-dvd", "extra"]), Ok(Asked::Run(start)));
        let start = Start {
            foreground: true,
            ..Start::default()
        };
        assert_eq!(read(&["-lMWf"]), Ok(Asked::Run(start)));
        assert_eq!(read(&["-k"]), Ok(Asked::Stop));
        assert_eq!(read(&["-r"]), Ok(Asked::Reload));
        assert_eq!(read(&["-s"]), Ok(Asked::Status));
        assert_eq!(read(&["-V"]), Ok(Asked::Version));
        assert_eq!(read(&["-D"]), Ok(Asked::Directives));
    }

    #[test]
    fn what_goes_not_together_is_refused() {
        assert!(read(&["-h"]).is_err());
        assert!(read(&["-rR"]).is_err());
        assert!(read(&["-C", "none"]).is_err());
        assert_eq!(read(&["-R", "-C", "none"]), Ok(Asked::Restart));
    }
}
