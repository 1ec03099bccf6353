/**
 * The Shanghai demonstration service as a process of its own: token from the environment, a free port unless told, and one JSON
 * line `{"port":…}` on standard output once it answers. It ends with its parent: when standard input closes.
 */
import { makeShanghaiData } from "./shanghai/data.ts";
import { makeShanghaiServer } from "./shanghai/service.ts";

const token = process.env["SHANGHAI_TOKEN"];
if (!token) {
  process.stderr.write("SHANGHAI_TOKEN is not set; the service would be open to everyone. Set it to a secret.\n");
  process.exit(1);
}
const server = makeShanghaiServer({ token, data: makeShanghaiData(), rate: Number(process.env["SHANGHAI_RATE"] ?? 10), now: () => performance.now() });
server.listen(Number(process.env["SHANGHAI_PORT"] ?? 0), "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
});

// Nothing is written here, so there is nothing to finish.
const stop = (): void => process.exit(0);
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
process.stdin.once("end", stop);
process.stdin.resume();
