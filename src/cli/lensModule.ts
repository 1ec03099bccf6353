/** Where SQLite workers find the hub's lens functions: adapters know no mapping, so whoever wires them says it. */
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

export const lensModule = new URL(`../mapping/lenses/sqlFunctions.${extension}`, import.meta.url);
