/** What the Shanghai demonstration service knows, made in memory when it starts: shaped as its JSON shows it. All invented. */
import { AIR_QUANTITIES, makeAir, makeGaps, makeWeather, yangtzeDelta } from "../generate/air.ts";
import { makeCompanies, type Company } from "../generate/cast.ts";
import { seededRandom } from "../generate/random.ts";
import { assess, className, sample, type WaterSection } from "../generate/water.ts";
import { dateOfDay, hourOf, HOURS, localLabel, MONTHS } from "../generate/year.ts";
import { toGcj02 } from "./gcj02.ts";

export type Row = Readonly<Record<string, unknown>>;

export interface ShanghaiData {
  readonly stations: readonly Row[];
  /** By time, then station: 10 stations × 60 days × 24 hours, some missing; six items each. */
  readonly hours: readonly HourRow[];
  readonly sections: readonly Row[];
  readonly results: ReadonlyMap<string, readonly Row[]>;
  readonly enterprises: readonly Row[];
  /** A feed, oldest change first: a changed row comes again. */
  readonly penalties: readonly (Row & { readonly updatedAt: string })[];
  readonly alerts: readonly Row[];
}

export interface HourRow {
  readonly stationId: string;
  readonly time: string;
  readonly atMs: number;
  readonly items: readonly Row[];
}

/** Station facts are published ones. */
const STATIONS = [
  ["1141A", "普陀", "普陀区", "310107", 121.4, 31.238, 1.1], ["1142A", "十五厂", "黄浦区", "310101", 121.478, 31.2036, 1.15],
  ["1143A", "虹口", "虹口区", "310109", 121.467, 31.3008, 1.1], ["1144A", "徐汇上师大", "徐汇区", "310104", 121.412, 31.1654, 1],
  ["1145A", "杨浦四漂", "杨浦区", "310110", 121.536, 31.2659, 1.05], ["1146A", "青浦淀山湖", "青浦区", "310118", 120.978, 31.0935, 0.6],
  ["1147A", "静安监测站", "静安区", "310106", 121.425, 31.2261, 1.15], ["1148A", "浦东川沙", "浦东新区", "310115", 121.703, 31.1907, 0.85],
  ["1149A", "浦东新区监测站", "浦东新区", "310115", 121.533, 31.2284, 1], ["1150A", "浦东张江", "浦东新区", "310115", 121.577, 31.2071, 0.95],
] as const;
const FACTORS = { pm25: ["PM2.5", "ug/m3", 0], pm10: ["PM10", "ug/m3", 0], so2: ["SO2", "ug/m3", 0], no2: ["NO2", "ug/m3", 0], co: ["CO", "mg/m3", 1], o3: ["O3", "ug/m3", 0] } as const;
/** The service keeps sixty days. */
export const FIRST_HOUR = hourOf("2026-05-02");

const SECTIONS: readonly (WaterSection & { readonly district: string })[] = (
  [
    ["SH01", "淀峰", "淀浦河", "青浦区", "310118", 121.02, 31.13, false, 3, 1.2], ["SH02", "淀山湖湖心", "淀山湖", "青浦区", "310118", 120.96, 31.11, true, 3, 1.6],
    ["SH03", "松浦大桥", "黄浦江", "松江区", "310117", 121.22, 30.97, false, 3, 1.3], ["SH04", "临江", "黄浦江", "徐汇区", "310104", 121.47, 31.13, false, 3, 1.5],
    ["SH05", "浙江路桥", "苏州河", "黄浦区", "310101", 121.48, 31.24, false, 4, 2], ["SH06", "北新泾桥", "苏州河", "长宁区", "310105", 121.37, 31.22, false, 4, 1.8],
    ["SH07", "青草沙示例断面", "长江口", "浦东新区", "310115", 121.69, 31.44, false, 2, 0.9], ["SH08", "蕰藻浜示例断面", "蕰藻浜", "宝山区", "310113", 121.48, 31.38, false, 5, 2.8],
  ] as const
).map(([code, name, river, district, region, lon, lat, lake, target, load]) => ({ code, name, river, district, region: { code: region, name: district }, lon, lat, lake, target, load }));

const six = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
const shifted = (lon: number, lat: number): { lng: number; lat: number } => {
  const gcj = toGcj02(lon, lat);
  return { lng: six(gcj.lon), lat: six(gcj.lat) };
};

