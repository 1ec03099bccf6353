/** What the Jiangsu demonstration service knows: SensorThings entities, made in memory when it starts. All values are invented. */
import { makeAir, makeGaps, makeWeather, yangtzeDelta, type AirSeries } from "../generate/air.ts";
import { seededRandom } from "../generate/random.ts";
import { hourOf, HOURS, localLabel } from "../generate/year.ts";

/** `own`: properties as JSON shows them, without links. */
export interface Entity {
  readonly id: number;
  readonly own: Readonly<Record<string, unknown>>;
  readonly related: Readonly<Record<string, () => Entity | readonly Entity[]>>;
}

export const setNames = ["Things", "Locations", "Datastreams", "Sensors", "ObservedProperties", "Observations"] as const;
export type SetName = (typeof setNames)[number];
export type JiangsuData = Readonly<Record<SetName, readonly Entity[]>>;

/** Station facts are published ones. */
const STATIONS = [
  ["1151A", "迈皋桥", "320100", 118.8086, 32.1065, 1.1],
  ["1156A", "玄武湖", "320100", 118.7997, 32.0754, 0.8],
  ["1162A", "彩香", "320500", 120.591, 31.3019, 1.05],
  ["1166A", "苏州工业园区", "320500", 120.669, 31.3097, 0.95],
  ["1169A", "虹桥", "320600", 120.86, 32.0005, 0.9],
  ["1190A", "曹张", "320200", 120.294, 31.56, 1.1],
] as const;
const PROPERTIES = [
  ["a34004", "细颗粒物 PM2.5", "pm25"],
  ["a21004", "二氧化氮 NO2", "no2"],
  ["a05024", "臭氧 O3", "o3"],
] as const satisfies readonly (readonly [string, string, keyof AirSeries])[];

/** The service keeps the year's last five days; older ones are with the province. */
export const FIRST_HOUR = hourOf("2026-06-26");
/** From here on nobody has reviewed the values. */
const FIRST_RAW_HOUR = hourOf("2026-06-29");

const utc = (hour: number): string => new Date(Date.parse(`${localLabel(hour).replace(" ", "T")}:00+08:00`)).toISOString().replace(".000Z", "Z");

export function makeJiangsuData(): JiangsuData {
  const weather = makeWeather(yangtzeDelta);
  const sets: Record<SetName, Entity[]> = { Things: [], Locations: [], Datastreams: [], Sensors: [], ObservedProperties: [], Observations: [] };
  const add = (set: SetName, own: Entity["own"], related: Entity["related"]): Entity => {
    const entity = { id: sets[set].length + 1, own, related };
    sets[set].push(entity);
    return entity;
  };
  const sensor = add("Sensors", { name: "示例空气自动站", description: "invented", encodingType: "text/plain", metadata: "demonstration" }, {});
  const observed = PROPERTIES.map(([name, description]) => add("ObservedProperties", { name, description, definition: `urn:hj212:2017:${name}`, properties: { code: name } }, {}));
  for (const [code, name, regionCode, lon, lat, traffic] of STATIONS) {
    const random = seededRandom(`jiangsu/${code}`);
    const location = add("Locations", { name, description: name, encodingType: "application/geo+json", location: { type: "Point", coordinates: [lon, lat] } }, {});
    const thing = add(
      "Things",
      { name, description: "国家空气质量监测站", properties: { code, regionCode, role: "评价点", contact: `许某 1380000${String(random.integer(1000, 9999))}` } },
      { Locations: () => [location] },
    );
    const air = makeAir(weather, { code, industry: 0.9, traffic });
    const gaps = makeGaps(code);
    for (const [place, [pollutant, title, series]] of PROPERTIES.entries()) {
      const stream = add(
        "Datastreams",
        {
          name: `${name} ${title}`,
          description: title,
          observationType: "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
          unitOfMeasurement: { name: "微克每立方米", symbol: "ug/m3", definition: "http://unitsofmeasure.org/" },
        },
        { Thing: () => thing, Sensor: () => sensor, ObservedProperty: () => observed[place] as Entity },
      );
      addHours(add, { stream, values: air[series], isMissing: gaps.rowMissing, name: `jiangsu/${code}/${pollutant}` });
    }
  }
  return sets;
}

interface Hours {
  readonly stream: Entity;
  readonly values: Float64Array;
  isMissing(hour: number): boolean;
  readonly name: string;
}

function addHours(add: (set: "Observations", own: Entity["own"], related: Entity["related"]) => Entity, { stream, values, isMissing, name }: Hours): void {
  const random = seededRandom(name);
  for (let hour = FIRST_HOUR; hour < HOURS; hour++) {
    const resultQuality = random.chance(0.01) ? random.pick(["D", "M", "C"]) : "N";
    if (isMissing(hour)) continue;
    const isRaw = hour >= FIRST_RAW_HOUR;
    add(
      "Observations",
      {
        phenomenonTime: `${utc(hour)}/${utc(hour + 1)}`,
        resultTime: utc(hour + 1),
        // An instrument under maintenance has no result.
        result: resultQuality === "N" ? Math.round((values[hour] ?? 0) * 10) / 10 : null,
        resultQuality,
        parameters: { status: isRaw ? "auto" : "reviewed" },
      },
      { Datastream: () => stream },
    );
  }
}
