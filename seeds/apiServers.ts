/**
 * The demonstration services of Shanghai and Jiangsu as one process: a token from the environment, free ports, and one JSON line
 * `{"shanghai":…,"jiangsu":…}` with them on standard output once both answer. It ends with its parent: when standard input closes.
 */
import { once } from "node:events";
import type { Server } from "node:http";
import { makeJiangsuData } from "./jiangsu/data.ts";
import { makeJiangsuServer } from "./jiangsu/service.ts";
import { makeShanghaiData } from "./shanghai/data.ts";
import { makeShanghaiServer } from "./shanghai/service.ts";

const token = process.env["DEMONSTRATION_TOKEN"];
if (!token) {
  process.stderr.write("DEMONSTRATION_TOKEN is not set; the services would be open to everyone. Set it to a secret.\n");
  process.exit(1);
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address !== "object") throw new Error("a demonstration service has no port");
  return address.port;
}

const shanghai = await listen(makeShanghaiServer({ token, data: makeShanghaiData(), rate: Number(process.env["SHANGHAI_RATE"] ?? 10), now: () => performance.now() }));
const jiangsu = await listen(makeJiangsuServer({ token, data: makeJiangsuData() }));
process.stdout.write(`${JSON.stringify({ shanghai, jiangsu })}\n`);

// Nothing is written here, so there is nothing to finish.
const stop = (): void => process.exit(0);
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
process.stdin.once("end", stop);
process.stdin.resume();
