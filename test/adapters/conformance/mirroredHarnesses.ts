/** Kinds that are mirrored, from their own folder or server to the mirror's file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checked } from "../../../adapters/contract/checked.ts";
import type { ConfigValue, MirroredKind } from "../../../adapters/contract/tableReader.ts";
import { dropKind } from "../../../adapters/drop/dropKind.ts";
import { restKind } from "../../../adapters/rest/restKind.ts";
import { openSqlite } from "../../../adapters/sqlite/openSqlite.ts";
import { openMirrored } from "../../../src/sources/mirror.ts";
import { answer, startApi } from "../rest/apiServer.ts";
import type { Harness, OpenKind, TableSpec } from "./harness.ts";
import { lensModule, spelt, typedByLens, type Naming } from "./typedByLens.ts";

const naming: Naming = { table: (name) => name, column: (name) => name, marksTexts: true };
const common = { isThere: true, types: new Set(["integer", "number", "text"] as const), isMirror: true, mayBeNull: () => true } as const;

/** Columns of types that the suite leaves out for these kinds are left out of the tables as well. */
const columnsOf = ({ columns }: TableSpec): readonly string[] => Object.keys(columns).filter((name) => (common.types as ReadonlySet<string>).has(columns[name]?.type ?? ""));

async function openOver(kind: MirroredKind, input: { readonly connection: ConfigValue; readonly tables: ConfigValue; readonly specs: readonly TableSpec[]; readonly dir: string; close(): Promise<void> | void }): Promise<OpenKind> {
  const { connection, tables, specs, dir } = input;
  const mirror = await openMirrored({
    kind,
    config: kind.parseConfig({ connection, tables, timeZone: "Asia/Shanghai", baseDir: dir }),
    dir: join(dir, "versions"),
    indexing: Object.fromEntries(specs.map((spec) => [spec.name, { keys: spec.unique, indexes: [], mentioned: columnsOf(spec) }])),
    openLocal: ({ file, lenses }) => openSqlite({ file, lensModule, lenses }),
    firstWaitMs: 60_000,
  });
  const { version } = await mirror.refresh(AbortSignal.timeout(60_000));
  if (version === null) throw new Error(JSON.stringify(mirror.failures()));
  const adapter = checked(typedByLens(mirror, specs, naming));
  return {
    adapter,
    running: async () => null,
    close: async () => {
      await adapter.close();
      await input.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const restHarness: Harness = {
  kind: "rest, mirrored",
  ...common,
  async open(specs) {
    const api = await startApi((url, _request, response) => {
      const spec = specs[Number(url.pathname.split("/").at(-1))] as TableSpec;
      const page = Number(url.searchParams.get("page"));
      const rows = spec.rows.slice((page - 1) * 500, page * 500).map((row) => Object.fromEntries(columnsOf(spec).map((column) => [column, spelt(row[column], true)])));
      answer(response, { total: spec.rows.length, list: rows });
    });
    const tables = Object.fromEntries(specs.map(({ name }, index) => [name, { get: `/${index}`, rows: "list", page: { number: "page", max: "500", total: "total" }, mirror: { every: "1d" } }]));
    return openOver(restKind, { connection: { url: api.url, rate: "10000/s" }, tables, specs, dir: mkdtempSync(join(tmpdir(), "conformance-")), close: api.close });
  },
};

const quoted = (cell: string | null): string => (cell === null ? "" : `"${cell.replaceAll('"', '""')}"`);

export const dropHarness: Harness = {
  kind: "drop",
  ...common,
  async open(specs) {
    const dir = mkdtempSync(join(tmpdir(), "conformance-"));
    for (const [index, spec] of specs.entries()) {
      const columns = columnsOf(spec);
      const lines = [columns.map(quoted), ...spec.rows.map((row) => columns.map((column) => quoted(spelt(row[column], true))))];
      writeFileSync(join(dir, `table${index}.csv`), lines.map((line) => line.join(",")).join("\r\n"));
    }
    const tables = Object.fromEntries(specs.map(({ name }, index) => [name, { files: `table${index}.csv` }]));
    return openOver(dropKind, { connection: { folder: dir, settle: "1ms" }, tables, specs, dir, close: () => {} });
  },
};
