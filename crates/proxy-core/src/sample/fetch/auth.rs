//! Fetches that hold a request's user and password to a list of users (manual, section 3.4).

use std::ops::ControlFlow;

use haproxy_cfg::model::sections::Userlist;
use haproxy_cfg::model::{ArgValue, Sample as Written};

use super::{Fetch, Row, nothing, row, single};
use crate::sample::expression::Compile;
use crate::sample::{Sample, SampleContext};
use crate::users::{credentials, find};

pub(super) const ROWS: &[Row] = &[
    row(&["http_auth"], |at, sample| match named(at, sample) {
        None => nothing(),
        Some(list) => single(move |context| {
            context.request?;
            let known = with_user(list, context, |_, _| ()).is_some();
            Some(Sample::Bool(known))
        }),
    }),
    row(&["http_auth_group"], |at, sample| match named(at, sample) {
        None => nothing(),
        Some(list) => Ok(Box::new(Groups(list))),
    }),
    row(&["http_auth_type"], |_, _| {
        single(|context| {
            let value = authorization(context)?;
            Some(Sample::Str(match scheme(value)?.0 {
                Scheme::Basic => credentials(value).map(|_| b"Basic")?,
                Scheme::Bearer => b"Bearer",
            }))
        })
    }),
    row(&["http_auth_user"], |_, _| {
        single(|context| {
            let (name, _) = credentials(authorization(context)?)?;
            Some(Sample::Str(context.arena.copy(&name)))
        })
    }),
    row(&["http_auth_pass"], |_, _| {
        single(|context| {
            let (_, password) = credentials(authorization(context)?)?;
            Some(Sample::Str(context.arena.copy(&password)))
        })
    }),
    row(&["http_auth_bearer"], |_, sample| {
        let header = sample.text(0).cloned();
        single(move |context| {
            let value = match &header {
                Some(name) => context.request?.headers().get(name.as_slice()).next()?,
                None => authorization(context)?,
            };
            match scheme(value)? {
                (Scheme::Bearer, token) => Some(Sample::Str(token)),
                (Scheme::Basic, _) => None,
            }
        })
    }),
];

/// How a request says who it is of.
enum Scheme {
    Basic,
    Bearer,
}

/// The scheme of a header's value, and what stands behind it; none for schemes of which nothing is known.
fn scheme(value: &[u8]) -> Option<(Scheme, &[u8])> {
    let blank = memchr::memchr(b' ', value)?;
    let (name, rest) = value.split_at(blank);
    let scheme = if name.eq_ignore_ascii_case(b"Basic") {
        Scheme::Basic
    } else if name.eq_ignore_ascii_case(b"Bearer") {
        Scheme::Bearer
    } else {
        return None;
    };
    Some((scheme, rest.trim_ascii()))
}

/// The header in which the request says who it is of.
fn authorization<'a>(context: &SampleContext<'a>) -> Option<&'a [u8]> {
    let request = context.request?;
    let as_proxy = context
        .config
        .proxy(context.client.frontend)
        .options
        .http_use_proxy_header
        && request.uri().first() != Some(&b'/');
    let header: &[u8] = if as_proxy {
        b"proxy-authorization"
    } else {
        b"authorization"
    };
    request.headers().get(header).next()
}

/// Shows `see` the list and the user that the request proves to be of.
fn with_user<'a, T>(
    list: usize,
    context: &SampleContext<'a>,
    see: impl FnOnce(&'a Userlist, &'a [u8]) -> T,
) -> Option<T> {
    let list = context.config.sections.userlists.get(list)?;
    let (name, password) = credentials(authorization(context)?)?;
    let user = find(list, context.world, &name, &password)?;
    Some(see(list, &user.name))
}

/// `http_auth_group`: the user's name; in ACLs each group that the user is in.
struct Groups(usize);

impl Fetch for Groups {
    fn one<'a>(&self, context: &SampleContext<'a>) -> Option<Sample<'a>> {
        with_user(self.0, context, |_, name| Sample::Str(name))
    }

    fn each<'a>(&self, context: &SampleContext<'a>, see: &mut dyn FnMut(Sample<'a>) -> ControlFlow<()>) {
        let _user = with_user(self.0, context, |list, name| {
            let groups = list
                .groups
                .iter()
                .filter(|group| list.is_member(name, &group.name));
            let _broken = groups.map(|group| Sample::Str(&group.name)).try_for_each(see);
        });
    }
}

/// The list that the first argument names; none for a name that there is not.
fn named(at: Compile<'_>, sample: &Written) -> Option<usize> {
    let ArgValue::Userlist(name) = &sample.args.first()?.value else {
        return None;
    };
    let lists = &at.config.sections.userlists;
    lists.iter().position(|list| list.name == *name)
}
