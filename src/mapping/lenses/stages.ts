/** Stages of a spec by name, and the parts of a chain that every kind of value shares. */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import { isInstant, zoneOf, type Zone } from "../../harmonise/zone.ts";
import { readBound } from "./bounds.ts";
import { codes } from "./codes.ts";
import { converter } from "./convert.ts";
import { format } from "./format.ts";
import type { LensSpec, PlainValue, StageSpec } from "./lensSpec.ts";
import { match } from "./match.ts";
import { normalise } from "./normalise.ts";
import { missing, takeColumns } from "./take.ts";
import { rawOf, textOf, type Raw, type Step } from "./value.ts";

type Named<Name extends StageSpec["stage"]> = Extract<StageSpec, { readonly stage: Name }>;

/** The stage of that name, if the chain has it: picking by name is what makes the written order not matter. */
export function stageOf<Name extends StageSpec["stage"]>(spec: LensSpec, name: Name): Named<Name> | undefined {
  return spec.stages.find((stage): stage is Named<Name> => stage.stage === name);
}

export function zoneOfSpec(spec: LensSpec): Zone {
  const zone = zoneOf(spec.timeZone);
  if (!zone) throw new Error(`unknown time zone ${spec.timeZone}`);
  return zone;
}

export type Source = (cells: readonly Cell[]) => Raw | null;

/** Take, `missing`, `normalise` and `match`: what stands in the source, as text or number. */
export function cleanedCell(spec: LensSpec): Source {
  const isMissing = missing(stageOf(spec, "missing")?.texts ?? []);
  const joined = stageOf(spec, "columns");
  const take: Source = joined
    ? takeColumns(joined.count, joined.glue, isMissing)
    : (cells) => {
        const value = rawOf(cells[0]);
        return value === null || isMissing(value) ? null : value;
      };
  const how = stageOf(spec, "normalise");
  const pattern = stageOf(spec, "match");
  return inTurn(take, [...(how ? [normalise(how.how)] : []), ...(pattern ? [match(pattern.pattern)] : [])]);
}

/** The limit of a bound in place of the text, where `below` and `above` are said. */
export function limitStep(spec: LensSpec): readonly Step[] {
  const bounds = stageOf(spec, "bounds");
  if (!bounds) return [];
  const boundOf = readBound(bounds.below, bounds.above);
  return [
    (value) => {
      const bound = typeof value === "string" ? boundOf(value) : null;
      return bound ? bound.limit : value;
    },
  ];
}

/** `format` or the attribute's plain spelling, and `codes`: to a value of the attribute's type. */
export function typeSteps(spec: LensSpec): readonly Step[] {
  const zone = zoneOfSpec(spec);
  const formats = stageOf(spec, "format");
  const table = stageOf(spec, "codes");
  const steps: Step[] = [];
  if (formats) {
    const step = format(formats.formats, spec.result.kind, zone);
    if (!step) throw new Error(`a ${spec.result.kind} cannot be read as ${formats.formats.join(", ")}`);
    steps.push(step);
  }
  if (table) steps.push(codes(table.table));
  // What a format answers has the type already.
  if (!formats || table) steps.push(converter(spec.result, zone));
  return steps;
}

export function inTurn(take: Source, steps: readonly Step[]): Source {
  if (steps.length === 0) return take;
  const [only] = steps;
  if (steps.length === 1 && only) {
    return (cells) => {
      const value = take(cells);
      return value === null ? null : only(value, cells);
    };
  }
  return (cells) => {
    let value = take(cells);
    for (const step of steps) {
      if (value === null) return null;
      value = step(value, cells);
    }
    return value;
  };
}

/** A value that the mapping writes down (`constant`, `else`), in the attribute's type; an instant may be epoch ms. */
export function plainReader(spec: LensSpec): (value: PlainValue) => Raw | readonly string[] | null {
  const convert = converter(spec.result, zoneOfSpec(spec));
  return (value) => {
    if (spec.result.kind === "instant" && typeof value === "number") return isInstant(value) ? value : null;
    const raw = rawOf(value);
    const read = raw === null ? null : convert(raw);
    return spec.result.kind === "list" && read !== null ? [textOf(read)] : read;
  };
}
