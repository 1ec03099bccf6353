/** Sends a row of the catalogue through a door and notes everything that came of it. */
import type { Disclosure } from "../../src/audit/disclosure.ts";
import type { Reply } from "../gateway/openHub.ts";
import type { AttackCase, RowId, Twin, Variables } from "./attackCase.ts";
import type { Attacked, Call } from "./fixture/openAttacked.ts";

export interface Observed {
  readonly reply: Reply;
  readonly calls: readonly Call[];
  readonly records: readonly Disclosure[];
}

/** What a door is: a later one (a socket, an export) is one more of these. */
export interface Door {
  readonly name: string;
  /** It answers with data, with the plan of the query and no row, or it is shut: then every row is refused alike. */
  readonly gives: "data" | "plan" | { readonly status: number; readonly code: string };
  send(attacked: Attacked, one: AttackCase, token: string | null): Promise<Reply>;
}

export const doors: readonly Door[] = [
  { name: "POST", gives: "data", send: ({ hub }, { query, variables, headers }, token) => hub.query(token, query, { variables, ...(headers === undefined ? {} : { headers }) }) },
  { name: "EXPLAIN", gives: "plan", send: ({ hub }, { query, variables, headers }, token) => hub.query(token, query, { variables, path: "/explain", ...(headers === undefined ? {} : { headers }) }) },
  {
    name: "GET",
    gives: { status: 405, code: "METHOD_NOT_ALLOWED" },
    send: ({ hub }, { query, variables, headers = {} }, token) =>
      hub.ask({
        method: "GET",
        path: `/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify(variables ?? {}))}`,
        token,
        headers: { accept: "application/graphql-response+json", ...headers },
      }),
  },
];

export const ask = async (attacked: Attacked, door: Door, one: AttackCase): Promise<Observed> => {
  const { hub, calls, records } = attacked;
  const token = one.agency === null ? null : await hub.net.token(one.agency, [one.purpose ?? "check"]);
  const before = records.length;
  calls.length = 0;
  const reply = await door.send(attacked, spelled(attacked, one), token);
  return { reply, calls: [...calls], records: records.slice(before) };
};

/** The row that must come to the same: another name, or other variables. */
export const twinOf = (one: AttackCase, twin: Twin): AttackCase => {
  if ("variables" in twin) return { ...one, variables: twin.variables };
  const renamed = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value).replaceAll(twin.name, twin.like)) as Value;
  return { ...one, query: one.query.replaceAll(twin.name, twin.like), ...(one.variables === undefined ? {} : { variables: renamed(one.variables) }) };
};

const spelled = (attacked: Attacked, one: AttackCase): AttackCase => {
  const spell = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(spell);
    if (typeof value !== "object" || value === null) return value;
    if (isRowId(value)) return attacked.idOf(value.spelledFor ?? one.agency ?? "public", value.rowId);
    return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, spell(of)]));
  };
  return one.variables === undefined ? one : { ...one, variables: spell(one.variables) as Variables };
};

const isRowId = (value: object): value is RowId => "rowId" in value;
