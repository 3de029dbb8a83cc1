//! Fetches of parameters, in the request's target and in forms.

use std::ops::ControlFlow;

use haproxy_cfg::model::{Sample as Written, Word};

use super::http::request_body;
use super::message::number;
use super::{Fetch, Row, row};
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["urlp", "url_param"], |_, sample| {
        parameters(sample, Place::Target(separator(sample)), 2, |value| {
            Sample::Str(value)
        })
    }),
    row(&["urlp_val"], |_, sample| {
        let place = Place::Target(separator(sample));
        parameters(sample, place, 2, |value| Sample::Int(number(value)))
    }),
    row(&["req.body_param"], |_, sample| {
        parameters(sample, Place::Body, 1, |value| Sample::Bin(value))
    }),
];

/// Where parameters stand.
#[derive(Clone, Copy)]
enum Place {
    /// Behind the first such byte of the request's target.
    Target(u8),
    /// In the request's body.
    Body,
}

impl Place {
    fn text<'a>(self, context: &SampleContext<'a>) -> Option<&'a [u8]> {
        match self {
            Self::Target(separator) => {
                let uri = context.request?.uri();
                Some(&uri[memchr::memchr(separator, uri)? + 1..])
            }
            Self::Body => request_body(context).map(|body| body.data(context.arena)),
        }
    }

    fn ends_parameter(self, byte: u8) -> bool {
        matches!(byte, b'&' | b';') || matches!(self, Self::Target(separator) if separator == byte)
    }
}

/// What the second argument says; a question mark without one.
fn separator(sample: &Written) -> u8 {
    sample
        .text(1)
        .and_then(|text| text.first().copied())
        .unwrap_or(b'?')
}

/// Parameters that have a `=`: an ACL sees all, elsewhere it is the first.
fn parameters(
    sample: &Written,
    place: Place,
    case: usize,
    convert: for<'a> fn(&'a [u8]) -> Sample<'a>,
) -> Result<Box<dyn Fetch>, String> {
    struct Parameters {
        name: Option<Word>,
        any_case: bool,
        place: Place,
        convert: for<'a> fn(&'a [u8]) -> Sample<'a>,
    }
    impl Parameters {
        fn matches(&self, found: &[u8]) -> bool {
            match &self.name {
                None => true,
                Some(name) if self.any_case => name.eq_ignore_ascii_case(found),
                Some(name) => name == found,
            }
        }
    }
    impl Fetch for Parameters {
        fn one<'a>(&self, context: &SampleContext<'a>) -> Option<Sample<'a>> {
            let mut first = None;
            self.each(context, &mut |sample| {
                first = Some(sample);
                ControlFlow::Break(())
            });
            first
        }

        fn each<'a>(&self, context: &SampleContext<'a>, see: &mut dyn FnMut(Sample<'a>) -> ControlFlow<()>) {
            let Some(text) = self.place.text(context) else {
                return;
            };
            for parameter in text.split(|byte| self.place.ends_parameter(*byte)) {
                let Some(equals) = memchr::memchr(b'=', parameter) else {
                    continue;
                };
                if self.matches(&parameter[..equals])
                    && see((self.convert)(&parameter[equals + 1..])).is_break()
                {
                    return;
                }
            }
        }
    }
    Ok(Box::new(Parameters {
        name: sample.text(0).cloned(),
        any_case: sample.text(case).is_some(),
        place,
        convert,
    }))
}
