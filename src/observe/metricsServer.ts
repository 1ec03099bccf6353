/**
 * `/metrics` on a listener of its own, never on the doors of agencies: how much one agency asks is nothing that another may read.
 *
 * There are no credentials: who reaches the address may read it, so it is this machine's alone unless the operator says otherwise.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HubError } from "../../schema/errorCodes.ts";
import type { Metrics } from "./metrics.ts";

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Rejects with CONFIG_INVALID where it cannot listen. */
export async function serveMetrics(metrics: Pick<Metrics, "text" | "contentType">, { host, port }: { readonly host: string; readonly port: number }): Promise<MetricsServer> {
  const isOpen = !isLoopback(host);
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000 }, (request, response) => {
    const send = (status: number, body: string, type = "text/plain; charset=utf-8"): void => {
      response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body), "cache-control": "no-store", "x-content-type-options": "nosniff" });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    request.resume();
    // A page in a browser of this machine reaches loopback under a name of its own (DNS rebinding).
    if (!isOpen && !isLoopback(hostOf(request.headers.host))) return send(403, "");
    if (request.method !== "GET" && request.method !== "HEAD") return send(405, "");
    if (request.url !== "/metrics") return send(404, "");
    metrics.text().then(
      (text) => send(200, text, metrics.contentType),
      () => send(500, ""),
    );
  });
  server.maxConnections = 20;
  const address = await new Promise<AddressInfo>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(new HubError("CONFIG_INVALID", { problem: `Metrics cannot be served at ${host}:${port} (${cause.code ?? "unknown"}). Set METRICS_PORT and METRICS_HOST to a free port of this machine.` }, { cause })));
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const isLoopback = (host: string): boolean => /^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)$/i.test(host);

const hostOf = (header: string | undefined): string => (header ?? "").replace(/:\d+$/, "");
