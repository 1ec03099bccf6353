/** Builds one version of a mirror, answers and ends. Reading, parsing and writing stay off the hub's event loop. */
import { parentPort, workerData } from "node:worker_threads";
import type { ReaderConfig, TableReader } from "../../adapters/contract/tableReader.ts";
import type { BuildOrder } from "./buildMessages.ts";
import { buildVersion } from "./buildVersion.ts";

const order = workerData as BuildOrder;
const abort = new AbortController();
parentPort?.once("message", () => abort.abort());

const { openReader } = (await import(order.module)) as { openReader(config: ReaderConfig): TableReader };
const result = await buildVersion(order, openReader(order.config), abort.signal);
parentPort?.postMessage(result);
// A kept-alive connection to the source would hold the thread; from inside it ends at a safe point.
process.exit();
