import { Attribute, Entity, ObjectValue, Part } from "../declare.ts";
import { Enterprise } from "../pollution/enterprise.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { enumOf, link, listOf, object, text } from "../types.ts";
import { EnterpriseRecords } from "./enterpriseRecords.ts";
import { Inspection } from "./inspection.ts";
import { PenaltyDecision } from "./penaltyDecision.ts";

const violationType = enumOf("ViolationType", ["违法类型", "Type of violation"], {
  UNAPPROVED_CONSTRUCTION: ["未批先建", "built without approval"],
  NO_ACCEPTANCE: ["未验先投", "in operation without acceptance"],
  NO_PERMIT: ["无证排污", "discharge without a permit"],
  PERMIT_BREACH: ["不按证排污", "discharge against the permit"],
  OVER_CONCENTRATION: ["超标排放", "concentration over the limit"],
  OVER_TOTAL: ["超总量排放", "total over the limit"],
  EVASION: ["逃避监管", "evasion of supervision, e.g. hidden pipes"],
  MONITOR_TAMPERING: ["自动监测弄虚作假", "tampering with automatic monitoring"],
  MONITOR_FAILURE: ["未保证自动监测设备正常运行", "monitoring equipment not kept running"],
  HAZWASTE_ILLEGAL: ["危险废物违法", "hazardous waste"],
  DUST: ["扬尘", "dust"],
  VOC_UNCONTROLLED: ["挥发性有机物无组织排放", "uncontrolled volatile organic compounds"],
  NOISE: ["噪声", "noise"],
  EMERGENCY_DUTY: ["应急减排措施未落实", "emergency measures not carried out"],
  OBSTRUCTION: ["拒绝检查", "obstruction of an inspection"],
  DISCLOSURE: ["未公开信息", "information not disclosed"],
  SOIL: ["土壤", "soil"],
  RADIATION: ["辐射", "radiation"],
  OTHER: ["其他", "other"],
});

@ObjectValue({ zh: "违反条款", en: "Legal basis: single laws until 2026-08-14, the Ecological Environment Code after" })
export class LegalBasis {
  @Part({ zh: "引用原文", en: "Articles as cited, never rewritten", type: listOf(text) })
  cited!: string[] | null;
}

@Entity({ singular: "violation", plural: "violations", zh: "违法行为", en: "Violation" })
export class Violation extends RegionalEntity {
  @Attribute({ zh: "案件编号", en: "Number of the case", type: text, sharing: "U", sensitivity: "G", key: true })
  no!: string;

  @Attribute({ zh: "企业", en: "Enterprise", type: link(() => Enterprise), sharing: "U", sensitivity: "G" })
  enterprise!: Enterprise | null;

  @Attribute({ zh: "检查", en: "Inspection that found it", type: link(() => Inspection), sharing: "C", sensitivity: "I" })
  inspection!: Inspection | null;

  @Attribute({ zh: "处罚决定", en: "Decision that punished it", type: link(() => PenaltyDecision), sharing: "U", sensitivity: "G" })
  penalty!: PenaltyDecision | null;

  @Attribute({ zh: "违法类型", en: "Type", type: violationType, sharing: "U", sensitivity: "G" })
  type!: string | null;

  @Attribute({ zh: "违反条款", en: "Legal basis", type: object(() => LegalBasis), sharing: "U", sensitivity: "G" })
  legalBasis!: LegalBasis | null;

  @EnterpriseRecords({ name: "violationRecords", zh: "各地对该企业的违法行为记录", en: "Violations of the enterprise in every region, by its credit code" })
  enterpriseRecords!: Enterprise[] | null;
}
