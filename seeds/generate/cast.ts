/** The companies and people of the demonstration. All are invented and say so: 示例 in every company's name, 某 in every person's. */
import { demoUscc, USCC_PER_REGION } from "./uscc.ts";
import { seededRandom, type Random } from "./random.ts";

export interface Place {
  readonly code: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
}

export interface Company {
  readonly uscc: string;
  readonly name: string;
  /** GB/T 4754-2017, four digits. */
  readonly industry: string;
  readonly place: Place;
  readonly lon: number;
  readonly lat: number;
  readonly legalRep: string | null;
  readonly phone: string | null;
  readonly address: string;
  /** t of product a year; null where it was not reported. */
  readonly output: number | null;
  /** t of standard coal a year. */
  readonly energy: number | null;
}

/** Industry, the word that a name shows for it, and t of standard coal per t of product. */
const INDUSTRIES = [
  ["3120", "钢铁", 0.55],
  ["3011", "水泥", 0.11],
  ["4411", "热电", 0.3],
  ["2614", "化工", 0.8],
  ["2710", "制药", 1.4],
] as const;
const STEMS = ["恒远", "新程", "华岳", "金桥", "东方", "青山", "瑞丰", "宏盛", "长河", "海纳", "晨光", "百川"] as const;
const SURNAMES = ["李", "王", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "欧阳", "司马"] as const;
const GIVEN = ["某", "某某"] as const;

export const inventedPerson = (random: Random): string => random.pick(SURNAMES) + random.pick(GIVEN);
/** In the block of numbers that examples use: 138 0000 …. */
export const inventedPhone = (random: Random): string => `1380000${String(random.integer(0, 9999)).padStart(4, "0")}`;

const toFourDigits = (degrees: number): number => Math.round(degrees * 10000) / 10000;

/** The company of the cross-region story: registered in Hebei, fined there, and at work in Tianjin too. */
export const TWO_REGION_COMPANY: Company = {
  uscc: demoUscc("130200", USCC_PER_REGION - 1),
  name: "示例渤海两地化工有限公司",
  industry: "2614",
  place: { code: "130200", name: "唐山市", lon: 118.18, lat: 39.63 },
  lon: 118.2034,
  lat: 39.6021,
  legalRep: "欧阳某",
  phone: "13800008888",
  address: "河北省唐山市示例大道1号",
  output: 82000,
  energy: 65600,
};

/** `count` companies of one place, at most 29 (the last serial belongs to the story above). */
export function makeCompanies(place: Place, count: number): Company[] {
  const random = seededRandom(`companies/${place.code}`);
  return Array.from({ length: Math.min(count, USCC_PER_REGION - 1) }, (_, i) => {
    const [industry, word, intensity] = INDUSTRIES[i % INDUSTRIES.length] ?? INDUSTRIES[0];
    const output = Math.round(Math.exp(random.between(9, 13)));
    return {
      uscc: demoUscc(place.code, i),
      name: `示例${place.name.replace(/[市区]$/, "")}${STEMS[(i * 5 + random.integer(0, 4)) % STEMS.length]}${word}有限公司`,
      industry,
      place,
      lon: toFourDigits(place.lon + random.between(-0.12, 0.12)),
      lat: toFourDigits(place.lat + random.between(-0.1, 0.1)),
      legalRep: random.chance(0.04) ? null : inventedPerson(random),
      phone: random.chance(0.06) ? null : inventedPhone(random),
      address: `${place.name}示例路${random.integer(1, 300)}号`,
      output: random.chance(0.08) ? null : output,
      energy: random.chance(0.1) ? null : Math.round(output * intensity * random.between(0.8, 1.2)),
    };
  });
}

/** GB/T 2260 prefectures of Hebei with a city's rough centre and how industrial it is. */
export const HEBEI_PLACES: readonly (Place & { readonly industry: number })[] = [
  { code: "130100", name: "石家庄市", lon: 114.51, lat: 38.04, industry: 1.25 },
  { code: "130200", name: "唐山市", lon: 118.18, lat: 39.63, industry: 1.4 },
  { code: "130300", name: "秦皇岛市", lon: 119.6, lat: 39.94, industry: 0.9 },
  { code: "130400", name: "邯郸市", lon: 114.54, lat: 36.63, industry: 1.35 },
  { code: "130500", name: "邢台市", lon: 114.5, lat: 37.07, industry: 1.3 },
  { code: "130600", name: "保定市", lon: 115.46, lat: 38.87, industry: 1.2 },
  { code: "130700", name: "张家口市", lon: 114.89, lat: 40.77, industry: 0.6 },
  { code: "130800", name: "承德市", lon: 117.96, lat: 40.95, industry: 0.6 },
  { code: "130900", name: "沧州市", lon: 116.84, lat: 38.3, industry: 1.1 },
  { code: "131000", name: "廊坊市", lon: 116.68, lat: 39.54, industry: 1.05 },
  { code: "131100", name: "衡水市", lon: 115.67, lat: 37.74, industry: 1.15 },
];
