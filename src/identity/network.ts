/** The network file as data: agencies, groups, purposes. `parseNetwork.ts` makes it from `network.yaml`. */
import type { AgencyId, Purpose, RegionCode } from "../../schema/ids.ts";

export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** Scalar or list of text; a missing attribute is not in the record. */
export type AgencyAttribute = string | readonly string[];

export interface Agency {
  readonly id: AgencyId;
  readonly name: Words;
  /** One line on what the agency may see, for the start-up screen and the sandbox. */
  readonly about: Words | null;
  readonly region: RegionCode | null;
  readonly purposes: readonly Purpose[];
  /** Everything that rules may name as `$agency.…`, `region` included. */
  readonly attributes: Readonly<Record<string, AgencyAttribute>>;
}

export interface Steward {
  readonly person: string;
  readonly name: Words;
  readonly regions: readonly RegionCode[];
}

export interface Network {
  readonly timeZone: string;
  readonly anonymous: AgencyId | null;
  readonly demonstration: boolean;
  readonly purposes: ReadonlyMap<Purpose, Words>;
  readonly agencies: ReadonlyMap<AgencyId, Agency>;
  /** Flattened: every agency of the group, nested groups resolved, cycles refused. */
  readonly groups: ReadonlyMap<string, ReadonlySet<AgencyId>>;
  readonly stewards: ReadonlyMap<string, Steward>;
  readonly issuers: readonly ExternalIssuer[];
  readonly budgets: Budgets;
  /** What an operation may take, whatever its sources do. */
  readonly deadlineMs: number;
}

/** What an agency may ask for, in estimated units (`src/plan/cost.ts`). */
export interface Budget {
  /** The most that one operation may cost. */
  readonly operation: number;
  readonly perMinute: number;
  readonly perDay: number;
}

export interface Budgets {
  /** Of agencies that are not named. */
  readonly others: Budget;
  readonly agencies: ReadonlyMap<AgencyId, AgencyBudgets>;
}

export interface AgencyBudgets {
  /** For purposes that are not named. */
  readonly others: Budget;
  readonly purposes: ReadonlyMap<Purpose, Budget>;
}

/** Each agency has a budget of its own for each purpose. */
export const budgetOf = ({ budgets }: Pick<Network, "budgets">, agency: AgencyId, purpose: Purpose | null): Budget => {
  const own = budgets.agencies.get(agency);
  if (own === undefined) return budgets.others;
  return (purpose === null ? undefined : own.purposes.get(purpose)) ?? own.others;
};

/** An external identity provider whose tokens the hub accepts. */
export interface ExternalIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  readonly algorithms: readonly string[];
  /** Claim that names the agency. */
  readonly agencyClaim: string;
}
