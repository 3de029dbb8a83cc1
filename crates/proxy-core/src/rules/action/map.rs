//! Actions on maps and the patterns of ACLs. How they are kept stands in [`crate::pattern`].

use std::sync::Arc;

use super::{Action, Compile, Make};
use crate::format::FormatPlan;
use crate::pattern::EditError;
use crate::rules::{Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("add-acl*", |at| edit(at, Edit::Add)),
    ("del-acl*", |at| edit(at, Edit::Delete)),
    ("del-map*", |at| edit(at, Edit::Delete)),
    ("set-map*", |at| edit(at, Edit::Set(at.format("value")?))),
];

/// An edit of a file's entries.
#[derive(Debug)]
struct EditEntries {
    file: Box<[u8]>,
    key: FormatPlan,
    edit: Edit,
}

#[derive(Debug)]
enum Edit {
    Add,
    Delete,
    Set(FormatPlan),
}

fn edit(at: Compile<'_>, edit: Edit) -> Result<Box<dyn Action>, String> {
    Ok(Box::new(EditEntries {
        file: at.text("file")?.into(),
        key: at.format("key")?,
        edit,
    }))
}

impl Action for EditEntries {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        // A file that neither a map nor an ACL uses has no entries that anybody would see.
        let Some(reference) = exec.runtime.references.file(&self.file).map(Arc::clone) else {
            return Step::Next;
        };
        let key = exec.text(&self.key);
        let result = match &self.edit {
            Edit::Add => reference.add_once(key),
            Edit::Delete => reference.delete(key),
            Edit::Set(value) => reference.put(key, exec.text(value)),
        };
        match result {
            // As with the original, nobody is told of what a request brings and a map cannot take.
            Ok(()) => {
                // The same request's next rules see it.
                exec.cache.reset();
                Step::Next
            }
            Err(EditError::Missing | EditError::Unfit(_) | EditError::Version) => Step::Next,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;

    use haproxy_cfg::Dialect;
    use haproxy_cfg::model::{ProxyId, RuleSet};
    use haproxy_cfg::testing::{FakeHost, load_on};

    use crate::fixture::{StillWorld, request};
    use crate::pattern::References;
    use crate::rules::{Acls, Cache, Exec, RuleSetPlan};
    use crate::sample::{Arena, Body};
    use crate::state::Runtime;
    use crate::stream::{Client, Stream};

    #[test]
    fn requests_change_maps_and_lists() {
        let host = FakeHost::new()
            .with_file("map", "/gone 1\n/old 2\n")
            .with_file("list", "/bad\n");
        let text = "frontend fe\n mode http\n bind :80\n timeout client 1s\n acl listed path -f list\n \
                    http-request set-var(txn.a) path,map(map)\n http-request set-map(map) /old %[path]\n \
                    http-request set-map(map) %[path] 4\n http-request del-map(map) /gone\n \
                    http-request del-acl(list) /bad\n http-request add-acl(list) %[path]\n \
                    http-request add-acl(list) %[path]\n http-request set-map(nobody) %[path] 5\n";
        let loaded = load_on(text, Dialect::default(), &host);
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
        let config = &loaded.config;
        let references = References::load(&config.patterns).expect("references");
        let runtime = Runtime::new(config, 1, 0).with_references(Arc::new(references));
        let acls = Acls::compile(config, ProxyId(0)).expect("ACLs");
        let rules = RuleSetPlan::compile(config, ProxyId(0), RuleSet::HttpRequest).expect("rules");
        let head = b"GET /new HTTP/1.1\r\nhost: h\r\n\r\n";
        let mut index = request(head);
        let mut exec = Exec {
            arena: &Arena::default(),
            config,
            runtime: &runtime,
            world: &StillWorld,
            proxy: ProxyId(0),
            client: &mut Client::default(),
            stream: Some(&mut Stream::default()),
            request: Some((head, &mut index)),
            response: None,
            body: Body::default(),
            payload: Body::default(),
            from_server: false,
            room: 1024,
            cache: &mut Cache::default(),
            strict: true,
            answer: &mut crate::answer::Answer::default(),
            has_answer: false,
            hints: &mut Vec::new(),
            undecided: &Cell::new(false),
        };
        let _ = rules.run(&acls, &mut exec, &mut 0);
        let entries = |file: &str| {
            let mut entries = Vec::new();
            let reference = runtime.references.file(file.as_bytes()).expect("a reference");
            let mut all = reference.entries(None).expect("the current version");
            all.some(|_, pattern, value| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                entries.push((text(pattern), value.map(text)));
                true
            });
            entries
        };
        let pair = |key: &str, value: &str| (key.to_owned(), Some(value.to_owned()));
        assert_eq!(entries("map"), [pair("/old", "/new"), pair("/new", "4")]);
        assert_eq!(entries("list"), [("/new".to_owned(), None)]);
    }
}
