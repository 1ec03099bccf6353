/**
 * A REST source as tables. A table without a window is one part and is read whole; one with a window is a part per window: all of
 * them at first, later the last one known again and those that have begun since.
 */
import { SourceFailure } from "../contract/adapter.ts";
import { columnNames } from "../contract/columnNames.ts";
import type { MirrorCell, ReaderConfig, ReaderEvent, ReaderState, ReadRequest, TableReader } from "../contract/tableReader.ts";
import { addSpan, instantText, windowStart, windowText } from "./calendar.ts";
import { flattenRow } from "../http/flattenRow.ts";
import { makeGet } from "../http/httpGet.ts";
import { areUnchanged, readPages, type PageTag, type Parameters } from "./pages.ts";
import { judgeBy, type RestConfig, type RestTable, type Windowed } from "./restConfig.ts";

/** Entity tags (or dates) of a part's pages, where the server gave them for all. */
interface KnownPart {
  readonly tags: readonly PageTag[];
}
interface RestState {
  readonly parts: Readonly<Record<string, KnownPart>>;
  readonly readMs: number;
}

const asState = (state: ReaderState): RestState | null => state as unknown as RestState | null;

interface Part {
  readonly name: string;
  readonly parameters: Parameters;
}

const wholeTable: Part = { name: "all", parameters: [] };

function windowPart({ span, parameters }: Windowed, startMs: number, zone: string): Part {
  const name = instantText(startMs, zone);
  if ("name" in parameters) return { name, parameters: [[parameters.name, windowText(startMs, span, zone)]] };
  return { name, parameters: [[parameters.from, name], [parameters.to, instantText(addSpan(startMs, span, 1, zone), zone)]] };
}

/** Windows that the mirror holds now, oldest first. */
function windowsOf(windowed: Windowed, nowMs: number, zone: string): readonly Part[] {
  const parts: Part[] = [];
  const first = windowStart(addSpan(nowMs, windowed.since, -1, zone), windowed.span, zone);
  for (let at = first; at <= nowMs; at = addSpan(at, windowed.span, 1, zone)) parts.push(windowPart(windowed, at, zone));
  return parts;
}

const keysMax = 1000;
/** A refresh may wait; one that would have to wait longer comes again at its next turn. */
const pauseMaxMs = 30_000;

/** Collects the columns of a part's rows; each row names its own, and one that it does not name is NULL in it. */
function makeShape(received: string): { readonly columns: readonly string[]; row(cells: ReadonlyMap<string, string | null>): readonly MirrorCell[] } {
  const columns = ["$received"];
  const places = new Map<string, number>();
  const placeOf = (key: string): number => {
    let place = places.get(key);
    if (place === undefined) {
      place = columns.length;
      if (place > keysMax) throw new SourceFailure("OVER_CAP", `the rows have more than ${keysMax} different keys`);
      places.set(key, place);
      columns.push(columnNames([...columns.slice(1), key]).at(-1) ?? key);
    }
    return place;
  };
  return {
    columns,
    row: (cells) => {
      const placed = [...cells].map(([key, text]) => [placeOf(key), text] as const);
      const row = Array<MirrorCell>(columns.length).fill(null);
      row[0] = received;
      for (const [place, text] of placed) row[place] = text === "" ? null : text;
      return row;
    },
  };
}

export function openReader(config: ReaderConfig): TableReader {
  const { tables, timeZone, ...connection } = config as RestConfig;
  const { url } = connection.http;
  const get = makeGet({ ...connection.http, pauseMaxMs, judge: judgeBy(connection) });
  const tableOf = (name: string): RestTable => {
    const table = tables.find((each) => each.name === name);
    if (!table) throw new Error(`the REST source declares no table ${name}`);
    return table;
  };

  async function* readPart(table: RestTable, part: Part, received: string, signal: AbortSignal, tags: (PageTag | null)[]): AsyncGenerator<ReaderEvent> {
    yield { kind: "part", part: part.name };
    const shape = makeShape(received);
    for await (const page of readPages(get, url, table, part.parameters, signal)) {
      tags.push(page.tag);
      const rows: (readonly MirrorCell[])[] = [];
      for (const element of page.elements) {
        const flat = flattenRow(element, table.each);
        if (!flat) throw new SourceFailure("BAD_ANSWER", `an element of \`rows\` is no object${table.each === null ? "" : `, or its \`${table.each}\` is no list`}`);
        for (const cells of flat) rows.push(shape.row(cells));
      }
      const width = shape.columns.length;
      yield { kind: "rows", columns: [...shape.columns], rows: rows.map((row) => (row.length === width ? row : [...row, ...Array<null>(width - row.length).fill(null)])) };
    }
  }

  return {
    // Only a request can tell; `every` says how often, and entity tags keep it cheap.
    hasChanged: async () => true,

    async *read(name: string, { state, nowMs }: ReadRequest, signal: AbortSignal) {
      const table = tableOf(name);
      const known = asState(state);
      const parts = table.windowed ? windowsOf(table.windowed, nowMs, timeZone) : [wholeTable];
      // The window in which the last read ended was not over, and the one before it may get late rows.
      const freshFrom =
        known && table.windowed
          ? instantText(addSpan(windowStart(known.readMs, table.windowed.span, timeZone), table.windowed.span, -1, timeZone), timeZone)
          : null;
      const from = freshFrom === null ? 0 : parts.findIndex((part) => part.name === freshFrom);
      const next: Record<string, KnownPart> = {};
      const received = new Date(nowMs).toISOString();
      for (const [index, part] of parts.entries()) {
        if (signal.aborted) throw new SourceFailure("ABORTED", signal.reason);
        const before = known && Object.hasOwn(known.parts, part.name) ? known.parts[part.name] : undefined;
        const isSettled = before !== undefined && from >= 0 && index < from;
        if (isSettled || (before && before.tags.length > 0 && (await areUnchanged(get, url, before.tags, signal)))) {
          next[part.name] = before;
          continue;
        }
        const tags: (PageTag | null)[] = [];
        yield* readPart(table, part, received, signal, tags);
        next[part.name] = { tags: tags.every((tag) => tag !== null) ? tags : [] };
      }
      for (const part of Object.keys(known?.parts ?? {})) {
        if (!Object.hasOwn(next, part)) yield { kind: "gone", part };
      }
      yield { kind: "columns", columns: null };
      yield { kind: "state", state: { parts: next, readMs: nowMs } as unknown as ReaderState };
    },
  };
}
