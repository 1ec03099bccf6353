/** What every kind of source must answer alike, on its real server. A new kind is done when this passes. */
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Adapter } from "../../../adapters/contract/adapter.ts";
import { answerCharactersMax, SourceFailure } from "../../../adapters/contract/adapter.ts";
import type { AggregateTemplate, Cell, RowsTemplate, SourceCond, SourceExpr } from "../../../adapters/contract/sourceQuery.ts";
import { keyHashOf, keySecret } from "../../fixtures/keySecret.ts";
import { collect } from "../fixtures/collect.ts";
import { and, column, compare, constant, isNotNull, isNull, not, or, part, query, read, rowsOf, slot, TRUE } from "../fixtures/templates.ts";
import { type ConditionCase, codePoints, conditionCases, predicates, scaled } from "./conditions.ts";
import { compileChain } from "../../../src/mapping/lenses/chain.ts";
import { suiteLenses } from "./suiteLenses.ts";
import { type ColumnType, type Harness, type OpenKind, straight } from "./harness.ts";
import { type Fact, facts, factsTable, garbledTable, garbledTexts, manyRows, manyTable, revisedTable, revisions, tables, weirdTable } from "./tables.ts";

const noSignal = (): AbortSignal => new AbortController().signal;
const status = (work: Promise<unknown>): Promise<string> => work.then(() => "OK", (cause: unknown) => (cause instanceof SourceFailure ? cause.status : Promise.reject(cause)));

const ends = (values: readonly bigint[]): readonly (bigint | undefined)[] => {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return [sorted[0], sorted.at(-1)];
};

