//! Actions on headers.

use bstr::ByteSlice;

use super::{Action, Compile, Make, edited};
use crate::format::FormatPlan;
use crate::rules::{Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("add-header", |at| write(at, false)),
    ("set-header", |at| write(at, true)),
    ("del-header", |at| {
        Ok(Box::new(Delete {
            name: at.text("name")?.into(),
        }))
    }),
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
        value: at.format("value")?,
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
        let value = exec.text(&self.value);
        let Some(mut headers) = exec.headers() else {
            return Step::Next;
        };
        if self.replace {
            headers.remove(&self.name);
        }
        let result = headers.add(&self.name, &[value]);
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
    name: Box<[u8]>,
}

impl Action for Delete {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if let Some(mut headers) = exec.headers() {
            headers.remove(&self.name);
        }
        Step::Edited
    }
}
