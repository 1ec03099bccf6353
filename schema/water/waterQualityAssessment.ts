import { Attribute, Entity } from "../declare.ts";
import { averaging } from "../regional/averaging.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { boolean, decimal, instant, link, listOf, text } from "../types.ts";
import { Section } from "./section.ts";
import { waterClass } from "./waterClass.ts";

@Entity({
  singular: "waterQualityAssessment",
  plural: "waterQualityAssessments",
  zh: "水质评价",
  en: "Assessment of a section over a period, by its worst factor",
})
export class WaterQualityAssessment extends RegionalEntity {
  @Attribute({ zh: "断面", en: "Section", type: link(() => Section), sharing: "U", sensitivity: "G", key: true })
  section!: Section;

  @Attribute({ zh: "起始时刻", en: "Start of the period, included", type: instant, sharing: "U", sensitivity: "G", key: true })
  start!: number;

  @Attribute({ zh: "结束时刻", en: "End of the period, excluded", type: instant, sharing: "U", sensitivity: "G" })
  end!: number | null;

  @Attribute({ zh: "评价时段", en: "Length of the period", type: averaging, sharing: "U", sensitivity: "G", key: true })
  averaging!: string;

  @Attribute({ zh: "水质类别", en: "Class", type: waterClass, sharing: "U", sensitivity: "G" })
  class!: string | null;

  @Attribute({ zh: "定类或超标因子", en: "Factors that decide the class or exceed the target", type: listOf(text), sharing: "U", sensitivity: "G" })
  determining!: string[] | null;

  @Attribute({ zh: "是否达标", en: "The target class is met", type: boolean, sharing: "U", sensitivity: "G" })
  targetMet!: boolean | null;

  @Attribute({ zh: "综合营养状态指数", en: "Trophic level index, lakes only", type: decimal({ scale: 2 }), sharing: "U", sensitivity: "G" })
  eutrophication!: string | null;
}
