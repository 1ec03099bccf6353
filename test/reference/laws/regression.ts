/** Cases that once broke a law, as rows that need no generator: `test/reference/regressions/*.json`, run with the tests. */
import { governed, modelInput, openWorld, settle } from "../harness/cases.ts";
import type { Encoded } from "../generator/encode.ts";
import type { Asking } from "../harness/hub.ts";
import type { ModelRule } from "../model.ts";
import type { Query } from "../query.ts";
import { checks, type LawName } from "./laws.ts";
import { newTally } from "./tally.ts";

export interface Regression {
  readonly name: string;
  readonly law: LawName;
  readonly network: Encoded;
  readonly other: Encoded | null;
  readonly rules: readonly ModelRule[];
  readonly asking: Asking;
  readonly query: Query;
  readonly salt: number;
}

/** JSON; an exact number of B is `{ "n": "…", "d": "…" }`. */
export const regressionText = (row: Regression): string => JSON.stringify(row, (_, part: unknown) => (typeof part === "bigint" ? part.toString() : part));

/** @throws where the text is no such row */
export function parseRegression(text: string): Regression {
  return JSON.parse(text, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Object.keys(part).join() !== "n,d") return part;
    const { n, d } = part as { n: string; d: string };
    return { n: BigInt(n), d: BigInt(d) };
  }) as Regression;
}

/** How the hub breaks the law, or null. */
export async function regress({ law, network, other, rules, asking, query, salt }: Regression): Promise<string | null> {
  const open = await openWorld(network, { reading: "inline" });
  const otherOpen = other === null ? null : await openWorld(other, { reading: "inline" });
  try {
    const [hub, otherHub] = [governed(open, rules), otherOpen === null ? null : governed(otherOpen, rules)];
    if (hub === null) return "the hub refuses the rules";
    const input = modelInput(open.rows, rules, asking);
    const pair = otherOpen === null || otherHub === null ? null : { open: otherOpen, hub: otherHub };
    return await checks[law]({ open, hub, input, asking, other: pair }, settle(input, query), salt, newTally());
  } finally {
    await open.close();
    await otherOpen?.close();
  }
}
