/** The part of JSON Schema that the emitted files use: enough to say where a document does not fit. */
import type { JsonSchema } from "../../schema/files/shapes.ts";

type Root = JsonSchema & { readonly definitions?: Readonly<Record<string, JsonSchema>> };
const known = new Set(["$schema", "$comment", "$ref", "title", "description", "definitions", "type", "enum", "anyOf", "items", "minItems", "maxItems", "minimum", "pattern", "properties", "patternProperties", "additionalProperties", "required"]);

/** Faults as `path: what is wrong`; none where the value fits. */
export function faultsOf(value: unknown, root: Root, schema: JsonSchema = root, path = ""): readonly string[] {
  const strange = Object.keys(schema).find((word) => !known.has(word));
  if (strange !== undefined) throw new Error(`this validator does not know ${strange}`);
  if (typeof schema.$ref === "string") {
    const target = root.definitions?.[schema.$ref.replace("#/definitions/", "")];
    return target === undefined ? [`${path}: ${schema.$ref} leads nowhere`] : faultsOf(value, root, target, path);
  }
  const faults: string[] = [];
  if (Array.isArray(schema.anyOf)) {
    const tries = (schema.anyOf as JsonSchema[]).map((each) => faultsOf(value, root, each, path));
    // The longest complaint's path went deepest: that alternative was meant.
    if (!tries.some((each) => each.length === 0)) faults.push(...(tries.sort((a, b) => (b[0]?.length ?? 0) - (a[0]?.length ?? 0))[0] ?? []));
  }
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOf(value, String(type)))) return [...faults, `${path}: is no ${String(schema.type)}`];
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) faults.push(`${path}: ${String(value)} is not allowed`);
  if (typeof schema.pattern === "string" && typeof value === "string" && !new RegExp(schema.pattern, "u").test(value)) faults.push(`${path}: does not match`);
  if (typeof schema.minimum === "number" && typeof value === "number" && value < schema.minimum) faults.push(`${path}: is too small`);
  if (Array.isArray(value)) {
    if (typeof schema.minItems === "number" && value.length < schema.minItems) faults.push(`${path}: is too short`);
    if (schema.items !== undefined) value.forEach((item, index) => void faults.push(...faultsOf(item, root, schema.items as JsonSchema, `${path}[${index}]`)));
    return faults;
  }
  if (typeof value !== "object" || value === null) return faults;
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  const patterns = Object.entries((schema.patternProperties ?? {}) as Readonly<Record<string, JsonSchema>>);
  for (const name of (schema.required ?? []) as readonly string[]) if (!Object.hasOwn(value, name)) faults.push(`${path}: has no ${name}`);
  for (const [name, inner] of Object.entries(value)) {
    const at = `${path}.${name}`;
    const of = (Object.hasOwn(properties, name) ? properties[name] : undefined) ?? patterns.find(([pattern]) => new RegExp(pattern, "u").test(name))?.[1];
    if (of !== undefined) faults.push(...faultsOf(inner, root, of, at));
    else if (schema.additionalProperties === false) faults.push(`${at}: is no word here`);
    else if (typeof schema.additionalProperties === "object") faults.push(...faultsOf(inner, root, schema.additionalProperties as JsonSchema, at));
  }
  return faults;
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
