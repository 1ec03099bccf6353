/** How the four kinds of values are read: scalars, lists, objects, and the censor mark beside a value. `else` comes after all. */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import { powerOfTen, scaledInteger, type Decimal } from "../../harmonise/decimal.ts";
import { endOf, spanOf, startOf } from "../../harmonise/span.ts";
import type { Unified, UnifiedObject } from "../../harmonise/unified.ts";
import { applyLinear, identity, type Linear } from "../../harmonise/units.ts";
import { readBound } from "./bounds.ts";
import type { Chain } from "./chain.ts";
import { toWgs84 } from "./crs.ts";
import type { LensSpec, StageSpec } from "./lensSpec.ts";
import { splitList } from "./list.ts";
import { parameterOf } from "./parameter.ts";
import { cleanedCell, inTurn, limitStep, plainReader, stageOf, typeSteps, zoneOfSpec, type Source } from "./stages.ts";
import { takeFlags } from "./take.ts";
import { unitLinear } from "./unit.ts";
import { textOf, type Raw } from "./value.ts";

export interface Reading {
  read(cells: readonly Cell[]): Unified;
  number(cells: readonly Cell[]): Decimal | null;
  linear(cells: readonly Cell[]): Linear | null;
}

type Compile = (spec: LensSpec) => Chain;

const notNumber = { number: () => null, linear: () => identity };

export function scalarReading(spec: LensSpec, compile: Compile): Reading {
  const source = scalarSource(spec);
  const { result } = spec;
  if (result.kind === "decimal") return decimalReading(spec, source, result.scale, compile);
  const span = stageOf(spec, "span");
  if (span) return { ...notNumber, read: spanReader(spec, span, source, compile) };
  if (result.kind !== "integer") return { ...notNumber, read: source };
  return { read: source, number: (cells) => source(cells) as number | null, linear: () => identity };
}

function scalarSource(spec: LensSpec): Source {
  const constant = stageOf(spec, "constant");
  if (!constant) return inTurn(cleanedCell(spec), [...limitStep(spec), ...typeSteps(spec)]);
  const value = plainReader(spec)(constant.value) as Raw | null;
  return () => value;
}

function decimalReading(spec: LensSpec, source: Source, scale: number, compile: Compile): Reading {
  const stage = stageOf(spec, "unit");
  const holds = printable(scale);
  if (!stage) {
    const read = (cells: readonly Cell[]): Decimal | null => {
      const value = source(cells) as Decimal | null;
      return value !== null && holds(value) ? value : null;
    };
    return { read, number: read, linear: () => identity };
  }
  const linear = unitLinear(stage, {
    unit: parameterOf(stage.unit, compile),
    pollutant: stage.pollutant && parameterOf(stage.pollutant, compile),
  });
  const converted = (value: Decimal | null, cells: readonly Cell[]): Decimal | null => {
    const conversion = value === null ? null : linear(cells);
    if (value === null || conversion === null) return null;
    const unified = applyLinear(value, conversion);
    return holds(unified) ? unified : null;
  };
  return {
    read: (cells) => converted(source(cells) as Decimal | null, cells),
    number: (cells) => {
      const value = source(cells) as Decimal | null;
      return converted(value, cells) === null ? null : value;
    },
    linear,
  };
}

/** Whether the printed form is a safe integer at the scale. What is larger is no measurement and no sum of money: NULL everywhere. */
function printable(scale: number): (value: Decimal) => boolean {
  const surelyBelow = 9e15 / Number(powerOfTen(scale));
  return (value) => {
    const size = Math.abs(typeof value === "number" ? value : Number(value.n) / Number(value.d));
    return size < surelyBelow || typeof scaledInteger(value, scale) === "number";
  };
}

function spanReader(spec: LensSpec, stage: Extract<StageSpec, { stage: "span" }>, source: Source, compile: Compile): Source {
  const zone = zoneOfSpec(spec);
  const averaging = parameterOf(stage.averaging, compile);
  const otherEnd = stage.give === "end" ? endOf : startOf;
  return (cells) => {
    const instant = source(cells);
    const text = typeof instant === "number" ? averaging.read(cells) : null;
    const span = text === null ? null : spanOf(text);
    return span === null ? null : otherEnd(instant as number, span, zone);
  };
}

/** Elements that come out as NULL are left out; a list without elements is empty, not NULL. */
export function listReading(spec: LensSpec): Reading {
  const constant = stageOf(spec, "constant");
  if (constant) {
    const value = plainReader(spec)(constant.value);
    return { ...notNumber, read: () => value };
  }
  const elementOf = inTurn((cells) => cells[0] as Raw | null, typeSteps(spec));
  const finish = (elements: readonly Raw[]): readonly string[] => {
    const texts: string[] = [];
    for (const element of elements) {
      const value = elementOf([element as Cell]);
      if (value !== null) texts.push(textOf(value));
    }
    return texts;
  };
  const flags = stageOf(spec, "flags");
  if (flags) {
    const take = takeFlags(flags.codes);
    return { ...notNumber, read: (cells) => finish(take(cells)) };
  }
  const source = cleanedCell(spec);
  const stage = stageOf(spec, "list");
  // Without `list` the cell is the only element.
  const split = stage ? splitList(stage.separator) : (value: Raw) => [value];
  return {
    ...notNumber,
    read: (cells) => {
      const value = source(cells);
      const elements = value === null ? null : split(value);
      return elements === null ? null : finish(elements);
    },
  };
}

export function objectReading(spec: LensSpec, compile: Compile): Reading {
  const take = stageOf(spec, "object");
  const crs = stageOf(spec, "crs");
  const parts = (take?.parts ?? []).map(({ name, inputs, lens }) => ({ name, inputs, chain: compile(lens) }));
  const needsAll = take?.needs === "all";
  return {
    ...notNumber,
    read: (cells) => {
      const value: Record<string, UnifiedObject[string]> = {};
      let found = 0;
      for (const { name, inputs, chain } of parts) {
        const part = chain.read(inputs.map((input) => cells[input] ?? null));
        if (part !== null) found++;
        value[name] = typeof part === "boolean" ? String(part) : (part as UnifiedObject[string]);
      }
      if (found === 0 || (needsAll && found < parts.length)) return null;
      return crs ? toWgs84(value, crs.from) : value;
    },
  };
}

/** BELOW or ABOVE where the cell says a bound; NULL for a measurement as for nothing. */
export function censorReading(spec: LensSpec): Reading {
  const source = cleanedCell(spec);
  const bounds = stageOf(spec, "bounds");
  const boundOf = readBound(bounds?.below ?? [], bounds?.above ?? []);
  return {
    ...notNumber,
    read: (cells) => {
      const text = source(cells);
      return typeof text === "string" ? (boundOf(text)?.censor ?? null) : null;
    },
  };
}
