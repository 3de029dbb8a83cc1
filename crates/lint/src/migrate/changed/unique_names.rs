//! Names of proxies are unique since 1.6.

use rustc_hash::FxHashMap;
use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "unique-names",
    about: "two proxies of one name are refused",
    when: When::From(Version::new(1, 6)),
    docs: "Since 1.6 two frontends, or two backends, may not have the same name (a `listen` is both); 3.3 refuses a frontend and a backend of one name where it only warned.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    // The first of each name, among those that take connections and among those that have servers.
    let mut firsts: FxHashMap<(&str, bool), usize> = FxHashMap::default();
    for (at, section) in task.file.proxies() {
        let sides = [(section.is_frontend(), false), (section.is_backend(), true)];
        let mine = sides
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, side)| (section.name.as_str(), *side));
        let earlier = mine.clone().filter_map(|key| firsts.get(&key).copied()).min();
        for key in mine {
            firsts.entry(key).or_insert(at);
        }
        let Some(first) = earlier else { continue };
        let message = format!(
            "'{}' has a name that another one has; this is refused since 1.6",
            section.title()
        );
        let advice = "give it another name, and see who means which";
        found.push(
            Found::new(task.headers(&[first, at]), message)
                .advice(advice)
                .decide(),
        );
    }
}
