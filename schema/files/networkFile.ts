/** `network.yaml`: agencies, purposes, groups and stewards. */
import { document, type JsonSchema, listOf, named, oneOfWords, oneOrMore, say, scalar, texts, words } from "./shapes.ts";

const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"] as const;

const units = { type: ["integer", "string"] } as const;
const amounts = {
  operation: say("The most that one operation may cost; 250000 where left out.", units),
  perMinute: say("10000000 where left out.", units),
  perDay: say("1200000000 where left out.", units),
};

export const networkFileSchema = (): JsonSchema =>
  document(
    "A network (network.yaml)",
    words(
      {
        timeZone: say("IANA name; Asia/Shanghai where left out.", scalar),
        anonymous: say("The agency of callers without a token; left out: 401.", scalar),
        demonstration: say("Opens the sandbox's door to a token for any agency; never in production.", { enum: [true, false, "true", "false"] }),
        purposes: say("What data may be asked for.", named(texts)),
        agencies: say("Who may ask. Words other than these are attributes, which rules name as $agency.NAME.", named({
          type: "object",
          properties: { zh: scalar, en: scalar, about: texts, region: say("GB/T 2260 code of its own region.", scalar), purposes: listOf(scalar) },
          additionalProperties: oneOrMore(scalar),
        })),
        groups: say("Agencies, or group:NAME.", named(listOf(scalar))),
        stewards: say("Persons who may reload a region's policy.", named(words({ zh: scalar, en: scalar, regions: listOf(scalar) }, ["regions"]))),
        issuers: say("Identity providers outside the hub.", listOf(words(
          { issuer: scalar, audience: scalar, jwksUri: scalar, algorithms: listOf(oneOfWords(algorithms)), agencyClaim: scalar },
          ["issuer", "audience", "jwksUri", "algorithms", "agencyClaim"],
        ))),
        deadline: say("What an operation may take, whatever its sources do: from 100ms to 5m; 25s where left out.", scalar),
        budgets: say("What operations may cost, in estimated units; of every agency and purpose, or of those that are named.", words({
          ...amounts,
          agencies: named(words({ ...amounts, purposes: say("The agency's own purposes.", named(words(amounts))) })),
        })),
      },
      ["agencies"],
    ),
    {},
  );
