import { Attribute, EntityBase } from "../declare.ts";
import { enumOf, instant, integer, regionOf } from "../types.ts";
import { Region } from "./region.ts";

export const quality = enumOf("Quality", ["审核级别", "How far the owner has checked a row"], {
  RAW: ["原始", "raw"],
  AUTO_CHECKED: ["自动审核", "checked automatically"],
  REVIEWED: ["已审核", "reviewed by a person"],
  PUBLISHED: ["已发布", "published"],
});

/** What every row of a region has: the place it belongs to, how far it is checked, and how it came to the hub. */
@EntityBase()
export abstract class RegionalEntity {
  @Attribute({ zh: "所属区域", en: "Place that the row belongs to", type: regionOf(() => Region), sharing: "U", sensitivity: "G" })
  region!: Region | null;

  @Attribute({ zh: "审核级别", en: "How far the owner has checked the row", type: quality, sharing: "U", sensitivity: "G", inOpen: false })
  quality!: string | null;

  @Attribute({ zh: "接收时间", en: "When the source received the row", type: instant, sharing: "U", sensitivity: "G", inOpen: false, inProvenance: true })
  receivedAt!: number | null;

  @Attribute({ zh: "修订号", en: "Revision of the row, growing", type: integer, sharing: "U", sensitivity: "G", inOpen: false, inProvenance: true })
  revision!: number | null;
}
