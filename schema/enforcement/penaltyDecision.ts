import { Attribute, Entity } from "../declare.ts";
import { Enterprise } from "../pollution/enterprise.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { boolean, date, decimal, enumOf, link, listOf, text } from "../types.ts";
import { EnterpriseRecords } from "./enterpriseRecords.ts";

const penaltyKind = enumOf("PenaltyKind", ["处罚种类（行政处罚法第九条）", "Kind of penalty, 行政处罚法 §9 and the measures of 环境保护法"], {
  WARNING: ["警告", "warning"],
  CRITICISM: ["通报批评", "public criticism"],
  FINE: ["罚款", "fine"],
  DAILY_FINE: ["按日连续处罚", "fine for each day"],
  CONFISCATION: ["没收", "confiscation"],
  PRODUCTION_LIMIT: ["限产停产", "production limited or stopped"],
  SEIZURE: ["查封扣押", "sealing or seizure"],
  PERMIT_REVOCATION: ["暂扣或吊销许可证", "permit suspended or revoked"],
  CLOSURE: ["责令关闭", "closure"],
  DETENTION: ["行政拘留", "detention"],
});

const reviewState = enumOf("ReviewState", ["复议诉讼状态", "State of review or lawsuit"], {
  NONE: ["无", "none"],
  ADMINISTRATIVE_REVIEW: ["行政复议中", "under administrative review"],
  LITIGATION: ["行政诉讼中", "in court"],
  UPHELD: ["维持", "upheld"],
  CHANGED: ["变更", "changed"],
  ANNULLED: ["撤销", "annulled"],
});

@Entity({ singular: "penaltyDecision", plural: "penaltyDecisions", zh: "行政处罚决定", en: "Penalty decision" })
export class PenaltyDecision extends RegionalEntity {
  @Attribute({ zh: "决定书文号", en: "Document number, e.g. 京环罚〔2024〕12号", type: text, sharing: "U", sensitivity: "G", key: true })
  docNo!: string;

  @Attribute({ zh: "处罚种类", en: "Kinds of penalty", type: listOf(penaltyKind), sharing: "U", sensitivity: "G" })
  kind!: string[] | null;

  @Attribute({ zh: "罚款金额", en: "Fine", type: decimal({ scale: 2, unit: "CNY" }), sharing: "U", sensitivity: "G" })
  amount!: string | null;

  @Attribute({ zh: "被处罚企业", en: "Enterprise", type: link(() => Enterprise), sharing: "U", sensitivity: "G" })
  enterprise!: Enterprise | null;

  @Attribute({ zh: "当事人", en: "Party as the decision names it; may be a natural person", type: text, sharing: "C", sensitivity: "P", masks: ["person-name"] })
  subject!: string | null;

  @Attribute({ zh: "决定日期", en: "Day of the decision", type: date, sharing: "U", sensitivity: "G" })
  decidedOn!: string | null;

  @Attribute({ zh: "公示截止日期", en: "Last day of publicity", type: date, sharing: "U", sensitivity: "G" })
  publishedUntil!: string | null;

  @Attribute({ zh: "复议诉讼状态", en: "State of review or lawsuit", type: reviewState, sharing: "C", sensitivity: "G" })
  review!: string | null;

  @Attribute({ zh: "是否撤销", en: "Revoked: must leave public view within three days (行政处罚法 §48)", type: boolean, sharing: "U", sensitivity: "G" })
  revoked!: boolean | null;

  @EnterpriseRecords({ name: "penaltyDecisionRecords", zh: "各地对该企业的行政处罚决定", en: "Penalty decisions against the enterprise in every region, by its credit code" })
  enterpriseRecords!: Enterprise[] | null;
}
