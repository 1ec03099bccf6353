import { Attribute, Entity } from "../declare.ts";
import { Position } from "../regional/position.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { boolean, date, decimal, enumOf, link, object, text } from "../types.ts";

const medium = enumOf("Medium", ["环境要素", "What a station monitors"], {
  AIR: ["环境空气", "ambient air"],
  SURFACE_WATER: ["地表水", "surface water"],
  GROUNDWATER: ["地下水", "groundwater"],
  NOISE: ["噪声", "noise"],
  SOIL: ["土壤", "soil"],
  POLLUTION_SOURCE: ["污染源", "pollution source"],
});

const stationRole = enumOf("StationRole", ["站点类型", "Why a station stands where it stands"], {
  URBAN: ["评价点", "urban assessment"],
  BACKGROUND: ["对照点", "control, away from the city"],
  ROADSIDE: ["路边点", "roadside"],
  REGIONAL: ["区域点", "regional"],
  REMOTE: ["背景点", "national background"],
});

@Entity({ singular: "station", plural: "stations", zh: "监测站点", en: "Monitoring station" })
export class Station extends RegionalEntity {
  @Attribute({ zh: "站点编码", en: "Code; national air stations have four digits and A", type: text, sharing: "U", sensitivity: "G", key: true })
  code!: string;

  @Attribute({ zh: "站点名称", en: "Name", type: text, sharing: "U", sensitivity: "G" })
  name!: string | null;

  @Attribute({ zh: "环境要素", en: "What it monitors", type: medium, sharing: "U", sensitivity: "G" })
  medium!: string | null;

  @Attribute({ zh: "站点类型", en: "Role", type: stationRole, sharing: "U", sensitivity: "G" })
  role!: string | null;

  @Attribute({ zh: "坐标", en: "Position", type: object(() => Position), sharing: "U", sensitivity: "G", masks: ["grid-0.01"] })
  position!: Position | null;

  @Attribute({ zh: "海拔", en: "Elevation", type: decimal({ scale: 1, unit: "m" }), sharing: "U", sensitivity: "G" })
  elevation!: string | null;

  @Attribute({ zh: "运维单位", en: "Company that operates it", type: text, sharing: "C", sensitivity: "G" })
  operator!: string | null;

  @Attribute({ zh: "联系人", en: "Name and phone of the contact", type: text, sharing: "N", sensitivity: "P", masks: ["free-text"] })
  contact!: string | null;

  @Attribute({ zh: "迁移前站点", en: "The station that it replaced", type: link(() => Station), sharing: "U", sensitivity: "G" })
  movedFrom!: Station | null;

  @Attribute({ zh: "是否启用", en: "In operation", type: boolean, sharing: "U", sensitivity: "G" })
  active!: boolean | null;

  @Attribute({ zh: "启用日期", en: "First day in operation", type: date, sharing: "U", sensitivity: "G" })
  activeFrom!: string | null;

  @Attribute({ zh: "停用日期", en: "Last day in operation", type: date, sharing: "U", sensitivity: "G" })
  activeTo!: string | null;
}
