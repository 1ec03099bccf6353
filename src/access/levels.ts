/** The law of levels (semantics.md §2): grants raise to their maximum, restrictions lower to their minimum. */
import { levelChain, type AttributeDef, type Level } from "../../schema/vocabulary.ts";

/**
 * min( max{grants}, min{restrictions} ) on the attribute's chain. A level that is not on the chain counts as NULL in a grant and in a
 * restriction: what cannot be placed never shows more.
 */
export function meet(attribute: AttributeDef, grants: Iterable<Level>, restrictions: Iterable<Level>): Level {
  const chain = levelChain(attribute);
  const rank = (level: Level): number => Math.max(chain.indexOf(level), 0);
  let highest = 0;
  for (const level of grants) highest = Math.max(highest, rank(level));
  for (const level of restrictions) highest = Math.min(highest, rank(level));
  return chain[highest] ?? "NULL";
}
