/**
 * Runs a plan: roots side by side, each in its own door's view, and says what came from where, what was missing and what may have
 * been withheld.
 *
 * A source answers wholly or not at all: where one failed after it had contributed rows elsewhere in the operation, the operation runs
 * again without it. Throws HubError only for what refuses the whole operation.
 */
import { HubError, type HubErrorCode } from "../../schema/errorCodes.ts";
import { isWithin, regionByCode, regions } from "../../schema/codes/regions.ts";
import { lacksRows, lostOf } from "../plan/lostParts.ts";
import type { OperationPlan, RootPlan } from "../plan/operationPlan.ts";
import { type Json, printRegion } from "./printNode.ts";
import { runAggregate } from "./runAggregate.ts";
import { runById } from "./runById.ts";
import { runConnection } from "./runConnection.ts";
import { reportOf, type RunContext, type RunError, type SourceReport } from "./runContext.ts";
import { runPublished } from "./runPublished.ts";

export interface RunResult {
  readonly data: { readonly [key: string]: Json };
  readonly errors: readonly RunError[];
  /** Every source that the operation touches, ordered by id. */
  readonly sources: readonly { readonly source: string; readonly status: SourceReport["status"]; readonly rows: number; readonly ms: number; readonly stalenessMs: number | null; readonly unread: ReadonlyMap<string, number> }[];
  readonly complete: boolean;
  readonly missedEarlier: readonly string[];
}

export type RunInput = Omit<RunContext, "absent" | "excluded" | "remembered" | "live" | "failed" | "contributed" | "reports" | "errors" | "missedEarlier" | "countsDistinct" | "keys" | "step">;

export async function run(plan: OperationPlan, input: RunInput): Promise<RunResult> {
  const excluded = new Set<string>();
  const standIns = new Set<string>();
  const reports = new Map<string, SourceReport>();
  const countsDistinct = countsMayRepeat(plan);
  // Each round takes last answers of at least one source more, or excludes one, so this ends.
  for (;;) {
    input.holding.again();
    const context: RunContext = {
      ...input,
      absent: plan.context.absent,
      excluded,
      remembered: new Set(standIns),
      live: new Set(),
      failed: new Set(),
      contributed: new Set(),
      reports,
      errors: [],
      missedEarlier: new Set(),
      countsDistinct,
      step: null,
    };
    const data = await runRoots(plan, context);
    const torn = [...context.failed].filter((source) => (context.contributed.has(source) || (context.live.has(source) && mayBeOld(input, source))) && !excluded.has(source));
    if (torn.length === 0) return resultOf(plan, context, data);
    for (const source of torn) {
      if (!context.remembered.has(source) && mayBeOld(input, source)) {
        standIns.add(source);
        continue;
      }
      excluded.add(source);
      const report = reports.get(source);
      if (report?.status === "STALE") report.status = "UNAVAILABLE";
    }
    for (const report of reports.values()) {
      report.rows = 0;
      report.printed.clear();
      report.unread.clear();
    }
  }
}

const mayBeOld = (input: RunInput, source: string): boolean => (input.source(source)?.last ?? null) !== null;

async function runRoots(plan: OperationPlan, context: RunContext): Promise<RunResult["data"]> {
  const values = await Promise.all(plan.roots.map((root) => runRoot(context, root)));
  const data: Record<string, Json> = {};
  plan.roots.forEach((root, index) => {
    data[root.key] = values[index] ?? null;
  });
  return data;
}

/** A root that cannot be answered is null with an error; the others stand. */
const rootErrors: ReadonlySet<HubErrorCode> = new Set<HubErrorCode>([
  "INVALID_ID",
  "CURSOR_INVALID",
  "CURSOR_EXPIRED",
  "RESULT_TOO_LARGE",
  "FILTER_TOO_BROAD",
  "SOURCE_UNAVAILABLE",
  "SOURCE_TIMEOUT",
  "SOURCE_BAD_ANSWER",
  "SOURCE_SCHEMA_DRIFT",
]);

