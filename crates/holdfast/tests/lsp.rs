//! `holdfast lsp`, driven by a scripted client over its standard input and output.

#![allow(
    clippy::needless_pass_by_value,
    reason = "values are made where they are handed over"
)]
#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// An editor.
struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// What came while something else was waited for.
    waiting: VecDeque<Value>,
    number: u64,
}

impl Drop for Editor {
    fn drop(&mut self) {
        // It has ended already where the test got so far.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Editor {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_holdfast"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut editor = Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            waiting: VecDeque::new(),
            number: 0,
        };
        let about = editor.ask("initialize", json!({ "capabilities": {} }));
        assert_eq!(
            about["capabilities"]["textDocumentSync"], 2,
            "incremental: {about:#}"
        );
        editor.tell("initialized", json!({}));
        editor
    }

    fn write(&mut self, message: &Value) {
        let text = message.to_string();
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        input.flush().unwrap();
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the server ended");
            match line.trim().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The whole answer to a request.
    fn answer(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let number = self.number;
        self.write(&json!({ "jsonrpc": "2.0", "id": number, "method": method, "params": params }));
        loop {
            let message = self.read();
            if message["id"] == number {
                return message;
            }
            self.waiting.push_back(message);
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer:#}");
        answer["result"].clone()
    }

    /// What is found in version `version` of a file.
    fn findings(&mut self, uri: &str, version: i64) -> Vec<Value> {
        loop {
            let message = self.waiting.pop_front().unwrap_or_else(|| self.read());
            let params = &message["params"];
            if params["uri"] == uri && params["version"] == version {
                return params["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    fn open(&mut self, uri: &str, language: &str, text: &str) -> Vec<Value> {
        let file = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": file }));
        self.findings(uri, 1)
    }

    fn change(&mut self, uri: &str, version: i64, from: (u32, u32), to: (u32, u32), text: &str) {
        let change = json!({ "range": { "start": at(from), "end": at(to) }, "text": text });
        let params =
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [change] });
        self.tell("textDocument/didChange", params);
    }

    fn at(&mut self, method: &str, uri: &str, place: (u32, u32), more: Value) -> Value {
        let mut params = json!({ "textDocument": { "uri": uri }, "position": at(place) });
        params
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.ask(method, params)
    }

    fn labels(&mut self, uri: &str, place: (u32, u32)) -> Vec<String> {
        let items = self.at("textDocument/completion", uri, place, json!({}));
        items
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["label"].as_str().unwrap().to_owned())
            .collect()
    }

    fn end(mut self) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        drop(self.input.take());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

fn at((line, character): (u32, u32)) -> Value {
    json!({ "line": line, "character": character })
}

/// Line and columns of each place.
fn places(locations: &Value) -> Vec<(u64, u64, u64)> {
    let of = |location: &Value| {
        let range = &location["range"];
        let number = |value: &Value| value.as_u64().unwrap();
        (
            number(&range["start"]["line"]),
            number(&range["start"]["character"]),
            number(&range["end"]["character"]),
        )
    };
    locations.as_array().unwrap().iter().map(of).collect()
}

fn codes(findings: &[Value]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

/// Line 0 has letters that are two units of UTF-16, in front of what is looked for in line 6.
const PROXY: &str = "global\n    maxconn 100\n\ndefaults\n    mode http\n    timeout connect 5s\n    timeout client 5s\n    timeout server 5s\n\nfrontend web\n    \
                     bind 127.0.0.1:8080\n    acl \"is_app\" path_beg /app/\n    http-request set-header x \"😀%[nbsrv(app)]\"\n    http-request deny if { src -f /etc/bad.lst }\n    \
                     use_backend app if is_app\n    default_backend app\n\nbackend app\n    server s1 127.0.0.1:8081 check\n    server s2 127.0.0.1:8082 track app/s1\n";
const PROXY_URI: &str = "file:///etc/haproxy/haproxy.cfg";

#[test]
fn findings_come_as_one_types_and_have_fixes() {
    let mut editor = Editor::start();
    let found = editor.open(PROXY_URI, "haproxy", PROXY);
    assert!(!codes(&found).contains(&"unknown-keyword"), "{found:#?}");
    // Half a line, in the middle of the file: the rest is still understood.
    editor.change(PROXY_URI, 2, (1, 4), (1, 11), "maxcon");
    let found = editor.findings(PROXY_URI, 2);
    let wrong: Vec<&Value> = found
        .iter()
        .filter(|finding| finding["code"] == "unknown-keyword")
        .collect();
    assert_eq!(wrong.len(), 1, "{found:#?}");
    assert_eq!(wrong[0]["range"]["start"], at((1, 4)));
    assert_eq!(wrong[0]["range"]["end"], at((1, 10)));
    let range = wrong[0]["range"].clone();
    let params =
        json!({ "textDocument": { "uri": PROXY_URI }, "range": range, "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", params);
    let edit = &actions[0]["edit"]["changes"][PROXY_URI][0];
    assert_eq!(
        (edit["newText"].as_str(), &edit["range"]),
        (Some("maxconn"), &range),
        "{actions:#}"
    );
    // The fix, as the editor makes it.
    editor.change(PROXY_URI, 3, (1, 4), (1, 10), "maxconn");
    let found = editor.findings(PROXY_URI, 3);
    assert!(!codes(&found).contains(&"unknown-keyword"), "{found:#?}");
    editor.end();
}

#[test]
fn names_lead_to_where_they_come_from_and_to_their_uses() {
    let mut editor = Editor::start();
    editor.open(PROXY_URI, "haproxy", PROXY);
    let used = [(12, 41, 44), (14, 16, 19), (15, 20, 23), (19, 35, 38)];
    let definition = editor.at("textDocument/definition", PROXY_URI, (14, 17), json!({}));
    assert_eq!(places(&definition), [(17, 8, 11)]);
    let context = json!({ "context": { "includeDeclaration": false } });
    let references = editor.at("textDocument/references", PROXY_URI, (17, 9), context);
    assert_eq!(places(&references), used, "columns are UTF-16");
    let server = editor.at("textDocument/definition", PROXY_URI, (19, 40), json!({}));
    assert_eq!(places(&server), [(18, 11, 13)]);
    let acl = editor.at("textDocument/definition", PROXY_URI, (14, 25), json!({}));
    assert_eq!(places(&acl), [(11, 9, 15)]);
    let file = editor.at("textDocument/definition", PROXY_URI, (13, 40), json!({}));
    assert_eq!(file[0]["uri"], "file:///etc/bad.lst");
    let range = editor.at("textDocument/prepareRename", PROXY_URI, (15, 21), json!({}));
    assert_eq!(range["start"], at((15, 20)));
    let edits = editor.at(
        "textDocument/rename",
        PROXY_URI,
        (15, 21),
        json!({ "newName": "shop" }),
    );
    let edits = &edits["changes"][PROXY_URI];
    assert_eq!(places(edits), [used[0], used[1], used[2], (17, 8, 11), used[3]]);
    let place = json!({ "textDocument": { "uri": PROXY_URI }, "position": at((15, 21)), "newName": "a b" });
    let refused = editor.answer("textDocument/rename", place);
    assert!(
        refused["error"]["message"].as_str().unwrap().contains("no name"),
        "{refused:#}"
    );
    editor.end();
}

#[test]
fn keywords_and_names_are_offered_where_they_may_stand() {
    let mut editor = Editor::start();
    editor.open(PROXY_URI, "haproxy", PROXY);
    editor.change(
        PROXY_URI,
        2,
        (16, 0),
        (16, 0),
        "    use_backend \n    option \n    http-request \n    use_backend app if \n    \n",
    );
    let backends = editor.labels(PROXY_URI, (16, 16));
    assert_eq!(backends, ["app"]);
    let options = editor.labels(PROXY_URI, (17, 11));
    assert!(options.contains(&"forwardfor".to_owned()) && !options.contains(&"bind".to_owned()));
    assert!(!options.contains(&"redispatch".to_owned()), "frontends have none");
    let actions = editor.labels(PROXY_URI, (18, 17));
    assert!(actions.contains(&"deny".to_owned()) && actions.contains(&"set-header".to_owned()));
    assert_eq!(editor.labels(PROXY_URI, (19, 23)), ["is_app"]);
    let first = editor.labels(PROXY_URI, (20, 4));
    assert!(first.contains(&"bind".to_owned()) && first.contains(&"backend".to_owned()));
    assert!(!first.contains(&"nbthread".to_owned()));
    let global = editor.labels(PROXY_URI, (1, 7));
    assert!(
        global.contains(&"maxconn".to_owned()) && global.iter().all(|label| label.starts_with("max")),
        "{global:?}"
    );
    let hover = editor.at("textDocument/hover", PROXY_URI, (1, 6), json!({}));
    assert!(
        hover["contents"]["value"]
            .as_str()
            .unwrap()
            .starts_with("`maxconn"),
        "{hover:#}"
    );
    let hover = editor.at("textDocument/hover", PROXY_URI, (15, 21), json!({}));
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(
        text.contains("**backend** `app`") && text.contains("Used"),
        "{text}"
    );
    editor.end();
}

#[test]
fn files_have_an_outline_and_are_formatted() {
    let mut editor = Editor::start();
    editor.open(PROXY_URI, "haproxy", PROXY);
    let outline = editor.ask(
        "textDocument/documentSymbol",
        json!({ "textDocument": { "uri": PROXY_URI } }),
    );
    let names: Vec<&str> = outline
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["global", "defaults", "frontend web", "backend app"]);
    assert_eq!(outline[3]["children"][1]["name"], "server s2");
    editor.change(PROXY_URI, 2, (1, 0), (1, 4), "\t");
    let params =
        json!({ "textDocument": { "uri": PROXY_URI }, "options": { "tabSize": 4, "insertSpaces": true } });
    let edits = editor.ask("textDocument/formatting", params);
    assert_eq!(edits.as_array().unwrap().len(), 1);
    assert_eq!(edits[0]["newText"], "    maxconn 100\n");
    assert_eq!(edits[0]["range"]["start"], at((1, 0)));
    editor.end();
}

#[test]
fn keepalived_and_heartbeat_are_served_as_well() {
    let mut editor = Editor::start();
    let uri = "file:///etc/keepalived/keepalived.conf";
    let text = "$IF=lo\nvrrp_script chk {\n    script \"/bin/true\"\n    \n}\nvrrp_instance A {\n    interface $IF\n    virtual_router_id 5\n    track_script {\n        chk\n    \
                }\n    virtual_ipaddress {\n        192.0.2.1/24\n";
    let found = editor.open(uri, "keepalived", text);
    assert!(codes(&found).contains(&"open-block"), "{:?}", codes(&found));
    let definition = editor.at("textDocument/definition", uri, (9, 9), json!({}));
    assert_eq!(places(&definition), [(1, 12, 15)]);
    let parameter = editor.at("textDocument/definition", uri, (6, 16), json!({}));
    assert_eq!(places(&parameter), [(0, 1, 3)]);
    assert!(editor.labels(uri, (3, 4)).contains(&"interval".to_owned()));
    assert_eq!(editor.labels(uri, (9, 8)), ["chk"]);
    let outline = editor.ask(
        "textDocument/documentSymbol",
        json!({ "textDocument": { "uri": uri } }),
    );
    assert_eq!(outline[1]["name"], "vrrp_instance A");
    let hover = editor.at("textDocument/hover", uri, (7, 8), json!({}));
    assert!(
        hover["contents"]["value"]
            .as_str()
            .unwrap()
            .starts_with("`virtual_router_id`"),
        "{hover:#}"
    );
    let cluster = "file:///etc/ha.d/ha.cf";
    let found = editor.open(cluster, "plaintext", "keepalive 2\nnode lb1 lb2\nbogus 1\n");
    assert!(
        found.iter().any(|finding| finding["range"]["start"]["line"] == 2),
        "{found:#?}"
    );
    assert!(
        editor
            .labels(cluster, (3, 0))
            .contains(&"auto_failback".to_owned())
    );
    editor.tell(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": cluster } }),
    );
    let gone = editor.answer(
        "textDocument/hover",
        json!({ "textDocument": { "uri": cluster }, "position": at((0, 0)) }),
    );
    assert!(gone["error"]["message"].as_str().unwrap().contains("not open"));
    let unknown = editor.answer("holdfast/none", json!({}));
    assert_eq!(unknown["error"]["code"], -32601);
    editor.end();
}

#[test]
fn a_client_that_goes_away_ends_the_server() {
    let mut editor = Editor::start();
    drop(editor.input.take());
    assert_eq!(editor.child.wait().unwrap().code(), Some(1));
}
