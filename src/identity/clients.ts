/** Client secrets of agencies: made at the first start, handed over in a file, kept as hashes. */
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../../schema/errorCodes.ts";
import type { AgencyId } from "../../schema/ids.ts";
import { eq } from "../store/drizzle.ts";
import type { Store } from "../store/openStore.ts";
import { agencies } from "../store/tables.ts";
import type { Network } from "./network.ts";
import { replaceSecretFile } from "./secretFile.ts";

/** Where the secrets wait to be handed to the agencies, as one JSON object agency → secret. The hub does not need it afterwards. */
export const clientsFile = (dataDir: string): string => join(dataDir, "secrets", "clients.json");

/**
 * Gives every agency but the anonymous one a secret (256 random bits). Answers the agencies that got theirs now.
 *
 * One process at a time, by the store's write lock: else two that start at once would write each other's secrets. The file is
 * written first: a crash between the two leaves secrets whose hashes the next start takes from it.
 */
export const ensureClients = (store: Store, dataDir: string, network: Network, at: string): readonly AgencyId[] =>
  store.db.transaction(
    (tx) => {
      const hashed = new Set(tx.select({ id: agencies.id }).from(agencies).all().map(({ id }) => id));
      const missing = [...network.agencies.keys()].filter((id) => id !== network.anonymous && !hashed.has(id));
      if (missing.length === 0) return [];
      const file = clientsFile(dataDir);
      const secrets = readSecrets(file);
      for (const id of missing) if (!secrets.has(id)) secrets.set(id, randomBytes(32).toString("base64url"));
      replaceSecretFile(file, `${JSON.stringify(Object.fromEntries(secrets), null, 2)}\n`);
      for (const id of missing) {
        const secretHash = hashSecret(secrets.get(id) ?? "").toString("hex");
        tx.insert(agencies).values({ id, secretHash, secretMadeAt: at }).run();
      }
      return missing;
    },
    { behavior: "immediate" },
  );

const readSecrets = (file: string): Map<string, string> => {
  if (!existsSync(file)) return new Map();
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>));
  } catch (error) {
    throw new HubError("CONFIG_INVALID", { problem: `${file} is not a JSON object of client secrets. Mend it, or move it away: agencies that have a secret keep it.` }, { cause: error });
  }
};

/** Takes as long for an agency that does not exist as for a wrong secret. */
export const isClientSecret = (store: Store, agency: string, secret: string): boolean => {
  const row = store.db.select().from(agencies).where(eq(agencies.id, agency)).get();
  const isEqual = timingSafeEqual(hashSecret(secret), row === undefined ? noSecret : Buffer.from(row.secretHash, "hex"));
  return row !== undefined && isEqual;
};

const hashSecret = (secret: string): Buffer => hash("sha256", secret, "buffer");
const noSecret = Buffer.alloc(32);
