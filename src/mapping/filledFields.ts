/**
 * Attributes that nobody writes: what follows from the fields that are written (languages.md §2, "filled in unwritten").
 */
import type { AttributeDef, EntityDef } from "../../schema/vocabulary.ts";
import { pollutants } from "../../schema/codes/pollutants.ts";
import { canonicalUnit } from "../harmonise/units.ts";
import { appendParameter, resultOf, type ChainEnvironment, type ChainPlan } from "./chainPlan.ts";
import { stageOf } from "./fieldContext.ts";
import type { LensSpec } from "./lenses/lensSpec.ts";

interface Written {
  readonly attribute: AttributeDef;
  readonly plan: ChainPlan;
}

export type WrittenFields = ReadonlyMap<string, Written>;

const constantOf = (plan: ChainPlan): string | null => {
  const stage = stageOf(plan.spec, "constant");
  return stage ? String(stage.value) : null;
};

/** The other end of [start, end): by the averaging period. */
function otherEnd(give: "start" | "end", written: WrittenFields): ChainPlan | null {
  const from = written.get(give === "start" ? "end" : "start");
  const averaging = written.get("averaging");
  if (from?.attribute.type.kind !== "instant" || !averaging) return null;
  const columns = [...from.plan.columns];
  const parameter = appendParameter(averaging.plan, columns);
  return { spec: { ...from.plan.spec, stages: [...from.plan.spec.stages, { stage: "span", give, averaging: parameter }] }, columns };
}

/** Whether the value is a limit: from the texts that `below` and `above` name. */
function censor(attribute: AttributeDef, written: WrittenFields): ChainPlan | null {
  for (const { attribute: measured, plan } of written.values()) {
    const bounds = stageOf(plan.spec, "bounds");
    if (!bounds || measured.type.kind !== "decimal") continue;
    const stages = plan.spec.stages.map((stage) =>
      stage.stage === "bounds" ? { stage: "bounds" as const, below: bounds.below, above: bounds.above, give: "censor" as const, scale: measured.type.kind === "decimal" ? measured.type.scale : 0 } : stage,
    );
    return { spec: { ...plan.spec, stages, result: resultOf(attribute.type) }, columns: plan.columns };
  }
  return null;
}

/** The unit in which the hub holds the row's pollutant: the pollutant's code table, led on to units. */
function unit(written: WrittenFields, environment: ChainEnvironment): ChainPlan | null {
  const measured = [...written.values()].some(({ attribute }) => attribute.type.kind === "decimal" && attribute.type.unit === "byPollutant");
  const pollutant = written.get("pollutant");
  if (!measured || !pollutant) return null;
  const { timeZone } = environment;
  const constant = constantOf(pollutant.plan);
  if (constant !== null) {
    const canonical = canonicalUnit(constant);
    return canonical === null ? null : { spec: { stages: [{ stage: "constant", value: canonical }], result: { kind: "text" }, timeZone }, columns: [] };
  }
  const codes = stageOf(pollutant.plan.spec, "codes")?.table ?? Object.fromEntries([...pollutants.keys()].map((code) => [code, code]));
  const table = Object.create(null) as Record<string, string>;
  for (const [from, to] of Object.entries(codes)) {
    const canonical = canonicalUnit(to);
    if (canonical !== null) table[from] = canonical;
  }
  const stages: LensSpec["stages"] = [...pollutant.plan.spec.stages.filter(({ stage }) => stage !== "codes"), { stage: "codes", table }];
  return { spec: { stages, result: { kind: "text" }, timeZone }, columns: pollutant.plan.columns };
}

function receivedAt(environment: ChainEnvironment): ChainPlan | null {
  const column = environment.columns.own.columns.find(({ name }) => name === "$received");
  if (!column) return null;
  const found = environment.columns.find({ text: column.name, at: { file: "", line: 0, column: 0 } });
  return { spec: { stages: [{ stage: "column" }], result: { kind: "instant" }, timeZone: environment.timeZone }, columns: [found] };
}

/** The chain of an attribute that is not written, or null: it stays unmapped. */
export function fillField(entity: EntityDef, name: string, written: WrittenFields, region: string, environment: ChainEnvironment): ChainPlan | null {
  const attribute = entity.attributes.get(name);
  if (!attribute || written.has(name)) return null;
  const kind = attribute.type.kind;
  if (name === "region" && kind === "region") {
    return { spec: { stages: [{ stage: "constant", value: region }], result: { kind: "region" }, timeZone: environment.timeZone }, columns: [] };
  }
  if ((name === "start" || name === "end") && kind === "instant") return otherEnd(name, written);
  if (name === "censor" && kind === "enum") return censor(attribute, written);
  if (name === "unit" && kind === "text") return unit(written, environment);
  if (name === "receivedAt" && kind === "instant") return receivedAt(environment);
  return null;
}
