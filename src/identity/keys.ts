/**
 * Every secret that the hub makes for itself, from one file: `<dataDir>/secrets/keys.json`, mode 0600, made at the first start.
 *
 * Ids and cursors keep their form only as long as this file lives: it belongs into the backup, apart from the data.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, type KeyObject, randomBytes } from "node:crypto";
import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../../schema/errorCodes.ts";
import type { SourceId } from "../../schema/ids.ts";
import { makeSecretFile } from "./secretFile.ts";

export interface HubKeys {
  /** Thumbprint of the public key (RFC 7638): a token that names another key is not ours. */
  readonly kid: string;
  readonly signing: KeyObject;
  readonly verifying: KeyObject;
  /** 32 bytes; `ids.ts` derives a key per (agency, entity, source) from it. */
  readonly idMaster: Buffer;
  /** 64 bytes for `sealCursor.ts`. */
  readonly cursor: Buffer;
  /** What orders a source's rows that are otherwise equal (semantics.md §3): 64 hexadecimal digits, of each source its own. */
  keySecretOf(source: SourceId): string;
}

interface KeyFile {
  /** Ed25519, PKCS 8, PEM. */
  readonly signing: string;
  /** 32 bytes, base64url. */
  readonly master: string;
}

/** Reads the keys, or makes them; two processes that start at once agree. Throws CONFIG_INVALID for a file that is no key file. */
export const openKeys = (dataDir: string): HubKeys => {
  const file = join(dataDir, "secrets", "keys.json");
  makeSecretFile(file, () => JSON.stringify(newKeys(), null, 2));
  // A copy or a restore often brings back a mode that lets others read.
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  try {
    return derive(JSON.parse(readFileSync(file, "utf8")) as KeyFile);
  } catch (error) {
    throw new HubError("CONFIG_INVALID", { problem: `${file} is not a key file of the hub. Restore it from the backup; without it all tokens, ids and cursors lapse.` }, { cause: error });
  }
};

const newKeys = (): KeyFile => ({
  signing: generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  master: randomBytes(32).toString("base64url"),
});

const derive = (file: KeyFile): HubKeys => {
  const master = Buffer.from(file.master, "base64url");
  if (master.length !== 32) throw new Error("the master key has not 32 bytes");
  const signing = createPrivateKey(file.signing);
  if (signing.asymmetricKeyType !== "ed25519") throw new Error("the signing key is not an Ed25519 key");
  const verifying = createPublicKey(signing);
  const { crv, kty, x } = verifying.export({ format: "jwk" });
  return {
    kid: createHash("sha256").update(JSON.stringify({ crv, kty, x })).digest("base64url"),
    signing,
    verifying,
    idMaster: expand(master, "one-network ids", 32),
    cursor: expand(master, "one-network cursors", 64),
    keySecretOf: (source) => expand(master, `one-network key hashes ${source}`, 32).toString("hex"),
  };
};

const expand = (master: Buffer, purpose: string, bytes: number): Buffer => Buffer.from(hkdfSync("sha256", master, "", purpose, bytes));
