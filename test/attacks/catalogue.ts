/** The rows of the catalogue, and where the ids stand that are held elsewhere. */
import type { AttackCase, AttackId } from "./attackCase.ts";
import { oracles } from "./cases/oracles.ts";
import { paths } from "./cases/paths.ts";
import { rows } from "./cases/rows.ts";

export const catalogue: readonly AttackCase[] = [...paths, ...oracles, ...rows];

/** A test of another file, named by a text that stands in it. */
export interface Elsewhere {
  readonly id: AttackId;
  readonly file: string;
  readonly text: string;
}

export const elsewhere: readonly Elsewhere[] = [
  { id: "P04", file: "test/attacks/schema.test.ts", text: "P04" },
  { id: "P12", file: "test/gateway/durability.test.ts", text: "where the record cannot be written answers and refusals alike are 503" },
  { id: "P14", file: "test/attacks/schema.test.ts", text: "P14" },
  { id: "P24", file: "test/identity/ids.law.test.ts", text: "a changed tail gives an impossible locator" },
  { id: "P26", file: "test/gateway/attacks.test.ts", text: 'describe("P26' },
  { id: "P30", file: "test/gateway/attacks.test.ts", text: 'describe("P30' },
  { id: "P31", file: "test/gateway/attacks.test.ts", text: 'describe("P31' },
  { id: "P32", file: "test/gateway/attacks.test.ts", text: 'test("P32' },
  { id: "P33", file: "test/gateway/steward.test.ts", text: "a foreign steward under an alias" },
  { id: "P34", file: "test/attacks/catalogue.test.ts", text: 'describe("P34, P35' },
  { id: "P35", file: "test/attacks/catalogue.test.ts", text: 'describe("P34, P35' },
  { id: "P36", file: "test/gateway/attacks.test.ts", text: 'describe("P36' },
  { id: "P37", file: "test/gateway/attacks.test.ts", text: 'describe("P37' },
  { id: "P38", file: "test/gateway/budgets.test.ts", text: "is refused when spent, says when to come back" },
  { id: "P39", file: "test/gateway/attacks.test.ts", text: 'describe("P39' },
  { id: "P40", file: "test/gateway/attacks.test.ts", text: 'describe("P40' },
  { id: "P41", file: "test/gateway/attacks.test.ts", text: 'describe("P41' },
  { id: "P42", file: "test/attacks/catalogue.test.ts", text: 'describe("P42' },
];

/** What of an id cannot be attacked, for it is not there. */
export const notThere: readonly { readonly id: AttackId; readonly why: string }[] = [
  { id: "P10", why: "payloads of mutations: the data door has no mutation" },
  { id: "P18", why: "free-text search: there is no such field; `contains` is a filter" },
  { id: "P22", why: "column lists of exports: there is no export" },
  { id: "P33", why: "approvals: policies are files, whoever may write them has approved them" },
  { id: "P42", why: "streams and adapters' ports: there are none; persisted queries are off" },
];
