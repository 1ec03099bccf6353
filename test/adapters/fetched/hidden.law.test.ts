/** Rows that a rule hides change nothing that whoever asks can see: not the rows, not a refusal, not what the source is first asked. */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { type Adapter, SourceFailure } from "../../../adapters/contract/adapter.ts";
import type { SourceCond } from "../../../adapters/contract/sourceQuery.ts";
import type { FetchedTable, Fetcher, Pushed } from "../../../adapters/fetched/fetchedSource.ts";
import { openFetched } from "../../../adapters/fetched/openFetched.ts";
import { byCodePoints } from "../../../adapters/fetched/wanted.ts";
import { scratchOpener } from "../../../adapters/sqlite/openScratch.ts";
import { collect } from "../fixtures/collect.ts";
import { and, column, compare, constant, inConstants, isNull, or, part, query, read, rowsOf } from "../fixtures/templates.ts";

interface Row {
  readonly id: string;
  readonly owner: string | null;
  readonly a: string | null;
}

const table: FetchedTable = {
  name: "t",
  columns: ["id", "owner", "a"],
  key: ["id"],
  push: { a: { operators: new Set(["eq", "gte", "lt"]), listMax: 1, separator: "," } },
  mayReadAll: true,
  require: [],
};

let rowsThere: readonly Row[] = [];
let asked: string[] = [];
const sides: Readonly<Record<string, (order: number) => boolean>> = { eq: (order) => order === 0, gte: (order) => order >= 0, lt: (order) => order < 0 };

/** Gives what its parameters promise, three rows a page. */
const fetcher: Fetcher = {
  tables: [table],
  async *pages(_table: string, pushed: readonly Pushed[]) {
    asked.push(JSON.stringify(pushed));
    const brought = rowsThere.filter(({ a }) => pushed.every(({ operator, values: [value = ""] }) => a !== null && sides[operator]?.(byCodePoints(a, value))));
    for (let at = 0; at <= brought.length; at += 3) yield { rows: brought.slice(at, at + 3).map(({ id, owner, a }) => [id, owner, a]), bytes: 10 };
  },
  describe: () => "",
};

const rowsMax = 6;
const adapter: Adapter = await openFetched({
  kind: "test",
  fetcher,
  limits: { rowsMax, bytesMax: 1e9, requestsMax: 4 },
  lenses: {},
  openScratch: scratchOpener(new URL("../../../src/mapping/lenses/sqlFunctions.ts", import.meta.url)),
});
afterAll(() => adapter.close());

/** A grant: only where it IS TRUE is a row in the view, so a NULL hides. */
const rule = read("isTrue", inConstants(column("owner"), "own", "shared"));
const isVisible = ({ owner }: Row): boolean => owner === "own" || owner === "shared";

const cell = fc.constantFrom<(string | null)[]>("a", "b", "c", null);
const rowsOfOwner = (...owners: (string | null)[]) => fc.array(fc.record({ owner: fc.constantFrom(...owners), a: cell }), { maxLength: 12 });
const filter: fc.Arbitrary<SourceCond> = fc.letrec<{ cond: SourceCond }>((tie) => ({
  cond: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(fc.constantFrom("=", "<>", "<", ">="), cell).map(([op, value]) => compare(column("a"), op as "=", constant(value))),
    fc.constant(isNull(column("a"))),
    fc.constant(compare(column("owner"), "=", constant("own"))),
    fc.array(tie("cond"), { maxLength: 2 }).map((of) => and(...of)),
    fc.array(tie("cond"), { maxLength: 2 }).map((of) => or(...of)),
  ),
})).cond;

async function answer(rows: readonly Row[], where: SourceCond): Promise<unknown> {
  rowsThere = rows;
  asked = [];
  const template = rowsOf([part("t", [column("id"), column("a")], and(rule, where))], { order: [{ column: 1, descending: true }, { column: 0, descending: false }] });
  const told = await collect(adapter, query(template)).catch((cause: unknown) => (cause instanceof SourceFailure ? cause.status : Promise.reject(cause)));
  return { told, asked };
}

test("Law: two sources that differ in hidden rows alone answer alike, are refused alike and are asked alike", async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(rowsOfOwner("own", "shared"), rowsOfOwner("other", null), rowsOfOwner("other", null), filter, fc.integer({ min: 0, max: 30 }), async (visible, hidden, others, where, shift) => {
      const mix = (more: readonly { readonly owner: string | null; readonly a: string | null }[], mark: string): Row[] => {
        const all = visible.map((row, i) => ({ ...row, id: `v${String(i).padStart(2, "0")}` }));
        // Hidden rows stand between the others, and are many.
        more.forEach((row, i) => all.splice((i * 7 + shift) % (all.length + 1), 0, { ...row, id: `${mark}${i}` }));
        return all;
      };
      const [one, other] = [await answer(mix(hidden, "h"), where), await answer(mix(others, "x"), where)];
      if ((one as { told: unknown }).told === "OVER_CAP") refused += 1;
      expect(other).toEqual(one);
      if (visible.filter((row) => isVisible({ ...row, id: "" })).length <= rowsMax) expect((one as { told: unknown }).told).not.toBe("OVER_CAP");
    }),
    { numRuns: 250 },
  );
  // Caps were reached, and told nothing.
  expect(refused).toBeGreaterThan(0);
}, 60_000);
