//! Fetches of cookies, in requests and responses.

use std::ops::ControlFlow;

use haproxy_cfg::model::{Sample as Written, Word};

use super::message::{Side, number};
use super::{Fetch, Row, row, single};
use crate::persist::crumbs::Crumbs;
use crate::sample::expression::Compile;
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["req.cook", "cook"], |at, sample| {
        value(at, sample, Side::Request, |value| Sample::Str(value))
    }),
    row(&["res.cook", "scook"], |at, sample| {
        value(at, sample, Side::Response, |value| Sample::Str(value))
    }),
    row(&["cookie"], |at, sample| {
        value(at, sample, Side::AtHand, |value| Sample::Str(value))
    }),
    row(&["req.cook_val", "cook_val"], |at, sample| {
        value(at, sample, Side::Request, |value| Sample::Int(number(value)))
    }),
    row(&["res.cook_val", "scook_val"], |at, sample| {
        value(at, sample, Side::Response, |value| Sample::Int(number(value)))
    }),
    row(&["req.cook_cnt", "cook_cnt"], |at, sample| {
        count(at, sample, Side::Request)
    }),
    row(&["res.cook_cnt", "scook_cnt"], |at, sample| {
        count(at, sample, Side::Response)
    }),
    row(&["req.cook_names"], |at, sample| names(at, sample, Side::Request)),
    row(&["res.cook_names"], |at, sample| {
        names(at, sample, Side::Response)
    }),
];

/// Cookies of a message.
struct Cookies {
    /// The name that is looked for; any when none.
    name: Option<Word>,
    side: Side,
    /// As before 3.2, what stands behind a response's cookie that was looked for is taken for cookies too.
    counts_attributes: bool,
}

impl Cookies {
    fn of(at: Compile<'_>, sample: &Written, side: Side) -> Self {
        Self {
            name: sample.text(0).cloned(),
            side,
            counts_attributes: !at.config.dialect.does_as(3, 2),
        }
    }

    /// Shows names and values to `see`, as the original finds them:
    /// - what begins with `$` says something of the cookie before it;
    /// - a value is missed when behind the name and its `=` the line ends;
    /// - in a response, what follows a cookie up to a comma is about that one.
    fn each<'a>(
        &self,
        context: &SampleContext<'a>,
        see: &mut dyn FnMut(&'a [u8], &'a [u8]) -> ControlFlow<()>,
    ) {
        let Some(headers) = self.side.headers(context) else {
            return;
        };
        let in_response = self.side.is_response(context);
        let header: &[u8] = if in_response { b"set-cookie" } else { b"cookie" };
        let shortest = self.name.as_ref().map_or(0, |name| name.len()) + 1;
        for line in headers.get(header) {
            let mut skips = false;
            for crumb in Crumbs::of(line) {
                let skipped = skips;
                if line.get(crumb.end) == Some(&b',') {
                    skips = false;
                }
                if skipped {
                    continue;
                }
                if crumb.begin + shortest >= line.len() {
                    break;
                }
                let Some(value) = crumb.value.clone() else {
                    continue;
                };
                let name = &line[crumb.name];
                if name.starts_with(b"$") {
                    continue;
                }
                let is_wanted = self.name.as_ref().is_none_or(|wanted| wanted == name);
                if is_wanted && see(name, &line[value]).is_break() {
                    return;
                }
                let has_attributes = in_response && line.get(crumb.end) == Some(&b';');
                skips = has_attributes && !(is_wanted && self.counts_attributes);
            }
        }
    }
}

/// Values: an ACL sees all; elsewhere it is the last one of a name, and the first when none is given.
fn value(
    at: Compile<'_>,
    sample: &Written,
    side: Side,
    convert: for<'a> fn(&'a [u8]) -> Sample<'a>,
) -> Result<Box<dyn Fetch>, String> {
    struct Values {
        cookies: Cookies,
        convert: for<'a> fn(&'a [u8]) -> Sample<'a>,
    }
    impl Fetch for Values {
        fn one<'a>(&self, context: &SampleContext<'a>) -> Option<Sample<'a>> {
            let mut found = None;
            self.cookies.each(context, &mut |_, value| {
                found = Some(value);
                if self.cookies.name.is_none() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            found.map(self.convert)
        }

        fn each<'a>(&self, context: &SampleContext<'a>, see: &mut dyn FnMut(Sample<'a>) -> ControlFlow<()>) {
            self.cookies
                .each(context, &mut |_, value| see((self.convert)(value)));
        }
    }
    Ok(Box::new(Values {
        cookies: Cookies::of(at, sample, side),
        convert,
    }))
}

fn count(at: Compile<'_>, sample: &Written, side: Side) -> Result<Box<dyn Fetch>, String> {
    let cookies = Cookies::of(at, sample, side);
    single(move |context| {
        side.headers(context)?;
        let mut count = 0;
        cookies.each(context, &mut |_, _| {
            count += 1;
            ControlFlow::Continue(())
        });
        Some(Sample::Int(count))
    })
}

/// The names of all cookies with one byte between them.
fn names(at: Compile<'_>, sample: &Written, side: Side) -> Result<Box<dyn Fetch>, String> {
    let separator = sample.text(0).and_then(|text| text.first().copied());
    let separator = separator.unwrap_or(b',');
    let cookies = Cookies {
        name: None,
        ..Cookies::of(at, sample, side)
    };
    single(move |context| {
        side.headers(context)?;
        let mut out = context.arena.bytes(64);
        let mut is_first = true;
        let mut add = |name: &[u8]| {
            if !std::mem::take(&mut is_first) {
                out.push(separator);
            }
            out.extend_from_slice(name);
        };
        if side.is_response(context) {
            // A line sets one; what follows it are attributes.
            for line in side.headers(context)?.get(b"set-cookie") {
                if let Some(crumb) = Crumbs::of(line).next().filter(|crumb| crumb.value.is_some()) {
                    add(&line[crumb.name]);
                }
            }
        } else {
            cookies.each(context, &mut |name, _| {
                add(name);
                ControlFlow::Continue(())
            });
        }
        Some(Sample::Str(out.into_bump_slice()))
    })
}
