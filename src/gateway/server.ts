/** HTTP and nothing else: which door a request goes to, how long it may take, and how the doors close. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HubError } from "../../schema/errorCodes.ts";
import { faultShape } from "../observe/faultShape.ts";
import { type ConnectionLimits, defaultConnectionLimits, lateLookEveryMs, limitConnections } from "./connections.ts";
import { correlationIdOf } from "./correlationId.ts";
import type { GatewayParts } from "./gatewayParts.ts";
import type { PlainDoor } from "../observe/observer.ts";
import { dataDoor, type DoorStanding } from "./handleGraphql.ts";
import { stewardDoor } from "./handleSteward.ts";
import { callerGone, discard } from "./readBody.ts";
import { makeRefusalLedger } from "./refusalLedger.ts";
import { sendJson, sendNothing } from "./respond.ts";
import { sandboxConfig } from "./sandboxConfig.ts";
import { sourceStanding } from "./sourceStanding.ts";
import { staticPages } from "./staticPages.ts";
import { handleSandboxToken, handleToken, jwksOf } from "./tokenDoors.ts";

export interface Gateway {
  /** Where it listens, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  standing(): DoorStanding;
  /** Takes no more requests, lets those under way end, and cuts them off after ten seconds. */
  close(): Promise<void>;
}

const closeWithinMs = 10_000;

type Door = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Rejects with CONFIG_INVALID where the port is taken or may not be used. */
export const startGateway = async (given: GatewayParts): Promise<Gateway> => {
  const limits: ConnectionLimits = { ...defaultConnectionLimits, ...given.connectionLimits };
  let isClosing = false;
  const refusals = makeRefusalLedger(given, given.recordedRefusals === undefined ? {} : { singles: given.recordedRefusals });
  const parts = { ...given, refusals };
  const data = dataDoor(parts);
  const steward = await stewardDoor(parts);
  const pages = parts.sandboxDir === null ? null : staticPages(parts.sandboxDir);
  const isReady = (): boolean => !isClosing && parts.journal.healthy();

  const doors = new Map<string, Partial<Record<"GET" | "POST" | "any", Door>>>([
    ["/graphql", { any: data.graphql }],
    ["/explain", { any: data.explain }],
    ["/steward/graphql", { any: steward }],
    ["/oauth/token", { POST: (request, response) => handleToken(parts, request, response) }],
    ["/.well-known/jwks.json", { GET: (_request, response) => sendJson(response, 200, jwksOf(parts)) }],
    ["/healthz", { GET: (_request, response) => sendJson(response, 200, { status: "ok" }) }],
    ["/readyz", { GET: (_request, response) => sendJson(response, isReady() ? 200 : 503, { status: isReady() ? "ready" : "not ready", sources: parts.registry.list().map(sourceStanding) }) }],
  ]);
  const config = sandboxConfig(parts.state.network, parts.demonstration, parts.sandboxExamples ?? []);
  doors.set("/sandbox/config.json", { GET: (_request, response) => sendJson(response, 200, config) });
  if (parts.demonstration) {
    doors.set("/sandbox/token", { POST: (request, response) => handleSandboxToken(parts, request, response, correlationIdOf(undefined)) });
  }
  if (pages !== null) doors.set("/sandbox", { GET: (_request, response) => sendNothing(response, 308, { location: "/sandbox/" }) });

  const dispatch = (request: IncomingMessage, response: ServerResponse): void | Promise<void> => {
    const path = pathOf(request.url ?? "");
    const door = doors.get(path);
    if (door !== undefined) {
      const method = request.method === "HEAD" ? "GET" : request.method;
      const handle = door.any ?? (method === "GET" || method === "POST" ? door[method] : undefined);
      if (handle !== undefined) return handle(request, response);
      discard(request);
      return sendNothing(response, 405, { allow: Object.keys(door).join(", ") });
    }
    if (path.startsWith("/sandbox/") && pages?.serve(path.slice("/sandbox/".length), request, response) === true) return;
    discard(request);
    sendNothing(response, 404);
  };

  const server = createServer({ headersTimeout: limits.headersMs, requestTimeout: limits.requestMs, keepAliveTimeout: limits.idleMs, connectionsCheckingInterval: Math.min(lateLookEveryMs, limits.headersMs) }, (request, response) => {
    if (isClosing) response.setHeader("connection", "close");
    void handle(request, response);
  });
  const { observer } = parts;
  /** GraphQL doors tell of themselves, with their codes. */
  const observePlain = (request: IncomingMessage, response: ServerResponse): void => {
    if (observer === undefined) return;
    const door = plainDoorOf(pathOf(request.url ?? ""), doors);
    if (door !== null) response.once("finish", () => observer.answered(door, response.statusCode));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    observePlain(request, response);
    try {
      await dispatch(request, response);
    } catch (error) {
      if (error === callerGone) return;
      parts.log({ event: "door.failed", fault: faultShape(error) });
      if (response.headersSent) response.destroy();
      else sendNothing(response, 500);
    }
  };
  limitConnections(server, limits);
  server.on("clientError", (_error, socket) => {
    observer?.answered("none", 400);
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    else socket.destroy();
  });

  const { port } = await listen(server, parts);
  const host = parts.host.includes(":") ? `[${parts.host}]` : parts.host;
  return {
    url: `http://${host}:${port}`,
    standing: data.standing,
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        const cut = setTimeout(() => server.closeAllConnections(), closeWithinMs);
        server.close(() => {
          clearTimeout(cut);
          void refusals.close().finally(resolve);
        });
        server.closeIdleConnections();
      }),
  };
};

/** Without the query: no door takes one. */
const pathOf = (url: string): string => {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
};

const plainDoors: Readonly<Record<string, PlainDoor>> = { "/oauth/token": "token", "/.well-known/jwks.json": "jwks", "/healthz": "health", "/readyz": "health" };

/** Null for a GraphQL door. */
const plainDoorOf = (path: string, doors: ReadonlyMap<string, unknown>): PlainDoor | null => {
  if (path === "/sandbox" || path.startsWith("/sandbox/")) return "sandbox";
  return Object.hasOwn(plainDoors, path) ? (plainDoors[path] ?? "none") : doors.has(path) ? null : "none";
};

const listen = (server: ReturnType<typeof createServer>, { host, port }: GatewayParts): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(new HubError("CONFIG_INVALID", { problem: problemOf(cause, host, port) }, { cause })));
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });

const problemOf = ({ code, message }: NodeJS.ErrnoException, host: string, port: number): string => {
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} is taken. Stop what listens there, or set PORT to another one.`;
    case "EACCES":
      return `Port ${port} may not be used by this account. Set PORT to one above 1023.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine. Set HOST to one that is, e.g. 127.0.0.1.`;
    default:
      return `The hub cannot listen on ${host}:${port}: ${message}`;
  }
};