async function runRoot(context: RunContext, root: RootPlan): Promise<Json> {
  if (context.observer === null) return answerRoot(context, root);
  const step = context.observer.step(root.kind, "entity" in root ? root.entity.name : null);
  const before = context.errors.length;
  try {
    const value = await answerRoot({ ...context, step }, root);
    step.ended(context.errors.slice(before).find(({ path }) => path[0] === root.key)?.code ?? null);
    return value;
  } catch (error) {
    step.ended(error instanceof HubError ? error.code : null);
    throw error;
  }
}

async function answerRoot(context: RunContext, root: RootPlan): Promise<Json> {
  try {
    switch (root.kind) {
      case "connection":
        return await runConnection(context, root);
      case "byId":
        return await runById(context, root);
      case "aggregate":
        return await runAggregate(context, root);
      case "published":
        return await runPublished(context, root);
      case "regions":
        return runRegions(context, root);
      case "typename":
        return "Query";
    }
  } catch (error) {
    if (!(error instanceof HubError) || !rootErrors.has(error.code)) throw error;
    context.errors.push({ code: error.code, parameters: error.parameters, path: [root.key] });
    return null;
  }
}

function runRegions(context: RunContext, root: Extract<RootPlan, { kind: "regions" }>): Json {
  if (root.one !== null) {
    const code = context.operands[root.one];
    return typeof code === "string" && regionByCode(code) !== undefined ? printRegion(code, root.region) : null;
  }
  const within = root.within === null ? null : context.operands[root.within];
  return [...regions.values()]
    .filter((region) => (typeof within !== "string" || isWithin(region.code, within)) && (root.level === null || region.level === root.level))
    .map((region) => printRegion(region.code, root.region));
}

/** Links, several roots and lookups may print one node twice. */
function countsMayRepeat(plan: OperationPlan): boolean {
  if (plan.roots.length > 1) return true;
  const [root] = plan.roots;
  if (root?.kind !== "connection") return true;
  return (root.selections ?? []).length > 1 || (root.selections ?? []).some((selection) => selection.fields.some((field) => field.kind === "link" || field.kind === "across"));
}

function resultOf(plan: OperationPlan, context: RunContext, data: RunResult["data"]): RunResult {
  for (const source of touchedSources(plan)) reportOf(context, source);
  for (const source of lostOf(plan).sources) {
    const report = reportOf(context, source);
    if (report.status === "OK") report.status = "SCHEMA_DRIFT";
  }
  const sources = [...context.reports]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, report]) => ({ source, status: report.status, rows: report.rows, ms: report.ms, stalenessMs: report.stalenessMs, unread: report.unread }));
  const missedEarlier = [...context.missedEarlier].sort();
  const isWhole = missedEarlier.length === 0 && sources.every((source) => source.status === "OK") && lostOf(plan).parts.length === 0 && !lacksRows(plan);
  return { data, errors: context.errors, sources, complete: isWhole, missedEarlier };
}

const touched = new WeakMap<OperationPlan, readonly string[]>();

/** Sources that the plan reads for its roots; links may add more while it runs. */
export function touchedSources(plan: OperationPlan): readonly string[] {
  let known = touched.get(plan);
  if (known === undefined) {
    const found = new Set<string>();
    for (const root of plan.roots) {
      if (root.kind === "connection" || root.kind === "aggregate") for (const join of root.semiJoins) for (const scan of join.scans) found.add(scan.source.id);
      if (root.kind === "connection") for (const scan of [...root.scans, ...(root.count ?? [])]) found.add(scan.source.id);
      else if (root.kind === "byId") for (const target of root.targets.values()) for (const scan of target.scans) found.add(scan.source.id);
      else if (root.kind === "aggregate" || root.kind === "published") {
        for (const scan of root.scans) found.add(scan.source.id);
        for (const scan of root.publications) found.add(scan.source.id);
      }
    }
    known = [...found].sort();
    touched.set(plan, known);
  }
  return known;
}
