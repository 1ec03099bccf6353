/** Peer (c): bare node:http, the ideal prepared SQL, JSON.stringify. No rules, no audit, no GraphQL: the floor under every server. */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";
import { admitted, fields } from "./data.ts";

const Database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
const [file = "", extensionsText = "null"] = process.argv.slice(2);
const db = new Database(file, { readonly: true });
const columns = fields.map(([column, field]) => `${column} AS "${field}"`).join(", ");
const list = admitted.map((code) => `'${code}'`).join(", ");
// `LIMIT ?` alone is compiled anew at every execution (see adapters/sqlite/sqliteDialect.ts).
const rows = db.prepare(`SELECT ${columns} FROM enterprise WHERE region IN (${list}) ORDER BY uscc LIMIT ? + 0`);
/** What the hub adds beside the data, so that all sides send the same number of bytes. */
const extensions: unknown = JSON.parse(extensionsText);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { variables } = JSON.parse(Buffer.concat(chunks).toString()) as { variables: { first: number } };
    const body = JSON.stringify({ data: { enterprises: { nodes: rows.all(variables.first) } }, extensions });
    response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
});
