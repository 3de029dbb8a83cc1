//! Codes about names: of proxies, servers, sections, users.

use super::{CodeRow, code};

pub(super) const ROWS: &[CodeRow] = &[
    code(
        "ambiguous-defaults",
        "Two defaults sections of the name that `from` asks for",
        "Which of them is meant cannot be told.",
        "defaults base\ndefaults base\nbackend b from base\n",
        "defaults base\ndefaults other\nbackend b from base\n",
    ),
    code(
        "mixed-defaults",
        "A defaults section that is used by its name and by its place",
        "A section without `from` takes the last defaults section above it. Where another section asks for the same one by its \
         name, the reader cannot tell whether that was meant.",
        "defaults base\n    timeout client 1s\nfrontend f from base\n    bind :80\nfrontend g\n    bind :81\n",
        "defaults base\n    timeout client 1s\nfrontend f from base\n    bind :80\nfrontend g from base\n    bind :81\n",
    ),
    code(
        "backend-loop",
        "A backend that leads back to itself",
        "A listen section whose default_backend is itself would never come to an end.",
        "",
        "",
    ),
    code(
        "duplicate-id",
        "An id that another one has",
        "Ids are unique among proxies, and within a proxy among its listeners and its servers.",
        "backend a\n    id 7\nbackend b\n    id 7\n",
        "backend a\n    id 7\nbackend b\n    id 8\n",
    ),
    code(
        "id-of-several",
        "One id for several addresses",
        "An id names one listener.",
        "frontend f\n    bind :80-81 id 7\n    timeout client 30s\n",
        "frontend f\n    bind :80-81\n    timeout client 30s\n",
    ),
    code(
        "duplicate-name",
        "A name that another one has",
        "Two sections of a kind, or two entries of one, that share a name cannot be told apart by those who refer to it.",
        "backend b\nbackend b\n",
        "backend b\nbackend c\n",
    ),
    code(
        "duplicate-server",
        "Two servers of one name in a backend",
        "Cookies, statistics and the admin socket find a server by its name.",
        "backend b\n    server s 127.0.0.1:80\n    server s 127.0.0.1:81\n",
        "backend b\n    server s 127.0.0.1:80\n    server t 127.0.0.1:81\n",
    ),
    code(
        "mode-mismatch",
        "A frontend and its backend are in different modes",
        "An HTTP frontend cannot hand its requests to a backend in mode tcp.",
        "frontend f\n    mode http\n    bind :80\n    default_backend b\nbackend b\n    mode tcp\n",
        "frontend f\n    mode http\n    bind :80\n    default_backend b\nbackend b\n    mode http\n",
    ),
    code(
        "unknown-acl",
        "A condition names an ACL that is not declared",
        "ACLs are declared in front of their use, in the same proxy or in its defaults section.",
        "frontend f\n    bind :80\n    use_backend b if local\nbackend b\n",
        "frontend f\n    bind :80\n    acl local src 127.0.0.1\n    use_backend b if local\nbackend b\n",
    ),
    code(
        "unknown-backend",
        "A backend that is declared nowhere",
        "use_backend and default_backend name a backend or listen section of the same configuration.",
        "frontend f\n    bind :80\n    default_backend web\n",
        "frontend f\n    bind :80\n    default_backend web\nbackend web\n",
    ),
    code(
        "unknown-defaults",
        "`from` names a defaults section that is not declared above",
        "It must stand in front of the proxy that takes from it.",
        "backend b from base\n",
        "defaults base\nbackend b from base\n",
    ),
    code(
        "unknown-name",
        "A name that is declared nowhere",
        "Sections such as userlist, peers and resolvers, and servers that others track, must be part of the configuration.",
        "backend b\n    stick-table type ip size 100 peers mates\n",
        "peers mates\n    peer lb1 127.0.0.1:1024\nbackend b\n    stick-table type ip size 100 peers mates\n",
    ),
    code(
        "unknown-user",
        "A user or a group that the machine does not have",
        "The process could not become it.",
        "global\n    user nobody-of-that-name\n",
        "global\n    user haproxy\n",
    ),
    code(
        "unresolved-address",
        "A host name that does not resolve",
        "The server would have no address. Write `init-addr none` with resolvers, or start with -dr, where it may come later.",
        "backend b\n    server s no.such.host:80\n",
        "backend b\n    server s 127.0.0.1:80\n",
    ),
];
