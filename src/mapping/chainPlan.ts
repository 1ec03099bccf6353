/**
 * One written field → lens chain and the columns that it reads, against the attribute that it fills.
 *
 * Everything that cannot work is found here, with its place: a stage that the attribute's type has no use for, a unit that does not
 * convert, a format or a pattern that cannot be read, a code that the attribute does not have.
 */
import type { AttributeDef, AttributeType } from "../../schema/vocabulary.ts";
import { canonicalUnit, conversion } from "../harmonise/units.ts";
import { unitByText, units } from "../../schema/codes/units.ts";
import { parsePattern } from "../harmonise/timePattern.ts";
import type { ColumnRef, PartColumns } from "./columns.ts";
import { didYouMean, fault, type Word } from "./fault.ts";
import { compileChain } from "./lenses/chain.ts";
import type { LensSpec, Normalisation, ParameterSpec, ResultSpec, StageSpec, UnitSpec } from "./lenses/lensSpec.ts";
import { compilePattern } from "./lenses/match.ts";
import { resolveCodes, type CodeFiles } from "./resolveCodes.ts";
import type { ChainSyntax, CodesSyntax, StagesSyntax } from "./sourceSyntax.ts";

export interface ChainEnvironment {
  readonly columns: PartColumns;
  readonly codes: ReadonlyMap<string, CodesSyntax>;
  readonly codeFiles: CodeFiles;
  readonly missing: readonly Word[];
  readonly timeZone: string;
}

export interface ChainPlan {
  readonly spec: LensSpec;
  readonly columns: readonly ColumnRef[];
}

const normalisations: readonly Normalisation[] = ["trim", "width", "upper", "html-text", "penalty-number", "uscc"];

export function resultOf(type: AttributeType): ResultSpec {
  switch (type.kind) {
    case "decimal":
      return { kind: "decimal", scale: type.scale };
    case "enum":
      return { kind: "enum", values: type.values.map(({ name }) => name) };
    case "list":
      return type.of.kind === "enum" ? { kind: "list", values: type.of.values.map(({ name }) => name) } : { kind: "list" };
    default:
      return { kind: type.kind };
  }
}

/** Stages that make no sense for a type, and why. */
function refuseMisfits(stages: StagesSyntax, type: AttributeType, isLink: boolean): void {
  const only = (word: { at: Word["at"] } | undefined, name: string, kinds: readonly AttributeType["kind"][]): void => {
    if (word && !kinds.includes(type.kind)) fault(word.at, `\`${name}\` makes a ${kinds.join(" or a ")}; the attribute is a ${type.kind}.`);
  };
  only(stages.list, "list", ["list"]);
  only(stages.below?.[0], "below", ["decimal", "enum"]);
  only(stages.above?.[0], "above", ["decimal", "enum"]);
  only(stages.format?.[0], "format", ["instant", "date", "decimal", "integer"]);
  only(stages.crs, "crs", ["object"]);
  const unit = stages.unit;
  only(unit ? (unit.kind === "name" ? unit.name : unit.field) : undefined, "unit", ["decimal"]);
  if (stages.at && !unit) fault(stages.at.at, "`at` belongs to a `unit` of ppb or ppm; here is no unit.");
  if (stages.to && !isLink) fault(stages.to.at, `\`to\` makes a link; the attribute is a ${type.kind}.`);
}

/** Lenses of text on a column of numbers would never find anything. */
function refuseTextLenses(stages: StagesSyntax, columns: readonly ColumnRef[]): void {
  const [column] = columns;
  if (columns.length !== 1 || (column?.kind !== "number" && column?.kind !== "integer" && column?.kind !== "decimal")) return;
  const lenses = [["normalise", stages.normalise?.[0]], ["match", stages.match], ["below", stages.below?.[0]], ["above", stages.above?.[0]], ["list", stages.list]] as const;
  for (const [name, word] of lenses) {
    if (word) fault(word.at, `\`${name}\` works on text, and column \`${column.name}\` holds numbers; leave it out.`);
  }
}

function checkFormats(formats: readonly Word[], type: AttributeType): void {
  for (const { text, at } of formats) {
    const isTime = type.kind === "instant" || type.kind === "date";
    const named = isTime ? ["epoch-ms", "excel-1900"] : ["1,234.5", "dms"];
    if (named.includes(text) || (isTime && parsePattern(text) !== null)) continue;
    const mend = isTime ? "a pattern of yyyy MM dd HH mm ss that starts from a year, epoch-ms or excel-1900" : `${named.join(" or ")}`;
    fault(at, `\`${text}\` does not spell a ${type.kind}; use ${mend}.`);
  }
}

