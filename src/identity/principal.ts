/** Who asks: the value that `identify` makes from credentials and everything after it trusts. */
import type { Purpose } from "../../schema/ids.ts";
import type { Agency, Steward } from "./network.ts";

export interface AgencyPrincipal {
  readonly kind: "agency";
  readonly agency: Agency;
  readonly anonymous: boolean;
  /** Purposes that the token carries and the network still gives the agency. */
  readonly purposes: readonly Purpose[];
  /** Shown in every disclosure record: `cli`, `token-endpoint`, `sandbox`, an external issuer, or `anonymous`. */
  readonly mintedBy: string;
  readonly expiresAtMs: number;
}

export interface StewardPrincipal {
  readonly kind: "steward";
  readonly steward: Steward;
  readonly mintedBy: string;
  readonly expiresAtMs: number;
}

export type Principal = AgencyPrincipal | StewardPrincipal;
