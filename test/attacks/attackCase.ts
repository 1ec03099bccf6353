/** An attack as data: who asks what, and what must come of it. A door that comes later runs the same rows. */
import type { AgencyName } from "./fixture/levels.ts";

/** P: the public catalogue; V: what the view law adds to it. */
export type AttackId = `P${number}` | `V${number}`;

/** A row's id in the asker's own spelling, put in before the query is sent. */
export interface RowId {
  readonly rowId: { readonly entity: string; readonly source: string; readonly no: string };
  /** In another agency's spelling. */
  readonly spelledFor?: AgencyName;
}
export const rowId = (entity: string, source: string, no: string): RowId => ({ rowId: { entity, source, no } });

export type Variables = Readonly<Record<string, unknown>>;

/** The same request with another name in the place of one, or with other variables. */
export type Twin = { readonly name: string; readonly like: string } | { readonly variables: Variables };

export type Expected =
  /** Refused without a source call, byte for byte as its twin, whose name exists nowhere. */
  | { readonly kind: "NX"; readonly name: string; readonly like: string }
  /** Answered byte for byte as its twin, which asks for what never existed. */
  | { readonly kind: "ROW0"; readonly twin: Twin; readonly data: unknown }
  /** Exactly these data, in which a masked cell has its masked form. */
  | { readonly kind: "MSK" | "DATA"; readonly data: unknown }
  /** Refused by its form, whatever the names in it: no source call. */
  | { readonly kind: "RJ" | "LIM" | "AUTH"; readonly status: number; readonly code: string };

export interface AttackCase {
  readonly id: AttackId;
  readonly what: string;
  readonly agency: AgencyName | null;
  /** Carried by the token; `check` by default. */
  readonly purpose?: string;
  readonly query: string;
  readonly variables?: Variables;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly expect: Expected;
}

export const nx = (name: string, like: string): Expected => ({ kind: "NX", name, like });
