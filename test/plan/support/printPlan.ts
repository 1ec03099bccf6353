/** Plans and layouts as JSON: definitions by their names, functions by what they make of three cells. */
import type { AttributeDef, EntityDef } from "../../../schema/vocabulary.ts";

const isEntity = (value: object): value is EntityDef => "attributes" in value && "singular" in value;
const isAttribute = (value: object): value is AttributeDef => "sensitivity" in value;
const isField = (value: object): value is { attribute: AttributeDef } => "fedBy" in value && "attribute" in value;

/** Parts of a plan that are inputs of it, caches, or means of lowering that stay beside the layout. */
const left = new Set(["context", "mapped", "lowered", "mapping", "lens"]);

function plain(value: unknown): unknown {
  if (typeof value === "function") return `f(${["null", `"2024-05-06"`, "1706745600000"].map((cell) => shown((value as (cell: unknown) => unknown)(JSON.parse(cell)))).join(" | ")})`;
  if (typeof value === "bigint") return `${value}n`;
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) return String(value);
  if (value === null || typeof value !== "object") return value;
  if (isEntity(value)) return `entity ${value.name}`;
  if (isAttribute(value)) return `${value.entity}.${value.name}`;
  if (isField(value)) return `field ${value.attribute.entity}.${value.attribute.name}`;
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [plain(key), plain(item)]) };
  if (value instanceof Set) return { set: [...value].map(plain) };
  if (Array.isArray(value)) return value.map(plain);
  if ("mapping" in value && "id" in value) return `source ${String(value.id)}`;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !left.has(key)).map(([key, item]) => [key, key === "linear" ? linearShown(item as (split: readonly unknown[]) => unknown) : plain(item)]));
}

const shown = (value: unknown): string => JSON.stringify(plain(value));
const linearShown = (linear: (split: readonly unknown[]) => unknown): string => `f(${shown(linear([]))} | ${shown(linear(["bad"]))})`;

/** Lines of at most some width: small values stand in one line. */
export function printPlan(value: unknown): string {
  const print = (part: unknown, indent: string): string => {
    const flat = JSON.stringify(part);
    if (flat.length + indent.length <= 150 || part === null || typeof part !== "object") return flat;
    const inner = `${indent} `;
    if (Array.isArray(part)) return `[\n${part.map((item) => inner + print(item, inner)).join(",\n")}\n${indent}]`;
    return `{\n${Object.entries(part).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${print(item, inner)}`).join(",\n")}\n${indent}}`;
  };
  return print(plain(value), "");
}
