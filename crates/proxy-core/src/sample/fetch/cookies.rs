//! Fetches of cookies, in requests and responses.

use std::ops::ControlFlow;

use haproxy_cfg::model::{Sample as Written, Word};

use super::message::{Side, number};
use super::{Fetch, Row, row, single};
use crate::persist::crumbs::Crumbs;
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["req.cook", "cook"], |_, sample| {
        value(sample, Side::Request, |value| Sample::Str(value))
    }),
    row(&["res.cook", "scook"], |_, sample| {
        value(sample, Side::Response, |value| Sample::Str(value))
    }),
    row(&["cookie"], |_, sample| {
        value(sample, Side::AtHand, |value| Sample::Str(value))
    }),
    row(&["req.cook_val", "cook_val"], |_, sample| {
        value(sample, Side::Request, |value| Sample::Int(number(value)))
    }),
    row(&["res.cook_val", "scook_val"], |_, sample| {
        value(sample, Side::Response, |value| Sample::Int(number(value)))
    }),
    row(&["req.cook_cnt", "cook_cnt"], |_, sample| {
        count(sample, Side::Request)
    }),
    row(&["res.cook_cnt", "scook_cnt"], |_, sample| {
        count(sample, Side::Response)
    }),
    row(&["req.cook_names"], |_, sample| names(sample, Side::Request)),
    row(&["res.cook_names"], |_, sample| names(sample, Side::Response)),
];

/// Cookies of a message.
struct Cookies {
    /// The name that is looked for; any when none.
    name: Option<Word>,
    side: Side,
}

impl Cookies {
    fn of(sample: &Written, side: Side) -> Self {
        Self {
            name: sample.text(0).cloned(),
            side,
        }
    }

    /// Shows names and values to `see`, as the original finds them:
    /// - what begins with `$` says something of the cookie before it;
    /// - a value is missed when behind the name and its `=` the line ends;
    /// - in a response, what follows a cookie of another name up to a comma is about that one, but behind a cookie that was
    ///   looked for its attributes are taken for cookies.
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
                if self.name.as_ref().is_none_or(|wanted| wanted == name) {
                    if see(name, &line[value]).is_break() {
                        return;
                    }
                } else if in_response && line.get(crumb.end) == Some(&b';') {
                    skips = true;
                }
            }
        }
    }
}

/// Values: an ACL sees all; elsewhere it is the last one of a name, and the first when none is given.
fn value(
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
        cookies: Cookies::of(sample, side),
        convert,
    }))
}

fn count(sample: &Written, side: Side) -> Result<Box<dyn Fetch>, String> {
    let cookies = Cookies::of(sample, side);
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
fn names(sample: &Written, side: Side) -> Result<Box<dyn Fetch>, String> {
    let separator = sample.text(0).and_then(|text| text.first().copied());
    let separator = separator.unwrap_or(b',');
    let cookies = Cookies { name: None, side };
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
