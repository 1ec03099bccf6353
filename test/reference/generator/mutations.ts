/** Worlds that differ from another one only in what an agency cannot see: found by trying changes and keeping those that leave V equal. */
import type { Asking } from "../harness/hub.ts";
import { modelInput } from "../harness/cases.ts";
import { publishedText, viewText } from "../harness/viewText.ts";
import { type ModelRule, rulesAt, viewOf } from "../model.ts";
import { agencies } from "./policies.ts";
import { chance, drawOf, type Generate, pick, upTo } from "./draw.ts";
import type { Row, TableShape, World } from "./world.ts";
import { rowsOf } from "./worldRows.ts";

/** V at every door and for every purpose, and what is published: an agency has them all. */
export function everythingSeen(world: World, rules: readonly ModelRule[], agency: string): string {
  const rows = rowsOf(world);
  const purposes = agencies.find(({ id }) => id === agency)?.purposes ?? [];
  const seen = new Map<string, string>();
  for (const purpose of purposes.length === 0 ? [null] : purposes) {
    const input = modelInput(rows, rules, { agency, purpose } satisfies Asking);
    for (const door of ["query", "aggregate", "subscribe", "export"] as const) {
      // The same rules, the same view.
      const binding = rulesAt(input, purpose, door).map(({ owner, id }) => `${owner} ${id}`).join();
      if (!seen.has(binding)) seen.set(binding, viewText(viewOf(input, door), input));
    }
    seen.set(`published for ${purpose}`, publishedText(input));
  }
  return [...seen].join("\n--\n");
}

export interface Pair {
  readonly world: World;
  /** How many changes were kept. */
  readonly changes: number;
}

/** The other world of a pair with equal views. */
export function unseenChanges(g: Generate, world: World, rules: readonly ModelRule[], agency: string, tries: number): Pair {
  // Nothing that an agency sees of one source depends on another.
  const seenOf = (of: World, at: number): string => everythingSeen({ sources: of.sources.slice(at, at + 1) }, rules, agency);
  const seen = world.sources.map((_, at) => seenOf(world, at));
  let current = world;
  let changes = 0;
  for (let turn = 0; turn < tries; turn += 1) {
    const at = upTo(g, world.sources.length - 1);
    const changed = changeOne(g, current, at);
    if (changed === null || seenOf(changed, at) !== seen[at]) continue;
    current = changed;
    changes += 1;
  }
  return { world: current, changes };
}

function changeOne(g: Generate, world: World, at: number): World | null {
  const source = world.sources[at];
  if (source === undefined) return null;
  const tableAt = upTo(g, source.tables.length - 1);
  const table = source.tables[tableAt];
  if (table === undefined) return null;
  const rows = changeRows(g, table.shape, table.rows);
  if (rows === null) return null;
  const tables = source.tables.with(tableAt, { ...table, rows });
  return { sources: world.sources.with(at, { ...source, tables }) };
}

function changeRows(g: Generate, shape: TableShape, rows: readonly Row[]): readonly Row[] | null {
  const kind = upTo(g, 9);
  if (kind <= 1) return insert(g, shape, rows);
  if (rows.length === 0) return null;
  const at = upTo(g, rows.length - 1);
  const row = rows[at] as Row;
  if (kind === 2) return rows.toSpliced(at, 1);
  if (kind === 3) return shape.keep ? rows.with(at, { ...row, del: pick(g, ["N", "Y", null]) }) : null;
  const names = [...shape.fields.keys()];
  if (names.length === 0) return null;
  let drawn = row.drawn;
  for (let many = upTo(g, 2); many >= 0; many -= 1) {
    const name = pick(g, names);
    const style = shape.fields.get(name);
    if (style !== undefined) drawn = { ...drawn, [name]: drawOf(g, style) };
  }
  return rows.with(at, { ...row, drawn });
}

/** A row of a new key, or an older revision of one that is there. */
function insert(g: Generate, shape: TableShape, rows: readonly Row[]): readonly Row[] | null {
  const like = rows.length > 0 ? rows[upTo(g, rows.length - 1)] : undefined;
  if (like === undefined) return null;
  const older = shape.latest && chance(g, 50);
  const number = rows.length + 500;
  const last = shape.key.at(-1) ?? "";
  const key = like.fixed[last] ?? null;
  const newKey = typeof key === "number" ? key + number : last === "t" ? String(key).replace(/T?\s?\d\d:/, (hour) => `${hour.slice(0, -3)}${String((Number(hour.slice(-3, -1)) + 5) % 24).padStart(2, "0")}:`) : `${key}x${number}`;
  const alias = shape.entity === "Station" ? "code" : shape.entity === "Enterprise" ? "uscc" : last;
  const fixed = older ? like.fixed : { ...like.fixed, [last]: newKey, ...(alias === last ? {} : { [alias]: `${like.fixed[alias]}x${number}` }) };
  if (!older && rows.some((row) => shape.key.every((column) => row.fixed[column] === fixed[column]))) return null;
  const drawn = Object.fromEntries([...shape.fields].map(([name, style]) => [name, drawOf(g, style)]));
  const rowids = rows.map(({ rowid }) => rowid);
  const rowid = chance(g, 50) ? Math.min(...rowids) - 1 : Math.max(...rowids) + 1 + upTo(g, 3);
  return [...rows, { rowid, tie: Math.min(...rows.map(({ tie }) => tie)) - 1, ver: older ? 0 : 2, del: "N", fixed, drawn }];
}
