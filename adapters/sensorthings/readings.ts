/** A column's cell out of an entity's JSON. */
import { cellText, isArray, isObject, type ExactJson } from "../http/exactJson.ts";
import type { ColumnPath } from "./entitySets.ts";

export function readColumn(entity: ExactJson, { steps, reading }: ColumnPath): string | null {
  const value = follow(entity, steps);
  switch (reading.kind) {
    case "cell":
      return cellText(value);
    case "coordinate":
      return coordinate(value, reading.place);
    case "time": {
      const text = typeof value === "string" ? value : null;
      if (text === null) return null;
      const [start = "", end = null] = text.split("/");
      return reading.end === "start" ? instantText(start) : end === null ? null : instantText(end);
    }
  }
}

function follow(entity: ExactJson, steps: readonly string[]): ExactJson | undefined {
  let current: ExactJson | undefined = entity;
  for (const step of steps) {
    if (isArray(current)) current = /^\d{1,4}$/.test(step) ? current[Number(step)] : undefined;
    else if (isObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}

/** GeoJSON puts longitude first (RFC 7946 §3.1.1). */
function coordinate(value: ExactJson | undefined, place: 0 | 1): string | null {
  if (!isObject(value)) return null;
  if (value["type"] === "Feature") return coordinate(value["geometry"], place);
  const { coordinates } = value;
  return value["type"] === "Point" && isArray(coordinates) ? cellText(coordinates[place]) : null;
}

const iso = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2})?(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})$/;

/** One spelling for one instant, so that texts order as times do: `2026-06-01T00:00:00.000Z`. NULL for what is no instant. */
export function instantText(text: string): string | null {
  const found = iso.exec(text.trim());
  if (!found) return null;
  const [, date, clock, seconds = ":00", fraction = "", zone = "Z"] = found;
  const at = Date.parse(`${date}T${clock}${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${zone}`);
  if (Number.isNaN(at)) return null;
  const spelt = new Date(at).toISOString();
  // The calendar of JavaScript takes 30 February for 1 March.
  return new Date(Date.parse(`${date}T00:00:00Z`)).toISOString().startsWith(date ?? "") && spelt.length === 24 ? spelt : null;
}

export const isInstantText = (text: string): boolean => instantText(text) === text;
