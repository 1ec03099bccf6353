/** `token`: a token for an agency, alone on standard output. It says that the command line made it, in every record and to owners. */
import { issueToken } from "../identity/issueToken.ts";
import { openKeys } from "../identity/keys.ts";
import { agencyOf, type Command, namedPurpose, readCommandLine } from "./command.ts";
import { openDataFolder } from "./dataFolder.ts";
import { readNetwork } from "./readNetwork.ts";

const usage = "token --agency ID [--purpose PURPOSE] [--network DIR]";
const lifetimeS = 3600;

export const token: Command = {
  name: "token",
  usage,
  about: "prints a token for an agency, valid for an hour; without --purpose it carries all that the agency has",
  run: async (args, print) => {
    const { config, option } = readCommandLine(args, ["agency", "purpose"], 0, usage);
    const network = readNetwork(config.networkDir);
    const agency = agencyOf(network, option("agency"), "--agency", usage);
    const purpose = namedPurpose(agency, option("purpose"));
    // The hub may start after this: it finds the keys that are made here.
    openDataFolder(config.dataDir);
    const keys = openKeys(config.dataDir);
    print(await issueToken(keys, { subject: agency.id, purposes: purpose === null ? agency.purposes : [purpose], mintedBy: "cli", lifetimeS, nowMs: Date.now() }));
    return 0;
  },
};
