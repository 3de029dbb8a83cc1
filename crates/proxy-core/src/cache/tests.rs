//! What is kept and for how long, as haproxy 2.6 to 3.4 do it (found by asking them through a cache, twice); and properties of the
//! store: never larger than it may be, never an answer that is not fresh, never another one than was kept.

use std::collections::HashMap;
use std::sync::Arc;

use haproxy_cfg::model::sections::Cache;
use proptest::prelude::*;
use syntax::Span;

use super::store::Store;
use super::{Asked, Entry};
use crate::fixture::{request, response};
use crate::http1::{RequestRef, ResponseRef};

/// Fri, 01 Jan 2021 00:00:00 GMT.
const NOW: u64 = 1_609_459_200;

fn section(megabytes: u32, object: Option<u32>) -> Cache {
    Cache {
        name: b"c".as_slice().into(),
        span: Span::default(),
        total_max_size: Some(megabytes),
        max_object_size: object,
        max_age: None,
        process_vary: true,
        max_secondary_entries: Some(3),
    }
}

fn store() -> Arc<Store> {
    Arc::new(Store::new(&section(1, Some(50_000))))
}

fn head(line: &str, headers: &str) -> Vec<u8> {
    let mut text = format!("{line}\r\n");
    for header in headers.split('|').filter(|header| !header.is_empty()) {
        text += header;
        text += "\r\n";
    }
    text += "\r\n";
    text.into_bytes()
}

fn asked_by(line: &str, headers: &str) -> Asked {
    let text = head(line, &format!("host: h|{headers}"));
    let index = request(&text);
    Asked::new(RequestRef {
        buf: &text,
        head: &index,
    })
}

fn get(headers: &str) -> Asked {
    asked_by("GET /a HTTP/1.1", headers)
}

/// Keeps a response with a body; gives whether that was done.
fn keep(store: &Arc<Store>, asked: &Asked, line: &str, headers: &str, body: &[u8], now: u64) -> bool {
    let text = head(line, &format!("{headers}|content-length: {}", body.len()));
    let mut index = response(&text);
    index.status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    let response = ResponseRef {
        buf: &text,
        head: &index,
    };
    store.forget(asked, index.status);
    let Some(mut filling) = store.begin(asked, response, Some(body.len() as u64), now) else {
        return false;
    };
    let fits = filling.push(body);
    if fits {
        filling.finish();
    }
    fits
}

fn find(store: &Store, asked: &Asked, now: u64) -> Option<Arc<Entry>> {
    store.find(asked, now).flatten()
}

/// For how long a response with these headers is kept; none where it is not.
fn lifetime(headers: &str) -> Option<u64> {
    let store = store();
    let asked = get("");
    keep(&store, &asked, "HTTP/1.1 200 OK", headers, b"hello", NOW).then(|| {
        (0..100)
            .find(|after| find(&store, &asked, NOW + after).is_none())
            .expect("an end")
    })
}

/// The whole response to a request.
fn replayed(entry: &Arc<Entry>, line: &str, headers: &str, now: u64) -> String {
    let text = head(line, headers);
    let index = request(&text);
    let mut replay = entry.replay(
        RequestRef {
            buf: &text,
            head: &index,
        },
        now,
    );
    let mut out = Vec::new();
    let mut room = [0; 7];
    loop {
        let n = replay.read(&mut room);
        if n == 0 {
            return String::from_utf8(out).expect("text");
        }
        out.extend_from_slice(&room[..n]);
    }
}

