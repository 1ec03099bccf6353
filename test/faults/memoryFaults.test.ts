/**
 * F19: a hub with a heap of 128 MB, asked by many for more than that at once, round after round. It sheds what it cannot carry and goes on.
 *
 * Rounds are drawn from a seed, which is printed; SEED=… repeats one.
 */
import { connect, type Socket } from "node:net";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomOf } from "../fixtures/random.ts";
import { networkYaml, sourceYaml } from "../fixtures/smallNetwork.ts";
import { ask, type ChildHub, openChildHub, type Outcome, percentile } from "./childHub.ts";

const heapMb = 128;
const rounds = 20;
const callersPerRound = 12;
const slowPerRound = 3;
/** After that no round is begun: they take a fraction of it, but the machine may be busy. */
const enoughMs = 45_000;

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

describe("a hub with a small heap", { timeout: 180_000 }, () => {
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

  test("F19: sheds load before its memory is out, answers others beside it, and everybody afterwards", async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const random = randomOf(seed);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    const { partner, nobody, owner } = hub.tokens;
    const calm = await hub.figures(true);
    const from = performance.now();
    const asked: Outcome[] = [];
    const beside: Outcome[] = [];
    let played = 0;
    const slow: Socket[] = [];
    for (; played < rounds && performance.now() - from < enoughMs; played += 1) {
      const sockets = Array.from({ length: slowPerRound }, () => {
        const body = JSON.stringify({ query: mix[0] });
        const socket = connect({ host: hub.url.hostname, port: Number(hub.url.port) });
        socket.on("error", () => undefined);
        socket.once("readable", () => void socket.read(64));
        socket.write(`POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\nauthorization: Bearer ${partner}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
        slow.push(socket);
        return socket;
      });
      const callers = Array.from({ length: callersPerRound }, () => ask(hub, partner, pick(mix)));
      let isOver = false;
      const large = Promise.all(callers).finally(() => (isOver = true));
      do beside.push(await ask(hub, pick([owner, nobody]), small));
      while (!isOver);
      asked.push(...(await large));
      // Some of the slow ones stay into the next rounds.
      for (const socket of sockets) if (random() < 0.7) socket.destroy();
      if (!hub.isAlive()) break;
    }
    for (const socket of slow) socket.destroy();
    const figures = await hub.figures();
    const [answered, refused] = [200, 503].map((status) => asked.filter((outcome) => outcome.status === status)) as [Outcome[], Outcome[]];
    console.log(
      `F19: seed ${seed}: ${played} rounds in ${Math.round(performance.now() - from)} ms; of ${asked.length} large ones ${answered.length} answered, ${refused.length} refused after ${round(percentile(refused.map(({ ms }) => ms), 0.5))} ms (p50), others ${asked.filter(({ status }) => status !== 200 && status !== 503).map(({ status, text }) => `${status} ${text.slice(0, 200)}`).join("; ") || "none"}; ${beside.length} small ones of another agency, p50 ${round(percentile(beside.map(({ ms }) => ms), 0.5))} ms; RSS ${round(calm.rssMb)} → at most ${round(figures.rssMaxMb)} MB, held ${round(calm.heldMb)} → ${round(figures.heldMb)} MB`,
    );
    expect(hub.isAlive()).toBe(true);
    expect(played).toBeGreaterThan(2);
    // Nothing is lost, half answered or refused for another reason.
    expect(answered.length + refused.length).toBe(asked.length);
    for (const { text } of answered) expect(() => JSON.parse(text)).not.toThrow();
    for (const { text, retryAfter } of refused) {
      expect(JSON.parse(text).errors[0].extensions.code).toBe("HUB_BUSY");
      expect(retryAfter).toBe("1");
    }
    expect(answered.length).toBeGreaterThan(played);
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
