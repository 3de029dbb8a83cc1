//! Actions on headers.

use bstr::ByteSlice;

use super::{Action, Compile, Make, edited, uri};
use crate::format::FormatPlan;
use crate::http1::HeadersMut;
use crate::rules::{Capturing, Exec, Step, substitute};
use crate::sample::Parts;

pub(super) const ROWS: &[(&str, Make)] = &[
    ("add-header", |at| write(at, false)),
    ("set-header", |at| write(at, true)),
    ("del-header", |at| {
        Ok(Box::new(Delete {
            names: Names::compile(at)?,
        }))
    }),
    ("replace-header", |at| replace(at, true)),
    ("replace-value", |at| replace(at, false)),
    ("add-line", |at| {
        let (name, value) = at
            .text("line")?
            .split_once_str(":")
            .unwrap_or((at.text("line")?, b""));
        Ok(Box::new(AddLine {
            name: name.trim().into(),
            value: value.trim().into(),
        }))
    }),
];

fn write(at: Compile<'_>, replace: bool) -> Result<Box<dyn Action>, String> {
    Ok(Box::new(Write {
        // A header's name is a format as well, of which the original makes nothing but its text.
        name: at.text("name")?.into(),
        value: at.format_in_head("value")?,
        replace,
    }))
}

/// `add-header`, `set-header`.
#[derive(Debug)]
struct Write {
    name: Box<[u8]>,
    value: FormatPlan,
    /// The headers of that name go first.
    replace: bool,
}

impl Action for Write {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let value = self.value.constant().unwrap_or_else(|| exec.text(&self.value));
        let Some(mut headers) = exec.headers() else {
            return Step::Next;
        };
        if self.replace {
            headers.remove(&self.name);
        }
        let mut result = headers.add(&self.name, &[value]);
        if self.replace && self.name.eq_ignore_ascii_case(b"host") && exec.response.is_none() {
            result = result.and_then(|()| uri::set_authority(exec, value));
        }
        edited(result, exec)
    }
}

/// `reqadd` and `rspadd`: a line as it is.
#[derive(Debug)]
struct AddLine {
    name: Box<[u8]>,
    value: Box<[u8]>,
}

impl Action for AddLine {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let Some(mut headers) = exec.headers() else {
            return Step::Next;
        };
        let result = headers.add(&self.name, &[&self.value]);
        edited(result, exec)
    }
}

/// `del-header`.
#[derive(Debug)]
struct Delete {
    names: Names,
}

/// Names of headers.
#[derive(Debug)]
pub(super) enum Names {
    /// This one.
    Equal(Box<[u8]>),
    /// Those that begin, end or have this in lower case.
    Beginning(Box<[u8]>),
    Ending(Box<[u8]>),
    With(Box<[u8]>),
    /// Those that match.
    Matching(Capturing),
}

impl Names {
    fn compile(at: Compile<'_>) -> Result<Self, String> {
        let name = at.text("name")?;
        let lower = || name.to_ascii_lowercase().into();
        let method = at
            .rule
            .option("-m")
            .and_then(|values| values.first()?.value.word());
        Ok(match method {
            Some("beg") => Self::Beginning(lower()),
            Some("end") => Self::Ending(lower()),
            Some("sub") => Self::With(lower()),
            Some("reg") => Self::Matching(Capturing::new(name, false)?),
            _ => Self::Equal(name.into()),
        })
    }

    /// Takes the headers of these names out.
    pub(super) fn remove_from(&self, headers: &mut HeadersMut<'_>) {
        match self {
            Self::Equal(name) => headers.remove(name),
            names => headers.retain(|name, _| !names.hold(name)),
        }
    }

    fn hold(&self, name: &[u8]) -> bool {
        match self {
            Self::Equal(wanted) => name.eq_ignore_ascii_case(wanted),
            Self::Beginning(part) => name.to_ascii_lowercase().starts_with(part),
            Self::Ending(part) => name.to_ascii_lowercase().ends_with(part),
            Self::With(part) => name.to_ascii_lowercase().contains_str(part),
            Self::Matching(expression) => expression.find(&name.to_ascii_lowercase(), 0).is_some(),
        }
    }
}

impl Action for Delete {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if let Some(mut headers) = exec.headers() {
            self.names.remove_from(&mut headers);
        }
        Step::Edited
    }
}

fn replace(at: Compile<'_>, whole: bool) -> Result<Box<dyn Action>, String> {
    Ok(Box::new(Replace {
        name: at.text("name")?.into(),
        matching: at.regex("match")?,
        value: at.format_in_head("value")?,
        whole,
    }))
}

/// `replace-header`, `replace-value`: values that match become another text altogether.
#[derive(Debug)]
struct Replace {
    name: Box<[u8]>,
    matching: Capturing,
    value: FormatPlan,
    /// Whole lines, not what stands between their commas.
    whole: bool,
}

impl Action for Replace {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let substitution = exec.text(&self.value);
        let arena = exec.arena;
        let Some(mut headers) = exec.headers() else {
            return Step::Next;
        };
        for at in 0..headers.headers.len() {
            let mut new = arena.bytes(0);
            let view = headers.view();
            let Some((name, value)) = view.nth(at) else { break };
            if !name.eq_ignore_ascii_case(&self.name) {
                continue;
            }
            let mut any = false;
            let whole = self.whole.then_some(value);
            let between_commas = Parts::of(value).filter(|_| !self.whole);
            for (number, part) in whole.into_iter().chain(between_commas).enumerate() {
                if number > 0 {
                    new.push(b',');
                }
                match self.matching.find(part, 0) {
                    Some(groups) => {
                        any = true;
                        substitute(substitution, part, &groups, &mut new);
                    }
                    None => new.extend_from_slice(part),
                }
            }
            if any && let Err(error) = headers.replace(at, &[&new]) {
                return edited(Err(error), exec);
            }
        }
        Step::Edited
    }
}
