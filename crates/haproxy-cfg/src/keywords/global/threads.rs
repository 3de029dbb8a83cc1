//! Rows of `global`: threads and CPUs.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::CPU_SETS;
use crate::parse::global as g;
use crate::signature::{
    Arg, IGNORED, Kind, Versions, arg, choice, ignored_before, int, one_of, since, text, versions,
};

const ANY: Arity = Arity::ANY;

const NO_OPTION: Arg = ignored_before(0, 0);
const POLICY_OPTIONS: Versions = versions(3, 3, arg("options", Kind::Rest(g::THREADS_PER_CORE)), NO_OPTION);

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("cpu-affinity", GLOBAL, ANY, "which CPUs a thread may run on")
        .takes(&[
            one_of("mode", &["auto", "per-core", "per-group", "per-thread", "per-ccx"]).words(
                "'{kw}' parsed an unknown directive '{got}'. Known values are : per-core per-group per-thread per-ccx auto",
            ),
            one_of("option", &["loose", "auto"])
                .optional()
                .wrong("'per-group' provided with unknown optional argument '{got}'.  Known values are : loose auto"),
        ])
        .since(3, 3),
    kw("cpu-map", GLOBAL, ANY, "CPUs of threads").takes(&[arg("map", Kind::Rest(g::CPU_MAP))])
    .acts(g::cpu_map),
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
            )
            .words(
                "'{kw}' passed an unknown CPU policy '{got}'. Supported values are: and 'none' (use all available CPUs), \
                 'first-usable-node' (use only first usable node if nbthreads not set), 'group-by-ccx' (make one thread \
                 group per CCX), 'group-by-2-ccx' (make one thread group per 2 CCX), 'group-by-3-ccx' (make one thread \
                 group per 3 CCX), 'group-by-4-ccx' (make one thread group per 4 CCX), 'group-by-cluster' (make one \
                 thread group per core cluster), 'group-by-2-clusters' (make one thread group per 2 core clusters), \
                 'group-by-3-clusters' (make one thread group per 3 core clusters), 'group-by-4-clusters' (make one \
                 thread group per 4 core clusters), 'performance' (make one thread group per perf. core cluster), \
                 'efficiency' (make one thread group per eff. core cluster), and 'resource' (make one thread group from \
                 the smallest cluster).\n",
            ),
            since(&POLICY_OPTIONS),
        ])
        .since(3, 2),
    kw("cpu-set", GLOBAL, ANY, "CPUs that may be chosen")
        .takes(&[choice("directive", CPU_SETS)
            .many()
            .missing(
                "'{kw}' requires a directive and an optional value (only 'reset', 'only-cpu', 'drop-cpu', \
                 'only-node', 'drop-node', 'only-cluster', 'drop-cluster', 'only-core', 'drop-core', 'only-thread', \
                 'drop-thread' supported).",
            )
            .wrong(
                "'{kw}' passed an unknown directive '{got}' (only 'reset', 'only-cpu', 'drop-cpu', 'only-node', \
                 'drop-node', 'only-cluster', 'drop-cluster', 'only-core', 'drop-core', 'only-thread', 'drop-thread' \
                 supported).",
            )])
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
        .takes(&[int("number", 1, 1024)
            .words("'{kw}' passed a missing or unparsable integer value in '{got}'")
            .beyond("'{kw}' value must be at least 1 (was {got})")])
        .since(3, 0),
];
