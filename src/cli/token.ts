/** `token`: a token for an agency or a steward, alone on standard output. It says that the command line made it, in every record and to owners. */
import { issueToken, stewardSubject } from "../identity/issueToken.ts";
import { openKeys } from "../identity/keys.ts";
import type { Purpose } from "../../schema/ids.ts";
import type { Network } from "../identity/network.ts";
import { agencyOf, type Command, namedPurpose, readCommandLine, UsageError } from "./command.ts";
import { openDataFolder } from "./dataFolder.ts";
import { readNetwork } from "./readNetwork.ts";

const usage = "token --agency ID [--purpose PURPOSE] | --steward PERSON [--network DIR]";
const lifetimeS = 3600;

export const token: Command = {
  usage,
  about: "prints a token for an agency or a steward, valid for an hour; without --purpose it carries all that the agency has",
  run: async (args, print) => {
    const { config, option } = readCommandLine(args, ["agency", "purpose", "steward"], 0, usage);
    const network = readNetwork(config.networkDir);
    const { subject, purposes } = bearer(network, option, usage);
    // The hub may start after this: it finds the keys that are made here.
    openDataFolder(config.dataDir);
    const keys = openKeys(config.dataDir);
    print(await issueToken(keys, { subject, purposes, mintedBy: "cli", lifetimeS, nowMs: Date.now() }));
    return 0;
  },
};

function bearer(network: Network, option: (name: string) => string | null, usage: string): { readonly subject: string; readonly purposes: readonly Purpose[] } {
  const person = option("steward");
  if (person === null) {
    const agency = agencyOf(network, option("agency"), "--agency", usage);
    const purpose = namedPurpose(agency, option("purpose"));
    return { subject: agency.id, purposes: purpose === null ? agency.purposes : [purpose] };
  }
  if (option("agency") !== null || option("purpose") !== null) throw new UsageError(`A steward's token is for no agency and no purpose. Use: ${usage}`);
  if (!network.stewards.has(person)) throw new UsageError(`There is no steward ${person}. Stewards are ${[...network.stewards.keys()].join(", ") || "none"}.`);
  return { subject: stewardSubject(person), purposes: [] };
}
