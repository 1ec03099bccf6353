/** `sdl`: the schema that an agency sees. */
import { printSchema } from "graphql";
import { agencyOf, askedPurpose, type Command, readCommandLine } from "./command.ts";
import { openStoredNetwork } from "./storedNetwork.ts";

const usage = "sdl --as AGENCY [--purpose PURPOSE] [--network DIR]";

export const sdl: Command = {
  name: "sdl",
  usage,
  about: "prints the GraphQL schema that an agency sees",
  run: async (args, print) => {
    const { config, option } = readCommandLine(args, ["as", "purpose"], 0, usage);
    const stored = await openStoredNetwork(config, (line) => void process.stderr.write(`${line}\n`));
    try {
      const { state, network } = stored;
      const agency = agencyOf(network, option("as"), "--as", usage);
      print(printSchema(state.schemaOf(state.permitOf(agency, askedPurpose(agency, option("purpose")), Date.now()))));
      return 0;
    } finally {
      await stored.close();
    }
  },
};
