/** `npm start`: says in one sentence what keeps the hub from starting; else opens it, and closes it when told to stop. */
import { parseArgs } from "node:util";
import { HubError } from "../schema/errorCodes.ts";
import { type HubConfig, readConfig } from "./cli/config.ts";
import { assertPortFree, openDataFolder } from "./cli/dataFolder.ts";
import { logOptions } from "./cli/logOptions.ts";
import { prepareNetwork } from "./cli/prepareNetwork.ts";
import { makeProgress } from "./cli/progress.ts";
import { readNetwork } from "./cli/readNetwork.ts";
import { faultShape } from "./observe/faultShape.ts";
import { makeLog } from "./observe/log.ts";

/** What keeps the hub from starting, in a sentence; a hub that runs writes its log. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Prints the announcement. Throws, with everything closed, where it cannot start. */
async function start(config: HubConfig, servers: boolean): Promise<void> {
  const closing: (() => void | Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const network = readNetwork(config.networkDir);
    await assertPortFree(config.host, config.port);
    openDataFolder(config.dataDir);
    const progress = makeProgress(process.stdout);
    const prepared = prepareNetwork({ networkDir: config.networkDir, dataDir: config.dataDir, servers, onProgress: progress.report })
      .finally(progress.end)
      .then((done) => {
        closing.unshift(done.close);
        return done;
      });
    prepared.catch(() => undefined);
    // Loaded while the network is being prepared: the hub's modules take longer than the processes that a network starts.
    const { openHub } = await import("./cli/openHub.ts");
    const lines = await openHub({ config, network, prepared, closing });
    // Before the last line says that the hub is ready: whoever reads it may stop the hub at once.
    stopOnSignals(close, config);
    process.stdout.write(`${lines.join("\n")}\n`);
  } catch (error) {
    await close();
    throw error;
  }
}

// Whoever reads the log may go away; the hub does not end with it.
process.stderr.on("error", () => undefined);

function stopOnSignals(close: () => Promise<void>, config: HubConfig): void {
  const stop = (): void => {
    // A second signal does not wait.
    process.once("SIGINT", () => process.exit(130));
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        makeLog(logOptions(config.observe))({ event: "hub.close_failed", fault: faultShape(error) });
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function readArguments(): { readonly config: HubConfig; readonly servers: boolean } {
  try {
    const { values } = parseArgs({ options: { network: { type: "string" }, servers: { type: "boolean", default: false } } });
    return { config: readConfig(values.network, process.env), servers: values.servers };
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError("CONFIG_INVALID", { problem: `${error instanceof Error ? error.message : String(error)}. Use: npm start -- [--network DIR] [--servers], with PORT, HOST and HUB_DATA from the environment.` });
  }
}

try {
  const { config, servers } = readArguments();
  await start(config, servers);
} catch (error) {
  // A sentence for what the operator can mend; a stack only for what nobody foresaw.
  say(error instanceof HubError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
}
