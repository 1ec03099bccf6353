/** Rows in a source's own terms, where parts of an entity are spelled unlike: orders, units in cells, pages in halves, look-ups. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import type { MappedEntity } from "../../src/mapping/mapping.ts";
import type { Bindings } from "../../src/plan/bindings.ts";
import { halvesOf, lowerRows, type RowsLayout, type RowsRequest } from "../../src/plan/lowerRows.ts";
import type { PlanSource } from "../../src/plan/operationPlan.ts";
import { type Lowered, type Scan, scanOf } from "../../src/plan/scan.ts";
import { sqlExpr } from "../mapping/support.ts";
import { ask, hubOf, openHubSources } from "../reference/harness/hub.ts";
import { network, reader } from "./fixture.ts";
import { changed } from "./support/changed.ts";
import { column, east, entity, entityOf, source, west } from "./support/handMade.ts";
import { contextOf, guarded, open } from "./support/permits.ts";

const bindings: Bindings = { operands: [], agency: {}, nowMs: 0, limit: 9, cursor: null, lookup: [] };
const request: RowsRequest = { where: { kind: "true" }, order: [], backward: false, cursor: null, attributes: [], originals: [], lookup: null, limited: true };

function scanned(of: PlanSource, name: string, attributes: readonly string[] = ["code"], permit = open): Scan {
  const scan = scanOf({ ...contextOf(permit), sources: [of] }, of, entityOf(name), "query", { attributes, originals: [] });
  if (scan === null) throw new Error(`no scan of ${name}`);
  return scan;
}
const stations = (...parts: readonly MappedEntity["parts"][number][]): PlanSource => source("east", "130000", [{ entity: entityOf("Station"), keyPublic: false, parts }]);
function lowered(scan: Scan, change: Partial<RowsRequest>): Lowered<RowsLayout> & { readonly columns: readonly (readonly string[])[] } {
  const [stratum] = scan.strata;
  if (stratum === undefined) throw new Error("no stratum");
  const made = lowerRows(scan, stratum, { ...request, ...change });
  return { ...made, columns: made.template.parts.map(({ columns }) => columns.map(sqlExpr)) };
}

describe("parts whose columns of one name are spelled unlike", () => {
  test.each<readonly [order: string, starts: readonly string[]]>([
    ["ASC", ["03", "04", "05", "06"]],
    ["DESC", ["06", "05", "04", "03"]],
  ])("are put into one order by their values: %s", async (direction, hours) => {
    const dir = mkdtempSync(join(tmpdir(), "unlike-"));
    const file = join(dir, "a.db");
    const database = new Database(file);
    const tables = [
      ["dashes", "-", "03", "05"],
      ["slashes", "/", "04", "06"],
    ] as const;
    database.exec("CREATE TABLE station (code TEXT PRIMARY KEY NOT NULL) STRICT");
    for (const [table, sign, ...at] of tables) {
      database.exec(`CREATE TABLE ${table} (station TEXT NOT NULL, what TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (station, what, at)) STRICT`);
      for (const hour of at) database.prepare(`INSERT INTO ${table} VALUES ('s', 'a34004', ?)`).run(`2026${sign}01${sign}02 ${hour}:00`);
    }
    database.close();
    const part = ([table, sign]: (typeof tables)[number]): string => `
  Observation/${table}:
    from: ${table}
    key: [station, what, at]
    fields: { station: station, pollutant: what, averaging: { constant: PT1H }, start: { column: at, format: "yyyy${sign}MM${sign}dd HH:mm" } }`;
    const yaml = `
region: 130000
kind: sqlite
connection: { file: a.db }
timeZone: Asia/Shanghai
entities:
  Station: { from: station, key: code, fields: { code: code } }${tables.map(part).join("")}
`;
    const sources = await openHubSources([{ id: "a", region: "130000", file, yaml }]);
    const hub = hubOf(sources, network, { "130000": JSON.stringify({ rules: [{ id: "all", to: "agencies", allow: { Observation: ["start"] } }] }) }, Date.UTC(2026, 0, 3));
    const seen: string[] = [];
    let after = "";
    for (const _page of hours) {
      const answer = await ask(hub, reader, `{ answer: observations(orderBy: [{ start: ${direction} }], first: 1${after}) { edges { cursor node { start } } } }`);
      if ("refused" in answer) throw new Error(answer.refused);
      const [edge] = (answer.data.answer as { edges: readonly { cursor: string; node: { start: string } }[] }).edges;
      seen.push(edge?.node.start ?? "nothing");
      after = `, after: "${edge?.cursor ?? ""}"`;
    }
    await sources.close();
    rmSync(dir, { recursive: true });
    expect(seen).toEqual(hours.map((hour) => `2026-01-02T${hour}:00:00+08:00`));
  });

  const twice = entity("Station", ["one", "two"].map((table) => ({ table, key: ["code"], fields: { code: {}, elevation: {} } })));
  const orderOf = (of: MappedEntity): readonly string[] => {
    const { columns, layout } = lowered(scanned(source("east", "130000", [of]), "Station", ["elevation"]), { order: [{ path: ["elevation"], descending: false }] });
    return columns.map((part, index) => part[layout.branches.get(index)?.order[0]?.at ?? -1] ?? "nothing");
  };

  test("are sorted in the canonical form where that or the columns differ, else as they stand", () => {
    const canonical = `hub_lens('elevation', 'exact', "t"."elevation")`;
    expect(orderOf(twice)).toEqual(['"t"."elevation"', '"t"."elevation"']);
    expect(orderOf(changed(twice, "two", "elevation", ({ order }) => ({ order: order && { ...order, expr: column("height") } })))).toEqual([canonical, canonical]);
    expect(orderOf(changed(twice, "two", "elevation", ({ order }) => ({ order: order && { ...order, canonical: { ...order.canonical, expr: column("metres") } } })))).toEqual([canonical, '"t"."metres"']);
  });
});

describe("an original's unit", () => {
  const [withCell, fixed, none] = changed(
    entity("Station", [
      { table: "cells", key: ["code"], fields: { code: {}, elevation: { inputs: ["elevation", "unit"] } } },
      { table: "fixed", key: ["code"], fields: { code: {}, elevation: { unit: "m" } } },
      { table: "none", key: ["code"], fields: { code: {} } },
    ]),
    "cells",
    "elevation",
    ({ original }) => ({ original: { ...original, unitInput: 1 } }),
  ).parts;
  if (withCell === undefined || fixed === undefined || none === undefined) throw new Error("no parts");

  test.each([
    ["first", [withCell, fixed, none]],
    ["last", [none, fixed, withCell]],
  ] as const)("is a cell where the mapping says so, and leaves a place for it in parts that say it themselves: %s", (_, parts) => {
    const { columns, layout } = lowered(scanned(stations(...parts), "Station", ["elevation"]), { originals: ["elevation"] });
    const cells = (branch: number): readonly string[] => (columns[parts.findIndex((part) => part.branch === branch)] ?? []).slice(0, 2);
    expect([0, 1, 2].map(cells)).toEqual([['"t"."elevation"', '"t"."unit"'], ['"t"."elevation"', "NULL"], ["NULL", "NULL"]]);
    expect([0, 1, 2].map((branch) => layout.branches.get(branch)?.originals.get("elevation"))).toEqual([{ at: 0, unit: null, unitAt: 1, code: null }, { at: 0, unit: "m", unitAt: null, code: null }, undefined]);
    expect(new Set(columns.map(({ length }) => length)).size).toBe(1);
  });

  test("has no place where no part has it in a cell", () => {
    const { columns } = lowered(scanned(stations(fixed, none), "Station", ["elevation"]), { originals: ["elevation"] });
    expect(columns.map((part) => part.slice(0, 2))).toEqual([['"t"."elevation"', '"t"."code"'], ["NULL", '"t"."code"']]);
  });
});

describe("a page", () => {
  test("is ordered by a column once: what an earlier term orders, a later one cannot", () => {
    const { template, layout } = lowered(scanned(east, "Station", ["code", "name"]), { order: [{ path: ["name"], descending: false }, { path: ["code"], descending: true }, { path: ["name"], descending: true }] });
    const [name, code, again] = layout.branches.get(0)?.order.map(({ at }) => at) ?? [];
    expect(again).toBe(name);
    expect(template.kind === "rows" && template.order).toEqual([{ column: name, descending: false }, { column: code, descending: true }, { column: layout.tieAt, descending: false }]);
  });

  test("of rows without a value has NULL as their place in the order", () => {
    const { layout } = lowered(scanned(east, "Observation", ["value"]), { order: [{ path: ["value"], descending: false }], half: "nulls" });
    expect(layout.branches.get(0)?.order[0]?.decode("7")).toBeNull();
  });

  test.each<readonly [attribute: string, halves: readonly (string | undefined)[]]>([
    ["elevation", ["values", "nulls"]],
    ["name", [undefined]],
    ["operator", [undefined]],
    ["medium", [undefined]],
    ["movedFrom", [undefined]],
  ])("by %s, which some parts do not map or cannot order, is read as %j", (attribute, halves) => {
    expect(halvesOf(scanned(west, "Station"), { ...request, order: [{ path: [attribute], descending: false }] })).toEqual(halves);
  });

  test("after a cursor that a run does not bring finds nothing: every place is compared with NULL", () => {
    const { binders } = lowered(scanned(east, "Station", ["elevation"]), { order: [{ path: ["elevation"], descending: false }], cursor: { isNull: [false], source: "same" } });
    const values = binders.map((bind) => bind(bindings));
    expect(values.length).toBeGreaterThan(2);
    expect(values).toEqual([...values.slice(1).map(() => null), 9]);
  });
});

describe("a look-up", () => {
  test("by an identity with fewer parts than the key has finds nothing", () => {
    const scan = scanned(west, "Station");
    expect(lowered(scan, { lookup: { by: "locator" }, limited: false }).binders.map((bind) => bind({ ...bindings, lookup: [["7"]] }))).toEqual([["7"], ["7"], []]);
  });

  test("of an attribute that the entity lacks has no level to fetch", () => {
    const attributes = ["name", "elevation", "operator", "active", "region"];
    const scan = scanned(east, "Station", attributes, guarded);
    expect(scan.strata.map(({ levels }) => levels)).toEqual([null]);
    expect([...lowered(scan, { attributes: ["name", "moon"] }).layout.levelCells.keys()]).toEqual(["name"]);
  });
});
