/** A real HTTP server that misbehaves as a test tells it to, and a reader of it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ConfigValue, TableReader } from "../../../adapters/contract/tableReader.ts";
import { restKind } from "../../../adapters/rest/restKind.ts";

export type Handler = (url: URL, request: IncomingMessage, response: ServerResponse) => void;

export interface ApiServer {
  readonly url: string;
  /** Path and query of every request so far. */
  readonly asked: string[];
  handle: Handler;
  reader(tables: ConfigValue, connection?: Readonly<Record<string, ConfigValue>>): TableReader;
  close(): Promise<void>;
}

export const answer = (response: ServerResponse, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(200, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
};

export async function startApi(handle: Handler): Promise<ApiServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://local");
    asked.push(decodeURIComponent(url.pathname + url.search));
    api.handle(url, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api: ApiServer = {
    url,
    asked,
    handle,
    reader: (tables, connection = {}) =>
      restKind.openReader(
        restKind.parseConfig({ connection: { url: `${url}/api`, rate: "10000/s", timeout: "5s", ...connection }, tables, timeZone: "Asia/Shanghai", baseDir: "/" }),
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
}
