/** Reading a `ConfigValue` field by field, every problem with its path; for kinds that have a `connection` or `tables` of their own. */
import { ConfigProblem, type ConfigValue } from "./tableReader.ts";

export type Path = readonly string[];
export type ConfigMap = { readonly [key: string]: ConfigValue };

export function configProblem(path: Path, problem: string): never {
  throw new ConfigProblem(path, problem);
}

const isList = (value: ConfigValue): value is readonly ConfigValue[] => Array.isArray(value);

/** A map whose keys are all in `known`; `known: null` = names of the file's author. */
export function readMap(value: ConfigValue | undefined, path: Path, known: readonly string[] | null): ConfigMap {
  if (value === undefined || typeof value === "string" || isList(value)) configProblem(path, "must be a map of names to values.");
  if (known) {
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) configProblem([...path, key], `\`${key}\` is not known here; known: ${known.join(", ")}.`);
    }
  }
  return value;
}

export function readText(value: ConfigValue | undefined, path: Path): string {
  if (typeof value !== "string" || value.trim() === "") configProblem(path, "must be one text that is not empty.");
  return value;
}

/** One text or a list of texts; at least one. */
export function readTexts(value: ConfigValue | undefined, path: Path): readonly string[] {
  if (value === undefined || typeof value === "string") return [readText(value, path)];
  if (!isList(value) || value.length === 0) configProblem(path, "must be a text or a list of texts.");
  return value.map((item, index) => readText(item, [...path, String(index)]));
}

export function readInteger(value: ConfigValue | undefined, path: Path, range: { least: number; greatest: number }): number {
  const text = readText(value, path);
  const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= range.least && number <= range.greatest)) {
    configProblem(path, `must be a whole number from ${range.least} to ${range.greatest}, not \`${text}\`.`);
  }
  return number;
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `2s`, `10m`, `1h`, `1d` → milliseconds. */
export function readDurationMs(value: ConfigValue | undefined, path: Path): number {
  const text = readText(value, path);
  const found = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const ms = Number(found?.[1] ?? 0) * (unitsMs[found?.[2] ?? ""] ?? 0);
  if (ms <= 0) configProblem(path, `must be a duration such as 500ms, 2s, 10m, 1h or 1d, not \`${text}\`.`);
  return ms;
}
