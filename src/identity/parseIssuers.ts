/** `issuers:` of the network file: identity providers outside the hub whose tokens it accepts. */
import type { YamlNode } from "../mapping/yamlFile.ts";
import type { ExternalIssuer } from "./network.ts";
import { entry, oneOf, yamlReader } from "./readYaml.ts";

const read = yamlReader("NETWORK_INVALID");
const words = ["issuer", "audience", "jwksUri", "algorithms", "agencyClaim"] as const;
/** Signatures by private key only: with a shared secret the hub could forge what it checks, and `none` checks nothing. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const loopback = ["localhost", "127.0.0.1", "[::1]"];

/** @throws HubError NETWORK_INVALID with file:line:column and the mend */
export function parseIssuers(node: YamlNode): readonly ExternalIssuer[] {
  const seen = new Set<string>();
  return read.list(node, "issuers").map((item) => {
    const issuer = parseIssuer(item);
    if (seen.has(issuer.issuer)) throw read.fault(item.at, `issuer ${issuer.issuer} is named twice; leave one out.`);
    seen.add(issuer.issuer);
    return issuer;
  });
}

function parseIssuer(item: YamlNode): ExternalIssuer {
  const map = read.map(item, "an issuer", words);
  const required = (key: (typeof words)[number]): YamlNode => {
    const found = entry(map, key);
    if (!found) throw read.fault(item.at, `the issuer has no ${key}; all of ${words.join(", ")} are needed.`);
    return found.value;
  };
  const named = read.texts(required("algorithms"), "algorithms");
  if (named.length === 0) throw read.fault(required("algorithms").at, `algorithms is empty; use ${oneOf(algorithms)}.`);
  for (const { text, at } of named) {
    if (!algorithms.includes(text)) throw read.fault(at, `${text} is not accepted; use ${oneOf(algorithms)}.`);
  }
  return {
    issuer: read.text(required("issuer"), "issuer"),
    audience: read.text(required("audience"), "audience"),
    jwksUri: parseJwksUri(required("jwksUri")),
    algorithms: named.map(({ text }) => text),
    agencyClaim: read.text(required("agencyClaim"), "agencyClaim"),
  };
}

function parseJwksUri(node: YamlNode): string {
  const text = read.text(node, "jwksUri");
  const url = URL.parse(text);
  const safe = url && (url.protocol === "https:" || (url.protocol === "http:" && loopback.includes(url.hostname)));
  if (!safe) throw read.fault(node.at, "jwksUri is not an https address; keys that come in the open can be replaced on the way.");
  return text;
}