function checkCodes(table: Readonly<Record<string, string>>, syntax: CodesSyntax, spec: LensSpec): void {
  const known = spec.result.kind === "enum" || spec.result.kind === "list" ? spec.result.values : undefined;
  const converts = compileChain({ stages: [{ stage: "column" }], result: spec.result, timeZone: spec.timeZone });
  for (const [from, to] of Object.entries(table)) {
    const value = converts.read([to]);
    if (value !== null && !(Array.isArray(value) && value.length === 0)) continue;
    const at = syntax.kind === "inline" ? (syntax.entries.find((entry) => entry.from.text === from)?.to.at ?? syntax.at) : syntax.kind === "name" ? syntax.name.at : syntax.at;
    fault(at, `\`${to}\` (for \`${from}\`) is no value of the attribute; ${known ? didYouMean(to, known) : `it must be a ${spec.result.kind}.`}`);
  }
}

/** The stages but for take, unit and bounds, which depend on what else the row holds. */
function plainStages(stages: StagesSyntax, result: ResultSpec, environment: ChainEnvironment): StageSpec[] {
  const specs: StageSpec[] = [];
  const missing = (stages.missing ?? environment.missing).map(({ text }) => text);
  if (missing.length > 0) specs.push({ stage: "missing", texts: missing });
  if (stages.normalise) {
    for (const { text, at } of stages.normalise) {
      if (!(normalisations as readonly string[]).includes(text)) fault(at, `\`${text}\` is no cleaning; ${didYouMean(text, normalisations)}`);
    }
    specs.push({ stage: "normalise", how: stages.normalise.map(({ text }) => text as Normalisation) });
  }
  if (stages.match) {
    try {
      compilePattern(stages.match.text);
    } catch {
      fault(stages.match.at, "`match` is no pattern of RE2 (no back references, no look-around); mend the expression.");
    }
    specs.push({ stage: "match", pattern: stages.match.text });
  }
  if (stages.list) specs.push({ stage: "list", separator: stages.list.text === "json" ? null : stages.list.text });
  if (stages.format) specs.push({ stage: "format", formats: stages.format.map(({ text }) => text) });
  if (stages.codes) {
    const table = resolveCodes(stages.codes, environment.codes, environment.codeFiles);
    checkCodes(table, stages.codes, { stages: [], result, timeZone: environment.timeZone });
    specs.push({ stage: "codes", table });
  }
  if (stages.else) {
    const value = compileChain({ stages: [{ stage: "column" }], result, timeZone: environment.timeZone }).read([stages.else.text]);
    if (value === null) fault(stages.else.at, `\`${stages.else.text}\` is no value of the attribute.`);
    specs.push({ stage: "else", value: stages.else.text });
  }
  return specs;
}

function takeOf(chain: ChainSyntax, type: AttributeType, environment: ChainEnvironment): { stage: StageSpec; columns: readonly ColumnRef[] } {
  const { take } = chain;
  switch (take.kind) {
    case "column":
      return { stage: { stage: "column" }, columns: [environment.columns.find(take.column)] };
    case "columns": {
      const columns = take.columns.map(environment.columns.find);
      // Without glue, parts stand one blank apart, as the pieces of `yyyy M d H` do.
      return { stage: { stage: "columns", count: columns.length, glue: take.glue ?? " " }, columns };
    }
    case "constant": {
      const stage: StageSpec = { stage: "constant", value: take.value.text };
      const value = compileChain({ stages: [stage], result: resultOf(type), timeZone: environment.timeZone }).read([]);
      if (value === null) {
        const known = type.kind === "enum" ? didYouMean(take.value.text, type.values.map(({ name }) => name)) : "write it as the attribute has it.";
        fault(take.value.at, `\`${take.value.text}\` is no ${type.kind === "enum" ? type.name : type.kind}; ${known}`);
      }
      return { stage, columns: [] };
    }
    case "flags": {
      if (type.kind !== "list") fault(chain.at, `\`flags\` makes a list; the attribute is a ${type.kind}.`);
      const known = type.of.kind === "enum" ? type.of.values.map(({ name }) => name) : null;
      for (const { code } of take.flags) {
        if (known && !known.includes(code.text)) fault(code.at, `\`${code.text}\` is no value of the attribute; ${didYouMean(code.text, known)}`);
      }
      return {
        stage: { stage: "flags", codes: take.flags.map(({ code }) => code.text) },
        columns: take.flags.map(({ column }) => environment.columns.find(column)),
      };
    }
  }
}

