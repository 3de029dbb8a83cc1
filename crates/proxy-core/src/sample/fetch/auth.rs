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
            let known = with_user(list, context, |_, _| ()).is_some();
            Some(Sample::Bool(known))
        }),
    }),
    row(&["http_auth_group"], |at, sample| match named(at, sample) {
        None => nothing(),
        Some(list) => Ok(Box::new(Groups(list))),
    }),
];

/// Shows `see` the list and the user that the request proves to be of.
fn with_user<'a, T>(
    list: usize,
    context: &SampleContext<'a>,
    see: impl FnOnce(&'a Userlist, &'a [u8]) -> T,
) -> Option<T> {
    let request = context.request?;
    let config = context.config;
    let list = config.sections.userlists.get(list)?;
    let as_proxy = config
        .proxy(context.client.frontend)
        .options
        .http_use_proxy_header
        && request.uri().first() != Some(&b'/');
    let header: &[u8] = if as_proxy {
        b"proxy-authorization"
    } else {
        b"authorization"
    };
    let (name, password) = credentials(request.headers().get(header).next()?)?;
    let user = find(list, &name, &password)?;
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
