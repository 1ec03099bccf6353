import { Attribute, Entity } from "../declare.ts";
import { Position } from "../regional/position.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { decimal, enumOf, link, object, text } from "../types.ts";
import { Enterprise } from "./enterprise.ts";

const outletKind = enumOf("OutletKind", ["排放口类型", "Kind of outlet"], {
  MAJOR: ["主要排放口", "major"],
  MINOR: ["一般排放口", "minor"],
  OTHER: ["其他", "other"],
});

@Entity({ singular: "outlet", plural: "outlets", zh: "排放口", en: "Outlet of waste gas or waste water" })
export class Outlet extends RegionalEntity {
  @Attribute({ zh: "排放口编号", en: "Code, HJ 608-2017, e.g. DA001", type: text, sharing: "U", sensitivity: "G", key: true })
  code!: string;

  @Attribute({ zh: "类型", en: "Kind", type: outletKind, sharing: "U", sensitivity: "G" })
  kind!: string | null;

  @Attribute({ zh: "排污单位", en: "Enterprise that it belongs to", type: link(() => Enterprise), sharing: "U", sensitivity: "G" })
  enterprise!: Enterprise | null;

  @Attribute({ zh: "坐标", en: "Position", type: object(() => Position), sharing: "C", sensitivity: "G", masks: ["grid-0.01"] })
  position!: Position | null;

  @Attribute({ zh: "高度", en: "Height above ground", type: decimal({ scale: 2, unit: "m" }), sharing: "C", sensitivity: "G" })
  height!: string | null;

  @Attribute({ zh: "出口内径", en: "Inner diameter", type: decimal({ scale: 2, unit: "m" }), sharing: "C", sensitivity: "G" })
  diameter!: string | null;

  @Attribute({ zh: "受纳水体或去向", en: "Water body or plant that receives the discharge", type: text, sharing: "U", sensitivity: "G" })
  receiving!: string | null;
}
