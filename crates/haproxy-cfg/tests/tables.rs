//! What lines about stick tables mean.

use haproxy_cfg::model::{KeyType, ServerKey, StickWhat};
use haproxy_cfg::testing::load_str;

const BASE: &str = "defaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server 5s\n";

#[test]
fn tables_stand_in_the_order_of_the_file_with_what_they_store() {
    let text = format!(
        "{BASE}peers pp\n table own type string size 5 expire 2s store gpc0,http_req_rate(3s)\n\
         backend b\n stick-table type ip size 1k nopurge store gpc(3),gpc_rate(3,1m)\n\
         backend s\n stick-table type binary len 4 size 2 srvkey addr\n stick on src table b\n"
    );
    let loaded = load_str(&text);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    let tables = &loaded.config.tables;
    let names: Vec<_> = tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!(names, ["pp/own", "b", "s"]);
    assert_eq!(
        (tables[0].key, tables[0].size, tables[0].expire),
        (KeyType::Str(31), 5, Some(2000))
    );
    assert_eq!(tables[0].store[1].period, Some(3000));
    assert_eq!(
        (tables[1].size, tables[1].nopurge, tables[1].expire),
        (1024, true, None)
    );
    let stored: Vec<_> = (tables[1].store.iter())
        .map(|data| (data.name, data.count, data.period))
        .collect();
    // What a rule remembers servers by is stored without being asked for.
    assert_eq!(
        stored,
        [
            ("gpc", 3, None),
            ("gpc_rate", 3, Some(60_000)),
            ("server_id", 1, None),
            ("server_key", 1, None)
        ]
    );
    assert_eq!(
        (tables[2].key, tables[2].server_key),
        (KeyType::Bin(4), ServerKey::Address)
    );
    let rule = &loaded.config.proxies[1].stick[0];
    assert_eq!((rule.what, &*rule.table.to_string()), (StickWhat::On, "b"));
}
