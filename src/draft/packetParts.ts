/**
 * A log of HJ 212 packets → parts of a mapping. Nothing is guessed of its shape, which the standard fixes; the log tells which kinds of data
 * occur, which codes, and which devices send them.
 */
import { codeTables } from "../../schema/codes/codeTables.ts";
import { pollutants } from "../../schema/codes/pollutants.ts";
import { pollutantOf } from "./guessCodes.ts";
import { spacingOf, timeFit } from "./guessTime.ts";
import { guessUnit } from "./guessUnit.ts";
import type { Draft, FieldDraft, PartDraft } from "./parts.ts";
import { columnNamed, type TableProfile } from "./profile.ts";
import type { FieldYaml } from "./yamlText.ts";

interface Command {
  readonly cn: string;
  readonly part: string;
  readonly about: string;
  /** The figure that is the value. */
  readonly figure: "Avg" | "Rtd";
  /** Null: as far apart as the log's times are. */
  readonly averaging: string | null;
}

/** Hours first: they are what agencies ask each other for. */
const commands: readonly Command[] = [
  { cn: "2061", part: "hour", about: "hour data 小时数据", figure: "Avg", averaging: "PT1H" },
  { cn: "2031", part: "day", about: "day data 日数据", figure: "Avg", averaging: "P1D" },
  { cn: "2051", part: "minute", about: "minute data 分钟数据", figure: "Avg", averaging: null },
  { cn: "2011", part: "realtime", about: "real-time data 实时数据", figure: "Rtd", averaging: "SPOT" },
];

/** `ST` of HJ 212 → medium, where all packets of a log agree. */
const media: Readonly<Record<string, string>> = { "21": "SURFACE_WATER", "22": "AIR" };

const constant = (attribute: string, value: string, evidence: string, confidence = 0.95): FieldDraft => ({ attribute, value: { constant: value }, columns: [], confidence, evidence: [evidence], doubt: null });
const field = (attribute: string, column: string, value: FieldYaml, evidence: string): FieldDraft => ({ attribute, value, columns: [column], confidence: 0.97, evidence: [evidence], doubt: null });

/** `packets`: the table of a source of kind hj212. Codes that no table lists are named at their part: their rows have no pollutant and are none. */
export function packetParts(packets: TableProfile): Draft {
  const texts = (name: string): readonly (string | null)[] => columnNamed(packets, name)?.texts ?? [];
  const [cns, codes, devices, systems] = ["CN", "code", "MN", "ST"].map(texts) as [readonly (string | null)[], readonly (string | null)[], readonly (string | null)[], readonly (string | null)[]];
  const time = columnNamed(packets, "DataTime");
  const fit = time === undefined ? null : timeFit(time, "instant");
  const held = commands.filter(({ cn }) => cns.includes(cn));
  const kinds = new Set(systems.flatMap((st) => st ?? []));
  const [medium, ...others] = [...new Set([...kinds].map((st) => media[st] ?? null))];
  const station: PartDraft = {
    ...empty(packets, "Station", null),
    confidence: 0.9,
    evidence: [`each MN is a device; ST ${[...kinds].sort().join(", ")}`],
    key: ["MN"],
    keyEvidence: "the newest packet of each speaks for it",
    latest: ["DataTime", "$row"],
    fields: [
      field("code", "MN", "MN", "the device's number"),
      ...(medium !== undefined && medium !== null && others.length === 0 ? [constant("medium", medium, `what ST ${[...kinds].join()} stands for`)] : []),
    ],
    aside: kinds.size > 0 && (medium === null || others.length > 0) ? new Map([["ST", `${[...kinds].sort().join(", ")} stand for more than one medium, or for none of the vocabulary (31, 32: pollution sources); name, place and medium of a device are in no packet 数据包不含站点名称与位置`]]) : new Map(),
  };
  const parts = held.map((command, index): PartDraft => {
    const rows = cns.flatMap((cn, row) => (cn === command.cn ? [row] : []));
    const spacing = command.averaging === null && fit !== null ? spacingOf(rows.map((row) => fit.readings[row] ?? null), rows.map((row) => `${devices[row]} ${codes[row]}`)) : null;
    const averaging = command.averaging ?? spacing?.averaging ?? null;
    const listed = codesText(rows.map((row) => codes[row] ?? null));
    const isPacket = command.figure === "Avg" && !rows.some((row) => texts("Avg")[row] !== null);
    const unitsOff = [...kinds].every((st) => media[st] !== undefined) ? implausibleUnits(rows, codes, texts(isPacket ? "Rtd" : command.figure)) : null;
    return {
      ...empty(packets, "Observation", index === 0 ? null : command.part),
      confidence: 0.97,
      evidence: [`CN ${command.cn} is ${command.about}; codes ${listed.known}`, ...(listed.unknown === "" ? [] : [`in no table, so no rows: ${listed.unknown} 未知编码`])],
      keep: [{ column: "CN", keep: { CN: { eq: command.cn } }, evidence: command.about }],
      key: ["MN", "CN", "DataTime", "code"],
      keyEvidence: "a packet that was sent again has a later QN",
      latest: ["QN", "$row"],
      fields: [
        field("station", "MN", "MN", "the device's number"),
        field("pollutant", "code", { column: "code", codes: "hj212" }, "codes of either edition"),
        field("start", "DataTime", { column: "DataTime", format: "yyyyMMddHHmmss" }, "records carry the beginning of their period; map it to `end` where a device labels the end"),
        ...(averaging === null ? [] : [constant("averaging", averaging, command.averaging === null ? "so far apart are a device's times" : command.about)]),
        { ...field("value", isPacket ? "Rtd" : command.figure, { column: isPacket ? "Rtd" : command.figure, unit: { column: "code", codes: "hj212-units" } }, "in the unit that the standard gives the code"), doubt: averaging === null ? "without a period" : null },
        field("flag", "Flag", { column: "Flag", codes: "hj212-flags" }, "marks of HJ 212"),
      ],
      undecided: unitsOff === null ? new Map() : new Map([["value", unitsOff]]),
    };
  });
  return { region: null, missing: [], parts: [station, ...parts.filter((part) => part.fields.some(({ attribute }) => attribute === "averaging"))], left: [] };
}

