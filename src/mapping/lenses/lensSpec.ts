/**
 * A lens chain as plain JSON: what `source.yaml` says of one field, resolved. It crosses to the source's worker, where the same
 * functions run as SQL functions, so there is one implementation.
 *
 * Worker files and everything they import are erasable TypeScript without decorators, so that Node runs them from source in tests.
 */
import type { Cell } from "../../../adapters/contract/sourceQuery.ts";

export interface LensSpec {
  readonly stages: readonly StageSpec[];
  /** Type of the attribute that comes out, with what is needed to print it. */
  readonly result:
    | { readonly kind: "text" | "enum" | "boolean" | "integer" | "instant" | "date" | "pollutant" | "region" | "link" }
    | { readonly kind: "decimal"; readonly scale: number }
    | { readonly kind: "list" };
  /** IANA zone for times that carry none. */
  readonly timeZone: string;
}

/** Stages in the order in which they always run (languages.md §2). The first inputs are the take's columns, parameters follow. */
export type StageSpec = { readonly stage: string; readonly [option: string]: unknown };
export type LensInputs = readonly Cell[];
