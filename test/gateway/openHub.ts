/** A small network behind a real server, and what tests ask it with. */
import { request as httpRequest } from "node:http";
import { readRecords, chainsOf } from "../../src/audit/readRecords.ts";
import type { Disclosure } from "../../src/audit/disclosure.ts";
import type { GatewayParts } from "../../src/gateway/gatewayParts.ts";
import { type Gateway, startGateway } from "../../src/gateway/server.ts";
import { type SmallNetwork, smallNetwork, type SmallNetworkOptions } from "../fixtures/smallNetwork.ts";

export interface Reply {
  readonly status: number;
  /** As sent, names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a body of any door
  readonly json: any;
}

export interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Text or bytes as they are; anything else as JSON. */
  readonly body?: unknown;
}

export interface Hub {
  readonly net: SmallNetwork;
  readonly gateway: Gateway;
  /** Over a connection of its own, with exactly these headers. */
  ask(asked: Asked): Promise<Reply>;
  /** A document at the data door as an agency. */
  query(token: string | null, query: string, rest?: { variables?: unknown; operationName?: unknown; headers?: Asked["headers"]; path?: string }): Promise<Reply>;
  /** Everything in the journal, in order. */
  records(): Promise<readonly Disclosure[]>;
  close(): Promise<void>;
}

/** `change`: parts put in the place of the network's own, to watch them or to make them fail. */
export const openHub = async (options: SmallNetworkOptions = {}, change: (net: SmallNetwork) => Partial<GatewayParts> = () => ({})): Promise<Hub> => {
  const net = await smallNetwork(options);
  const gateway = await startGateway({
    ...net,
    host: "127.0.0.1",
    port: 0,
    demonstration: true,
    sandboxDir: null,
    reloadPolicy: async () => ({ epoch: net.state.current().policySet.epoch, changed: false }),
    explainText: (plan) => `roots: ${plan.roots.map((root) => root.key).join(", ")}`,
    log: (event) => void net.log.push(JSON.stringify(event)),
    // Cases that are refused look for their records.
    recordedRefusals: Number.POSITIVE_INFINITY,
    ...change(net),
  });
  const hub: Hub = {
    net,
    gateway,
    ask: (asked) => send(gateway.url, asked),
    query: (token, query, { variables, operationName, headers = {}, path } = {}) =>
      hub.ask({ token, headers: { accept: "application/graphql-response+json", ...headers }, body: { query, variables, operationName }, ...(path === undefined ? {} : { path }) }),
    async records() {
      const found: Disclosure[] = [];
      for (const chain of await chainsOf(net.dataDir)) {
        for await (const segment of readRecords(net.dataDir, chain)) for (const { record } of segment) if (record.kind === "disclosure") found.push(record.disclosure);
      }
      return found;
    },
    async close() {
      await gateway.close();
      await net.close();
    },
  };
  return hub;
};

const send = (url: string, { path = "/graphql", method = "POST", token = null, headers = {}, body }: Asked): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const { hostname, port } = new URL(url);
    const request = httpRequest(
      {
        hostname,
        port,
        // As it is: a URL object would resolve its dots.
        path,
        method,
        agent: false,
        headers: {
          ...(bytes === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(bytes) }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const isJson = String(response.headers["content-type"] ?? "").includes("json");
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: isJson && text !== "" ? JSON.parse(text) : null });
        });
      },
    );
    request.on("error", reject);
    request.end(bytes);
  });

/** Without what differs between two answers to one request: correlation id, receipt, date. */
export const comparable = ({ status, headers, text }: Reply): object => {
  const { date: _date, "x-correlation-id": _id, "content-length": _length, ...rest } = headers;
  return { status, headers: rest, text: text.replace(/"receipt":"[^"]*"/, '"receipt":"…"').replace(/"correlationId":"[^"]*"/, '"correlationId":"…"').replace(/"ms":\d+/g, '"ms":0') };
};
