/** Short lists are written out, longer ones come as JSON text: the same rows either way, and one statement for a size. */
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cell, SourceExpr, SourceTemplate } from "../../../adapters/contract/sourceQuery.ts";
import { describeParameters } from "../../../adapters/sql/dialect.ts";
import { renderQuery } from "../../../adapters/sql/renderQuery.ts";
import { type Catalogue, readCatalogue } from "../../../adapters/sqlite/catalogue.ts";
import { type RenderSized, sizedRenderer } from "../../../adapters/sqlite/shortLists.ts";
import { sqliteDialect } from "../../../adapters/sqlite/sqliteDialect.ts";
import { bindParameters } from "../../../adapters/sqlite/values.ts";
import { and, column, inSlot, part, rowsOf } from "../fixtures/templates.ts";

let database: Database.Database;
let catalogue: Catalogue;
let render: RenderSized;
beforeAll(() => {
  database = new Database(":memory:");
  database.exec("CREATE TABLE words (text TEXT, number REAL, plain, code TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID");
  const insert = database.prepare("INSERT INTO words VALUES (?, ?, ?, ?)");
  const cells = [null, 0, 1, -1, 0.5, 5, "5", "5.0", "", "a", "A", "站", "𝄞", 2n ** 60n, 1e300];
  cells.forEach((cell, index) => void insert.run(cell === null ? null : String(cell), typeof cell === "string" ? null : cell, cell, `c${index}`));
  catalogue = readCatalogue(database);
  render = sizedRenderer((lists) => sqliteDialect(catalogue, { guardEvery: null, lists }));
});
afterAll(() => void database.close());

const columns = ["text", "number", "plain", "code"] as const;
const compared: readonly SourceExpr[] = columns.flatMap((of) => [column(of), { kind: "start", of: column(of), length: 2 }]);
const listed = (of: SourceExpr): SourceTemplate => rowsOf([part("words", [column("code")], inSlot(of, 0))]);
/** NOT over it tells FALSE from NULL. */
const unlisted = (of: SourceExpr): SourceTemplate => rowsOf([part("words", [column("code")], { kind: "not", of: inSlot(of, 0) })]);
const cell: fc.Arbitrary<Cell> = fc.oneof(fc.constantFrom<Cell>(null, 0, 1, 0.5, 5, "5", "5.0", "", "a", "站", "𝄞", 2n ** 60n, 1e300, true, "c1", "c2", Number.POSITIVE_INFINITY), fc.string(), fc.double({ noNaN: true }), fc.integer());

test("a list means the same in each of its spellings", () => {
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 10 }), (list) => {
      for (const template of compared.flatMap((of) => [listed(of), unlisted(of)])) {
        const answers = [render(template, [list]), renderQuery(template, sqliteDialect(catalogue, { guardEvery: null }))].map(({ text, parameters }) => database.prepare(text).raw().all(...bindParameters(parameters, [list])));
        expect(answers[0], JSON.stringify(list, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))).toEqual(answers[1]);
      }
    }),
  );
});

test.each([
  [0, "IN ()"],
  [1, "IN (?)"],
  [2, "IN (?, ?)"],
  [3, "IN (?, ?, ?, ?)"],
  [4, "IN (?, ?, ?, ?)"],
  [5, "IN (?, ?, ?, ?, ?, ?, ?, ?)"],
  [8, "IN (?, ?, ?, ?, ?, ?, ?, ?)"],
  [9, 'IN (SELECT "value" FROM json_each(?))'],
])("a list of %i values is said as %s", (length, words) => {
  const list = Array.from({ length }, (_, index) => `c${index}`);
  const { text, parameters } = render(listed(column("code")), [list]);
  expect(text).toContain(words);
  expect(new Set((describeParameters(parameters, [list]) as string[]).flat())).toEqual(new Set(list));
});

test("lists of one size are one statement, and a template has few", () => {
  const template = rowsOf([part("words", [column("code")], and(inSlot(column("text"), 0), inSlot(column("plain"), 1), inSlot(column("code"), 2)))]);
  expect(render(template, [["a", "b", "c"], [], ["d"]])).toBe(render(template, [["x", "y", "z", "z"], [], ["e"]]));
  const lengths = [0, 1, 2, 4, 8, 9];
  const lists = lengths.flatMap((a) => lengths.flatMap((b) => lengths.map((c) => [a, b, c].map((length) => Array.from({ length }, () => "a")))));
  const texts = new Set(lists.map((values) => render(template, values)));
  expect(texts.size).toBeLessThanOrEqual(17);
  for (const values of lists) expect(database.prepare(render(template, values).text).all(...bindParameters(render(template, values).parameters, values))).toEqual([]);
});
