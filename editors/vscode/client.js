// Starts `holdfast lsp` and connects it with the editor.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

async function activate() {
  const command = vscode.workspace.getConfiguration("holdfast").get("path", "holdfast");
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  const documentSelector = ["haproxy", "keepalived", "heartbeat"].map((language) => ({ scheme: "file", language }));
  client = new LanguageClient("holdfast", "Holdfast", server, { documentSelector });
  await client.start();
}

function deactivate() {
  return client ? client.stop() : undefined;
}

module.exports = { activate, deactivate };
