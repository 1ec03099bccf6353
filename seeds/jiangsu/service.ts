/** R6 Jiangsu as an OGC SensorThings API 1.1 service: entity sets with filters, orders, expansion and links from page to page. */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Entity, type JiangsuData, type SetName, setNames } from "./data.ts";
import { BadQuery, type Options, parseExpand, parseFilter, parseOrder, parseSelect } from "./odata.ts";

export interface JiangsuOptions {
  readonly token: string;
  readonly data: JiangsuData;
}

const PATH = "/v1.1";
/** Whatever `$top` says. */
const PAGE = 500;
const optionNames: ReadonlySet<string> = new Set(["$filter", "$orderby", "$top", "$skip", "$count", "$select", "$expand"]);

function whole(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text)) throw new BadQuery(`${name} is a whole number`);
  return Number(text);
}

function shown({ id, own, related }: Entity, { select, expand }: Options): Record<string, unknown> {
  const entity: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ "@iot.id": id, ...own })) {
    if (select === null || select.includes(name) || (name === "@iot.id" && select.includes("id"))) entity[name] = value;
  }
  for (const { name, options } of expand) {
    const of = Object.hasOwn(related, name) ? related[name]?.() : undefined;
    if (of === undefined) throw new BadQuery(`there is no relation ${name}`);
    entity[name] = Array.isArray(of) ? of.map((one: Entity) => shown(one, options)) : shown(of as Entity, options);
  }
  return entity;
}

function answerSet(entities: readonly Entity[], url: URL): Record<string, unknown> {
  const query = url.searchParams;
  for (const name of query.keys()) if (!optionNames.has(name)) throw new BadQuery(`${name} is not served`);
  const filter = query.get("$filter");
  const found = filter === null ? [...entities] : entities.filter(parseFilter(filter));
  const order = query.get("$orderby");
  if (order !== null) found.sort(parseOrder(order));
  const skip = whole(query, "$skip", 0);
  const top = Math.min(whole(query, "$top", 100), PAGE);
  const expand = query.get("$expand");
  const select = query.get("$select");
  const options: Options = { select: select === null ? null : parseSelect(select), expand: expand === null ? [] : parseExpand(expand) };
  const next = new URL(url);
  next.searchParams.set("$skip", String(skip + top));
  return {
    ...(query.get("$count") === "true" ? { "@iot.count": found.length } : {}),
    ...(skip + top < found.length && top > 0 ? { "@iot.nextLink": next.href } : {}),
    value: found.slice(skip, skip + top).map((entity) => shown(entity, options)),
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const isSet = (name: string): name is SetName => (setNames as readonly string[]).includes(name);

export function makeJiangsuServer({ token, data }: JiangsuOptions): Server {
  const expected = digest(`Bearer ${token}`);
  return createServer((request: IncomingMessage, response: ServerResponse) => {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
      response.end(JSON.stringify(body));
    };
    const refuse = (code: number, message: string): void => send(code, { code, type: "error", message });
    if (request.method !== "GET") return refuse(405, "only GET is served");
    if (!timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) return refuse(401, "the token is not valid");
    const url = URL.parse(request.url ?? "/", `http://${request.headers.host ?? "service"}`);
    const name = url?.pathname.startsWith(`${PATH}/`) ? url.pathname.slice(PATH.length + 1) : "";
    if (!url || !isSet(name)) return refuse(404, "there is no such entity set");
    try {
      send(200, answerSet(data[name], url));
    } catch (error) {
      if (!(error instanceof BadQuery)) throw error;
      refuse(400, error.message);
    }
  });
}
