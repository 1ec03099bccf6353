import { Attribute, Entity } from "../declare.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { enumOf, instant, listOf, text } from "../types.ts";

const alertLevel = enumOf("AlertLevel", ["预警级别", "Level of alert; blue was abolished in 2024"], {
  BLUE: ["蓝色", "blue"],
  YELLOW: ["黄色", "yellow"],
  ORANGE: ["橙色", "orange"],
  RED: ["红色", "red"],
});

/** Levels differ by year and province, so a row carries its standard and criteria; the hub never recomputes a level. */
@Entity({ singular: "pollutionAlert", plural: "pollutionAlerts", zh: "重污染天气预警", en: "Heavy-pollution alert" })
export class PollutionAlert extends RegionalEntity {
  @Attribute({ zh: "预警编号", en: "Number", type: text, sharing: "U", sensitivity: "G", key: true })
  no!: string;

  @Attribute({ zh: "预警级别", en: "Level", type: alertLevel, sharing: "U", sensitivity: "G" })
  level!: string | null;

  @Attribute({ zh: "分级标准", en: "Standard that defines the level", type: text, sharing: "U", sensitivity: "G" })
  standard!: string | null;

  @Attribute({ zh: "启动条件", en: "Criteria that were met", type: text, sharing: "U", sensitivity: "G" })
  criteria!: string | null;

  @Attribute({ zh: "发布时间", en: "Issued at", type: instant, sharing: "U", sensitivity: "G" })
  issuedAt!: number | null;

  @Attribute({ zh: "启动时间", en: "In force from", type: instant, sharing: "U", sensitivity: "G" })
  startAt!: number | null;

  @Attribute({ zh: "解除时间", en: "Lifted at", type: instant, sharing: "U", sensitivity: "G" })
  liftedAt!: number | null;

  @Attribute({ zh: "原因", en: "Reason", type: text, sharing: "U", sensitivity: "G" })
  reason!: string | null;

  @Attribute({ zh: "应急措施", en: "Measures", type: listOf(text), sharing: "U", sensitivity: "G" })
  measures!: string[] | null;
}
