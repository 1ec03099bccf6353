/** Data packets of a log as rows, one per packet and pollutant; what is left out is counted by its reason. */
import type { MirrorCell } from "../contract/tableReader.ts";
import { type Content, figureNames, readContent } from "./content.ts";
import { type Packet, type PacketFault, packetsIn } from "./packet.ts";

/** Real-time, minute, hour and day data. */
export const dataCommands: ReadonlySet<string> = new Set(["2011", "2051", "2061", "2031"]);

export const rowColumns = ["$row", "MN", "ST", "CN", "QN", "edition", "DataTime", "code", ...figureNames] as const;

export type Fault =
  | PacketFault
  /** A part of a split packet whose other parts are not in the file. */
  | "parts"
  /** No `DataTime`, or no figure that can be read: also what the edition of 2025 encrypts. */
  | "content";

export interface FaultCount {
  readonly count: number;
  /** Line of the first. */
  readonly first: number;
}

export interface PacketRows {
  readonly rows: Iterable<readonly MirrorCell[]>;
  /** Filled while `rows` is read. */
  readonly faults: ReadonlyMap<Fault, FaultCount>;
}

export function packetRows(bytes: Buffer): PacketRows {
  const faults = new Map<Fault, FaultCount>();
  const count = (fault: Fault, line: number): void => {
    const known = faults.get(fault);
    faults.set(fault, { count: (known?.count ?? 0) + 1, first: known?.first ?? line });
  };

  function* rows(): Generator<readonly MirrorCell[]> {
    const split = new Map<string, Packet[]>();
    for (const found of packetsIn(bytes)) {
      if (found.kind === "bad") {
        count(found.fault, found.line);
        continue;
      }
      const { packet } = found;
      if (!dataCommands.has(packet.cn)) continue;
      if (packet.parts === null) yield* rowsOf(packet, readContent(packet.content), count);
      else {
        const key = JSON.stringify([packet.mn, packet.cn, packet.qn]);
        split.set(key, [...(split.get(key) ?? []), packet]);
      }
    }
    for (const parts of split.values()) yield* rowsOfParts(parts, count);
  }
  return { rows: { [Symbol.iterator]: rows }, faults };
}

/** Parts of one packet have one request time; the data's own time may stand in the first alone. */
function* rowsOfParts(parts: readonly Packet[], count: (fault: Fault, line: number) => void): Generator<readonly MirrorCell[]> {
  const wanted = parts[0]?.parts?.count ?? 0;
  // A part that was sent again is there twice, and the later one counts.
  const byNumber = new Map(parts.map((packet) => [packet.parts?.number ?? 0, packet]));
  const isWhole = parts.every((packet) => packet.qn !== null && packet.parts?.count === wanted) && Array.from({ length: wanted }, (_, index) => index + 1).every((number) => byNumber.has(number));
  const contents = [...byNumber.values()].map((packet) => [packet, readContent(packet.content)] as const);
  const times = new Set(contents.flatMap(([, { dataTime }]) => dataTime ?? []));
  if (!isWhole || times.size > 1) {
    for (const { line } of parts) count("parts", line);
    return;
  }
  const [dataTime = null] = times;
  for (const [packet, content] of contents) yield* rowsOf(packet, { ...content, dataTime }, count);
}

const editions: Readonly<Record<number, string>> = { 0: "2005", 1: "2017", 2: "2025" };

function* rowsOf({ line, qn, st, cn, mn, flag }: Packet, { dataTime, figures }: Content, count: (fault: Fault, line: number) => void): Generator<readonly MirrorCell[]> {
  if (dataTime === null || figures.size === 0) {
    count("content", line);
    return;
  }
  const edition = flag === null ? null : (editions[flag >> 2] ?? null);
  for (const [code, own] of figures) yield [line, mn, st, cn, qn, edition, dataTime, code, ...figureNames.map((name) => own.get(name) ?? null)];
}
