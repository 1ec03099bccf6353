import { Field, ObjectType } from "type-graphql";
import { type Compact, type RegionEntry, type RegionLevel, regionByCode } from "../codes/regions.ts";
import { enumOf, listOf } from "../types.ts";

export const regionLevel = enumOf("RegionLevel", ["区域级别", "Level of a region"], {
  COUNTRY: ["国家", "country"],
  PROVINCE: ["省级", "province, municipality or autonomous region"],
  PREFECTURE: ["地级", "prefecture"],
  COUNTY: ["县级", "county or district"],
});

export const compact = enumOf("Compact", ["区域协作区", "Cooperation area of several regions"], {
  JING_JIN_JI: ["京津冀及周边", "Beijing, Tianjin, Hebei and surroundings"],
  YANGTZE_RIVER_DELTA: ["长三角", "Yangtze River Delta"],
  FENWEI_PLAIN: ["汾渭平原", "Fenwei Plain"],
  GREATER_BAY_AREA: ["粤港澳大湾区", "Guangdong, Hong Kong and Macao Greater Bay Area"],
});

/** A hub constant (`codes/regions.ts`): the same for every agency, no entity of a source, no rules. */
@ObjectType("Region", { description: "行政区划（GB/T 2260）\nA region by its GB/T 2260 code; visible to every agency" })
export class Region {
  @Field(() => String, { description: "行政区划代码\nGB/T 2260 code of six digits" })
  readonly code: string;

  @Field(() => String, { nullable: true, description: "名称\nName" })
  readonly name: string | null;

  @Field(() => String, { nullable: true, description: "英文名称\nRomanised name" })
  readonly nameEn: string | null;

  @Field(() => regionLevel.graphql(), { nullable: true, description: "级别\nLevel" })
  readonly level: RegionLevel | null;

  @Field(() => listOf(compact).graphql(), { nullable: true, description: "所属协作区\nCooperation areas that it belongs to" })
  readonly compact: readonly Compact[] | null;

  readonly #parent: string | null;

  constructor(entry: RegionEntry | { readonly code: string }) {
    this.code = entry.code;
    const listed = "name" in entry ? entry : null;
    this.name = listed?.name ?? null;
    this.nameEn = listed?.nameEn ?? null;
    this.level = listed?.level ?? null;
    this.compact = listed?.compact ?? null;
    this.#parent = listed?.parent ?? null;
  }

  @Field(() => Region, { nullable: true, description: "上级区域\nThe region one level up" })
  get parent(): Region | null {
    return this.#parent === null ? null : toRegion(this.#parent);
  }
}

/** A region by its code; one that is not listed has its code alone. */
export const toRegion = (code: string): Region => new Region(regionByCode(code) ?? { code });