/** Codes whose numbers cannot be what the standard's unit says of the air or of water: some devices send µg/m³ where it says mg/m³. */
function implausibleUnits(rows: readonly number[], codes: readonly (string | null)[], figures: readonly (string | null)[]): string | null {
  const numbers = new Map<string, number[]>();
  for (const row of rows) {
    const [code, figure] = [codes[row] ?? null, Number(figures[row] ?? Number.NaN)];
    if (code !== null && !Number.isNaN(figure)) numbers.set(code, [...(numbers.get(code) ?? []), figure]);
  }
  const off = [...numbers].flatMap(([code, all]) => {
    const [pollutant, named] = [pollutantOf(code), codeTables.get("hj212-units")?.[code]];
    const canonical = pollutants.get(pollutant ?? "")?.canonical;
    if (pollutant === null || named === undefined || canonical === undefined) return [];
    const guess = guessUnit({ numbers: all, named, pollutant, coordinate: "Observation.value", canonical });
    return guess.unit === null ? [`${code}: ${guess.evidence.replace("it is said to be in", "the standard says")}${guess.rivals.length === 0 ? "" : `, ${guess.rivals.join(" or ")} would do`}`] : [];
  });
  return off.length === 0 ? null : `${off.join("; ")}: ask what the devices send, and list the units by code: unit: { column: code, codes: { … } } 单位与标准不符，请核实`;
}

function codesText(codes: readonly (string | null)[]): { readonly known: string; readonly unknown: string } {
  const counts = new Map<string, number>();
  for (const code of codes) if (code !== null) counts.set(code, (counts.get(code) ?? 0) + 1);
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([code]) => code);
  const inTable = (code: string): boolean => codeTables.get("hj212")?.[code] !== undefined;
  const said = (code: string): string => `${code} ${pollutants.get(pollutantOf(code) ?? "")?.zh ?? ""}`.trim();
  return { known: sorted.filter(inTable).map(said).join(", "), unknown: sorted.filter((code) => !inTable(code)).join(", ") };
}

const empty = (table: TableProfile, entity: string, part: string | null): PartDraft => ({
  entity,
  part,
  table,
  confidence: 0,
  evidence: [],
  joins: [],
  key: [],
  keyEvidence: "",
  latest: [],
  tie: null,
  keep: [],
  unpivot: [],
  fields: [],
  undecided: new Map(),
  aside: new Map(),
});