export function conformance(harness: Harness): void {
  describe.skipIf(!harness.isThere)(`a source of kind ${harness.kind}`, () => {
    let open: OpenKind;
    let adapter: Adapter;
    beforeAll(async () => {
      open = await harness.open(tables, straight);
      adapter = open.adapter;
    });
    afterAll(() => open?.close());
    const has = ({ needs }: { readonly needs?: ColumnType }): boolean => needs === undefined || harness.types.has(needs);
    const some = <T>(cases: readonly T[]): readonly T[] => cases.filter((_, index) => index % (harness.every ?? 1) === 0);
    const isThere = (name: keyof Fact): boolean => harness.types.has(factsTable.columns[name]?.type ?? "text");
    const ids = async (cond: SourceCond, values: ConditionCase["values"] = []): Promise<unknown[]> => {
      const template = rowsOf([part(factsTable.name, [column("id")], cond)], { order: [{ column: 0, descending: false }] });
      return (await collect(adapter, query(template, values))).map(([id]) => id);
    };

    test("every cell arrives as it stands", async () => {
      const names = (Object.keys(factsTable.columns) as (keyof Fact)[]).filter(isThere);
      const template = rowsOf([part(factsTable.name, names.map((name) => column(name)))], { order: [{ column: 0, descending: false }] });
      const rows = await collect(adapter, query(template));
      const spelt = (name: keyof Fact, cell: Cell): unknown => (cell === null ? null : name === "d" ? String(scaled(String(cell))) : name === "n" ? String(cell) : name === "at" || name === "local" ? String(cell).replace(/\.0+(?=\+|$)/, "") : cell);
      expect(rows.map((row) => row.map((cell, i) => spelt(names[i] as keyof Fact, cell)))).toEqual(facts.map((fact) => names.map((name) => spelt(name, fact[name] as Cell))));
    });

    describe("a condition is TRUE, FALSE and UNKNOWN where it says so", () => {
      test.each(some(conditionCases.filter(has)))("$name", async ({ cond, values, holds }) => {
        const expected = (wanted: boolean | null): number[] => facts.filter((row) => holds(row) === wanted).map(({ id }) => id);
        expect(await ids(cond, values)).toEqual(expected(true));
        expect(await ids(read("isFalse", cond), values)).toEqual(expected(false));
        expect(await ids(and(read("isNotTrue", cond), read("isNotFalse", cond)), values)).toEqual(expected(null));
      });
    });

    test("the strata of a predicate are all rows, none of them twice, and NOT of each is the other", async () => {
      for (const { cond, values, name } of some(predicates.filter(has))) {
        for (const [one, other] of [["isTrue", "isNotTrue"], ["isFalse", "isNotFalse"]] as const) {
          const [inside, outside] = [await ids(read(one, cond), values), await ids(read(other, cond), values)];
          expect([...inside, ...outside].map(Number).sort((a, b) => a - b), name).toEqual(facts.map(({ id }) => id));
          expect(await ids(not(read(one, cond)), values), name).toEqual(outside);
        }
      }
    });

    describe("order and pages", () => {
      const compared: Readonly<Partial<Record<keyof Fact, (a: Cell, b: Cell) => number>>> = {
        s: (a, b) => codePoints(String(a), String(b)),
        n: (a, b) => (BigInt(a as bigint) < BigInt(b as bigint) ? -1 : BigInt(a as bigint) > BigInt(b as bigint) ? 1 : 0),
        x: (a, b) => Number(a) - Number(b),
        d: (a, b) => (scaled(String(a)) < scaled(String(b)) ? -1 : scaled(String(a)) > scaled(String(b)) ? 1 : 0),
        at: (a, b) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0),
        local: (a, b) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0),
        day: (a, b) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0),
      };
      const cases = (Object.keys(compared) as (keyof Fact)[]).filter(isThere).flatMap((name) => [false, true].flatMap((descending) => [false, true].map((backward) => ({ name, descending, backward }))));

      test.each(cases)("by $name, descending $descending, backward $backward: pages of seven meet every row once, NULLs last", async ({ name, descending, backward }) => {
        const byValue = compared[name] as (a: Cell, b: Cell) => number;
        const forward = [...facts].sort((a, b) => {
          const [x, y] = [a[name] as Cell, b[name] as Cell];
          if (x === null || y === null) return x === y ? a.id - b.id : x === null ? 1 : -1;
          return (descending ? byValue(y, x) : byValue(x, y)) || a.id - b.id;
        });
        const expected = (backward ? forward.reverse() : forward).map(({ id }) => id);
        const value = column(name);
        const after = (last: Cell): SourceCond => {
          const tie = compare(column("id"), backward ? "<" : ">", slot(1));
          if (last === null) return backward ? or(and(isNull(value), tie), isNotNull(value)) : and(isNull(value), tie);
          const beyond = compare(value, descending === backward ? ">" : "<", slot(0));
          const same = and(compare(value, "=", slot(0)), tie);
          return backward ? or(beyond, same) : or(beyond, same, isNull(value));
        };
        const template = (where: SourceCond): RowsTemplate =>
          rowsOf([part(factsTable.name, [value, column("id")], where)], { order: [{ column: 0, descending: descending !== backward }, { column: 1, descending: backward }], backward, limitSlot: 2 });
        const walked: Cell[] = [];
        let last: readonly Cell[] | undefined;
        do {
          const page: readonly (readonly Cell[])[] = await collect(adapter, query(template(last === undefined ? TRUE : after(last[0] as Cell)), [last?.[0] ?? null, last?.[1] ?? null, 7]));
          walked.push(...page.map(([, id]) => id as Cell));
          last = page.at(-1);
        } while (last !== undefined && walked.length <= facts.length);
        expect(walked).toEqual(expected);
      });

      test("the parts of a union are merged into one order, whatever stands beside a NULL", async () => {
        const template = rowsOf(
          [
            part(factsTable.name, [column("s"), column("id"), constant(null), constant(0)]),
            part(revisedTable.name, [column("v"), column("id"), column("rev"), constant(1)]),
            part(factsTable.name, [constant(null), column("id"), column("k"), constant(2)], compare(column("id"), "<", slot(0))),
          ],
          { order: [0, 3, 1].map((position) => ({ column: position, descending: false })) },
        );
        const rows = [
          ...facts.map(({ s, id }) => [s, id, null, 0] as const),
          ...revisions.map(({ v, id, rev }) => [v, id, rev, 1] as const),
          ...facts.filter(({ id }) => id < 5).map(({ id, k }) => [null, id, k, 2] as const),
        ].sort((a, b) => {
          if (a[0] !== b[0]) return a[0] === null ? 1 : b[0] === null ? -1 : codePoints(a[0], b[0]);
          return a[3] - b[3] || a[1] - b[1];
        });
        expect(await collect(adapter, query(template, [5]))).toEqual(rows);
      });
    });

    if (harness.hashesKeys === true) test("rows of a key without a row number have one order that tells nothing of the key, on every page", async () => {
      const hash = { kind: "keyHash", alias: "t", columns: ["n", "s"] } as const;
      const key = (n: Cell, s: Cell): string => keyHashOf([n, s].map(String));
      const expected = manyTable.rows.map(({ id = null, n = null, s = null }) => [key(n, s), id] as const).sort(([a], [b]) => (a < b ? -1 : 1));
      const pages: (readonly Cell[])[] = [];
      for (let last: readonly Cell[] | undefined; ; last = pages.at(-1)) {
        const where = last === undefined ? TRUE : compare(hash, ">", slot(0));
        const page = await collect(adapter, query(rowsOf([part(manyTable.name, [hash, column("id")], where)], { order: [{ column: 0, descending: false }], limitSlot: 1 }), [last?.[0] ?? null, 999]));
        pages.push(...page);
        if (page.length < 999) break;
      }
      expect(pages).toEqual(expected);
      expect(JSON.stringify(adapter.describe(query(rowsOf([part(manyTable.name, [hash])]))))).not.toContain(keySecret);
    });

    describe("the latest row of a key", () => {
      const latest = (alias: string): SourceCond => ({ kind: "isLatest", table: revisedTable.name, alias, key: ["k"], by: ["rev", "minor"] });
      test("is the highest, NULL lowest, a NULL key being one key", async () => {
        const rows = await collect(adapter, query(rowsOf([part(revisedTable.name, [column("v")], latest("t"))])));
        expect(rows.flat().sort()).toEqual(["newest a", "newest b", "newest c", "newest null key"]);
      });
      test("joins a row once, and gives NULLs where the key has none", async () => {
        const joined = { ...part(factsTable.name, [column("s"), column("v", "j")]), joins: [{ table: revisedTable.name, alias: "j", on: and(compare(column("k", "j"), "=", column("s")), latest("j")) }] };
        const rows = await collect(adapter, query(rowsOf([joined])));
        expect(rows).toHaveLength(facts.length);
        expect(new Set(rows.filter(([, found]) => found !== null).map((row) => row.join(" ")))).toEqual(new Set(["a newest a"]));
      });
    });

    test("a number links to the text that spells it, and a missing row is NULL", async () => {
      const joined = { ...part(factsTable.name, [column("id"), column("v", "j")]), joins: [{ table: revisedTable.name, alias: "j", on: compare(column("id", "j"), "=", column("s")) }] };
      const rows = await collect(adapter, query(rowsOf([joined], { order: [{ column: 0, descending: false }] })));
      expect(rows).toEqual(facts.map(({ id, s }) => [id, revisions.find((row) => String(row.id) === s)?.v ?? null]));
    });

    describe("expressions over random bytes", () => {
      const read = (columns: readonly SourceExpr[]): Promise<(readonly Cell[])[]> => collect(adapter, query(rowsOf([part(garbledTable.name, [column("id"), ...columns])], { order: [{ column: 0, descending: false }] })));
      const s = column("s");

      // Where a source runs no functions of the hub, mappings are lowered to what follows below: lowerPlain.law.test.ts has the law of it.
      test("every lens, in each of its forms, is what it is in the hub, and NULL for what it cannot read", async () => {
        if (!adapter.capabilities().lensFunctions) return expect(await status(read([{ kind: "lens", lens: "suite text", form: "printed", args: [s] }]))).toBe("BAD_ANSWER");
        for (const [lens, spec] of Object.entries(suiteLenses)) {
          const chain = compileChain(spec);
          const rows = await read((["printed", "exact", "number"] as const).map((form) => ({ kind: "lens", lens, form, args: [s] })));
          expect(rows.map((row) => row.slice(1)), lens).toEqual(garbledTexts.map((text) => [chain.printed([text]), chain.exact([text]), chain.number([text])]));
        }
      });

      test("beginnings, digits and characters are told of any text", async () => {
        const truth = (cond: SourceCond): SourceExpr => ({ kind: "truth", cond });
        const rows = await read([{ kind: "start", of: s, length: 3 }, truth({ kind: "digits", of: s, length: 8 }), truth({ kind: "consistsOf", of: s, characters: " \t\u3000" }), { kind: "when", cond: isNull(s), then: constant("none"), otherwise: s }, { kind: "coalesce", of: [s, constant("none")] }]);
        expect(rows.map((row) => row.slice(1))).toEqual(
          garbledTexts.map((text) => [text === null ? null : Array.from(text).slice(0, 3).join(""), Number(/^[0-9]{8}$/.test(text ?? "")), text === null ? 0 : Number(/^[ \t\u3000]*$/u.test(text)), text ?? "none", text ?? "none"]),
        );
      });
    });

    describe("aggregates", () => {
      const aggregate = async (of: Pick<AggregateTemplate, "parts" | "groupBy" | "measures">) => (await adapter.aggregate(query({ kind: "aggregate", slotCount: 0, ...of }), noSignal())).rows;
      const every = (position: number) => (["count", "countDistinct", "min", "max", "sum"] as const).map((fn) => ({ fn, column: position }));
      const exact = (text: Cell): string => String(scaled(String(text)));

      test("integers of any width: nothing overflows and nothing is rounded", async () => {
        const parts = [part(factsTable.name, [column("n")]), part(factsTable.name, [column("n")])];
        const values = facts.flatMap(({ n }) => (n === null ? [] : [BigInt(n)]));
        const [least, most] = ends(values);
        const rows = await aggregate({ parts, groupBy: [], measures: [...every(0).slice(0, 4), { fn: "count", column: null }] });
        expect(rows.map((row) => row.map(String))).toEqual([[2 * values.length, new Set(values).size, least, most, 2 * facts.length].map(String)]);
        // Sums are over what the hub reads as a decimal: below 10^15.
        const read = values.filter((value) => value < 10n ** 15n && value > -(10n ** 15n));
        const within = and(compare(column("n"), "<", constant(10n ** 15n)), compare(column("n"), ">", constant(-(10n ** 15n))));
        const sums = Array.from({ length: 9 }, () => part(factsTable.name, [column("n")], within));
        const large = part(factsTable.name, [constant(999_999_999_999_999)]);
        expect(await aggregate({ parts: [...sums, large], groupBy: [], measures: [{ fn: "sum", column: 0 }] })).toEqual([[String(9n * read.reduce((a, b) => a + b) + 999_999_999_999_999n * BigInt(facts.length)), 9 * read.length + facts.length]]);
      });

      test("numbers add up as the decimals that they spell", async () => {
        const small = compare(column("x"), "<", constant(1e6));
        const values = facts.flatMap(({ x }) => (x === null || x >= 1e6 ? [] : [x]));
        const sum = values.reduce((total, x) => total + scaled(String(x)), 0n);
        const [row] = await aggregate({ parts: [part(factsTable.name, [column("x")], small)], groupBy: [], measures: every(0) });
        expect([row?.[0], row?.[1], row?.[2], row?.[3], exact(row?.[4] as Cell), row?.[5]]).toEqual([values.length, new Set(values).size, Math.min(...values), Math.max(...values), String(sum), values.length]);
      });

      // A kind without an exact type has nothing to hold here.
      if (harness.types.has("decimal")) test("decimals keep every digit", async () => {
        const values = facts.flatMap(({ d }) => (d === null ? [] : [scaled(d)]));
        const [row] = await aggregate({ parts: [part(factsTable.name, [column("d")])], groupBy: [], measures: every(0) });
        const [least, most] = ends(values);
        expect(row?.map((cell, i) => (i === 2 || i === 3 || i === 4 ? exact(cell) : cell))).toEqual([values.length, new Set(values).size, String(least), String(most), String(values.reduce((a, b) => a + b)), values.length]);
      });

      test("groups are by code points, and NULL is one of them", async () => {
        const rows = await aggregate({ parts: [part(factsTable.name, [column("s"), column("n")])], groupBy: [0], measures: [{ fn: "count", column: null }, { fn: "count", column: 1 }] });
        const expected = [...new Set(facts.map(({ s }) => s))].map((s) => {
          const own = facts.filter((row) => row.s === s);
          return [s, own.length, own.filter(({ n }) => n !== null).length];
        });
        const sorted = (list: readonly (readonly Cell[])[]): string[] => list.map((row) => JSON.stringify(row)).sort();
        expect(sorted(rows)).toEqual(sorted(expected as Cell[][]));
      });

      test("no rows give one group without a key and none with one", async () => {
        const parts = [part(factsTable.name, [column("s"), column("x")], { kind: "false" })];
        expect(await aggregate({ parts, groupBy: [], measures: [{ fn: "count", column: null }, { fn: "sum", column: 1 }, { fn: "max", column: 0 }] })).toEqual([[0, null, 0, null]]);
        expect(await aggregate({ parts, groupBy: [0], measures: [{ fn: "count", column: null }] })).toEqual([]);
      });
    });

    describe("batches, caps and cancelling", () => {
      const many = rowsOf([part(manyTable.name, [column("id"), column("s")])]);
      const one = rowsOf([part(manyTable.name, [column("s")], compare(column("id"), "=", slot(0)))]);
      const answersAgain = async (): Promise<void> => expect(await collect(adapter, query(one, [7]))).toEqual([["m7"]]);
      /** Thirty million pairs, and no row before the end. */
      const slow: AggregateTemplate = {
        kind: "aggregate",
        parts: [{ ...part(manyTable.name, [column("s")]), joins: [{ table: manyTable.name, alias: "j", on: compare(column("n", "j"), "<>", column("n")) }] }],
        groupBy: [],
        measures: [{ fn: "countDistinct", column: 0 }],
        slotCount: 0,
      };

      test("rows come in batches of at most 1000", async () => {
        const sizes: number[] = [];
        for await (const batch of adapter.rows(query(many), noSignal())) sizes.push(batch.rows.length);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
        expect(sizes.reduce((a, b) => a + b)).toBe(manyRows);
      });

      test("one row more than the cap is OVER_CAP, the cap itself is an answer", async () => {
        expect(await status(collect(adapter, query(many, [], manyRows - 1)))).toBe("OVER_CAP");
        expect(await collect(adapter, query(many, [], manyRows))).toHaveLength(manyRows);
        await answersAgain();
      });

      const longRows = (text: string): RowsTemplate => rowsOf([part(manyTable.name, [column("id"), constant(text)], compare(column("id"), "<", slot(0)))]);
      const rowsFor = (share: number): number => Math.ceil((share * answerCharactersMax) / 8000);

      test("an answer of more characters than the hub holds is OVER_CAP, as rows and as groups; fewer are an answer, however many bytes they are", { timeout: 120_000 }, async () => {
        const read = async (text: string, most: number): Promise<number> => {
          let rows = 0;
          for await (const batch of adapter.rows(query(longRows(text), [most]), noSignal())) rows += batch.rows.length;
          return rows;
        };
        // Three bytes a character in UTF-8: in bytes it would be too much.
        expect(await read("水".repeat(8000), rowsFor(0.4))).toBe(rowsFor(0.4));
        expect(await status(read("x".repeat(8000), rowsFor(1.05)))).toBe("OVER_CAP");
        const groups: AggregateTemplate = { kind: "aggregate", parts: longRows("x".repeat(8000)).parts, groupBy: [0, 1], measures: [{ fn: "count", column: null }], slotCount: 0 };
        expect(await status(adapter.aggregate(query(groups, [rowsFor(1.05)]), noSignal()))).toBe("OVER_CAP");
        await answersAgain();
      });

      test("a reader that stops early sets the source free", async () => {
        for (let i = 0; i < 20; i++) {
          for await (const _ of adapter.rows(query(many), noSignal())) break;
        }
        await answersAgain();
      });

      test("an abort before anything is sent, between batches and inside a statement is ABORTED, and the source works no more", async () => {
        expect(await status(collect(adapter, query(one, [7]), AbortSignal.abort()))).toBe("ABORTED");
        const between = new AbortController();
        const reading = async (): Promise<void> => {
          for await (const _ of adapter.rows(query(many), between.signal)) between.abort();
        };
        expect(await status(reading())).toBe("ABORTED");
        for (let i = 0; i < 6; i++) {
          const inside = new AbortController();
          const never = adapter.aggregate(query(slow), inside.signal);
          if ((await open.running()) !== null) while ((await open.running()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
          const start = performance.now();
          inside.abort();
          expect(await status(never)).toBe("ABORTED");
          const told = performance.now() - start;
          expect(told).toBeLessThan(50);
          while (((await open.running()) ?? 0) > 0 && performance.now() - start < 5000) await new Promise((resolve) => setTimeout(resolve, 2));
          // How soon the source itself is free; where it cannot say, the reader's release is all there is to see.
          expect(performance.now() - start).toBeLessThan(100);
        }
        await answersAgain();
      });

      test("readers that wait in the queue can leave it, and late cancels hit nobody", async () => {
        const controllers = Array.from({ length: 12 }, () => new AbortController());
        const slowOnes = controllers.map(({ signal }) => status(adapter.aggregate(query(slow), signal)));
        await new Promise((resolve) => setTimeout(resolve, 30));
        for (const controller of controllers) controller.abort();
        expect(await Promise.all(slowOnes)).toEqual(controllers.map(() => "ABORTED"));
        for (let i = 0; i < 30; i++) await answersAgain();
      });
    });

    describe("what may not be", () => {
      const list: SourceCond = { kind: "inList", left: column("s"), list: slot(0), negated: false };
      test.each(["' OR 1=1 --", "a'; DROP TABLE x; --", '"', "\u0000", "$1", "?1", "a\u0000' OR '1'='1", "{a", '\\"}', "E'\\''"])("the value %j is only a value", async (value) => {
        const isHeld = (text: string | null): boolean => text === value;
        expect(await ids(compare(column("s"), "=", slot(0)), [value])).toEqual(facts.filter(({ s }) => isHeld(s)).map(({ id }) => id));
        expect(await ids(list, [[value, "a"]])).toEqual(facts.filter(({ s }) => isHeld(s) || s === "a").map(({ id }) => id));
        expect(await ids({ kind: "contains", text: column("s"), part: slot(0) }, [value])).toEqual(facts.filter(({ s }) => s?.includes(value)).map(({ id }) => id));
      });

      test("names with quotes are read, and those that do not exist are no text", async () => {
        const [name = ""] = Object.keys(weirdTable.columns);
        const weird = (columns: readonly SourceExpr[], table = weirdTable.name) => rowsOf([part(table, columns, { kind: "isTrue", of: compare(column("true"), "=", slot(0)) })]);
        expect(await collect(adapter, query(weird([column(name)]), [0]))).toEqual([["x"]]);
        expect(await status(collect(adapter, query(weird([column('true", "true')]), [0])))).toBe("BAD_ANSWER");
        expect(await status(collect(adapter, query(weird([column(name)], `${manyTable.name}"; DROP TABLE "${manyTable.name}`), [0])))).toBe("BAD_ANSWER");
      });

      test("an operator from a forged template cannot carry SQL", async () => {
        const cond = { ...compare(column("s"), "=", slot(0)), op: "= 'x' OR 1=1 OR ''=" as "=" } as const;
        expect(await status(collect(adapter, query(rowsOf([part(factsTable.name, [column("s")], cond)]), ["a"])))).toBe("BAD_ANSWER");
      });

      test("nothing can be written by the adapter's own way: the source refuses it, or the way has no words for it", async () => {
        const { isRefused, written } = await open.tryToWrite();
        expect(isRefused).toBe(harness.hasWriteWords ? true : null);
        expect(written).toBe(0);
      });

      test("a query that no plan minted is refused", () => {
        const forged = { source: "test", template: rowsOf([part(factsTable.name, [column("id")])]), values: [], rowsMax: 10 };
        expect(() => adapter.rows(forged, noSignal())).toThrow("no plan minted");
      });
    });

    test("introspection names tables, columns, nullability and unique keys", async () => {
      const found = (await adapter.introspect(noSignal())).find(({ name }) => name === factsTable.name);
      expect(found?.columns.map(({ name, nullable, typeSafe }) => [name, nullable, typeSafe])).toEqual(Object.entries(factsTable.columns).filter(([name]) => isThere(name as keyof Fact)).map(([name, { notNull }]) => [name, harness.mayBeNull?.(name) ?? notNull !== true, true]));
      expect(found?.unique).toContainEqual(["id"]);
      expect(adapter.health()).toMatchObject({ status: "ok", stalenessMs: harness.isMirror === true ? expect.any(Number) : null });
    });
  });
}
