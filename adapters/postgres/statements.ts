/** Templates as statements: each template once, and once more for each set of values that do not fit their columns' types. */
import { createHash } from "node:crypto";
import type { BoundValue, SourceTemplate } from "../contract/sourceQuery.ts";
import { type Parameter, prefixEnd, type RenderedQuery } from "../sql/dialect.ts";
import { renderQuery } from "../sql/renderQuery.ts";
import type { Catalogue } from "./catalogue.ts";
import { encode, encodeList, encodeNumeric, type Encoded, heldPrefix, isList, isUnfit, type Mode } from "./parameters.ts";
import type { PgClass } from "./pgClass.ts";
import { modeKey, postgresDialect } from "./postgresDialect.ts";

export interface Statement {
  /** The same text has the same name on every connection. */
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

export interface BoundStatement {
  readonly statement: Statement;
  readonly values: readonly (string | null)[];
}

const variantsMax = 64;
const noModes: ReadonlyMap<string, Mode> = new Map();

/** For as long as the catalogue stands. Throws for a template that PostgreSQL cannot say, or a name that is in no statement. */
export function statements(catalogue: Catalogue): (template: SourceTemplate, values: readonly BoundValue[]) => BoundStatement {
  const known = new WeakMap<SourceTemplate, Map<string, Statement>>();

  const statementOf = (template: SourceTemplate, modes: ReadonlyMap<string, Mode>): Statement => {
    let variants = known.get(template);
    if (variants === undefined) {
      variants = new Map();
      known.set(template, variants);
    }
    const key = JSON.stringify([...modes]);
    let statement = variants.get(key);
    if (statement === undefined) {
      if (variants.size >= variantsMax) variants.clear();
      statement = named(renderQuery(template, postgresDialect(catalogue, modes)));
      variants.set(key, statement);
    }
    return statement;
  };

  return (template, values) => {
    const statement = statementOf(template, noModes);
    const bound = bind(statement.parameters, values);
    if (bound.modes.size === 0) return { statement, values: bound.values };
    const varied = statementOf(template, bound.modes);
    const again = bind(varied.parameters, values);
    // A slot that fits nowhere in one type may stand in another's place now; it cannot be unfit for that too.
    if (again.modes.size > 0) throw new Error("a value fits in no type");
    return { statement: varied, values: again.values };
  };
}

const named = ({ text, parameters }: RenderedQuery): Statement => ({ name: `hub_${createHash("sha256").update(text).digest("hex").slice(0, 24)}`, text, parameters });

function bind(parameters: readonly Parameter[], values: readonly BoundValue[]): { values: (string | null)[]; modes: ReadonlyMap<string, Mode> } {
  const modes = new Map<string, Mode>();
  const bound = parameters.map((parameter) => {
    const encoded = encodeParameter(parameter, values);
    if (!isUnfit(encoded)) return encoded;
    if (parameter.kind === "slot") modes.set(modeKey(parameter.slot, parameter.type ?? "", parameter.as), encoded.mode);
    return null;
  });
  return { values: bound, modes: sorted(modes) };
}

const sorted = (modes: ReadonlyMap<string, Mode>): ReadonlyMap<string, Mode> => new Map([...modes].sort(([a], [b]) => (a < b ? -1 : 1)));

function encodeParameter(parameter: Parameter, values: readonly BoundValue[]): Encoded {
  // The row limit and nothing else stands without a type.
  const type = (parameter.type ?? "int") as PgClass | "heldPrefix" | "encoded";
  if (parameter.kind === "constant") {
    if (type === "encoded") return String(parameter.value);
    if (type === "heldPrefix") return heldPrefix(String(parameter.value));
    return encode(parameter.value, type);
  }
  const value = values[parameter.slot];
  if (value === undefined) throw new TypeError("a query has no value for one of its slots");
  if (parameter.as === "list") {
    if (!isList(value)) throw new TypeError("one value stands where a list is expected");
    return encodeList(value, type as PgClass);
  }
  if (isList(value)) throw new TypeError("a list stands where one value is expected");
  if (type === "heldPrefix") return heldPrefix(String(value));
  if (type === "encoded") throw new TypeError("only a constant is encoded when its text is written");
  if (parameter.as === "value") return type === "numeric" ? encodeNumeric(value) : encode(value, type);
  const end = value === null ? null : prefixEnd(String(value));
  return value !== null && end === null ? { mode: "nul" } : encode(end, type);
}
