/**
 * F19: a hub with a heap of 128 MB, asked by many for more than that at once, seed after seed. It sheds what it cannot carry and goes on.
 */
import { connect, type Socket } from "node:net";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networkYaml, sourceYaml } from "../fixtures/smallNetwork.ts";
import { ask, type ChildHub, openChildHub, type Outcome, percentile } from "./childHub.ts";
import { between, oneOf, type Seeded, seedsEach, titleOf, underSeeds } from "./seeds.ts";

const heapMb = 128;
const round = (value: number): number => Math.round(value * 10) / 10;

/** Names of up to eight thousand characters, every second one beyond Latin-1: a thousand of them are some seven megabytes of answer. */
const fill = (file: string): void => {
  const database = new Database(file);
  const insert = database.prepare("INSERT INTO station VALUES (?, ?, '130100', ?, 'CNRY-long')");
  database.transaction(() => {
    for (let index = 0; index < 2_000; index += 1) insert.run(`N${index}`, (index % 2 === 0 ? "x" : "站").repeat(index % 3 === 0 ? 8_000 : 1_000), index % 1000);
  })();
  database.close();
};

const small = "{ stations(first: 20) { nodes { code elevation region { code } } } }";
/** Small, middling and large ones, and some that print one cell many times. */
const mix: readonly string[] = [
  "{ stations(first: 1000) { nodes { code name elevation } } }",
  "{ stations(last: 1000) { nodes { code name } } }",
  "{ stations(first: 100) { nodes { code name elevation } } }",
  "{ stations(first: 300) { edges { cursor node { name } } } }",
  "{ a: stations(first: 400) { nodes { name } } b: stations(last: 400) { nodes { name code } } }",
  "{ stations(first: 200) { nodes { a: name b: name c: name } } }",
  `{ stations(first: 1000) { nodes { ${Array.from({ length: 20 }, (_, index) => `n${index}: name`).join(" ")} } } }`,
];

describe("a hub with a small heap", { timeout: 300_000 }, () => {
  let hub: ChildHub;
  beforeAll(async () => {
    hub = await openChildHub({
      fill,
      source: sourceYaml.replace("timeZone", "deadline: 30s\ntimeZone"),
      network: networkYaml,
      nodeOptions: [`--max-old-space-size=${heapMb}`],
      parts: { connectionLimits: { answerMs: 10_000 } },
    });
    await ask(hub, hub.tokens.owner, small);
  }, 240_000);
  afterAll(() => hub?.stop());

  const row: Seeded = { id: "F19", what: "sheds load before its memory is out, answers others beside it, and everybody afterwards", seeds: seedsEach };
  test(titleOf(row), async () => {
    const { partner, nobody, owner } = hub.tokens;
    const calm = await hub.figures(true);
    const from = performance.now();
    const asked: Outcome[] = [];
    const beside: Outcome[] = [];
    const slow: Socket[] = [];
    await underSeeds(row, [hub], async (_hub, _seed, random) => {
      const sockets = Array.from({ length: between(1, 4, random) }, () => {
        const body = JSON.stringify({ query: mix[0] });
        const socket = connect({ host: hub.url.hostname, port: Number(hub.url.port) });
        socket.on("error", () => undefined);
        socket.once("readable", () => void socket.read(64));
        socket.write(`POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\nauthorization: Bearer ${partner}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
        slow.push(socket);
        return socket;
      });
      const callers = Array.from({ length: between(8, 14, random) }, () => ask(hub, partner, oneOf(mix, random)));
      let isOver = false;
      const large = Promise.all(callers).finally(() => (isOver = true));
      do beside.push(await ask(hub, oneOf([owner, nobody], random), small));
      while (!isOver);
      asked.push(...(await large));
      // Some of the slow ones stay into the next seeds.
      for (const socket of sockets) if (random() < 0.7) socket.destroy();
      expect(hub.isAlive()).toBe(true);
    });
    for (const socket of slow) socket.destroy();
    const figures = await hub.figures();
    const [answered, refused] = [200, 503].map((status) => asked.filter((outcome) => outcome.status === status)) as [Outcome[], Outcome[]];
    console.log(
      `F19: ${seedsEach} seeds in ${Math.round(performance.now() - from)} ms; of ${asked.length} large ones ${answered.length} answered, ${refused.length} refused after ${round(percentile(refused.map(({ ms }) => ms), 0.5))} ms (p50), others ${asked.filter(({ status }) => status !== 200 && status !== 503).map(({ status, text }) => `${status} ${text.slice(0, 200)}`).join("; ") || "none"}; ${beside.length} small ones of another agency, p50 ${round(percentile(beside.map(({ ms }) => ms), 0.5))} ms; RSS ${round(calm.rssMb)} → at most ${round(figures.rssMaxMb)} MB, held ${round(calm.heldMb)} → ${round(figures.heldMb)} MB`,
    );
    // Nothing is lost, half answered or refused for another reason.
    expect(answered.length + refused.length).toBe(asked.length);
    for (const { text } of answered) expect(() => JSON.parse(text)).not.toThrow();
    for (const { text, retryAfter } of refused) {
      expect(JSON.parse(text).errors[0].extensions.code).toBe("HUB_BUSY");
      expect(retryAfter).toBe("1");
    }
    expect(answered.length).toBeGreaterThan(seedsEach);
    expect(refused.length).toBeGreaterThan(0);
    const p50 = (of: readonly Outcome[]): number => percentile(of.map(({ ms }) => ms), 0.5);
    expect(p50(refused)).toBeLessThan(Math.max(200, 1.5 * p50(answered)));
    // Garbage that is not collected yet counts as a full heap now and then.
    expect(beside.filter(({ status }) => status === 200).length).toBeGreaterThan(0.9 * beside.length);
    expect(beside.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    // When the slow ones are gone everybody is answered, and nothing has stayed behind.
    for (const query of mix) {
      let last = await ask(hub, partner, query);
      for (let tries = 0; tries < 60 && last.status === 503; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        last = await ask(hub, partner, query);
      }
      expect(last.status).toBe(200);
    }
    const after = await hub.figures();
    expect(after.heldMb - calm.heldMb).toBeLessThan(heapMb / 4);
  });
});
