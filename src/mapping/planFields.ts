/** The fields of one part (or of one of its unpivoted columns): written, constant by the unpivot, and filled in. */
import type { EntityName } from "../../schema/ids.ts";
import type { AttributeDef, AttributeType, EntityDef, Vocabulary } from "../../schema/vocabulary.ts";
import { planChain, resultOf, type ChainEnvironment, type ChainPlan } from "./chainPlan.ts";
import type { ColumnRef } from "./columns.ts";
import { didYouMean, fault, type Word } from "./fault.ts";
import { fillField } from "./filledFields.ts";
import { compileChain } from "./lenses/chain.ts";
import type { FieldPlan } from "./lowerField.ts";
import { stageWords } from "./parseField.ts";
import type { ChainSyntax, FieldSyntax, ObjectSyntax, PartSyntax, StagesSyntax, UnpivotSyntax } from "./sourceSyntax.ts";
import type { Place } from "./yamlFile.ts";

export interface PartEnvironment extends ChainEnvironment {
  readonly vocabulary: Vocabulary;
  readonly entity: EntityDef;
  readonly region: string;
  /** Parts of the whole file: links are checked against their targets' keys and fields. */
  readonly parts: readonly PartSyntax[];
  /** Name of the unpivoted column and what is said of it. */
  readonly unpivoted: { readonly column: string; readonly syntax: UnpivotSyntax } | null;
  warn(at: Place, text: string): void;
}

const takesCell = (field: FieldSyntax): field is ChainSyntax =>
  field.kind === "chain" && field.take.kind === "column" && field.take.column.text === "$cell";

/** What the unpivoted column says of its cell comes before what the field says for all columns. */
const withCellStages = (chain: ChainSyntax, stages: StagesSyntax): ChainSyntax => ({ ...chain, stages: { ...chain.stages, ...stages } });

function attributeOf(entity: EntityDef, name: string, at: Place, others: readonly string[] = []): AttributeDef {
  const attribute = entity.attributes.get(name);
  if (attribute) return attribute;
  fault(at, `\`${entity.name}\` has no attribute \`${name}\`; ${didYouMean(name, [...entity.attributes.keys(), ...others])}`);
}

interface Written {
  readonly attribute: AttributeDef;
  readonly field: FieldSyntax;
  readonly at: Place;
}

/** All fields as chains still to be planned, the unpivot's constants among them. */
function writtenFields(part: PartSyntax, environment: PartEnvironment): ReadonlyMap<string, Written> {
  const { entity, unpivoted } = environment;
  const written = new Map<string, Written>();
  for (const [name, { key, field }] of part.fields) {
    const attribute = attributeOf(entity, name, key);
    written.set(name, { attribute, at: key, field: unpivoted && takesCell(field) ? withCellStages(field, unpivoted.syntax.stages) : field });
  }
  if (!unpivoted) return written;
  if (![...part.fields.values()].some(({ field }) => takesCell(field))) {
    fault(unpivoted.syntax.at, "no field takes `$cell`, so the unpivoted column goes nowhere; write e.g. `value: $cell`.");
  }
  for (const [name, { key, value }] of unpivoted.syntax.constants) {
    const attribute = attributeOf(entity, name, key, stageWords);
    if (written.has(name)) fault(key, `\`${name}\` is a field already; say it in \`fields\` or here, not twice.`);
    written.set(name, { attribute, at: key, field: { kind: "chain", at: value.at, take: { kind: "constant", value }, stages: {} } });
  }
  return written;
}

function planObject(field: ObjectSyntax, attribute: AttributeDef, environment: PartEnvironment): ChainPlan {
  const { type } = attribute;
  if (type.kind !== "object") {
    const [name = ""] = field.parts.keys();
    fault(field.at, `\`${attribute.name}\` is a ${type.kind}, not an object; \`${name}\` is no word of a field, ${didYouMean(name, ["column", "columns", "constant", "flags", ...stageWords])}`);
  }
  const columns: ColumnRef[] = [];
  const parts = [...field.parts].map(([name, { key, field: chain }]) => {
    const part = type.parts[name];
    if (!part) fault(key, `\`${attribute.name}\` has no part \`${name}\`; ${didYouMean(name, Object.keys(type.parts))}`);
    const partType: AttributeType = part.type;
    const plan = planChain(chain, { ...attribute, type: partType }, partType, null, environment);
    return { name, inputs: plan.columns.map((column) => columns.push(column) - 1), lens: plan.spec };
  });
  const isPosition = type.parts.lon !== undefined && type.parts.lat !== undefined;
  const given = new Set(parts.map(({ name }) => name));
  if (isPosition && !(given.has("lon") && given.has("lat"))) fault(field.at, "a position needs both `lon` and `lat`.");
  const crs = field.crs?.text ?? "WGS-84";
  if (field.crs && !isPosition) fault(field.crs.at, "`crs` belongs to a position with lon and lat.");
  if (crs !== "WGS-84" && crs !== "GCJ-02") fault(field.crs?.at ?? field.at, `\`${crs}\` is no known reference system; use WGS-84 or GCJ-02.`);
  return {
    columns,
    spec: {
      stages: [{ stage: "object", parts, needs: isPosition ? "all" : "any" }, ...(isPosition ? [{ stage: "crs" as const, from: crs as "WGS-84" | "GCJ-02" }] : [])],
      result: resultOf(type),
      timeZone: environment.timeZone,
    },
  };
}