#[test]
fn a_response_is_kept_as_long_as_it_says_and_no_longer_than_the_cache_says() {
    for (headers, expected) in [
        ("", None),
        ("etag: \"a\"", Some(60)),
        ("etag: W/\"a\"", Some(60)),
        ("last-modified: foo", Some(60)),
        ("cache-control: max-age=30", Some(30)),
        ("cache-control: max-age=300", Some(60)),
        ("cache-control: max-age=99999999999999999999999", Some(60)),
        ("cache-control: max-age=0", None),
        ("cache-control: max-age=0|etag: \"a\"", None),
        ("cache-control: s-maxage=30", Some(30)),
        ("cache-control: max-age=30, s-maxage=10", Some(10)),
        ("cache-control: s-maxage=30, max-age=0", None),
        ("cache-control: s-maxage=x, max-age=30", None),
        ("cache-control: max-age=10, max-age=30", Some(30)),
        ("cache-control: max-age=30|cache-control: max-age=10", Some(10)),
        ("cache-control: max-age=\"30\"", Some(30)),
        ("cache-control: max-age=\"abc\"", None),
        ("cache-control: max-age=\"\"", None),
        ("cache-control: max-age= 30", Some(30)),
        ("cache-control: max-age=+30", Some(30)),
        ("cache-control: max-age=30;x", Some(30)),
        ("cache-control: max-age=-5|etag: \"a\"", None),
        ("cache-control: max-age=abc", None),
        ("cache-control: max-age = 30", Some(60)),
        ("cache-control: max-age=", Some(60)),
        ("cache-control: MAX-AGE=30", Some(30)),
        ("cache-control: xmax-age=30", None),
        ("cache-control: public", None),
        ("cache-control: public|etag: \"a\"", Some(60)),
        ("cache-control: private, max-age=30", None),
        ("cache-control: private=\"x\", max-age=30", None),
        ("cache-control: no-store, max-age=30", None),
        ("cache-control: no-cache, max-age=30", None),
        ("cache-control: no-cache=\"set-cookie\", max-age=30", None),
        ("cache-control: no-cachex, max-age=30", Some(30)),
        ("cache-control: max-age=30|cache-control: no-store", None),
        ("cache-control: must-revalidate, max-age=30", Some(30)),
        ("cache-control: immutable", None),
        ("pragma: no-cache|cache-control: max-age=30", None),
        ("pragma: x|cache-control: max-age=30", Some(30)),
        ("expires: Fri, 01 Jan 2021 00:00:30 GMT", Some(30)),
        ("expires: Fri, 01 Jan 2021 01:00:00 GMT", Some(60)),
        ("expires: Thu, 31 Dec 2020 23:00:00 GMT|etag: \"a\"", None),
        ("expires: 0|etag: \"a\"", None),
        ("expires: 0|cache-control: max-age=30", Some(30)),
        ("age: 10|cache-control: max-age=30", Some(30)),
        ("age: 30|cache-control: max-age=30", Some(30)),
        ("age: 31|cache-control: max-age=30", None),
        ("age: 61|cache-control: max-age=300", Some(60)),
        ("age: x|cache-control: max-age=30", None),
        ("age: -5|cache-control: max-age=30", None),
        ("age: 1|etag: \"a\"", None),
        ("set-cookie: a=b|cache-control: max-age=30", Some(30)),
        ("vary: *|cache-control: max-age=30", None),
        ("vary: |cache-control: max-age=30", None),
        ("vary: user-agent|cache-control: max-age=30", None),
        ("vary: origin, foo|cache-control: max-age=30", None),
        (
            "vary: Origin|vary: Accept-Encoding|cache-control: max-age=30",
            Some(30),
        ),
        (
            "vary: accept-encoding|content-encoding: foo|cache-control: max-age=30",
            None,
        ),
        (
            "vary: accept-encoding|content-encoding: |cache-control: max-age=30",
            None,
        ),
        ("content-encoding: foo|cache-control: max-age=30", Some(30)),
    ] {
        assert_eq!(lifetime(headers), expected, "{headers}");
    }
}

