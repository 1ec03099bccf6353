/** Guards per cell and NOT (semantics.md §6): a filter on a guarded column never tells of rows whose cell is withheld. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, planFor } from "../reference/harness/hub.ts";
import { type Fixture, openFixture, reader, type Station, stationsOf } from "./fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture(60);
});
afterAll(() => fixture.close());

const readable = (station: Station): boolean => station.quality === "PUBLISHED";
const rules = [
  { id: "codes", to: "agencies", allow: { Station: ["code"] } },
  { id: "names", to: "agencies", allow: { Station: ["name"] }, where: { Station: { quality: { eq: "PUBLISHED" } } } },
];
/** More predicates than strata can be made of, on attributes that the questions also ask for. */
const many = [
  ...rules,
  ...["elevation", "operator", "activeFrom", "region"].map((attribute, index) => ({ id: `m${index}`, to: "agencies", allow: { Station: [attribute] }, where: { Station: { code: { startsWith: ["H", "H00", "T000", "T005"][index] ?? "" } } } })),
];
const fields = "code name elevation operator activeFrom region { code }";

const all = [...stationsOf("H", 60), ...stationsOf("T", 60)];
const ref = (station: Station): string | null => (readable(station) ? station.name : null);

const cases: readonly { readonly name: string; readonly where: string; readonly holds: (name: string | null) => boolean }[] = [
  { name: "a comparison", where: `{ name: { eq: "站3" } }`, holds: (name) => name === "站3" },
  { name: "NOT over a comparison", where: `{ not: { name: { eq: "站3" } } }`, holds: (name) => name !== null && name !== "站3" },
  { name: "NOT over NOT", where: `{ not: { not: { name: { lt: "站3" } } } }`, holds: (name) => name !== null && name < "站3" },
  { name: "NOT over a text operator", where: `{ not: { name: { startsWith: "站1" } } }`, holds: (name) => name !== null && !name.startsWith("站1") },
  { name: "isNull, which sees a withheld cell as NULL", where: `{ name: { isNull: true } }`, holds: (name) => name === null },
  { name: "NOT isNull", where: `{ not: { name: { isNull: true } } }`, holds: (name) => name !== null },
  { name: "NOT over OR", where: `{ not: { or: [{ name: { eq: "站3" } }, { name: { isNull: true } }] } }`, holds: (name) => name !== null && name !== "站3" },
  { name: "NOT over the empty OR", where: `{ not: { or: [] } }`, holds: () => true },
  { name: "NOT over the empty list", where: `{ not: { name: { in: [] } } }`, holds: () => true },
  { name: "OR with a clear attribute", where: `{ or: [{ name: { ne: "站3" } }, { code: { eq: "H0000" } }] }`, holds: (name) => name !== null && name !== "站3" },
];

describe.each([
  ["strata", rules, "code name", false],
  ["guards per cell", many, fields, true],
] as const)("with %s", (_, policy, select, guarded) => {
  test.each(cases)("$name", async ({ where, holds }) => {
    const hub = fixture.hub(JSON.stringify({ rules: policy }));
    const text = `{ answer: stations(where: ${where}, first: 1000) { nodes { ${select} } } }`;
    const { plan } = planFor(hub, reader, text);
    const scans = plan.roots.flatMap((root) => (root.kind === "connection" ? root.scans : []));
    expect(scans.map(({ strata }) => strata.some(({ levels }) => levels === null))).toEqual([guarded, guarded]);
    const answer = await ask(hub, reader, text);
    if ("refused" in answer) throw new Error(answer.refused);
    const nodes = (answer.data.answer as { nodes: readonly { code: string; name: string | null }[] }).nodes;
    const wanted = all.filter((station) => holds(ref(station)) || (where.includes("H0000") && station.code === "H0000"));
    expect(nodes.map(({ code, name }) => [code, name])).toEqual(wanted.map((station) => [station.code, ref(station)]));
  });
});

test.each([
  ["having: null", `stationsAggregate(having: null) { groups { count } }`],
  ["where: null", `stations(where: null) { totalCount }`],
  ["a null operand", `stations(where: { name: { eq: null } }) { totalCount }`],
  ["a null in a list", `stations(where: { and: [{ name: null }] }) { totalCount }`],
])("%s is refused and never read as no filter", async (_, root) => {
  const answer = await ask(fixture.hub(JSON.stringify({ rules })), reader, `{ answer: ${root} }`);
  expect(answer).toEqual({ refused: expect.stringContaining("must not be null") });
});
