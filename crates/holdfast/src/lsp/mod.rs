//! `holdfast lsp`: a language server on standard input and output. What is answered is the crate `editor`'s to say; here are messages,
//! open files and this machine.

mod address;

use std::collections::BTreeMap;
use std::io::Write as _;

use ::lint::Levels;
use editor::{Document, Machine as Grammars, Report};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Notification as _, PublishDiagnostics,
};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentSymbolRequest, Formatting, GotoDefinition, HoverRequest,
    PrepareRenameRequest, References, Rename, Request as _,
};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionOrCommand, CodeActionProviderCapability, CompletionOptions,
    CompletionResponse, DocumentSymbolResponse, GotoDefinitionResponse, HoverProviderCapability, Location,
    OneOf, Position, PrepareRenameResponse, PublishDiagnosticsParams, Range, RenameOptions,
    ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, Uri, WorkspaceEdit,
};
use serde_json::Value;

use self::address::{path_of, uri_of};
use crate::host::But;
use crate::lint::machine::Machine;

/// Exit status when the client ended it as it should.
const FINE: u8 = 0;
/// Exit status when the client went away, or said what is no message.
const BROKEN: u8 = 1;

/// Runs it until the client ends it; gives the exit status.
pub(crate) fn run() -> u8 {
    let (connection, threads) = Connection::stdio();
    let levels = crate::lint::read_levels(None).unwrap_or_else(|error| {
        tell(&error);
        Levels::default()
    });
    let served = serve(&connection, levels);
    // The writing thread ends when nobody can give it messages any more.
    drop(connection);
    let ended = threads.join().map_err(|error| error.to_string());
    match served.and(ended) {
        Ok(()) => FINE,
        Err(error) => {
            tell(&error);
            BROKEN
        }
    }
}

/// Tells whoever started the editor; standard output is the client's.
fn tell(error: &str) {
    // Nobody is left to be told when standard error is closed.
    let _ = writeln!(std::io::stderr(), "holdfast lsp: {error}");
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Kind(
            TextDocumentSyncKind::INCREMENTAL,
        )),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(vec![" ".to_owned()]),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: lsp_types::WorkDoneProgressOptions::default(),
        })),
        document_symbol_provider: Some(OneOf::Left(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}

/// An open file, and what was found in it as it last was judged.
struct Open {
    uri: Uri,
    document: Document,
    report: Report,
    /// The editor's number for the text.
    version: i32,
    /// It changed since it was judged.
    stale: bool,
}

struct Server<'c> {
    connection: &'c Connection,
    levels: Levels,
    /// By their addresses.
    files: BTreeMap<String, Open>,
}

fn serve(connection: &Connection, levels: Levels) -> Result<(), String> {
    let capabilities = serde_json::to_value(capabilities()).map_err(|error| error.to_string())?;
    connection
        .initialize(capabilities)
        .map_err(|error| error.to_string())?;
    let mut server = Server {
        connection,
        levels,
        files: BTreeMap::new(),
    };
    loop {
        // Files are judged when nothing else waits: who types fast gets answers first.
        let message = match connection.receiver.try_recv() {
            Ok(message) => message,
            Err(_) if server.judge_one()? => continue,
            Err(_) => match connection.receiver.recv() {
                Ok(message) => message,
                Err(_) => return Err("the client went away".to_owned()),
            },
        };
        match message {
            Message::Request(request) => {
                if connection
                    .handle_shutdown(&request)
                    .map_err(|error| error.to_string())?
                {
                    return Ok(());
                }
                let answer = server.answer(request);
                server.send(Message::Response(answer))?;
            }
            Message::Notification(notification) => server.take(notification)?,
            Message::Response(_) => {}
        }
    }
}

