/** The data door without its socket: what is sent for a request, status and headers included. */
import { Readable } from "node:stream";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dataDoor } from "../../../src/gateway/handleGraphql.ts";
import type { DoorParts } from "../../../src/gateway/exchange.ts";
import { hubIssuer } from "../../../src/identity/issueToken.ts";
import type { Asking, Hub } from "./hub.ts";

export interface Sent {
  readonly status: number;
  readonly headers: readonly unknown[];
  readonly body: string;
}

const doors = new WeakMap<Hub, ReturnType<typeof dataDoor>>();

/** A token is the agency's name here: what makes and proves tokens has tests of its own. */
function doorOf(hub: Hub): ReturnType<typeof dataDoor> {
  const known = doors.get(hub);
  if (known !== undefined) return known;
  const { agencies } = hub.state.network;
  const tokenCache = {
    get: (token: string) => ({ issuer: hubIssuer, subject: token, purposes: [...agencies.values()].find(({ id }) => id === token)?.purposes ?? [], mintedBy: "cli", expiresAtMs: Number.POSITIVE_INFINITY }),
    set: () => undefined,
  };
  const parts = { ...hub.parts, suspensions: { isSuspended: () => false }, tokenCache, log: () => undefined, refusals: { record: () => Promise.resolve() } };
  const door = dataDoor(parts as unknown as DoorParts);
  doors.set(hub, door);
  return door;
}

export async function send(hub: Hub, asking: Asking, text: string, variables: Readonly<Record<string, unknown>>): Promise<Sent> {
  const isAnonymous = hub.state.network.anonymous === asking.agency;
  const headers = {
    accept: ["application/graphql-response+json"],
    "content-type": ["application/json"],
    "x-correlation-id": ["a-test"],
    ...(isAnonymous ? {} : { authorization: [`Bearer ${asking.agency}`] }),
    ...(asking.purpose === null ? {} : { purpose: [asking.purpose] }),
  };
  const plain = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values[0]]));
  const request = Object.assign(Readable.from([Buffer.from(JSON.stringify({ query: text, variables }))]), { method: "POST", headers: plain, headersDistinct: headers, complete: true });
  return new Promise((resolve, reject) => {
    let head: Omit<Sent, "body"> = { status: 0, headers: [] };
    const response = {
      destroyed: false,
      writableFinished: true,
      on: () => undefined,
      writeHead: (status: number, sent: readonly unknown[]) => void (head = { status, headers: sent }),
      end: (bytes: Uint8Array) => resolve({ ...head, body: Buffer.from(bytes).toString("utf8") }),
    };
    doorOf(hub).graphql(request as unknown as IncomingMessage, response as unknown as ServerResponse).catch(reject);
  });
}
