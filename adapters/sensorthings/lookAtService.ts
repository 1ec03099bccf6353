/**
 * What the entity sets of a SensorThings service hold: the columns that their first pages show, and of each datastream the first
 * observations, in which neighbouring times stand beside each other.
 */
import { SourceFailure } from "../contract/adapter.ts";
import { type Look, type LookableKind, type LookedTable, type LookInput, LookProblem } from "../contract/look.ts";
import { flattenRow } from "../http/flattenRow.ts";
import { atPath, cellText, type ExactJson, isArray, isObject } from "../http/exactJson.ts";
import { makeGet } from "../http/httpGet.ts";
import { columnPath, type EntitySet } from "./entitySets.ts";
import { readColumn } from "./readings.ts";
import { parseSensorThings } from "./sensorThingsConfig.ts";
import { sensorThingsFetcher } from "./sensorThingsFetcher.ts";

/** Of `Things` and `Datastreams`. */
const entitiesMax = 1_000;
const datastreamsMax = 60;
const observationsEach = 60;
/** A query holds so many where nothing else is said (docs/limits.md): a service with fewer can be read whole. */
const readWholeMax = 50_000;

export const sensorThingsLook: LookableKind = { kind: "sensorthings", from: "address", rowid: false, look: lookAtService };

async function lookAtService({ url, headers, signal }: LookInput): Promise<Look> {
  const base = url.replace(/\/+$/, "");
  const connection = { url: base, ...(Object.keys(headers).length === 0 ? {} : { headers }), page: String(observationsEach) };
  const config = parseSensorThings({ connection, tables: {}, mentioned: {}, baseDir: "/", lenses: {} });
  const get = makeGet({ ...config.http, pauseMaxMs: 30_000, judge: () => "ok" });
  const list = async (set: EntitySet, options: string): Promise<{ readonly value: readonly ExactJson[]; readonly count: number | null }> => {
    const fetched = await get(new URL(`${base}/${set}?$top=20&$count=true${options}`), null, signal);
    const value = fetched.kind === "body" ? atPath(fetched.body, "value") : undefined;
    if (fetched.kind !== "body" || !isArray(value ?? null)) {
      throw new LookProblem(`${base}/${set} answers with no list called \`value\`: this is no SensorThings 1.1 service. Name its root: --url …/v1.1.`, "该地址不是 SensorThings 1.1 服务，请给出服务根地址。");
    }
    const count = isObject(fetched.body) ? cellText(fetched.body["@iot.count"]) : null;
    return { value: value as readonly ExactJson[], count: count !== null && /^\d{1,12}$/.test(count) ? Number(count) : null };
  };
  const things = await list("Things", "&$expand=Locations");
  const datastreams = await list("Datastreams", "&$expand=ObservedProperty,Thing");
  const observations = await list("Observations", "&$orderby=id%20desc");
  if (observations.value.length === 0) throw new LookProblem("The service has no observation yet; draft again when it has some.", "该服务尚无观测数据，请有数据后再生成草稿。");
  const ids = things.value.concat(observations.value).some((entity) => isObject(entity) && typeof entity["@iot.id"] === "string") ? "text" : "number";

  const mentioned: Record<"Things" | "Observations", readonly string[]> = {
    Things: [...new Set(["@iot.id", "name", ...own("Things", things.value), "lon", "lat"])],
    Observations: [
      ...new Set([
        "@iot.id", "thing", "datastream", "observedProperty", "unit", "phenomenonTime.start", "phenomenonTime.end", "resultTime", "result",
        ...own("Observations", observations.value),
        ...own("Datastreams", datastreams.value).filter((name) => name.startsWith("properties.")).map((name) => `Datastream.${name}`),
        ...own("Things", things.value).filter((name) => name.startsWith("properties.")).map((name) => `Datastream.Thing.${name}`),
      ]),
    ],
  };
  const fetcher = sensorThingsFetcher(parseSensorThings({ connection: { ...connection, ids }, tables: {}, mentioned: { ...mentioned, Datastreams: ["@iot.id"] }, baseDir: "/", lenses: {} }));
  const rowsOf = async (set: string, pushed: Parameters<typeof fetcher.pages>[1], rowsMax: number) => {
    const rows: (readonly (string | null)[])[] = [];
    for await (const page of fetcher.pages(set, pushed, signal)) {
      rows.push(...page.rows);
      if (rows.length >= rowsMax) break;
    }
    return rows.slice(0, rowsMax);
  };
  const seen: (readonly (string | null)[])[] = [];
  for (const [id = null] of (await rowsOf("Datastreams", [], datastreamsMax))) {
    if (id !== null) seen.push(...(await rowsOf("Observations", [{ column: "datastream", operator: "eq", values: [id] }], observationsEach)));
  }
  if (seen.length === 0) throw new SourceFailure("BAD_ANSWER", "the service's filter by datastream gives no observation");
  const columnsOf = (set: "Things" | "Observations"): readonly string[] => fetcher.tables.find(({ name }) => name === set)?.columns ?? [];
  const table = (name: "Things" | "Observations", rows: LookedTable["rows"], isWhole: boolean, foreign: LookedTable["foreign"]): LookedTable =>
    withoutEmpty({ name, declared: null, note: "", columns: columnsOf(name), rows, isWhole, unique: [["@iot.id"]], foreign, comment: name === "Things" ? "stations" : "observations" });
  const readAll = observations.count !== null && observations.count <= readWholeMax;
  const intervals = longestOf(table("Observations", seen, false, []));
  return {
    address: base,
    connection: { page: "500", ...(ids === "text" ? { ids } : {}), ...(intervals === null ? {} : { intervals }), ...(readAll ? { readAll: ["Observations"] } : {}) },
    tables: [
      table("Things", await rowsOf("Things", [], entitiesMax), true, []),
      table("Observations", seen, false, [{ columns: ["thing"], table: "Things", to: ["@iot.id"] }]),
    ],
    timeZone: "UTC",
    undecided: readAll ? [] : [["connection.readAll", `the service has ${observations.count ?? "an untold number of"} observations, too many for one query: \`source check\` reads a sample only where \`readAll: [Observations]\` and \`fetch\` let it; every query has to filter by time, station or pollutant. 观测数据过多，查询须带时间、站点或因子条件`]],
  };
}

