/** A bounded look at every table of a source, through its adapter alone: some rows, few different values, the ends of times. */
import { type Adapter, SourceFailure, type TableInfo } from "../../adapters/contract/adapter.ts";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { asSourceId } from "../../schema/ids.ts";
import { pollutantFit } from "../draft/guessCodes.ts";
import { timeFit } from "../draft/guessTime.ts";
import { profileTable, type TableProfile } from "../draft/profile.ts";
import { bind } from "../plan/bind.ts";
import { lowerDistinct, lowerEnds, lowerTableSample } from "../plan/lowerTableSample.ts";
import type { Lowered } from "../plan/scan.ts";

/** Enough for medians, formats, neighbouring times and the codes of small tables. */
const rowsMax = 1500;
/** Of each pollutant of a long table, whose first rows are often of one alone. */
const rowsPerPollutant = 80;
/** A column with more different values is no list of codes; of a table with few rows all values count, for links. */
const distinctMax = 200;
const tableDeadlineMs = 30_000;
const tablesMax = 300;

export interface SampledSource {
  readonly tables: readonly TableInfo[];
  readonly profiles: readonly TableProfile[];
}

/** `deadlineMs`: for each table. Tables that do not answer in time are named to `log` and left out of the draft. Throws `SourceFailure` where the source is away. */
export async function sampleSource(adapter: Adapter, log: (line: string) => void, deadlineMs = tableDeadlineMs): Promise<SampledSource> {
  const tables = await adapter.introspect(AbortSignal.timeout(30_000));
  const looked = tables.filter(({ name, columns }) => columns.length > 0 && !name.startsWith("sqlite_"));
  if (looked.length > tablesMax) log(`the source has ${looked.length} tables; the first ${tablesMax} are looked at`);
  const profiles: TableProfile[] = [];
  for (const info of looked.slice(0, tablesMax)) profiles.push(await sampleTable(adapter, info, log, deadlineMs));
  return { tables, profiles };
}

async function sampleTable(adapter: Adapter, info: TableInfo, log: (line: string) => void, deadlineMs: number): Promise<TableProfile> {
  const signal = AbortSignal.timeout(deadlineMs);
  const names = info.columns.map(({ name }) => name);
  /** Null where it takes too long or there is too much: a guess then rests on less. */
  const tried = async <T>(what: string, ask: () => Promise<T>): Promise<T | null> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      if (error.status === "UNAVAILABLE") throw error;
      if (error.status !== "OVER_CAP") log(`${info.name}: ${what} took too long or failed (${error.status})`);
      return null;
    }
  };
  const seen = await tried("a look at its first rows", () => readRows(adapter, lowerTableSample(info.name, names, null), rowsMax, signal));
  if (seen === null) return profileTable({ info, rows: [], distinct: new Map(), isUnseen: true });
  const rows = [...seen];
  const first = profileTable({ info, rows, distinct: new Map() });
  const distinct = new Map<string, ReadonlyMap<string, number>>();
  const isWhole = rows.length < rowsMax;
  for (const column of first.columns) {
    if (column.distinct.size > distinctMax / 2 || column.kind === "local" || column.kind === "instant" || column.filled === 0) continue;
    if (isWhole) distinct.set(column.name.raw, column.distinct);
    else {
      const groups = await tried(`counting the values of ${column.name.raw}`, () => readGroups(adapter, lowerDistinct(info.name, column.name.raw), distinctMax, signal));
      if (groups !== null) distinct.set(column.name.raw, new Map(groups.flatMap(([cell = null, count = 0]) => (cell === null || String(cell).trim() === "" ? [] : [[String(cell).trim(), Number(count)] as const]))));
    }
  }
  const known = profileTable({ info, rows, distinct });
  if (!isWhole) {
    const pollutant = known.columns.find((column) => pollutantFit(column) !== null);
    for (const text of pollutant?.distinct.keys() ?? []) {
      const more = await tried(`rows of ${pollutant?.name.raw}`, () => readRows(adapter, lowerTableSample(info.name, names, { column: pollutant?.name.raw ?? "", text }), rowsPerPollutant, signal));
      rows.push(...(more ?? []));
    }
  }
  const ends = new Map<string, readonly [string, string]>();
  for (const column of known.columns) {
    // Texts order as times only where they are spelt from the year down to the second.
    const isTime = column.kind === "local" || column.kind === "instant" || (column.filled > 0 && timeFit(column, "instant")?.hasTime === true);
    if (!isTime) continue;
    const found = await tried(`the ends of ${column.name.raw}`, () => readGroups(adapter, lowerEnds(info.name, column.name.raw), 1, signal));
    const [least, greatest] = found?.[0] ?? [];
    if (least !== null && least !== undefined && greatest !== null && greatest !== undefined) ends.set(column.name.raw, [String(least), String(greatest)]);
  }
  return profileTable({ info, rows, distinct, ends });
}

const source = { id: asSourceId("draft") };
const nothing = { operands: [], agency: {}, nowMs: 0, cursor: null, lookup: [] };

async function readRows(adapter: Adapter, lowered: Lowered<null>, limit: number, signal: AbortSignal): Promise<readonly (readonly Cell[])[]> {
  const found: (readonly Cell[])[] = [];
  for await (const { rows } of adapter.rows(bind({ source }, lowered, { ...nothing, limit }, limit), signal)) found.push(...rows);
  return found;
}

const readGroups = async (adapter: Adapter, lowered: Lowered<null>, groupsMax: number, signal: AbortSignal): Promise<readonly (readonly Cell[])[]> =>
  (await adapter.aggregate(bind({ source }, lowered, { ...nothing, limit: groupsMax }, groupsMax), signal)).rows;
