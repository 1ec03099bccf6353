import { Attribute, Entity } from "../declare.ts";
import { averaging } from "../regional/averaging.ts";
import { RegionalEntity } from "../regional/regionalEntity.ts";
import { decimal, enumOf, instant, integer, link, pollutant, text } from "../types.ts";
import { Station } from "./station.ts";

const gasCondition = enumOf("GasCondition", ["气体状态", "Temperature and pressure that a concentration refers to (GB 3095-2026 §4.3)"], {
  REFERENCE_298K: ["参比状态 298.15 K", "reference state, 298.15 K and 1013.25 hPa"],
  STANDARD_273K: ["标准状态 273.15 K", "standard state, 273.15 K and 1013.25 hPa"],
  ACTUAL: ["监测时实际状态", "actual temperature and pressure"],
});

const censor = enumOf("Censor", ["检出限标记", "The value is a limit of detection, not a measurement"], {
  BELOW: ["低于检出限", "below the limit given as value"],
  ABOVE: ["高于测量上限", "above the limit given as value"],
});

const observationFlag = enumOf("ObservationFlag", ["数据标识（HJ 212-2017）", "State of the instrument, HJ 212-2017"], {
  NORMAL: ["正常 N", "normal"],
  STOPPED: ["停运 F", "stopped"],
  MAINTENANCE: ["维护 M", "maintenance"],
  MANUAL: ["手工输入 S", "entered by hand"],
  FAULT: ["故障 D", "fault"],
  CALIBRATION: ["校准 C", "calibration"],
  OVER_RANGE: ["超测量上限 T", "over the range"],
  LINK_DOWN: ["通讯异常 B", "communication failed"],
});

/**
 * One pollutant over one period [start, end) at one station.
 *
 * Six digits, because the class limits of mercury (GB 3838-2002: 0.00005 mg/L) have five.
 */
@Entity({ singular: "observation", plural: "observations", zh: "监测数据", en: "Observation: hourly, daily or spot value" })
export class Observation extends RegionalEntity {
  @Attribute({ zh: "监测站点", en: "Station", type: link(() => Station), sharing: "U", sensitivity: "G", key: true })
  station!: Station;

  @Attribute({ zh: "监测因子", en: "Pollutant or other quantity", type: pollutant, sharing: "U", sensitivity: "G", key: true })
  pollutant!: string;

  @Attribute({ zh: "起始时刻", en: "Start of the period, included", type: instant, sharing: "U", sensitivity: "G", key: true })
  start!: number;

  @Attribute({ zh: "结束时刻", en: "End of the period, excluded", type: instant, sharing: "U", sensitivity: "G" })
  end!: number | null;

  @Attribute({ zh: "平均时间", en: "Averaging period", type: averaging, sharing: "U", sensitivity: "G", key: true })
  averaging!: string;

  @Attribute({ zh: "浓度或数值", en: "Value", type: decimal({ scale: 6, unit: "byPollutant" }), sharing: "U", sensitivity: "G" })
  value!: string | null;

  @Attribute({ zh: "单位（UCUM）", en: "Unit of the value, UCUM", type: text, sharing: "U", sensitivity: "G" })
  unit!: string | null;

  @Attribute({ zh: "气体状态", en: "State that a gas concentration refers to", type: gasCondition, sharing: "U", sensitivity: "G" })
  condition!: string | null;

  @Attribute({ zh: "检出限标记", en: "The value is a limit, not a measurement", type: censor, sharing: "U", sensitivity: "G" })
  censor!: string | null;

  @Attribute({ zh: "数据标识", en: "State of the instrument", type: observationFlag, sharing: "U", sensitivity: "G" })
  flag!: string | null;

  @Attribute({ zh: "有效小时数", en: "Valid hours in the period", type: integer, sharing: "U", sensitivity: "G" })
  validHours!: number | null;
}