/** Names of scalar properties as a mapping names them: relations and addresses of the service are no data. */
function own(set: EntitySet, entities: readonly ExactJson[]): readonly string[] {
  const names = new Set<string>();
  for (const entity of entities) {
    const [row] = flattenRow(entity, null) ?? [];
    for (const [name, text] of row ?? []) {
      if (name.startsWith("@iot.") || /@iot\.(?!id$)/.test(name) || /^(?:Thing|Sensor|Datastream|ObservedProperty|FeatureOfInterest|Locations|location|observedArea|unitOfMeasurement|phenomenonTime|resultTime|validTime|result|description)(?:\.|$)/.test(name)) continue;
      // A name with a dot of its own leads nowhere as a path.
      if (text !== null && readColumn(entity, columnPath(set, name)) === text) names.add(name);
    }
  }
  return [...names];
}

/** Columns that no row fills tell nothing, and would be asked for with every query. */
function withoutEmpty(table: LookedTable): LookedTable {
  const kept = table.columns.flatMap((_, at) => (table.rows.some((row) => row[at] !== null) ? [at] : []));
  return { ...table, columns: kept.map((at) => table.columns[at] ?? ""), rows: table.rows.map((row) => kept.map((at) => row[at] ?? null)) };
}

/** The longest `phenomenonTime`, as a duration; null: instants. */
function longestOf({ columns, rows }: LookedTable): string | null {
  const [start, end] = [columns.indexOf("phenomenonTime.start"), columns.indexOf("phenomenonTime.end")];
  if (start < 0 || end < 0) return null;
  const longest = Math.max(0, ...rows.map((row) => Date.parse(String(row[end] ?? "")) - Date.parse(String(row[start] ?? ""))).filter((ms) => !Number.isNaN(ms)));
  return longest === 0 ? null : longest % 3_600_000 === 0 ? `${longest / 3_600_000}h` : `${Math.ceil(longest / 60_000)}m`;
}