#[test]
fn only_a_whole_answer_to_a_get_is_kept() {
    let fresh = "cache-control: max-age=30";
    let store = store();
    for status in [201, 203, 204, 206, 300, 301, 302, 304, 404, 410, 500] {
        let line = format!("HTTP/1.1 {status} X");
        assert!(!keep(&store, &get(""), &line, fresh, b"", NOW), "{status}");
    }
    for (line, headers) in [
        ("HEAD /a HTTP/1.1", ""),
        ("POST /a HTTP/1.1", ""),
        ("OPTIONS /a HTTP/1.1", ""),
        ("GET /a HTTP/1.0", ""),
        ("GET /a HTTP/1.1", "cache-control: no-store"),
        (
            "GET /a HTTP/1.1",
            "cache-control: no-cache|cache-control: foo, no-store",
        ),
        ("GET /a HTTP/1.1", "authorization: x"),
    ] {
        let asked = asked_by(line, headers);
        assert!(
            !keep(&store, &asked, "HTTP/1.1 200 OK", fresh, b"x", NOW),
            "{line} {headers}"
        );
    }
    for says in [
        "cache-control: no-cache",
        "cache-control: max-age=5",
        "pragma: no-cache",
    ] {
        let other = Arc::new(Store::new(&section(1, None)));
        assert!(keep(&other, &get(""), "HTTP/1.1 200 OK", fresh, b"old", NOW));
        assert!(
            keep(&other, &get(says), "HTTP/1.1 200 OK", fresh, b"new", NOW),
            "{says}"
        );
        let entry = find(&other, &get(""), NOW).expect("the new one");
        assert_eq!((entry.body(), other.shown().entries.len()), (&b"new"[..], 1));
    }
    let asked = get("authorization: x");
    let public = format!("{fresh}, public");
    assert!(keep(&store, &asked, "HTTP/1.1 200 OK", &public, b"x", NOW));
    assert!(store.find(&asked, NOW).is_none());
    assert!(find(&store, &get(""), NOW).is_some());
}

#[test]
fn a_request_is_answered_by_its_target_and_by_what_it_says_of_caches() {
    let store = store();
    assert!(keep(
        &store,
        &get(""),
        "HTTP/1.1 200 OK",
        "cache-control: max-age=30",
        b"x",
        NOW
    ));
    for (line, headers, found) in [
        ("HEAD /a HTTP/1.1", "", true),
        ("GET https://h/a HTTP/1.1", "", true),
        ("GET http://h/a HTTP/1.1", "", false),
        ("GET /a?q HTTP/1.1", "", false),
        ("GET /A HTTP/1.1", "", false),
        ("GET /a HTTP/1.0", "", false),
        ("OPTIONS /a HTTP/1.1", "", false),
        ("GET /a HTTP/1.1", "cookie: x", true),
        ("GET /a HTTP/1.1", "range: bytes=0-1", true),
        ("GET /a HTTP/1.1", "cache-control: no-store", true),
        ("GET /a HTTP/1.1", "cache-control: only-if-cached", true),
        ("GET /a HTTP/1.1", "cache-control: NO-CACHE", false),
        ("GET /a HTTP/1.1", "cache-control: max-age=0", false),
        ("GET /a HTTP/1.1", "pragma: no-cache", false),
        ("GET /a HTTP/1.1", "authorization: ", false),
        ("GET /a HTTP/1.1", "proxy-authorization: x", true),
    ] {
        let asked = asked_by(line, headers);
        assert_eq!(find(&store, &asked, NOW).is_some(), found, "{line} {headers}");
    }
    let text = b"GET /a HTTP/1.1\r\nhost: H\r\n\r\n";
    let index = request(text);
    let other = Asked::new(RequestRef {
        buf: text,
        head: &index,
    });
    assert!(find(&store, &other, NOW).is_none());
}

