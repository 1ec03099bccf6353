import { Attribute, Entity } from "../declare.ts";
import { Enterprise } from "../pollution/enterprise.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { date, enumOf, link, listOf, text } from "../types.ts";

const inspectionKind = enumOf("InspectionKind", ["检查方式", "What an inspection was led by"], {
  RANDOM: ["双随机抽查", "random draw"],
  SPECIAL: ["专项检查", "special campaign"],
  COMPLAINT: ["信访投诉检查", "complaint"],
  OFF_SITE: ["非现场检查", "off-site, by data"],
  ASSISTANCE: ["帮扶检查", "assistance"],
  OTHER: ["其他", "other"],
});

/** Conditional throughout: before its date an inspection is a tip-off, and until it is closed it is important data. */
@Entity({ singular: "inspection", plural: "inspections", zh: "现场检查", en: "Inspection of an enterprise" })
export class Inspection extends RegionalEntity {
  @Attribute({ zh: "检查编号", en: "Number", type: text, sharing: "C", sensitivity: "I" })
  no!: string | null;

  @Attribute({ zh: "检查方式", en: "Kind", type: inspectionKind, sharing: "C", sensitivity: "I" })
  kind!: string | null;

  @Attribute({ zh: "检查日期", en: "Day of the inspection", type: date, sharing: "C", sensitivity: "I" })
  inspectedOn!: string | null;

  @Attribute({ zh: "被检查企业", en: "Enterprise", type: link(() => Enterprise), sharing: "C", sensitivity: "I" })
  enterprise!: Enterprise | null;

  @Attribute({ zh: "执法人员", en: "Officers", type: listOf(text), sharing: "N", sensitivity: "P" })
  officers!: string[] | null;

  @Attribute({ zh: "检查计划", en: "Plan, never shared before its date", type: text, sharing: "N", sensitivity: "I" })
  plan!: string | null;

  @Attribute({ zh: "检查情况", en: "Findings", type: text, sharing: "C", sensitivity: "I", masks: ["free-text"] })
  findings!: string | null;
}
