import { Arg, Query, Resolver } from "type-graphql";
import { isWithin, regionByCode, regions } from "../codes/regions.ts";
import { Region, regionLevel, toRegion } from "./region.ts";

/** The hub's constants as root fields: the only ones that read no source. */
@Resolver()
export class RegionResolver {
  @Query(() => Region, { nullable: true, description: "按代码查询区域\nA region by its code" })
  region(@Arg("code", () => String) code: string): Region | null {
    return regionByCode(code) === undefined ? null : toRegion(code);
  }

  @Query(() => [Region], { description: "区域列表\nRegions, those within one region or of one level" })
  regions(
    @Arg("within", () => String, { nullable: true }) within?: string | null,
    @Arg("level", () => regionLevel.graphql(), { nullable: true }) level?: string | null,
  ): Region[] {
    return [...regions.values()]
      .filter((entry) => (within == null || isWithin(entry.code, within)) && (level == null || entry.level === level))
      .map((entry) => new Region(entry));
  }
}