#[test]
fn variants_are_told_apart() {
    let fresh = "cache-control: max-age=30|";
    let ok = "HTTP/1.1 200 OK";
    for (first, vary, other, found) in [
        ("", "vary: accept-encoding", "accept-encoding: br", true),
        (
            "",
            "vary: accept-encoding",
            "accept-encoding: identity;q=0",
            false,
        ),
        ("", "vary: accept-encoding", "accept-encoding: *;q=0", true),
        (
            "accept-encoding: gzip",
            "vary: accept-encoding|content-encoding: gzip",
            "",
            true,
        ),
        (
            "accept-encoding: gzip",
            "vary: accept-encoding|content-encoding: gzip",
            "accept-encoding: br, GZIP;q=0.5",
            true,
        ),
        (
            "accept-encoding: gzip",
            "vary: accept-encoding|content-encoding: gzip",
            "accept-encoding: br",
            false,
        ),
        (
            "accept-encoding: gzip",
            "vary: accept-encoding|content-encoding: gzip",
            "accept-encoding: ",
            false,
        ),
        (
            "accept-encoding: gzip",
            "vary: accept-encoding|content-encoding: gzip",
            "accept-encoding: *",
            true,
        ),
        (
            "accept-encoding: gzip",
            "vary: accept-encoding|content-encoding: gzip",
            "accept-encoding: gzip;q=0, *",
            false,
        ),
        (
            "accept-encoding: gzip",
            "vary: accept-encoding|content-encoding: gzip",
            "accept-encoding: x-gzip",
            true,
        ),
        (
            "accept-encoding: gzip, br",
            "vary: accept-encoding|content-encoding: gzip|content-encoding: br",
            "accept-encoding: gzip",
            false,
        ),
        ("referer: a", "vary: Referer", "referer: a", true),
        ("referer: a", "vary: Referer", "referer: b", false),
        ("referer: a", "vary: Referer", "", false),
        (
            "origin: a|referer: a",
            "vary: origin",
            "origin: a|referer: b",
            true,
        ),
        (
            "origin: a",
            "vary: origin, referer",
            "origin: a|referer: b",
            false,
        ),
        ("origin: a", "vary: origin", "origin: a|origin: a", false),
    ] {
        let store = store();
        let headers = format!("{fresh}{vary}");
        assert!(
            keep(&store, &get(first), ok, &headers, b"x", NOW),
            "{first} {vary}"
        );
        assert!(find(&store, &get(first), NOW).is_some(), "{first} {vary}");
        assert_eq!(
            find(&store, &get(other), NOW).is_some(),
            found,
            "{first} {vary} {other}"
        );
    }
    // Three of one target, and no more.
    let store = store();
    let headers = format!("{fresh}vary: referer");
    for (at, kept) in [true, true, true, false].into_iter().enumerate() {
        let asked = get(&format!("referer: {at}"));
        assert_eq!(keep(&store, &asked, ok, &headers, b"x", NOW), kept, "{at}");
    }
    // When they are over, there is room again.
    assert!(keep(&store, &get("referer: 4"), ok, &headers, b"x", NOW + 30));
    // A request with a method that changes things takes all of them away; one that failed does not.
    let post = asked_by("POST /a HTTP/1.1", "");
    store.forget(&post, 404);
    assert!(find(&store, &get("referer: 4"), NOW + 30).is_some());
    store.forget(&post, 302);
    assert!(find(&store, &get("referer: 4"), NOW + 30).is_none());
    // Without the section's word no variant is kept.
    let plain = Arc::new(Store::new(&Cache {
        process_vary: false,
        ..section(1, None)
    }));
    assert!(!keep(&plain, &get(""), ok, &headers, b"x", NOW));
}

#[test]
fn clients_that_have_it_are_told_so() {
    let dates = "date: Fri, 01 Jan 2021 00:00:00 GMT|last-modified: Thu, 31 Dec 2020 00:00:00 GMT";
    let cases = [
        ("etag: W/\"a\"", "if-none-match: \"a\"", true),
        ("etag: \"a\"", "if-none-match: W/\"a\"", true),
        ("etag: \"a\"", "if-none-match: \"b\",\"a\"", true),
        ("etag: \"a\"", "if-none-match: \"b\"|if-none-match: \"a\"", true),
        ("etag: \"a\"", "if-none-match: \"b\"", false),
        ("etag: a", "if-none-match: a", false),
        ("etag: \"a\"", "if-none-match: ", false),
        ("", "if-none-match: *", true),
        ("", "if-none-match: \"a\"", false),
        (dates, "if-modified-since: Thu, 31 Dec 2020 00:00:00 GMT", true),
        (dates, "if-modified-since: Wed, 30 Dec 2020 23:59:59 GMT", false),
        (dates, "if-modified-since: foo", false),
        (
            dates,
            "if-none-match: \"b\"|if-modified-since: Thu, 31 Dec 2020 00:00:00 GMT",
            false,
        ),
        (
            "date: Thu, 31 Dec 2020 00:00:00 GMT",
            "if-modified-since: Thu, 31 Dec 2020 00:00:00 GMT",
            true,
        ),
        ("", "if-modified-since: Fri, 01 Jan 2021 00:00:00 GMT", true),
        ("", "if-modified-since: Thu, 31 Dec 2020 23:59:59 GMT", false),
        (
            "last-modified: foo",
            "if-modified-since: Fri, 01 Jan 2021 00:00:00 GMT",
            true,
        ),
    ];
    for (kept, sent, had) in cases {
        let store = store();
        let headers = format!("cache-control: max-age=30|{kept}");
        assert!(keep(&store, &get(""), "HTTP/1.1 200 OK", &headers, b"x", NOW));
        let entry = find(&store, &get(""), NOW).expect("an entry");
        let answer = replayed(&entry, "GET /a HTTP/1.1", sent, NOW);
        assert_eq!(
            answer.starts_with("HTTP/1.1 304 "),
            had,
            "{kept} {sent}: {answer}"
        );
        assert_eq!(answer.ends_with("\r\n\r\n"), had, "{answer}");
    }
}

