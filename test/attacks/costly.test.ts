/** P37 What a hostile document costs: at most 20 ms of CPU from its first byte to its refusal, however it is made. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Hub, openHub } from "../gateway/openHub.ts";

let hub: Hub;
let token: string;
beforeAll(async () => {
  hub = await openHub();
  token = await hub.net.token("partner", ["enforcement"]);
});
afterAll(() => hub.close());

const many = (count: number, of: (index: number) => string): string => Array.from({ length: count }, (_, index) => of(index)).join(" ");
const doubling = (levels: number): string => `{ ...F0 } ${many(levels, (index) => `fragment F${index} on Query { ${index + 1 < levels ? `...F${index + 1} ...F${index + 1}` : "__typename"} }`)}`;
const bodyMax = 99_000;
const filled = (piece: string): string => piece.repeat(Math.floor(bodyMax / piece.length));

const cpuMs = async (query: string): Promise<number> => {
  const before = process.cpuUsage();
  expect([400, 413]).toContain((await hub.query(token, query)).status);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

test.each([
  ["as many aliases as a body holds", `{ ${filled("a:b ")} }`],
  ["as many fields as the tokens allow", `{ ${many(1_900, () => "__typename")} }`],
  ["as many directives as a body holds", `{ __typename ${filled("@a ")} }`],
  ["as deep as a body holds", `{ ${filled("a{")}`],
  ["as deep as the tokens allow", `{ ${many(600, () => "a {")} a ${"} ".repeat(600)} }`],
  ["2^18 spreads", doubling(19)],
  ["2^300 spreads", doubling(300)],
  ["inline fragments that merge", `{ ${many(480, () => "... { __typename }")} }`],
  ["one field a hundred times in as many fragments", `{ stations { nodes { ${many(101, (index) => `...F${index}`)} } } } ${many(101, (index) => `fragment F${index} on Station { name }`)}`],
  ["lists within each other", `{ stations(where: ${"[".repeat(900)}${"]".repeat(900)}) { totalCount } }`],
  ["a body of 2 MB", "#".repeat(2_000_000)],
])("%s", async (_what, query) => {
  for (let warm = 0; warm < 5; warm += 1) await cpuMs(query);
  const costs: number[] = [];
  for (let turn = 0; turn < 9; turn += 1) costs.push(await cpuMs(query));
  expect(costs.sort((a, b) => a - b)[4]).toBeLessThanOrEqual(20);
});
