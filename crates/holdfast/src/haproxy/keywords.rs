//! `-dK`: the keywords that this program knows, by class, for tools that watch for new ones.

use std::fmt::Write as _;
use std::io::Write as _;

use haproxy_cfg::Dialect;
use haproxy_cfg::keywords::listing;

/// The classes and what is in them, in the order of `all`.
const CLASSES: [(&str, &str); 7] = [
    ("acl", "keywords that only ACLs have"),
    ("cfg", "keywords of the configuration"),
    ("cli", "commands of stats sockets and of the master"),
    ("cnv", "sample converters"),
    ("flt", "filters"),
    ("smp", "sample fetches"),
    ("svc", "services"),
];

/// Prints the classes of a list with commas between them. What is no class is passed over, as by the original.
pub(super) fn print(classes: &str, dialect: Dialect) {
    // Whoever does not read it to its end has seen enough. It is printed even where nothing else is (`-q`).
    let _ = std::io::stdout().write_all(listed(classes, dialect).as_bytes());
}

fn listed(classes: &str, dialect: Dialect) -> String {
    let mut out = String::new();
    for class in classes.split(',') {
        match class {
            "help" => help(&mut out),
            "all" => CLASSES
                .iter()
                .for_each(|(class, _)| one(&mut out, class, dialect)),
            class => one(&mut out, class, dialect),
        }
    }
    out
}

fn help(out: &mut String) {
    out.push_str("# List of supported keyword classes:\nall: everything\n");
    for (class, about) in CLASSES {
        // A string takes everything that is written to it.
        let _ = writeln!(out, "{class}: {about}");
    }
}

fn one(out: &mut String, class: &str, dialect: Dialect) {
    out.extend(listing(class, dialect));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_listed_in_the_order_asked_for_and_strangers_passed_over() {
        let both = listed("cnv,nonsense,acl", Dialect::default());
        let (converters, acls) = (both.find("converter functions:"), both.find("ACL keywords:"));
        assert!(converters.is_some() && converters < acls);
        assert_eq!(listed("nonsense", Dialect::default()), "");
        assert_eq!(
            listed("all", Dialect::default())
                .matches("# List of registered")
                .count(),
            CLASSES.len()
        );
        assert_eq!(
            listed("help", Dialect::default()).lines().count(),
            CLASSES.len() + 2
        );
        assert!(listed("cli", Dialect::default()).contains("\nshow stat [WORKER] \n"));
        assert!(listed("cli", Dialect::default()).contains("\nreload [MASTER] \n"));
    }
}
