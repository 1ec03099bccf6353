/**
 * A source of a world as a database with types of its own has it: dates in `date`, exact decimals in `numeric`, no rubbish beside them, and
 * none of the spellings that only a lens function reads. What the rows stand for is drawn as before.
 */
import { decimalValue, type Drawn, type FieldStyle, type SourceCell } from "./fieldStyles.ts";
import type { Value } from "./model.ts";
import type { Row, SourceWorld, TableShape } from "./world.ts";

const decimals = new Set(["elevation", "output", "energy", "amount", "value", "$pm25", "$o3", "$co"]);
const dates = new Set(["activeFrom", "decidedOn"]);
const lists = new Set(["keyUnit", "kind"]);

interface Plain {
  readonly style: FieldStyle;
  cells(drawn: Drawn): readonly SourceCell[];
  /** As drawn, where it says nothing else. */
  value?(drawn: Drawn): Value;
}

/** Null: plain SQL cannot read it. */
function typed(name: string, style: FieldStyle): Plain | null {
  const [first] = style.columns;
  const words = style.field(style.columns.map((column) => column.name));
  const withType = (type: string, field = style.field): FieldStyle => ({ ...style, field, columns: style.columns.map((column) => ({ ...column, type })) });
  const plain = (columns: readonly string[]): unknown => columns[0];
  if (lists.has(name) || style.columns.length === 0) return null;
  // The unit of a column of its own is left out: the number is in the canonical one.
  if (name === "value" && style.columns.length > 1) {
    const cells = (drawn: Drawn): readonly SourceCell[] => [drawn.value === null ? null : Number(drawn.value)];
    return { style: { columns: [{ name: "c", type: "NUMERIC" }], field: plain, draw: style.draw }, cells, value: (drawn) => (drawn.value === null ? null : decimalValue(String(drawn.value), 6)) };
  }
  if (typeof words === "object" && words !== null && ("normalise" in words || ("unit" in words && typeof words.unit === "object"))) return null;
  if (name === "position") return { style: withType("REAL"), cells: (drawn) => drawn.cells };
  if (decimals.has(name)) {
    if (first?.type === "TEXT") return { style: { ...withType("NUMERIC"), isNumber: true }, cells: ({ value, cells }) => [value === null ? null : decimalCell(String(cells[0]).trim())] };
    return { style, cells: ({ cells }) => [typeof cells[0] === "number" ? cells[0] : null] };
  }
  if (dates.has(name)) return { style: withType("DATE", plain), cells: ({ value }) => [value as string | null] };
  if (name === "receivedAt") return { style: withType("TIMESTAMPTZ", plain), cells: ({ value }) => [typeof value === "number" ? `${new Date(value).toISOString().slice(0, 19).replace("T", " ")}+00` : null] };
  if (name === "revision") return { style: withType("INTEGER", plain), cells: ({ value }) => [value as number | null] };
  return { style, cells: (drawn) => drawn.cells };
}

/** As a column of exact decimals gives it back. */
const decimalCell = (text: string): SourceCell => (text.replace(/[-.]|e.*$/g, "").replace(/^0+/, "").length <= 15 ? Number(text) : text);

export function plainSource(source: SourceWorld): SourceWorld {
  return { ...source, tables: source.tables.map(({ shape, rows }) => plainTable(shape, rows)) };
}

function plainTable(shape: TableShape, rows: readonly Row[]): SourceWorld["tables"][number] {
  const kept = new Map([...shape.fields].flatMap(([name, style]) => {
    const found = typed(name, style);
    return found === null ? [] : [[name, found] as const];
  }));
  const isTimed = shape.entity === "Observation";
  const { fixed } = shape;
  const { value: _, ...feeds } = fixed.feeds;
  const plainShape: TableShape = {
    ...shape,
    strict: true,
    tie: !shape.keyPublic,
    fields: new Map([...kept].map(([name, { style }]) => [name, style])),
    indexes: shape.indexes.filter((column) => ["t", "st", "ent", "uscc"].includes(column)),
    fixed: !isTimed
      ? fixed
      : {
          ...fixed,
          columns: fixed.columns.map((column) => (column.name === "t" ? { ...column, type: "TIMESTAMP" } : column)),
          fields: { ...fixed.fields, ...("end" in fixed.fields ? { end: "t" } : {}) },
          feeds,
        },
  };
  return {
    shape: plainShape,
    rows: rows.map((row) => ({
      ...row,
      fixed: isTimed ? { ...row.fixed, t: String(row.fixed.t).replace("T", " ").replace("+08:00", "") } : row.fixed,
      drawn: Object.fromEntries([...kept].map(([name, plain]) => [name, plainDrawn(row.drawn[name] as Drawn, plain)])),
    })),
  };
}

const plainDrawn = (drawn: Drawn, { cells, value }: Plain): Drawn => ({ value: value === undefined ? drawn.value : value(drawn), cells: cells(drawn) });