function makeHours(): HourRow[] {
  const weather = makeWeather(yangtzeDelta);
  const stations = STATIONS.map(([code, , , , , , traffic]) => ({
    code, air: makeAir(weather, { code, industry: 0.8, traffic }), gaps: makeGaps(code), random: seededRandom(`shanghai/${code}`),
  }));
  const rows: HourRow[] = [];
  for (let hour = FIRST_HOUR; hour < HOURS; hour++) {
    const time = `${localLabel(hour).replace(" ", "T")}:00+08:00`;
    for (const { code, air, gaps, random } of stations) {
      if (gaps.rowMissing(hour)) continue;
      const items = AIR_QUANTITIES.flatMap((quantity) => {
        const [factor, unit, digits] = FACTORS[quantity];
        // An instrument under maintenance: the item is missing, or there without a number.
        if (random.chance(0.004)) return [];
        if (random.chance(0.006)) return [{ factor, value: random.pick(["", "—"]), unit, mark: random.pick(["D", "M", "C"]) }];
        return [{ factor, value: (air[quantity][hour] ?? 0).toFixed(digits), unit, mark: "N" }];
      });
      rows.push({ stationId: code, time, atMs: Date.parse(time), items });
    }
  }
  return rows;
}

/** Below 0.1 the laboratory writes the limit with an L behind it. */
const orLimit = (value: number, limit: number): string => (value < limit ? `${limit}L` : String(value));

function makeResults(): Map<string, readonly Row[]> {
  return new Map(MONTHS.map((month, i) => [
    `${month.slice(0, 4)}-${month.slice(4)}`,
    SECTIONS.map((section) => {
      const water = sample(section, i);
      return {
        sectionCode: section.code, month: `${month.slice(0, 4)}-${month.slice(4)}`, waterClass: className(assess(water, section.lake)),
        CODMn: String(water.codMn), NH3N: orLimit(water.ammonia, 0.2), TP: orLimit(water.phosphorus, 0.05), TN: i % 5 === 3 ? "" : String(water.nitrogen),
      };
    }),
  ]));
}

const PLACES = [
  { code: "310112", name: "闵行区", lon: 121.38, lat: 31.11 },
  { code: "310114", name: "嘉定区", lon: 121.27, lat: 31.38 },
  { code: "310115", name: "浦东新区", lon: 121.54, lat: 31.22 },
  { code: "310116", name: "金山区", lon: 121.34, lat: 30.74 },
];

function makePenalties(cast: readonly Company[]): (Row & { updatedAt: string })[] {
  const random = seededRandom("shanghai/penalties");
  const first = Array.from({ length: 70 }, (_, i) => {
    const company = random.pick(cast as [Company, ...Company[]]);
    const day = Math.floor((i * 340) / 70);
    const decidedOn = dateOfDay(day);
    const serial = i + 1;
    return {
      docNo: i % 13 === 5 ? `沪环罚(${decidedOn.slice(0, 4)})${serial}号` : `沪环罚〔${decidedOn.slice(0, 4)}〕${serial}号`,
      uscc: company.uscc, adcode: company.place.code, decidedOn, amount: random.pick(["20000.00", "50000.00", "50000", "1.2E5", "8888.8", ""]),
      kind: random.pick(["罚款", "警告", "罚款,警告", "罚款,没收"]), revoked: false, updatedAt: `${decidedOn}T09:00:00+08:00`, day,
    };
  });
  const withdrawn = first.filter((_, i) => i % 14 === 6).map((row) => ({ ...row, revoked: true, updatedAt: `${dateOfDay(row.day + 20)}T16:30:00+08:00` }));
  return [...first, ...withdrawn]
    .sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0))
    .map(({ day: _, ...row }) => row);
}

export function makeShanghaiData(): ShanghaiData {
  const cast = PLACES.flatMap((place) => makeCompanies(place, 15));
  return {
    stations: STATIONS.map(([stationId, stationName, district, adcode, lon, lat]) => ({ stationId, stationName, ...shifted(lon, lat), district, adcode })),
    hours: makeHours(),
    sections: SECTIONS.map((s) => ({
      sectionCode: s.code, sectionName: s.name, river: s.river, bodyType: s.lake ? "湖库" : "河流", district: s.district, adcode: s.region.code, target: className(s.target), ...shifted(s.lon, s.lat),
    })),
    results: makeResults(),
    enterprises: cast.map((c) => ({ uscc: c.uscc, name: c.name, industry: c.industry, district: c.place.name, adcode: c.place.code, ...shifted(c.lon, c.lat), legalRep: c.legalRep, phone: c.phone })),
    penalties: makePenalties(cast),
    alerts: [
      { alertNo: "沪重污〔2026〕1号", level: "黄色", adcode: "310000", issuedAt: "2026-01-15T16:00:00+08:00", startAt: "2026-01-16T00:00:00+08:00", liftedAt: "2026-01-18T00:00:00+08:00", reason: "受上游输送影响（示例）" },
      { alertNo: "沪重污〔2026〕2号", level: "蓝色", adcode: "310000", issuedAt: "2026-06-20T12:00:00+08:00", startAt: "2026-06-20T13:00:00+08:00", liftedAt: null, reason: "臭氧污染（示例，未解除）" },
    ],
  };
}
