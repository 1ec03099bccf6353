/**
 * The entity sets of OGC SensorThings API 1.1 (18-088r1 §8.2) as tables, and how a column's dotted name leads from an entity through
 * its relations to a property: `Datastream.ObservedProperty.name`, `properties.code`, `Locations.0.name`.
 */

export const entitySets = ["Things", "Locations", "Datastreams", "Sensors", "ObservedProperties", "Observations", "FeaturesOfInterest"] as const;
export type EntitySet = (typeof entitySets)[number];
type Entity = "Thing" | "Location" | "Datastream" | "Sensor" | "ObservedProperty" | "Observation" | "FeatureOfInterest";

const entityOf: Readonly<Record<EntitySet, Entity>> = {
  Things: "Thing",
  Locations: "Location",
  Datastreams: "Datastream",
  Sensors: "Sensor",
  ObservedProperties: "ObservedProperty",
  Observations: "Observation",
  FeaturesOfInterest: "FeatureOfInterest",
};

/** Relations that a column may follow: to one entity, or to the few that `Locations` are. */
const relations: Readonly<Record<Entity, Readonly<Record<string, Entity>>>> = {
  Thing: { Locations: "Location" },
  Location: {},
  Datastream: { Thing: "Thing", Sensor: "Sensor", ObservedProperty: "ObservedProperty" },
  Sensor: {},
  ObservedProperty: {},
  Observation: { Datastream: "Datastream", FeatureOfInterest: "FeatureOfInterest" },
  FeatureOfInterest: {},
};

/** Short names of what every mapping needs. */
const shortNames: Readonly<Partial<Record<EntitySet, Readonly<Record<string, string>>>>> = {
  Things: { location: "Locations.0.location" },
  Locations: {},
  Datastreams: { thing: "Thing.@iot.id", observedProperty: "ObservedProperty.name", unit: "unitOfMeasurement.symbol", location: "Thing.Locations.0.location" },
  Observations: {
    datastream: "Datastream.@iot.id",
    thing: "Datastream.Thing.@iot.id",
    observedProperty: "Datastream.ObservedProperty.name",
    unit: "Datastream.unitOfMeasurement.symbol",
    location: "Datastream.Thing.Locations.0.location",
  },
};

/** What a column shows of the value that its path leads to. */
export type Reading =
  | { readonly kind: "cell" }
  /** One coordinate of a GeoJSON point, or of a feature that is one. */
  | { readonly kind: "coordinate"; readonly place: 0 | 1 }
  /** One end of an instant or interval; an instant has no end. */
  | { readonly kind: "time"; readonly end: "start" | "end" };

export interface ColumnPath {
  readonly steps: readonly string[];
  readonly reading: Reading;
}

const stepsOf = (path: string): readonly string[] => path.match(/@iot\.[A-Za-z]+|[^.]+/g) ?? [];

/** Properties that hold times, in all entities. */
const times: ReadonlySet<string> = new Set(["phenomenonTime", "resultTime", "validTime"]);

export function columnPath(set: EntitySet, column: string): ColumnPath {
  const known = shortNames[set]?.[column];
  if (column === "lon" || column === "lat") {
    const location = set === "Locations" ? "location" : (shortNames[set]?.["location"] ?? "location");
    return { steps: stepsOf(location), reading: { kind: "coordinate", place: column === "lon" ? 0 : 1 } };
  }
  const steps = stepsOf(known ?? column);
  const last = steps.at(-1) ?? "";
  if ((last === "start" || last === "end") && times.has(steps.at(-2) ?? "")) return { steps: steps.slice(0, -1), reading: { kind: "time", end: last } };
  return { steps, reading: times.has(last) ? { kind: "time", end: "start" } : { kind: "cell" } };
}

/** Relations to expand and properties to select, level by level. */
interface Tree {
  readonly select: Set<string>;
  readonly expand: Map<string, Tree>;
}

const newTree = (): Tree => ({ select: new Set(["id"]), expand: new Map() });

/** `$select` and `$expand` for the paths of some columns: nothing else is asked for. */
export function selection(set: EntitySet, paths: readonly ColumnPath[]): { readonly select: string; readonly expand: string | null } {
  const root = newTree();
  for (const { steps } of paths) {
    let [tree, entity]: [Tree, Entity] = [root, entityOf[set]];
    for (const step of steps) {
      const related = Object.hasOwn(relations[entity], step) ? relations[entity][step] : undefined;
      if (related) {
        const inner = tree.expand.get(step) ?? newTree();
        tree.expand.set(step, inner);
        [tree, entity] = [inner, related];
        continue;
      }
      // The place in a list of related entities is no property.
      if (/^\d+$/.test(step)) continue;
      tree.select.add(step === "@iot.id" ? "id" : step);
      break;
    }
  }
  return { select: [...root.select].sort().join(","), expand: root.expand.size === 0 ? null : expandText(root) };
}

const expandText = ({ expand }: Tree): string =>
  [...expand]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, tree]) => `${name}($select=${[...tree.select].sort().join(",")}${tree.expand.size === 0 ? "" : `;$expand=${expandText(tree)}`})`)
    .join(",");
