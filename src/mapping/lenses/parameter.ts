/** What a stage needs beside its value: a constant, or a field with lenses of its own. */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";
import type { ParameterSpec } from "./lensSpec.ts";
import type { Chain } from "./chain.ts";

export interface Parameter {
  /** Null where it is read from the row. */
  readonly constant: string | null;
  read(cells: readonly Cell[]): string | null;
}

/** `compile` is handed in, since a parameter is a chain inside a chain. */
export function parameterOf(spec: ParameterSpec, compile: (lens: Extract<ParameterSpec, { lens: unknown }>["lens"]) => Chain): Parameter {
  if ("constant" in spec) return { constant: spec.constant, read: () => spec.constant };
  const chain = compile(spec.lens);
  return {
    constant: null,
    read: (cells) => {
      const value = chain.read(spec.inputs.map((input) => cells[input] ?? null));
      return value === null || typeof value === "object" ? null : String(value);
    },
  };
}
