import { Attribute, Entity, ObjectValue, Part } from "../declare.ts";
import { Position } from "../regional/position.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { boolean, enumOf, object, text } from "../types.ts";
import { waterClass } from "./waterClass.ts";

const basin = enumOf("Basin", ["流域", "River basin or area"], {
  YANGTZE: ["长江", "Yangtze"],
  YELLOW: ["黄河", "Yellow River"],
  PEARL: ["珠江", "Pearl River"],
  SONGHUA: ["松花江", "Songhua"],
  HUAI: ["淮河", "Huai"],
  HAI: ["海河", "Hai"],
  LIAO: ["辽河", "Liao"],
  TAIHU: ["太湖", "Lake Tai"],
  CHAOHU: ["巢湖", "Lake Chao"],
  DIANCHI: ["滇池", "Lake Dian"],
  ZHEJIANG_FUJIAN: ["浙闽片河流", "rivers of Zhejiang and Fujian"],
  NORTHWEST: ["西北诸河", "rivers of the northwest"],
  SOUTHWEST: ["西南诸河", "rivers of the southwest"],
});

const waterBodyType = enumOf("WaterBodyType", ["水体类型", "Kind of water body: decides limits of total phosphorus and nitrogen"], {
  RIVER: ["河流", "river"],
  LAKE_RESERVOIR: ["湖库", "lake or reservoir"],
});

const controlLevel = enumOf("ControlLevel", ["控制级别", "Who controls a section"], {
  NATIONAL: ["国控", "national"],
  PROVINCIAL: ["省控", "provincial"],
  MUNICIPAL: ["市控", "municipal"],
});

@ObjectValue({ zh: "跨界断面", en: "Boundary that a section stands on" })
export class CrossBoundary {
  @Part({ zh: "上游区域代码", en: "Code of the region upstream", type: text })
  upstream!: string | null;

  @Part({ zh: "下游区域代码", en: "Code of the region downstream", type: text })
  downstream!: string | null;

  @Part({ zh: "界别（省界、市界、县界）", en: "Kind of boundary, as the source says it", type: text })
  kind!: string | null;
}

@Entity({ singular: "section", plural: "sections", zh: "水质监测断面", en: "Monitoring section across a river, or point in a lake" })
export class Section extends RegionalEntity {
  @Attribute({ zh: "断面代码", en: "Code", type: text, sharing: "U", sensitivity: "G", key: true })
  code!: string;

  @Attribute({ zh: "断面名称", en: "Name", type: text, sharing: "U", sensitivity: "G" })
  name!: string | null;

  @Attribute({ zh: "流域", en: "Basin", type: basin, sharing: "U", sensitivity: "G" })
  basin!: string | null;

  @Attribute({ zh: "所在河流", en: "River or lake", type: text, sharing: "U", sensitivity: "G" })
  river!: string | null;

  @Attribute({ zh: "水体类型", en: "Kind of water body", type: waterBodyType, sharing: "U", sensitivity: "G" })
  waterBodyType!: string | null;

  @Attribute({ zh: "控制级别", en: "Who controls it", type: controlLevel, sharing: "U", sensitivity: "G" })
  level!: string | null;

  @Attribute({ zh: "水质目标", en: "Class to be met", type: waterClass, sharing: "U", sensitivity: "G" })
  targetClass!: string | null;

  @Attribute({ zh: "跨界断面", en: "Boundary that it stands on", type: object(() => CrossBoundary), sharing: "U", sensitivity: "G" })
  crossBoundary!: CrossBoundary | null;

  @Attribute({ zh: "坐标", en: "Position", type: object(() => Position), sharing: "U", sensitivity: "G", masks: ["grid-0.01"] })
  position!: Position | null;

  @Attribute({ zh: "是否在饮用水水源上游", en: "Upstream of a drinking-water intake", type: boolean, sharing: "C", sensitivity: "I" })
  intakeProtection!: boolean | null;
}
