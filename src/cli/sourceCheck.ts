/** `source check REGION`: what a region's sources hold, against what their mappings say of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import type { SourceId } from "../../schema/ids.ts";
import { checkMapping, type CheckReport, type PartSample } from "../mapping/check.ts";
import { parseSource } from "../mapping/parseSource.ts";
import { bind } from "../plan/bind.ts";
import { lowerSample } from "../plan/lowerSample.ts";
import type { ReadySource, SourceState } from "../sources/sourceState.ts";
import { type Command, readCommandLine, UsageError } from "./command.ts";
import { openStoredNetwork } from "./storedNetwork.ts";

const usage = "source check REGION [--network DIR]";
/** Per part: enough for a median and for the codes that occur. */
const sampleRows = 500;
const sampleDeadlineMs = 30_000;

export const sourceCheck: Command = {
  usage,
  about: "holds a region's mappings against its sources: drift, plausible units, coverage; exit code 1 where something is wrong",
  run: async (args, print) => {
    const { config, operands: [asked = ""] } = readCommandLine(args, [], 1, usage);
    const stored = await openStoredNetwork(config, () => undefined);
    try {
      await stored.registry.checkDrift();
      const states = stored.registry.list();
      const found = states.filter((state) => state.file.startsWith(`regions/${asked}/`) || state.id === asked || regionOf(state) === asked);
      if (found.length === 0) throw new UsageError(`There is no region ${asked}. Regions are ${[...new Set(states.map(({ file }) => file.split("/")[1]))].join(", ")}.`);
      let isWell = true;
      for (const state of found) isWell = (await checkState(state, config.networkDir, (id) => stored.registry.refresh(id, AbortSignal.timeout(sampleDeadlineMs)), print)) && isWell;
      return isWell ? 0 : 1;
    } finally {
      await stored.close();
    }
  },
};

const regionOf = (state: SourceState): string | null => (state.status === "ready" ? state.source.region : state.region);

async function checkState(state: SourceState, networkDir: string, refresh: (id: SourceId) => Promise<readonly string[]>, print: (line: string) => void): Promise<boolean> {
  if (state.status !== "ready") {
    print(`${state.id}: ${state.status}: ${state.status === "refused" ? state.message : `${state.reason} ${state.detail}`}`);
    return false;
  }
  const { source, drift, file } = state;
  print(`${source.id}: ${source.mapping.kind}, mapping ${source.mapping.version.slice(0, 12)}`);
  for (const warning of source.mapping.warnings) print(`  note: ${warning}`);
  // What the hub's log only counts, for it may quote the source.
  for (const line of await refresh(source.id)) print(`  read: ${line}`);
  for (const { table, column, change, before, now } of drift) print(`  drift: ${change} ${column === null ? table : `${table}.${column}`} ${before ?? ""} → ${now ?? ""}`);
  try {
    const tables = await source.adapter.introspect(AbortSignal.timeout(sampleDeadlineMs));
    const { check } = parseSource(readFileSync(join(networkDir, file), "utf8"), file);
    const report = checkMapping({ mapping: source.mapping, check, tables, samples: await samplesOf(source) });
    printReport(report, print);
    return drift.length === 0 && report.implausible.length === 0 && report.undecided.size === 0;
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    print(`  it does not answer: ${error.status}`);
    return false;
  }
}

async function samplesOf(source: ReadySource): Promise<readonly PartSample[]> {
  const samples: PartSample[] = [];
  for (const [entity, { parts }] of source.mapping.entities) {
    for (const part of parts) {
      const lowered = lowerSample(part);
      const query = bind({ source }, lowered, { operands: [], agency: {}, nowMs: 0, limit: sampleRows, cursor: null, lookup: [] }, sampleRows);
      const cells = new Map([...lowered.layout.keys()].map((name) => [name, [] as (readonly PartCell[])[]]));
      for await (const { rows } of source.adapter.rows(query, AbortSignal.timeout(sampleDeadlineMs))) {
        for (const row of rows) for (const [name, { at, count }] of lowered.layout) cells.get(name)?.push(row.slice(at, at + count));
      }
      samples.push({ entity, branch: part.branch, cells });
    }
  }
  return samples;
}
type PartCell = NonNullable<ReturnType<PartSample["cells"]["get"]>>[number][number];

function printReport({ extent, slow, undecided, coverage, implausible, unmapped }: CheckReport, print: (line: string) => void): void {
  for (const { entity, mapped, unmapped: without } of extent) print(`  ${entity}: ${mapped} of ${mapped + without.length} attributes${without.length === 0 ? "" : `; without ${without.join(", ")}`}`);
  for (const { coordinate, rows, filled, unread, examples } of coverage) {
    const lost = unread === 0 ? "" : `; ${unread} cells do not read: ${examples.map(({ text, count }) => `${JSON.stringify(text)} ×${count}`).join(", ")}`;
    print(`  ${coordinate}: ${filled} of ${rows} rows have a value${lost}`);
  }
  for (const { coordinate, pollutant, median, range } of implausible) {
    print(`  implausible: the median of ${coordinate}${pollutant === null ? "" : ` (${pollutant})`} is ${median}, outside ${range[0]} to ${range[1]}; check the unit`);
  }
  for (const role of ["filter", "order"] as const) {
    const by = slow.filter(({ roles }) => roles.includes(role)).map(({ coordinate }) => coordinate);
    if (by.length > 0) print(`  no index serves ${role === "filter" ? "filters" : "orders"} by ${by.join(", ")}: the source evaluates them on every row`);
  }
  for (const [what, reason] of undecided) print(`  undecided: ${what}: ${reason}; decide, and take the entry away`);
  for (const column of unmapped) print(`  nothing reads ${column}; map it, or say why under check.unmapped`);
}