#[test]
fn an_answer_says_how_old_it_is_and_goes_without_a_body_where_none_is_wanted() {
    let store = store();
    let headers = "X-A: 1|Age: 7|Cache-Control: max-age=30|Connection: x-b|Age: 8";
    assert!(keep(&store, &get(""), "HTTP/1.1 200 OK", headers, b"hello", NOW));
    let entry = find(&store, &get(""), NOW).expect("an entry");
    let head = "HTTP/1.1 200 \r\nx-a: 1\r\ncache-control: max-age=30\r\nconnection: x-b\r\n\
                content-length: 5\r\nage: 9\r\n\r\n";
    assert_eq!(
        replayed(&entry, "GET /a HTTP/1.1", "", NOW + 2),
        format!("{head}hello")
    );
    assert_eq!(replayed(&entry, "HEAD /a HTTP/1.1", "", NOW + 2), head);
}

#[test]
fn what_was_not_asked_for_the_longest_goes_first_but_not_while_it_is_sent() {
    let store = Arc::new(Store::new(&section(1, Some(400_000))));
    let of = |name: char| asked_by(&format!("GET /{name} HTTP/1.1"), "");
    let body = vec![b'x'; 240_000];
    let put = |name| {
        let fresh = "cache-control: max-age=30";
        keep(&store, &of(name), "HTTP/1.1 200 OK", fresh, &body, NOW)
    };
    for name in "abcd".chars() {
        assert!(put(name));
    }
    assert!(find(&store, &of('a'), NOW).is_some());
    let sent = find(&store, &of('b'), NOW);
    assert!(find(&store, &of('d'), NOW).is_some());
    assert!(put('e'));
    assert!(find(&store, &of('c'), NOW).is_none());
    let others: Vec<_> = "ade".chars().map(|name| find(&store, &of(name), NOW)).collect();
    assert!(others.iter().all(Option::is_some));
    // All of it is being sent.
    assert!(!put('f'));
    drop(sent);
    assert!(put('f'));
    assert!(find(&store, &of('b'), NOW).is_none());
}

#[test]
fn what_is_too_large_or_cut_short_is_not_kept() {
    let store = Arc::new(Store::new(&section(4, None)));
    let fresh = "cache-control: max-age=30";
    let ok = "HTTP/1.1 200 OK";
    assert!(!keep(&store, &get(""), ok, fresh, &[0; 16_384], NOW));
    assert!(keep(&store, &get(""), ok, fresh, &[0; 16_000], NOW));
    let text = head(ok, "cache-control: max-age=30|transfer-encoding: chunked");
    let index = response(&text);
    let chunked = || {
        let response = ResponseRef {
            buf: &text,
            head: &index,
        };
        store.begin(&asked_by("GET /b HTTP/1.1", ""), response, None, NOW)
    };
    let mut long = chunked().expect("a place");
    // Another one is quicker with it.
    assert!(chunked().is_none());
    assert!(long.push(&[0; 16_000]));
    assert!(!long.push(&[0; 1_000]));
    assert_eq!(store.shown().entries.len(), 2);
    drop(long);
    let mut cut = chunked().expect("a place again");
    assert!(cut.push(b"begun"));
    drop(cut);
    let shown = store.shown();
    assert_eq!((shown.entries.len(), shown.free_blocks), (1, 4096));
    assert!(find(&store, &asked_by("GET /b HTTP/1.1", ""), NOW).is_none());
}

