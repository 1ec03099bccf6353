/** A cell as a text that people compare: what a policy test says is printed, and keys of groups. */
import type { AttributeType } from "../../schema/vocabulary.ts";
import { printDecimal, type Decimal } from "../harmonise/decimal.ts";
import type { Unified, UnifiedObject } from "../harmonise/unified.ts";

/** Null for NULL. Objects spell as `{ lon: 114.51, lat: 38.04 }`, without parts that are NULL. */
export function spellCell(type: AttributeType, value: Unified): string | null {
  if (value === null) return null;
  switch (type.kind) {
    case "decimal":
      return printDecimal(value as Decimal, type.scale);
    case "object": {
      const parts = Object.entries(type.parts).flatMap(([name, part]) => {
        const text = spellCell(part.type, (value as UnifiedObject)[name] ?? null);
        return text === null ? [] : [`${name}: ${text}`];
      });
      return `{ ${parts.join(", ")} }`;
    }
    case "list":
      return `[${(value as readonly string[]).join(", ")}]`;
    default:
      return String(value);
  }
}
