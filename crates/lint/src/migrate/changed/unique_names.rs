//! Names of proxies are unique since 1.6.

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
    for (at, section) in task.file.proxies() {
        let earlier = task
            .file
            .proxies()
            .take_while(|(other, _)| *other < at)
            .find(|(_, other)| {
                other.name == section.name
                    && (other.is_frontend() && section.is_frontend()
                        || other.is_backend() && section.is_backend())
            });
        if let Some((first, _)) = earlier {
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
}
