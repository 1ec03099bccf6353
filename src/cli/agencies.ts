/** `agencies`: who may ask, for which purposes, and what they may see. */
import { type Command, readCommandLine } from "./command.ts";
import { readNetwork } from "./readNetwork.ts";

const usage = "agencies [--network DIR]";

export const agencies: Command = {
  usage,
  about: "lists the agencies of the network and what they are",
  run: (args, print) => {
    const { config } = readCommandLine(args, [], 0, usage);
    const network = readNetwork(config.networkDir);
    const width = Math.max(...[...network.agencies.keys()].map((id) => id.length));
    for (const { id, name, about, purposes } of network.agencies.values()) {
      print(`${id.padEnd(width)}  ${name.zh} ${name.en}`);
      if (about !== null) print(`${"".padEnd(width)}  ${about.zh} ${about.en}`);
      const needs = id === network.anonymous ? "needs no token" : purposes.length === 0 ? "has no purposes" : `purposes: ${purposes.join(", ")}`;
      print(`${"".padEnd(width)}  ${needs}`);
    }
    return Promise.resolve(0);
  },
};
