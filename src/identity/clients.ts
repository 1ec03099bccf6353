/** Client secrets of agencies: made at the first start, handed over in a file, kept as hashes. */
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
 * The file is written first: a crash between the two leaves secrets whose hashes the next start takes from it.
 */
export const ensureClients = (store: Store, dataDir: string, network: Network, at: string): readonly AgencyId[] => {
  const hashed = new Set(store.db.select({ id: agencies.id }).from(agencies).all().map(({ id }) => id));
  const missing = [...network.agencies.keys()].filter((id) => id !== network.anonymous && !hashed.has(id));
  if (missing.length === 0) return [];
  const file = clientsFile(dataDir);
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>) : {};
  const secrets = new Map<string, string>(Object.entries(known));
  for (const id of missing) if (!secrets.has(id)) secrets.set(id, randomBytes(32).toString("base64url"));
  replaceSecretFile(file, `${JSON.stringify(Object.fromEntries(secrets), null, 2)}\n`);
  store.db.transaction((tx) => {
    for (const id of missing) {
      const secretHash = hashSecret(secrets.get(id) ?? "").toString("hex");
      tx.insert(agencies).values({ id, secretHash, secretMadeAt: at }).onConflictDoNothing().run();
    }
  });
  return missing;
};

/** Takes as long for an agency that does not exist as for a wrong secret. */
export const isClientSecret = (store: Store, agency: string, secret: string): boolean => {
  const row = store.db.select().from(agencies).where(eq(agencies.id, agency)).get();
  const isEqual = timingSafeEqual(hashSecret(secret), row === undefined ? noSecret : Buffer.from(row.secretHash, "hex"));
  return row !== undefined && isEqual;
};

const hashSecret = (secret: string): Buffer => hash("sha256", secret, "buffer");
const noSecret = Buffer.alloc(32);
