//! Old words of routes.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "route-words",
    about: "`gw` and `or` of routes become `via` and `nexthop`",
    when: When::From(Version::new(2, 2)),
    docs: "`gw` is `via`. `via A or B` named two gateways and set no route at all in 2.2; `nexthop via A nexthop via B` is what it meant.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    for (block, owner) in [("virtual_routes", "vrrp_instance"), ("static_routes", "")] {
        let routes: Vec<usize> = text
            .all(owner, block)
            .flat_map(|list| text.inside(list))
            .collect();
        for at in routes {
            let words = [vec![text.keyword(at)], text.written_args(at)].concat();
            if let Some(or) = words.iter().position(|word| word == "or") {
                let via =
                    or >= 2 && matches!(words[or - 2].as_str(), "via" | "gw") && words.get(or + 1).is_some();
                let told = text.found(&[at], "'or' of a route is warned of since 2.2");
                if !via {
                    found.push(
                        told.advice("write 'nexthop via ADDRESS' for each gateway")
                            .decide(),
                    );
                    continue;
                }
                let new = format!("nexthop via {} nexthop via {}", words[or - 1], words[or + 1]);
                // What holds for the whole route stands before its gateways.
                let rest = words.get(or + 2..).unwrap_or_default().join(" ");
                let new = if rest.is_empty() {
                    new
                } else {
                    format!("{rest} {new}")
                };
                found.push(told.edits(text.replace_words(at, or - 2, words.len() - 1, &new)));
            } else if let Some(gw) = words.iter().position(|word| word == "gw") {
                let told = text.found(&[at], "'gw' of a route is warned of since 2.2");
                found.push(told.edits(text.replace_words(at, gw, gw, "via")));
            }
        }
    }
}
