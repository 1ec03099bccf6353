import { Attribute, Entity } from "../declare.ts";
import { Position } from "../regional/position.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { decimal, enumOf, listOf, object, text } from "../types.ts";

const keyUnit = enumOf("KeyUnit", ["重点排污单位类别", "List of key units on which an enterprise stands"], {
  WATER: ["水环境", "water"],
  AIR: ["大气环境", "air"],
  SOIL: ["土壤污染", "soil"],
  NOISE: ["噪声", "noise"],
  RISK: ["环境风险", "environmental risk"],
});

const permitClass = enumOf("PermitClass", ["排污许可管理类别", "Class of discharge permit management"], {
  KEY: ["重点管理", "key management"],
  SIMPLIFIED: ["简化管理", "simplified management"],
  REGISTRATION: ["登记管理", "registration only"],
});

const performanceGrade = enumOf("PerformanceGrade", ["绩效分级", "Grade that decides the cut on heavy-pollution days"], {
  A: ["A 级", "A"],
  B: ["B 级", "B"],
  B_MINUS: ["B- 级", "B minus"],
  C: ["C 级", "C"],
  D: ["D 级", "D"],
  LEADING: ["引领性", "leading"],
  NON_LEADING: ["非引领性", "not leading"],
});

@Entity({ singular: "enterprise", plural: "enterprises", zh: "企业", en: "Enterprise" })
export class Enterprise extends RegionalEntity {
  @Attribute({ zh: "统一社会信用代码", en: "Unified social credit code, GB 32100-2015", type: text, sharing: "U", sensitivity: "G", key: true, masks: ["uscc"] })
  uscc!: string;

  @Attribute({ zh: "单位名称", en: "Name", type: text, sharing: "U", sensitivity: "G" })
  name!: string | null;

  @Attribute({ zh: "曾用名", en: "Former names", type: listOf(text), sharing: "U", sensitivity: "G" })
  formerNames!: string[] | null;

  @Attribute({ zh: "行业类别", en: "Industry, GB/T 4754-2017 code of four digits", type: text, sharing: "U", sensitivity: "G" })
  industry!: string | null;

  @Attribute({ zh: "地址", en: "Address", type: text, sharing: "C", sensitivity: "G", masks: ["address"] })
  address!: string | null;

  @Attribute({ zh: "坐标", en: "Position", type: object(() => Position), sharing: "C", sensitivity: "G", masks: ["grid-0.01"] })
  position!: Position | null;

  @Attribute({ zh: "重点排污单位类别", en: "Lists of key units on which it stands", type: listOf(keyUnit), sharing: "U", sensitivity: "G" })
  keyUnit!: string[] | null;

  @Attribute({ zh: "管理类别", en: "Class of permit management", type: permitClass, sharing: "U", sensitivity: "G" })
  permitClass!: string | null;

  @Attribute({ zh: "绩效分级", en: "Performance grade", type: performanceGrade, sharing: "U", sensitivity: "G" })
  performanceGrade!: string | null;

  @Attribute({ zh: "法定代表人", en: "Legal representative", type: text, sharing: "C", sensitivity: "P", masks: ["person-name"] })
  legalRep!: string | null;

  @Attribute({ zh: "法定代表人身份证号", en: "Identity number of the legal representative", type: text, sharing: "N", sensitivity: "P", masks: ["id-number"] })
  legalRepId!: string | null;

  @Attribute({ zh: "联系电话", en: "Phone", type: text, sharing: "C", sensitivity: "P", masks: ["phone"] })
  contactPhone!: string | null;

  @Attribute({ zh: "年产量", en: "Output per year", type: decimal({ scale: 3, unit: "t" }), sharing: "C", sensitivity: "I" })
  output!: string | null;

  @Attribute({ zh: "年综合能耗（吨标准煤）", en: "Energy use per year, in tonnes of standard coal", type: decimal({ scale: 3, unit: "t" }), sharing: "C", sensitivity: "I" })
  energy!: string | null;
}
