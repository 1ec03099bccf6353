/** Templates as statements: each template once, and once more for each way in which its values must be said otherwise. */
import { createHash } from "node:crypto";
import type { BoundValue, Cell, SourceTemplate } from "../contract/sourceQuery.ts";
import type { Parameter, RenderedQuery } from "./dialect.ts";

/** `Shape`: what a kind remembers of a statement's columns. */
export interface Statement<Shape = unknown> {
  /** The same text has the same name on every connection. */
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly shape: Shape;
}

export interface BoundStatement<Shape = unknown> {
  readonly statement: Statement<Shape>;
  readonly values: readonly (string | null)[];
}

/** A value that its parameter cannot hold as it stands: how the statement is said instead. */
export interface Unfit<Mode extends string = string> {
  readonly mode: Mode;
}
export type Encoded<Mode extends string = string> = string | null | Unfit<Mode>;
export const isUnfit = <Mode extends string>(encoded: Encoded<Mode>): encoded is Unfit<Mode> => typeof encoded === "object" && encoded !== null;

export const isList = (value: BoundValue): value is readonly Cell[] => Array.isArray(value);

/** Under what a slot's value was found not to fit: one slot may stand beside columns of several types. */
export const modeKey = (slot: number, type: string, as: string): string => `${slot} ${type} ${as}`;

export interface StatementWords<Mode extends string, Shape> {
  render(template: SourceTemplate, modes: ReadonlyMap<string, Mode>): RenderedQuery & { readonly shape: Shape };
  encode(parameter: Parameter, values: readonly BoundValue[]): Encoded<Mode>;
}

const variantsMax = 64;

/** For as long as the catalogue stands behind the words. Throws for a template that the dialect cannot say, or a name that is in no statement. */
export function statements<Mode extends string, Shape>(words: StatementWords<Mode, Shape>): (template: SourceTemplate, values: readonly BoundValue[]) => BoundStatement<Shape> {
  const known = new WeakMap<SourceTemplate, Map<string, Statement<Shape>>>();
  const noModes: ReadonlyMap<string, Mode> = new Map();

  const statementOf = (template: SourceTemplate, modes: ReadonlyMap<string, Mode>): Statement<Shape> => {
    let variants = known.get(template);
    if (variants === undefined) {
      variants = new Map();
      known.set(template, variants);
    }
    const key = JSON.stringify([...modes]);
    let statement = variants.get(key);
    if (statement === undefined) {
      if (variants.size >= variantsMax) variants.clear();
      statement = named(words.render(template, modes));
      variants.set(key, statement);
    }
    return statement;
  };

  function bind(parameters: readonly Parameter[], values: readonly BoundValue[]): { values: (string | null)[]; modes: ReadonlyMap<string, Mode> } {
    const modes = new Map<string, Mode>();
    const bound = parameters.map((parameter) => {
      const encoded = words.encode(parameter, values);
      if (!isUnfit(encoded)) return encoded;
      if (parameter.kind === "constant") throw new Error("a constant does not fit where it stands");
      modes.set(modeKey(parameter.slot, parameter.type ?? "", parameter.as), encoded.mode);
      return null;
    });
    return { values: bound, modes: sorted(modes) };
  }

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

const named = <Shape>({ text, parameters, shape }: RenderedQuery & { readonly shape: Shape }): Statement<Shape> => ({ name: `hub_${createHash("sha256").update(text).digest("hex").slice(0, 24)}`, text, parameters, shape });

const sorted = <Mode>(modes: ReadonlyMap<string, Mode>): ReadonlyMap<string, Mode> => new Map([...modes].sort(([a], [b]) => (a < b ? -1 : 1)));

/** The slot's value, of the kind that its parameter names. */
export function slotValue(parameter: Extract<Parameter, { kind: "slot" }>, values: readonly BoundValue[]): BoundValue {
  const value = values[parameter.slot];
  if (value === undefined) throw new TypeError("a query has no value for one of its slots");
  if (parameter.as === "list" && !isList(value)) throw new TypeError("one value stands where a list is expected");
  if (parameter.as !== "list" && isList(value)) throw new TypeError("a list stands where one value is expected");
  return value;
}
