/**
 * A lens chain as plain JSON: what `source.yaml` says of one field, resolved. It crosses to the source's worker, where the same
 * functions run as SQL functions, so there is one implementation.
 *
 * Worker files and everything they import are erasable TypeScript without decorators, so that Node runs them from source in tests.
 */

export interface LensSpec {
  /** One take and at most one of each stage; the order here does not matter, they run in the order of languages.md §2. */
  readonly stages: readonly StageSpec[];
  /** Type of the attribute that comes out, with what is needed to print it. */
  readonly result: ResultSpec;
  /** IANA zone for times that carry none. */
  readonly timeZone: string;
}

export type ResultSpec =
  | { readonly kind: "text" | "boolean" | "integer" | "instant" | "date" | "pollutant" | "region" | "link" }
  /** `values`: any other text is NULL. */
  | { readonly kind: "enum"; readonly values?: readonly string[] }
  | { readonly kind: "decimal"; readonly scale: number }
  | { readonly kind: "list"; readonly values?: readonly string[] }
  /** Only with the take `object`. */
  | { readonly kind: "object" };

/** A text, number or boolean as the attribute has it; decimals as text, so that JSON keeps them exact. */
export type PlainValue = string | number | boolean;

/**
 * Something that a stage needs beside the value: a constant, or a field of its own. `inputs` are positions in the chain's cells;
 * the lens sees just those, numbered from 0.
 */
export type ParameterSpec = { readonly constant: string } | { readonly inputs: readonly number[]; readonly lens: LensSpec };

export type Normalisation = "trim" | "width" | "upper" | "html-text" | "penalty-number" | "uscc";

/** Inputs of a take are the first cells of the chain; cells of parameters follow. */
export type TakeSpec =
  | { readonly stage: "column" }
  /** The first `count` cells joined; NULL if one is missing. `glue` between them. */
  | { readonly stage: "columns"; readonly count: number; readonly glue: string }
  | { readonly stage: "constant"; readonly value: PlainValue }
  /** The i-th cell says whether the i-th code is in the list. */
  | { readonly stage: "flags"; readonly codes: readonly string[] }
  /** An object of parts, each a chain over some of the cells. `needs: all`: NULL if one part is (a half position is none). */
  | {
      readonly stage: "object";
      readonly parts: readonly { readonly name: string; readonly inputs: readonly number[]; readonly lens: LensSpec }[];
      readonly needs: "all" | "any";
    };

export type StageSpec =
  | TakeSpec
  | { readonly stage: "missing"; readonly texts: readonly string[] }
  | { readonly stage: "normalise"; readonly how: readonly Normalisation[] }
  | { readonly stage: "match"; readonly pattern: string }
  | BoundsSpec
  /** `separator: null` is JSON. Later stages act on each element. */
  | { readonly stage: "list"; readonly separator: string | null }
  /** Tried in order; the first that reads the text wins. */
  | { readonly stage: "format"; readonly formats: readonly string[] }
  /** `"*"` is any other text; without it an unlisted text is NULL. */
  | { readonly stage: "codes"; readonly table: Readonly<Record<string, string>> }
  | UnitSpec
  /** The other end of a time interval: the value is one end, what comes out is the end named by `give`. */
  | { readonly stage: "span"; readonly give: "start" | "end"; readonly averaging: ParameterSpec }
  /** On positions; checks the range of lon and lat in either case. */
  | { readonly stage: "crs"; readonly from: "WGS-84" | "GCJ-02" }
  | { readonly stage: "else"; readonly value: PlainValue };

/**
 * `give: value`: what stands at `*` (NULL where the pattern has no `*`). `give: censor`: BELOW, ABOVE, or NULL where the cell says no
 * bound; only take, `missing`, `normalise` and `match` come before it, other stages do not act.
 */
export interface BoundsSpec {
  readonly stage: "bounds";
  readonly below: readonly string[];
  readonly above: readonly string[];
  readonly give: "value" | "censor";
}

export interface UnitSpec {
  readonly stage: "unit";
  /** What the source counts in: a code of `schema/codes/units.ts` or one of its other spellings. */
  readonly unit: ParameterSpec;
  /** Decides the molar mass and, where `to` is null, the canonical unit. */
  readonly pollutant: ParameterSpec | null;
  /** A fixed canonical unit, or null: that of the pollutant. */
  readonly to: string | null;
  /** State of the gas for ppb and ppm; 298.15 K unless the mapping says more. */
  readonly at: "298.15K" | "273.15K";
}

