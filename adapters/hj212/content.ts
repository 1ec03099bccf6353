/** The content of a data packet: `DataTime=…;a21026-Avg=12.3,a21026-Flag=N;…` as figures by pollutant. */

/** Of HJ 212-2017 annex C and of the edition of 2005; `Zs`: converted to the reference oxygen content. */
export const figureNames = ["Rtd", "Avg", "Min", "Max", "Cou", "ZsRtd", "ZsAvg", "ZsMin", "ZsMax", "SampleTime", "Flag", "EFlag"] as const;
export type FigureName = (typeof figureNames)[number];

export interface Content {
  /** `yyyyMMddHHmmss`, or null where the content (a later part of a split one) has none. */
  readonly dataTime: string | null;
  /** Pollutant's code, as the device spells it → its figures. */
  readonly figures: ReadonlyMap<string, ReadonlyMap<FigureName, string>>;
}

const isFigure = (name: string): name is FigureName => (figureNames as readonly string[]).includes(name);

/** Items of other names are passed over: the content of a data packet is not the place for anything else that the hub should hold. */
export function readContent(content: string): Content {
  let dataTime: string | null = null;
  const figures = new Map<string, Map<FigureName, string>>();
  for (const item of content.split(/[;,]/)) {
    const place = item.indexOf("=");
    const [key, value] = [item.slice(0, place).trim(), item.slice(place + 1).trim()];
    if (place < 0 || value === "") continue;
    if (key === "DataTime" && /^\d{14}$/.test(value)) dataTime = value;
    const found = /^([A-Za-z0-9]{1,12})-([A-Za-z]{2,10})$/.exec(key);
    const [, code = "", name = ""] = found ?? [];
    if (!found || !isFigure(name) || value.length > 32) continue;
    const own = figures.get(code) ?? new Map<FigureName, string>();
    own.set(name, value);
    figures.set(code, own);
  }
  return { dataTime, figures };
}
