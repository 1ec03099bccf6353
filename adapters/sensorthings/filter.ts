/** What is wanted of an entity set as `$filter` (18-088r1 §9.3.3.5; OData 4 URL conventions §5.1.1). */
import type { Pushed, PushableColumn, PushOperator } from "../fetched/fetchedSource.ts";
import type { EntitySet } from "./entitySets.ts";
import { isInstantText } from "./readings.ts";
import type { SensorThingsConfig } from "./sensorThingsConfig.ts";

type Value = "id" | "text" | "time";

interface Filterable {
  readonly path: string;
  readonly value: Value;
  /** Of a time: the end of the interval that the column shows. */
  readonly end?: "start" | "end";
}

const id: Filterable = { path: "id", value: "id" };
const name: Filterable = { path: "name", value: "text" };
const filterable: Readonly<Record<EntitySet, Readonly<Record<string, Filterable>>>> = {
  Things: { "@iot.id": id, name },
  Locations: { "@iot.id": id, name },
  Datastreams: {
    "@iot.id": id,
    name,
    thing: { path: "Thing/id", value: "id" },
    observedProperty: { path: "ObservedProperty/name", value: "text" },
  },
  Sensors: { "@iot.id": id, name },
  ObservedProperties: { "@iot.id": id, name },
  FeaturesOfInterest: { "@iot.id": id, name },
  Observations: {
    "@iot.id": id,
    datastream: { path: "Datastream/id", value: "id" },
    thing: { path: "Datastream/Thing/id", value: "id" },
    observedProperty: { path: "Datastream/ObservedProperty/name", value: "text" },
    "phenomenonTime.start": { path: "phenomenonTime", value: "time", end: "start" },
    "phenomenonTime.end": { path: "phenomenonTime", value: "time", end: "end" },
    resultTime: { path: "resultTime", value: "time" },
  },
};

/** An address has an end; so many values fit. */
const listMax = 20;
const equality: ReadonlySet<PushOperator> = new Set(["eq", "in"]);
const range: ReadonlySet<PushOperator> = new Set(["gte", "gt", "lte", "lt"]);

export function pushableColumns(set: EntitySet, { ids }: Pick<SensorThingsConfig, "ids">): Readonly<Record<string, PushableColumn>> {
  const couldBe: Readonly<Record<Value, (value: string) => boolean>> = {
    id: (value) => ids === "text" || /^-?\d{1,18}$/.test(value),
    text: () => true,
    time: isInstantText,
  };
  return Object.fromEntries(
    Object.entries(filterable[set]).map(([column, { value }]) => [column, { operators: value === "time" ? range : equality, listMax, separator: "", couldBe: couldBe[value] }]),
  );
}

const words: Readonly<Record<Exclude<PushOperator, "in">, string>> = { eq: "eq", gte: "ge", gt: "gt", lte: "le", lt: "lt" };

/** Null: everything. */
export function filterOf(set: EntitySet, pushed: readonly Pushed[], { ids, longestMs }: Pick<SensorThingsConfig, "ids" | "longestMs">): string | null {
  const terms = pushed.map(({ column, operator, values }) => {
    const declared = Object.hasOwn(filterable[set], column) ? filterable[set][column] : undefined;
    if (!declared) throw new Error("a request narrows by what an entity set does not filter");
    const word = operator === "in" ? "eq" : words[operator];
    const alternatives = values.map((value) => `${declared.path} ${word} ${literal(widened(value, operator, declared, longestMs), declared.value, ids)}`);
    return alternatives.length === 1 ? (alternatives[0] as string) : `(${alternatives.join(" or ")})`;
  });
  return terms.length === 0 ? null : terms.join(" and ");
}

/**
 * With intervals, one server compares their start and another their end. A bound is moved by the longest interval where the wrong end
 * would lose a row.
 */
function widened(value: string, operator: PushOperator, { value: kind, end }: Filterable, longestMs: number): string {
  if (kind !== "time" || end === undefined || longestMs === 0) return value;
  const isLow = operator === "gte" || operator === "gt";
  if (isLow === (end === "start")) return value;
  return new Date(Date.parse(value) + (isLow ? -longestMs : longestMs)).toISOString();
}

function literal(value: string, kind: Value, ids: SensorThingsConfig["ids"]): string {
  return kind === "time" || (kind === "id" && ids === "number") ? value : `'${value.replaceAll("'", "''")}'`;
}