/// Something that happens to a cache.
#[derive(Clone, Debug)]
enum Event {
    /// A response of that length begins, with or without its length told, fresh for that long.
    Begin(u8, usize, bool, u64),
    /// The one that has been under way the longest gets so much of its body.
    Push(usize),
    /// One that is under way is over, or cut short.
    End(bool),
    /// Somebody asks, and keeps what is found for a while.
    Ask(u8, bool),
    /// Those who were answered go.
    LetGo,
    /// Something changes it.
    Change(u8),
    /// Seconds go by.
    Wait(u64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let name = 0..12_u8;
    let event = prop_oneof![
        4 => (name.clone(), 0..300_000_usize, any::<bool>(), 1..40_u64).prop_map(|(n, l, t, f)| Event::Begin(n, l, t, f)),
        6 => (0..200_000_usize).prop_map(Event::Push),
        4 => any::<bool>().prop_map(Event::End),
        4 => (name.clone(), any::<bool>()).prop_map(|(n, k)| Event::Ask(n, k)),
        1 => Just(Event::LetGo),
        1 => name.prop_map(Event::Change),
        2 => (0..20_u64).prop_map(Event::Wait),
    ];
    prop::collection::vec(event, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_cache_is_never_above_its_size_and_never_answers_with_what_is_stale_or_another(events in events()) {
        let store = Arc::new(Store::new(&section(1, Some(300_000))));
        let of = |name: u8, method: &str| asked_by(&format!("{method} /{name} HTTP/1.1"), "");
        let mut now = NOW;
        let mut serial = 0_u32;
        let mut under_way = Vec::new();
        let mut held = Vec::new();
        // By what stands in its head: whose it is, when it is over, and its body.
        let mut kept: HashMap<u32, (u8, u64, Vec<u8>)> = HashMap::new();
        for event in events {
            match event {
                Event::Begin(name, length, told, fresh) => {
                    serial += 1;
                    let text = head("HTTP/1.1 200 OK", &format!("cache-control: max-age={fresh}|etag: \"{serial}\""));
                    let index = response(&text);
                    let response = ResponseRef { buf: &text, head: &index };
                    let length = told.then_some(length as u64);
                    if let Some(filling) = store.begin(&of(name, "GET"), response, length, now) {
                        under_way.push((serial, name, now + fresh, filling, Vec::new()));
                    }
                }
                Event::Push(length) => {
                    if let Some((serial, _, _, filling, body)) = under_way.first_mut() {
                        let bytes = vec![*serial as u8; length];
                        if filling.push(&bytes) {
                            body.extend_from_slice(&bytes);
                        } else {
                            under_way.remove(0);
                        }
                    }
                }
                Event::End(whole) => {
                    if !under_way.is_empty() {
                        let (serial, name, over, filling, body) = under_way.remove(0);
                        if whole {
                            filling.finish();
                            kept.insert(serial, (name, over, body));
                        }
                    }
                }
                Event::Ask(name, keeps) => {
                    if let Some(entry) = find(&store, &of(name, "GET"), now) {
                        let answer = replayed(&entry, "HEAD /x HTTP/1.1", "", now);
                        let tag = answer.split("etag: \"").nth(1).expect("a tag");
                        let serial = tag.split('"').next().expect("its end").parse().expect("a number");
                        let (whose, over, body) = kept.get(&serial).expect("one that was kept");
                        prop_assert_eq!(*whose, name);
                        prop_assert!(now < *over, "stale");
                        prop_assert_eq!(entry.body(), &body[..]);
                        if keeps {
                            held.push(entry);
                        }
                    }
                }
                Event::LetGo => held.clear(),
                Event::Change(name) => {
                    store.forget(&of(name, "DELETE"), 200);
                    prop_assert!(find(&store, &of(name, "GET"), now).is_none());
                }
                Event::Wait(seconds) => now += seconds,
            }
            let shown = store.shown();
            let blocks: usize = shown.entries.iter().map(|entry| entry.blocks).sum();
            prop_assert!(blocks <= 1024, "{} blocks", blocks);
            prop_assert_eq!(blocks, store.used_blocks());
            for entry in &shown.entries {
                prop_assert!(entry.size <= entry.blocks * 1024);
            }
        }
    }
}
