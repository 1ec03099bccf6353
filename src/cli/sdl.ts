/** `sdl`: the schema that an agency sees. */
import { printSchema } from "graphql";
import { agencyOf, askedPurpose, type Command, readCommandLine } from "./command.ts";
import { readNetwork } from "./readNetwork.ts";
import { openStoredNetwork } from "./storedNetwork.ts";

const usage = "sdl --as AGENCY [--purpose PURPOSE] [--network DIR]";

export const sdl: Command = {
  usage,
  about: "prints the GraphQL schema that an agency sees",
  run: async (args, print) => {
    const { config, option } = readCommandLine(args, ["as", "purpose"], 0, usage);
    const agency = agencyOf(readNetwork(config.networkDir), option("as"), "--as", usage);
    const purpose = askedPurpose(agency, option("purpose"));
    const stored = await openStoredNetwork(config, (line) => void process.stderr.write(`${line}\n`));
    try {
      const { state } = stored;
      print(printSchema(state.schemaOf(state.permitOf(agency, purpose, Date.now()))));
      return 0;
    } finally {
      await stored.close();
    }
  },
};
