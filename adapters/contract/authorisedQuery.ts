/**
 * The only thing an adapter executes: a template with its values, minted by `src/plan/bind` from a plan that carries the permit.
 *
 * A TypeScript brand can be forged by a cast, so minted objects are remembered in a WeakSet and frozen; adapters call `assertMinted`
 * before anything else and before posting to a worker (structured clone loses identity).
 */
import type { BoundValue, SourceTemplate } from "./sourceQuery.ts";

export interface AuthorisedQuery {
  readonly source: string;
  readonly template: SourceTemplate;
  readonly values: readonly BoundValue[];
  /** Most rows that the adapter may hand over before it fails with OVER_CAP. */
  readonly rowsMax: number;
}

const minted = new WeakSet<object>();

/** Called by `src/plan/bind` alone; a floor test forbids any other import. */
export function mint(query: AuthorisedQuery): AuthorisedQuery {
  const frozen = Object.freeze({ ...query });
  minted.add(frozen);
  return frozen;
}

export function assertMinted(query: AuthorisedQuery): void {
  if (!minted.has(query)) throw new Error("an adapter was handed a query that no plan minted");
}
