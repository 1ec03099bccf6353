/**
 * The part of the query language of SensorThings 1.1 that the demonstration serves: `$filter` with comparisons, `and`, `or`, `not` and
 * brackets over properties and relations; `$orderby`, `$select`, `$expand` with options of its own. What is beyond it is a 400.
 */
import type { Entity } from "./data.ts";

export class BadQuery extends Error {}

export type Filter = (entity: Entity) => boolean;
export interface Expand {
  readonly name: string;
  readonly options: Options;
}
export interface Options {
  readonly select: readonly string[] | null;
  readonly expand: readonly Expand[];
}

type Scalar = string | number | boolean | null;

/** `Datastream/ObservedProperty/name`, `properties/code`, `id`; the start of an interval. Null where the path leads nowhere. */
function valueAt(entity: Entity, path: readonly string[]): Scalar {
  let current: unknown = entity;
  for (const step of path) {
    const at = current as Partial<Entity> & Record<string, unknown>;
    if (typeof at !== "object" || at === null) return null;
    if (at.own === undefined || at.related === undefined) current = at[step];
    else if (step === "id" || step === "@iot.id") current = at.id;
    else if (Object.hasOwn(at.related, step)) current = at.related[step]?.();
    else current = Object.hasOwn(at.own, step) ? at.own[step] : undefined;
    if (Array.isArray(current)) throw new BadQuery(`${path.join("/")} leads to several entities`);
  }
  if (typeof current === "string") return /^\d{4}-\d{2}-\d{2}T[^/]*\//.test(current) ? (current.split("/")[0] ?? null) : current;
  return typeof current === "number" || typeof current === "boolean" ? current : null;
}

const tokenForm = /\s*(?:('(?:[^']|'')*')|(\d{4}-\d{2}-\d{2}T[0-9:.]+(?:Z|[+-]\d{2}:\d{2}))|(-?\d+(?:\.\d+)?)|([A-Za-z_@][\w.@]*(?:\/[A-Za-z_@][\w.@]*)*)|([()]))/y;

type Token = { readonly kind: "text" | "time" | "number" | "name" | "bracket"; readonly text: string };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  tokenForm.lastIndex = 0;
  while (tokenForm.lastIndex < text.trimEnd().length) {
    const at = tokenForm.lastIndex;
    const match = tokenForm.exec(text);
    if (!match) throw new BadQuery(`$filter cannot be read from character ${at + 1}`);
    const kinds = ["text", "time", "number", "name", "bracket"] as const;
    const place = kinds.findIndex((_, index) => match[index + 1] !== undefined);
    found.push({ kind: kinds[place] ?? "name", text: match[place + 1] ?? "" });
  }
  return found;
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = { eq: (o) => o === 0, ne: (o) => o !== 0, gt: (o) => o > 0, ge: (o) => o >= 0, lt: (o) => o < 0, le: (o) => o <= 0 };

export function parseFilter(text: string): Filter {
  const list = tokens(text);
  let at = 0;
  const peek = (word: string): boolean => list[at]?.text === word;
  const need = (word: string): void => {
    if (!peek(word)) throw new BadQuery(`$filter needs ${word}`);
    at += 1;
  };
  const or = (): Filter => {
    const left = and();
    if (!peek("or")) return left;
    at += 1;
    const right = or();
    return (entity) => left(entity) || right(entity);
  };
  const and = (): Filter => {
    const left = one();
    if (!peek("and")) return left;
    at += 1;
    const right = and();
    return (entity) => left(entity) && right(entity);
  };
  const one = (): Filter => {
    if (peek("not")) {
      at += 1;
      const inner = one();
      return (entity) => !inner(entity);
    }
    if (peek("(")) {
      at += 1;
      const inner = or();
      need(")");
      return inner;
    }
    const left = operand();
    const word = list[at]?.text ?? "";
    const holds = Object.hasOwn(comparisons, word) ? comparisons[word] : undefined;
    if (!holds) throw new BadQuery("$filter compares by eq, ne, gt, ge, lt and le");
    at += 1;
    const right = operand();
    return (entity) => {
      const [a, b] = [left(entity), right(entity)];
      return a !== null && b !== null && holds(orderOf(a, b));
    };
  };
  const operand = (): ((entity: Entity) => Scalar) => {
    const token = list[at];
    at += 1;
    switch (token?.kind) {
      case "text": {
        const said = token.text.slice(1, -1).replaceAll("''", "'");
        return () => said;
      }
      case "time":
      case "number": {
        const value = token.kind === "number" ? Number(token.text) : token.text;
        return () => value;
      }
      case "name": {
        const path = token.text.split("/");
        return (entity) => valueAt(entity, path);
      }
      default:
        throw new BadQuery("$filter ends too early");
    }
  };
  const filter = or();
  if (at < list.length) throw new BadQuery("$filter goes on where it should end");
  return filter;
}

const isTime = (value: Scalar): value is string => typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value);

function orderOf(a: Scalar, b: Scalar): number {
  const [x, y] = isTime(a) && isTime(b) ? [Date.parse(a), Date.parse(b)] : typeof a === typeof b ? [a, b] : [String(a), String(b)];
  return x === y ? 0 : (x as number) < (y as number) ? -1 : 1;
}

export function parseOrder(text: string): (a: Entity, b: Entity) => number {
  const keys = text.split(",").map((key) => {
    const found = /^\s*([\w/@.]+)(?:\s+(asc|desc))?\s*$/.exec(key);
    if (!found) throw new BadQuery("$orderby is a list of properties, each with asc or desc");
    return { path: (found[1] ?? "").split("/"), sign: found[2] === "desc" ? -1 : 1 };
  });
  return (a, b) => {
    for (const { path, sign } of keys) {
      const order = orderOf(valueAt(a, path), valueAt(b, path)) * sign;
      if (order !== 0) return order;
    }
    return a.id - b.id;
  };
}

/** Divides at a separator that stands in no brackets. */
function divide(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")") depth -= 1;
    else if (text[at] === separator && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

export const parseSelect = (text: string): readonly string[] => text.split(",").map((name) => name.trim());

export function parseExpand(text: string): readonly Expand[] {
  return divide(text, ",").map((part) => {
    const found = /^\s*([A-Za-z]+)\s*(?:\((.*)\))?\s*$/s.exec(part);
    if (!found) throw new BadQuery("$expand is a list of relations");
    const options = (found[2] ?? "") === "" ? [] : divide(found[2] ?? "", ";").map((option) => option.trim().split(/=(.*)/s) as [string, string]);
    for (const [name] of options) if (name !== "$select" && name !== "$expand") throw new BadQuery(`${name} is not served inside $expand`);
    const given = Object.fromEntries(options);
    return {
      name: found[1] ?? "",
      options: { select: given["$select"] === undefined ? null : parseSelect(given["$select"]), expand: given["$expand"] === undefined ? [] : parseExpand(given["$expand"]) },
    };
  });
}