impl Server<'_> {
    fn send(&self, message: Message) -> Result<(), String> {
        self.connection
            .sender
            .send(message)
            .map_err(|error| error.to_string())
    }

    /// Judges one file that changed; whether there was one.
    fn judge_one(&mut self) -> Result<bool, String> {
        let Some(open) = self.files.values_mut().find(|open| open.stale) else {
            return Ok(false);
        };
        let grammars = Grammars {
            haproxy: &But(&Machine),
            keepalived: &crate::keepalived::host::Machine,
            heartbeat: &crate::heartbeat::host::Machine,
            facts: &Machine,
        };
        open.report = editor::judge(&open.document, grammars, &self.levels);
        open.stale = false;
        let told = PublishDiagnosticsParams {
            uri: open.uri.clone(),
            diagnostics: open.report.diagnostics(&open.document, &open.uri),
            version: Some(open.version),
        };
        self.publish(told)?;
        Ok(true)
    }

    fn publish(&self, told: PublishDiagnosticsParams) -> Result<(), String> {
        self.send(Message::Notification(Notification::new(
            PublishDiagnostics::METHOD.to_owned(),
            told,
        )))
    }

    /// Takes what the client tells. What is not understood, or of a file that is not open, is passed over, as the protocol has it.
    fn take(&mut self, told: Notification) -> Result<(), String> {
        match told.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let Some(params) = read::<DidOpenTextDocument>(told.params) else {
                    return Ok(());
                };
                let file = params.text_document;
                let open = Open {
                    document: Document::new(&file.language_id, &path_of(&file.uri), file.text),
                    report: Report::default(),
                    version: file.version,
                    stale: true,
                    uri: file.uri,
                };
                self.files.insert(open.uri.as_str().to_owned(), open);
            }
            DidChangeTextDocument::METHOD => {
                let Some(params) = read::<DidChangeTextDocument>(told.params) else {
                    return Ok(());
                };
                if let Some(open) = self.files.get_mut(params.text_document.uri.as_str()) {
                    params
                        .content_changes
                        .iter()
                        .for_each(|change| open.document.change(change));
                    open.version = params.text_document.version;
                    open.stale = true;
                }
            }
            DidCloseTextDocument::METHOD => {
                let Some(params) = read::<DidCloseTextDocument>(told.params) else {
                    return Ok(());
                };
                let uri = params.text_document.uri;
                self.files.remove(uri.as_str());
                self.publish(PublishDiagnosticsParams {
                    uri,
                    diagnostics: Vec::new(),
                    version: None,
                })?;
            }
            _ => {}
        }
        Ok(())
    }

    fn answer(&mut self, request: Request) -> Response {
        let id = request.id.clone();
        match self.result(request) {
            Ok(result) => Response::new_ok(id, result),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        }
    }

    fn result(&mut self, request: Request) -> Result<Value, (ErrorCode, String)> {
        let Request { method, params, .. } = request;
        match method.as_str() {
            Completion::METHOD => {
                let params = arguments::<Completion>(params)?.text_document_position;
                let open = self.open(&params.text_document.uri)?;
                value(CompletionResponse::Array(editor::complete(
                    &open.document,
                    params.position,
                )))
            }
            HoverRequest::METHOD => {
                let params = arguments::<HoverRequest>(params)?.text_document_position_params;
                let open = self.open(&params.text_document.uri)?;
                value(editor::hover(&open.document, params.position))
            }
            GotoDefinition::METHOD => {
                let params = arguments::<GotoDefinition>(params)?.text_document_position_params;
                let open = self.open(&params.text_document.uri)?;
                value(GotoDefinitionResponse::Array(definitions(open, params.position)))
            }
            References::METHOD => {
                let params = arguments::<References>(params)?;
                let place = params.text_document_position;
                let open = self.open(&place.text_document.uri)?;
                value(references(
                    open,
                    place.position,
                    params.context.include_declaration,
                ))
            }
            PrepareRenameRequest::METHOD => {
                let params = arguments::<PrepareRenameRequest>(params)?;
                let open = self.open(&params.text_document.uri)?;
                value(renamed_range(open, params.position).map(PrepareRenameResponse::Range))
            }
            Rename::METHOD => {
                let params = arguments::<Rename>(params)?;
                let place = params.text_document_position;
                let open = self.open(&place.text_document.uri)?;
                value(rename(open, place.position, &params.new_name)?)
            }
            DocumentSymbolRequest::METHOD => {
                let params = arguments::<DocumentSymbolRequest>(params)?;
                let open = self.open(&params.text_document.uri)?;
                value(DocumentSymbolResponse::Nested(editor::outline(&open.document)))
            }
            Formatting::METHOD => {
                let params = arguments::<Formatting>(params)?;
                let open = self.open(&params.text_document.uri)?;
                let new = editor::formatted(&open.document).and_then(|new| String::from_utf8(new).ok());
                value(new.map(|new| open.document.edits_to(&new)))
            }
            CodeActionRequest::METHOD => {
                let params = arguments::<CodeActionRequest>(params)?;
                let uri = params.text_document.uri;
                if self.open(&uri)?.stale {
                    // What was found before is of another text.
                    while self
                        .judge_one()
                        .map_err(|error| (ErrorCode::InternalError, error))?
                    {}
                }
                let open = self.open(&uri)?;
                let fixes = editor::fixes(&open.report, &open.document, &uri, params.range);
                value(
                    fixes
                        .into_iter()
                        .map(CodeActionOrCommand::CodeAction)
                        .collect::<Vec<_>>(),
                )
            }
            _ => Err((ErrorCode::MethodNotFound, format!("{method} is not known"))),
        }
    }

    fn open(&self, uri: &Uri) -> Result<&Open, (ErrorCode, String)> {
        let open = self.files.get(uri.as_str());
        open.ok_or_else(|| (ErrorCode::InvalidParams, format!("{} is not open", uri.as_str())))
    }
}

