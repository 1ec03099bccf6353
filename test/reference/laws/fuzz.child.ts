/**
 * One chunk of `npm run fuzz`, as a process of its own: a law over networks of ascending seeds until enough cases were seen. Speaks to
 * the parent in lines of JSON, so that what it had seen is known even if it dies.
 */
import type { ServerKind } from "../generator/typedStyles.ts";
import { dropServers } from "../harness/servers.ts";
import { Difference, holdOver } from "./networks.ts";
import type { LawName } from "./laws.ts";
import { newTally } from "./tally.ts";
import { minimised, rowText } from "./minimise.ts";

const [law = "differential", from = "1", cases = "100", ...servers] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const tally = newTally();

for (let seed = Number(from); tally.of("cases") < Number(cases); seed += 1) {
  say({ seed, cases: tally.of("cases") });
  try {
    await holdOver(law as LawName, seed, tally, servers as readonly ServerKind[]);
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    say({ difference: { seed, said: error.message, row: rowText(await minimised(error), `seed ${seed}`) } });
  }
}
await dropServers();
say({ done: tally.of("cases"), tally: tally.entries() });