/** A parameter of a stage over the chain's own cells: its columns are appended. */
export function appendParameter(plan: ChainPlan, columns: ColumnRef[]): ParameterSpec {
  const constant = plan.spec.stages.find((stage) => stage.stage === "constant");
  if (constant?.stage === "constant") return { constant: String(constant.value) };
  const inputs = plan.columns.map((column) => columns.push(column) - 1);
  return { inputs, lens: plan.spec };
}

function unitStage(chain: ChainSyntax, attribute: AttributeDef, pollutant: ChainPlan | null, columns: ColumnRef[], environment: ChainEnvironment): UnitSpec | null {
  const { unit, at } = chain.stages;
  if (!unit || attribute.type.kind !== "decimal") return null;
  const to = attribute.type.unit ?? null;
  const place = unit.kind === "name" ? unit.name.at : unit.field.at;
  if (to === null) fault(place, `\`${attribute.entity}.${attribute.name}\` has no unit; leave \`unit\` out.`);
  const temperature = at?.text ?? "298.15K";
  if (temperature !== "298.15K" && temperature !== "273.15K") fault(at?.at ?? place, "`at` is 298.15K or 273.15K.");
  if (to === "byPollutant" && !pollutant) fault(place, "the unit depends on the pollutant, and this part does not map `pollutant`.");
  const byPollutant = to === "byPollutant" && pollutant ? appendParameter(pollutant, columns) : null;
  let from: ParameterSpec;
  if (unit.kind === "name") {
    if (!unitByText(unit.name.text)) fault(place, `there is no unit \`${unit.name.text}\`; ${didYouMean(unit.name.text, units.keys())}`);
    from = { constant: unit.name.text };
  } else {
    const type: AttributeType = { kind: "text" };
    from = appendParameter(planChain(unit.field, { ...attribute, type }, type, null, environment), columns);
  }
  const fixedPollutant = byPollutant && "constant" in byPollutant ? byPollutant.constant : null;
  const canonical = to === "byPollutant" ? (fixedPollutant === null ? null : canonicalUnit(fixedPollutant)) : to;
  if ("constant" in from && canonical !== null && !conversion({ from: from.constant, to: canonical, pollutant: fixedPollutant, at: temperature })) {
    const of = fixedPollutant === null ? "" : ` of ${fixedPollutant}`;
    fault(place, `\`${from.constant}\` does not convert to \`${canonical}\`${of}; write the unit in which the source counts.`);
  }
  return { stage: "unit", unit: from, pollutant: byPollutant, to: to === "byPollutant" ? null : to, at: temperature };
}

/** `pollutant`: the chain of the row's pollutant, for units that depend on it. */
export function planChain(
  chain: ChainSyntax,
  attribute: AttributeDef,
  type: AttributeType,
  pollutant: ChainPlan | null,
  environment: ChainEnvironment,
): ChainPlan {
  const { stages } = chain;
  refuseMisfits(stages, type, attribute.type.kind === "link");
  if (stages.format) checkFormats(stages.format, type);
  const result = resultOf(type);
  if (chain.take.kind === "constant") {
    const extra = Object.keys(stages)[0];
    if (extra) fault(chain.at, `a constant is written as the attribute has it; leave \`${extra}\` out.`);
  }
  const { stage: take, columns: taken } = takeOf(chain, type, environment);
  refuseTextLenses(stages, taken);
  const columns = [...taken];
  const specs: StageSpec[] = [take, ...(take.stage === "constant" ? [] : plainStages(stages, result, environment))];
  if (stages.below || stages.above) {
    const texts = (words: readonly Word[] | undefined): readonly string[] => (words ?? []).map(({ text }) => text);
    specs.push({ stage: "bounds", below: texts(stages.below), above: texts(stages.above), give: "value" });
  }
  const unit = unitStage(chain, attribute, pollutant, columns, environment);
  if (unit) specs.push(unit);
  const spec: LensSpec = { stages: specs, result, timeZone: environment.timeZone };
  try {
    compileChain(spec);
  } catch (cause) {
    fault(chain.at, `the lenses do not fit together: ${cause instanceof Error ? cause.message : "unknown reason"}.`);
  }
  return { spec, columns };
}