fn read<N: lsp_types::notification::Notification>(params: Value) -> Option<N::Params> {
    serde_json::from_value(params).ok()
}

fn arguments<R: lsp_types::request::Request>(params: Value) -> Result<R::Params, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

fn value(result: impl serde::Serialize) -> Result<Value, (ErrorCode, String)> {
    serde_json::to_value(result).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

fn location(open: &Open, span: std::ops::Range<usize>) -> Location {
    Location::new(open.uri.clone(), open.document.range(span))
}

fn definitions(open: &Open, position: Position) -> Vec<Location> {
    let all = editor::occurrences(&open.document);
    let Some(one) = editor::find(&all, open.document.offset(position)) else {
        return Vec::new();
    };
    if one.kind == editor::Kind::File {
        let start = Range::new(Position::new(0, 0), Position::new(0, 0));
        return uri_of(open.document.path(), &one.name)
            .map(|uri| Location::new(uri, start))
            .into_iter()
            .collect();
    }
    editor::definitions(&all, one)
        .map(|given| location(open, given.span.clone()))
        .collect()
}

fn references(open: &Open, position: Position, declarations: bool) -> Vec<Location> {
    let all = editor::occurrences(&open.document);
    let Some(one) = editor::find(&all, open.document.offset(position)) else {
        return Vec::new();
    };
    let wanted = editor::same(&all, one).filter(|other| declarations || !other.definition);
    wanted.map(|other| location(open, other.span.clone())).collect()
}

fn renamed_range(open: &Open, position: Position) -> Option<Range> {
    let all = editor::occurrences(&open.document);
    let one = editor::find(&all, open.document.offset(position))?;
    // Asked with its own name it says whether it could have another.
    editor::rename(&open.document, one.span.start, &one.name).ok()?;
    Some(open.document.range(one.span.clone()))
}

#[allow(
    clippy::mutable_key_type,
    reason = "the protocol's own map of files, which are not changed while they are keys"
)]
fn rename(open: &Open, position: Position, new: &str) -> Result<WorkspaceEdit, (ErrorCode, String)> {
    let edits = editor::rename(&open.document, open.document.offset(position), new);
    let edits = edits.map_err(|why| (ErrorCode::InvalidParams, why))?;
    let changes = [(open.uri.clone(), edits)].into_iter().collect();
    Ok(WorkspaceEdit {
        changes: Some(changes),
        ..WorkspaceEdit::default()
    })
}
