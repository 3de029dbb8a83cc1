//! `http-request cache-use` and `http-response cache-store` (manual, section 6.2.2). The original goes on with its rules behind a hit,
//! and answers once the proxy's are through.

use crate::cache::{Asked, Caching, RuleSide, seconds};
use crate::http1::{Framing, RequestRef, ResponseRef, message_traits, response_framing};
use crate::rules::{Exec, Step};

use super::{Action, Compile, Make};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("cache-use", |at| Ok(Box::new(Use(index(at)?)))),
    ("cache-store", |at| Ok(Box::new(Store(index(at)?)))),
];

/// Bytes that the header takes which says how old a response is.
const AGE_ROOM: u32 = 64;

/// Where the cache stands that the rule names.
fn index(at: Compile<'_>) -> Result<usize, String> {
    let name = at.text("name")?;
    let mut caches = at.config.sections.caches.iter();
    caches
        .position(|cache| *cache.name == *name)
        .ok_or_else(|| at.missing("name"))
}

/// Looks for the answer in the cache of that index.
#[derive(Debug)]
struct Use(usize);

impl Action for Use {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let now = seconds(exec.world.epoch_us_at(exec.world.now_ms()));
        let side = side(exec);
        let Some((buf, head)) = &exec.request else {
            return Step::Next;
        };
        let request = RequestRef { buf, head };
        let (Some(store), Some(stream)) = (exec.runtime.caches.stores().get(self.0), &mut exec.stream) else {
            return Step::Next;
        };
        // The key is that of the request as it is when a rule first looks.
        let caching = stream.caching.get_or_insert_default();
        let asked = caching.asked.get_or_insert_with(|| Asked::new(request));
        let Some(found) = store.find(asked, now) else {
            return Step::Next;
        };
        exec.runtime
            .caches
            .count(exec.proxy.0 as usize, side, found.is_some());
        if let Some(entry) = found {
            caching.found = Some(store.clone());
            caching.entry = Some(entry);
        }
        Step::Next
    }
}

/// Which side of its proxy the rule at hand stands on.
fn side(exec: &Exec<'_>) -> RuleSide {
    if exec.proxy == exec.client.frontend {
        RuleSide::Frontend
    } else {
        RuleSide::Backend
    }
}

/// Keeps the response in the cache of that index, as it stands.
#[derive(Debug)]
struct Store(usize);

impl Action for Store {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let now = seconds(exec.world.epoch_us_at(exec.world.now_ms()));
        let Some((buf, head)) = &exec.response else {
            return Step::Next;
        };
        let response = ResponseRef { buf, head };
        // How old it is stands in it besides, when it is sent again: it has to fit a buffer then.
        let room = u32::try_from(exec.room)
            .unwrap_or(u32::MAX)
            .saturating_sub(AGE_ROOM);
        if !response.fits(room) {
            return Step::Next;
        }
        let store = exec.runtime.caches.stores().get(self.0);
        let caching = exec
            .stream
            .as_mut()
            .and_then(|stream| stream.caching.as_deref_mut());
        let (Some(store), Some(caching)) = (store, caching) else {
            return Step::Next;
        };
        let Caching {
            asked: Some(asked),
            found: None,
            filling,
            ..
        } = caching
        else {
            return Step::Next;
        };
        store.forget(asked, response.status());
        if filling
            .iter()
            .any(|one| std::sync::Arc::ptr_eq(one.store(), store))
        {
            return Step::Next;
        }
        let Ok(traits) = message_traits(response.headers()) else {
            return Step::Next;
        };
        let length = match response_framing(&traits, response.status(), false) {
            Framing::Length(length) => Some(length),
            Framing::Chunked | Framing::UntilClose => None,
        };
        filling.extend(store.begin(asked, response, length, now));
        Step::Next
    }
}
