//! Rows of `global`: threads and CPUs.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::CPU_SETS;
use crate::parse::global as g;
use crate::signature::{IGNORED, Kind, arg, choice, int, one_of, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("cpu-affinity", GLOBAL, ANY, "which CPUs a thread may run on")
        .takes(&[one_of(
            "mode",
            &["auto", "per-core", "per-group", "per-thread", "per-ccx"],
        )])
        .since(3, 3),
    kw("cpu-map", GLOBAL, ANY, "CPUs of threads").takes(&[arg("map", Kind::Rest(g::CPU_MAP))]),
    kw("cpu-policy", GLOBAL, ANY, "how CPUs are chosen")
        .takes(&[
            one_of(
                "policy",
                &[
                    "none",
                    "efficiency",
                    "first-usable-node",
                    "group-by-ccx",
                    "group-by-2-ccx",
                    "group-by-3-ccx",
                    "group-by-4-ccx",
                    "group-by-cluster",
                    "group-by-2-clusters",
                    "group-by-3-clusters",
                    "group-by-4-clusters",
                    "performance",
                    "resource",
                ],
            ),
            text("options").any(),
        ])
        .since(3, 2),
    kw("cpu-set", GLOBAL, ANY, "CPUs that may be chosen")
        .takes(&[choice("directive", CPU_SETS).many()])
        .since(3, 2),
    kw("nbthread", GLOBAL, ANY, "worker threads")
        .takes(&[arg("number", Kind::Rest(g::THREADS))])
        .acts(g::nbthread),
    kw("numa-cpu-mapping", GLOBAL, ANY, "stay on one NUMA node").takes(&[IGNORED]),
    kw("thread-group", GLOBAL, ANY, "threads of a group")
        .takes(&[arg("group", Kind::Rest(g::GROUP_NUMBER)), text("threads").any()])
        .checked(g::thread_group),
    kw("thread-groups", GLOBAL, ANY, "groups of threads")
        .takes(&[arg("number", Kind::Rest(g::GROUPS))])
        .checked(g::thread_groups),
    kw("thread-hard-limit", GLOBAL, ANY, "most threads that are started")
        .takes(&[int("number", 1, 4096)])
        .since(3, 0),
];
