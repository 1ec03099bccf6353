/** Kinds that are mirrored, from their own folder or server to the mirror's file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checked } from "../../../adapters/contract/checked.ts";
import type { ConfigValue, MirroredKind } from "../../../adapters/contract/tableReader.ts";
import { dropKind } from "../../../adapters/drop/dropKind.ts";
import { hj212Kind } from "../../../adapters/hj212/hj212Kind.ts";
import { restKind } from "../../../adapters/rest/restKind.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { openMirrored } from "../../../src/sources/mirror.ts";
import { suiteLenses } from "./suiteLenses.ts";
import { packet, segment } from "../hj212/packets.ts";
import { answer, startApi } from "../rest/apiServer.ts";
import type { Harness, OpenKind, TableSpec } from "./harness.ts";
import { countOtherThanGet, httpLies } from "./httpServer.ts";
import { lensModule, spelt, typedByLens, type Naming } from "./typedByLens.ts";

const asItIs: Naming = { table: (name) => name, column: (name) => name, texts: "marked" };
const common = { isThere: true, types: new Set(["integer", "number", "text"] as const), isMirror: true, hasWriteWords: false, mayBeNull: () => true } as const;

/** Columns of types that the suite leaves out for these kinds are left out of the tables as well. */
const columnsOf = ({ columns }: TableSpec): readonly string[] => Object.keys(columns).filter((name) => (common.types as ReadonlySet<string>).has(columns[name]?.type ?? ""));

async function openOver(kind: MirroredKind, input: { readonly connection: ConfigValue; readonly tables: ConfigValue; readonly specs: readonly TableSpec[]; readonly dir: string; readonly naming?: Naming; written(): number; close(): Promise<void> | void }): Promise<OpenKind> {
  const { connection, tables, specs, dir, naming = asItIs } = input;
  const keyOf = (key: readonly string[]): readonly string[] => [...(naming.within ? [naming.within.column] : []), ...key.map(naming.column)];
  const mirror = await openMirrored({
    kind,
    config: kind.parseConfig({ connection, tables, timeZone: "Asia/Shanghai", baseDir: dir }),
    dir: join(dir, "versions"),
    indexing: Object.fromEntries(specs.map((spec) => [naming.table(spec.name), { keys: spec.unique.map(keyOf), indexes: [], mentioned: columnsOf(spec).map(naming.column) }])),
    openLocal: ({ file, lenses }) => openSqlite({ file, lensModule, lenses: { ...suiteLenses, ...lenses } }),
    firstWaitMs: 60_000,
  });
  const { version } = await mirror.refresh(AbortSignal.timeout(60_000));
  if (version === null) throw new Error(JSON.stringify(mirror.failures()));
  const adapter = checked(typedByLens(mirror, specs, naming));
  return {
    adapter,
    running: async () => null,
    // A reader has no words to write; the version it makes is opened as any SQLite source is.
    tryToWrite: async () => ({ isRefused: null, written: input.written() }),
    refresh: async (signal) => {
      await mirror.refresh(signal).catch(() => undefined);
      return Object.values(mirror.failures()).every((failure) => failure === null);
    },
    close: async () => {
      await adapter.close();
      await input.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** How many of the source's files are others than they are now, or more or fewer. */
function changesIn(dir: string): () => number {
  const filesIn = (): ReadonlyMap<string, string> => new Map(readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [[entry.name, readFileSync(join(dir, entry.name), "base64")] as const] : [])));
  const before = filesIn();
  return () => {
    const now = filesIn();
    return [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name)).length;
  };
}

export const restHarness: Harness = {
  kind: "rest, mirrored",
  ...common,
  lies: httpLies,
  async open(specs, through) {
    const api = await startApi((url, _request, response) => {
      const spec = specs[Number(url.pathname.split("/").at(-1))] as TableSpec;
      const page = Number(url.searchParams.get("page"));
      const rows = spec.rows.slice((page - 1) * 500, page * 500).map((row) => Object.fromEntries(columnsOf(spec).map((column) => [column, spelt(row[column], "marked")])));
      answer(response, { total: spec.rows.length, list: rows });
    });
    const tables = Object.fromEntries(specs.map(({ name }, index) => [name, { get: `/${index}`, rows: "list", page: { number: "page", max: "500", total: "total" }, mirror: { every: "1d" } }]));
    const written = countOtherThanGet(api);
    return openOver(restKind, { connection: { url: await through(api.url), rate: "10000/s" }, tables, specs, dir: mkdtempSync(join(tmpdir(), "conformance-")), written, close: api.close });
  },
};

const quoted = (cell: string | null): string => (cell === null ? "" : `"${cell.replaceAll('"', '""')}"`);

export const dropHarness: Harness = {
  kind: "drop",
  ...common,
  lies: null,
  async open(specs) {
    const dir = mkdtempSync(join(tmpdir(), "conformance-"));
    for (const [index, spec] of specs.entries()) {
      const columns = columnsOf(spec);
      const lines = [columns.map(quoted), ...spec.rows.map((row) => columns.map((column) => quoted(spelt(row[column], "marked"))))];
      writeFileSync(join(dir, `table${index}.csv`), lines.map((line) => line.join(",")).join("\r\n"));
    }
    const tables = Object.fromEntries(specs.map(({ name }, index) => [name, { files: `table${index}.csv` }]));
    return openOver(dropKind, { connection: { folder: dir, settle: "1ms" }, tables, specs, dir, written: changesIn(dir), close: () => {} });
  },
};

/** Figures that stand for the suite's columns; the columns of one table never share one. */
const figures: Readonly<Record<string, string>> = { id: "Cou", true: "Cou", s: "Rtd", n: "Avg", x: "Min", k: "Max", v: "ZsAvg", rev: "ZsMin", minor: "ZsMax" };

export const hj212Harness: Harness = {
  kind: "hj212",
  ...common,
  lies: null,
  async open(specs) {
    const dir = mkdtempSync(join(tmpdir(), "conformance-"));
    const device = (name: string): string => `DEVICE${specs.findIndex((spec) => spec.name === name)}`;
    const naming: Naming = { table: (name) => (specs.some((spec) => spec.name === name) ? "packets" : name), column: (name) => figures[name] ?? (name.includes("$1") ? "ZsRtd" : name), texts: "hex", within: { column: "MN", value: device } };
    for (const spec of specs) {
      const packets = spec.rows.map((row) => {
        const cells = columnsOf(spec).flatMap((column) => {
          const text = spelt(row[column], "hex");
          return text === null ? [] : [`a1-${naming.column(column)}=${text}`];
        });
        return packet(segment(`DataTime=20240101000000;${cells.join(",")}`, { MN: device(spec.name) }));
      });
      writeFileSync(join(dir, `${device(spec.name)}.log`), Buffer.concat(packets));
    }
    return openOver(hj212Kind, { connection: { folder: dir, settle: "1ms" }, tables: {}, specs, dir, naming, written: changesIn(dir), close: () => {} });
  },
};
