/** `audit verify`: every record of the journal, from its files alone. */
import { verify } from "../audit/verify.ts";
import { type Command, readCommandLine } from "./command.ts";

const usage = "audit verify";

export const auditVerify: Command = {
  usage,
  about: "checks the journal record by record; exit code 1 names the first that is not as it was written",
  run: async (args, print) => {
    const { config } = readCommandLine(args, [], 0, usage);
    const { isSound, records, chains } = await verify(config.dataDir);
    for (const { chain, segments, records: sound, head, bad, tornTail, gaps } of chains) {
      print(`${chain}  ${sound} records in ${segments} segments, head ${head}`);
      for (const gap of gaps) print(`  record ${gap.seq} of ${gap.at}: the hub cut or lost ${gap.bytes} bytes that were never acknowledged`);
      if (tornTail !== null) print(`  ${tornTail.file}: ends within record ${tornTail.seq}, which was never acknowledged`);
      if (bad !== null) print(`  ${bad.file}: record ${bad.seq} is not as it was written: ${bad.reason}`);
    }
    print(isSound ? `sound: ${records} records` : "NOT SOUND: see above; keep the folder as evidence");
    return isSound ? 0 : 1;
  },
};