/** `to: code` or `to: Station.code`. */
function linkTarget(to: Word, attribute: AttributeDef, environment: PartEnvironment): AttributeDef {
  const target = attribute.type.kind === "link" ? environment.vocabulary.entities.get(attribute.type.entity) : undefined;
  if (!target) fault(to.at, `\`${attribute.name}\` is no link.`);
  const [first = "", second] = to.text.split(".");
  if (second !== undefined && first !== target.name) fault(to.at, `\`${attribute.name}\` links to ${target.name}, not to \`${first}\`.`);
  const found = attributeOf(target, second ?? first, to.at);
  if (found.type.kind === "link" || found.type.kind === "object" || found.type.kind === "list") fault(to.at, `\`${found.name}\` is a ${found.type.kind}; a link needs an attribute that names a row.`);
  const parts = environment.parts.filter(({ entity }) => entity.text === target.name);
  if (parts.length === 0) environment.warn(to.at, `this source maps no ${target.name}: the link is NULL here.`);
  else if (!parts.some(({ fields, unpivot }) => fields.has(found.name) || [...unpivot.values()].some(({ constants }) => constants.has(found.name)))) {
    fault(to.at, `this source's ${target.name} does not map \`${found.name}\`; map it, or link by its key.`);
  }
  return found;
}

function planLink(chain: ChainSyntax, attribute: AttributeDef, target: EntityName, environment: PartEnvironment): Pick<FieldPlan, "type" | "spec" | "columns" | "link"> {
  if (chain.stages.to) {
    const found = linkTarget(chain.stages.to, attribute, environment);
    const { to, ...stages } = chain.stages;
    const plan = planChain({ ...chain, stages }, { ...attribute, type: found.type }, found.type, null, environment);
    return { ...plan, type: found.type, link: { by: "attribute", target, attribute: found.name } };
  }
  const stage = Object.keys(chain.stages).find((name) => name !== "missing");
  if (stage) fault(chain.at, `a link by the target's key is compared as it stands, without \`${stage}\`; add \`to: ATTRIBUTE\` to link by a value.`);
  if (chain.take.kind !== "column" && chain.take.kind !== "columns") fault(chain.at, "a link needs `column` or `columns`.");
  const parts = environment.parts.filter(({ entity }) => entity.text === target);
  if (parts.length === 0) fault(chain.at, `this source maps no ${target}, so its key cannot be compared; map it, or add \`to: ATTRIBUTE\`.`);
  const type: AttributeType = { kind: "text" };
  const glued: ChainSyntax = chain.take.kind === "columns" ? { ...chain, take: { ...chain.take, glue: chain.take.glue ?? "\u001f" } } : chain;
  const plan = planChain(glued, attribute, type, null, environment);
  const lengths = new Set(parts.map(({ key, unpivot }) => key.columns.length + (unpivot.size > 0 ? 1 : 0)));
  if (!lengths.has(plan.columns.length)) {
    fault(chain.at, `the key of ${target} has ${[...lengths].join(" or ")} columns, the link ${plan.columns.length}; name as many, in the same order.`);
  }
  return { ...plan, type, link: { by: "key", target, columns: plan.columns.map(({ expr }) => expr) } };
}

const originalOf = (field: FieldSyntax, environment: PartEnvironment): FieldPlan["original"] => ({
  unit: field.kind === "chain" && field.stages.unit?.kind === "name" ? field.stages.unit.name.text : null,
  code: takesCell(field) ? (environment.unpivoted?.column ?? null) : null,
});

/** Every mapped attribute of the part with its chain; faults name the place. */
export function planFields(part: PartSyntax, environment: PartEnvironment): ReadonlyMap<string, FieldPlan> {
  const written = writtenFields(part, environment);
  const plans = new Map<string, { readonly attribute: AttributeDef; readonly plan: ChainPlan }>();
  const fields = new Map<string, FieldPlan>();
  const add = (name: string, attribute: AttributeDef, plan: Pick<FieldPlan, "type" | "spec" | "columns" | "link">, original: FieldPlan["original"]): void => {
    fields.set(name, { attribute, original, type: plan.type, spec: plan.spec, columns: plan.columns, link: plan.link });
    plans.set(name, { attribute, plan });
  };
  // The pollutant first: units depend on it.
  const inOrder = [...written].sort(([a], [b]) => Number(b === "pollutant") - Number(a === "pollutant"));
  for (const [name, { attribute, field }] of inOrder) {
    const { type } = attribute;
    const original = originalOf(field, environment);
    if (field.kind === "object") add(name, attribute, { ...planObject(field, attribute, environment), type, link: null }, original);
    else if (type.kind === "link") add(name, attribute, planLink(field, attribute, type.entity, environment), original);
    else if (type.kind === "object") fault(field.at, `\`${name}\` is an object; write its parts, e.g. \`{ ${Object.keys(type.parts).map((key) => `${key}: COLUMN`).join(", ")} }\`.`);
    else add(name, attribute, { ...planChain(field, attribute, type, plans.get("pollutant")?.plan ?? null, environment), type, link: null }, original);
  }
  for (const [name, attribute] of environment.entity.attributes) {
    const plan = fillField(environment.entity, name, plans, environment.region, environment);
    if (!plan) continue;
    compileChain(plan.spec);
    fields.set(name, { attribute, type: attribute.type, spec: plan.spec, columns: plan.columns, link: null, original: { unit: null, code: null } });
  }
  return fields;
}
