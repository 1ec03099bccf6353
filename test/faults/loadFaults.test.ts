/**
 * F10, F11, F13, F25, F26: what callers see of a hub that is asked for too much, by too many, too slowly. Bounds are generous, for
 * the machine is shared; the figures are printed.
 */
import { connect, type Socket } from "node:net";
import Database from "better-sqlite3";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { networkYaml, smallNetwork, sourceYaml } from "../fixtures/smallNetwork.ts";
import { openHub } from "../gateway/openHub.ts";
import { ask, type ChildHub, drive, openChildHub, type Outcome, percentile } from "./childHub.ts";
import { between, oneOf, type Seeded, seedsEach, titleOf, underSeeds, wait } from "./seeds.ts";

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

const print = (id: string, text: string): void => console.log(`${id}: ${text}`);
const count = (outcomes: readonly Outcome[], status: number): number => outcomes.filter((outcome) => outcome.status === status).length;
const codeOf = ({ text }: Outcome): unknown => JSON.parse(text).errors?.[0]?.extensions?.code;
const round = (value: number): number => Math.round(value * 10) / 10;
const page = "{ stations(first: 100) { nodes { code elevation region { code } } } }";
const answerMs = 4_000;
/** Twenty megabytes of long names: rows and text of two are not in one agency's half. */
const capacityBytes = 128_000_000;
const bigPage = "{ stations(first: 1000) { nodes { code name elevation } } }";

/** So many stations more, in one statement; the first 1500 have long names. */
const fillStations = (rows: number, nameBytes: number) => (file: string): void => {
  const database = new Database(file);
  database.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO station SELECT 'N' || i, CASE WHEN i <= 1500 THEN replace(hex(zeroblob(${nameBytes / 2})), '0', 'x') ELSE '站 ' || i END, '130100', i % 1000, 'CNRY-' || i FROM n`);
  database.close();
};

/** The machine may be busy: what a source may take is not what is looked at. */
const patient = sourceYaml.replace("timeZone", "deadline: 30s\ntimeZone");

/** A connection of its own, on which a test says and reads what it likes. */
const dial = ({ url }: ChildHub): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port) }, () => resolve(socket));
    socket.on("error", reject);
    sockets.push(socket);
  });
const head = (token: string, length: number): string => `POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${length}\r\n\r\n`;

describe("a hub that is asked for more than it can carry", { timeout: 60_000 }, () => {
  let started: ChildHub;
  beforeAll(async () => {
    started = await openChildHub({
      fill: fillStations(1_000_000, 20_000),
      source: patient,
      network: `${networkYaml}budgets: { agencies: { nobody: { perMinute: 6000 } } }\n`,
      parts: { capacityBytes, connectionLimits: { connections: 500, headersMs: 1_000, requestMs: 2_000, answerMs } },
    });
    await drive(started, started.tokens.owner, page, 4, 10);
  }, 300_000);
  afterAll(() => started?.stop());

  const seeded = (id: string, what: string): Seeded => ({ id, what, seeds: seedsEach });

  const million = seeded("F10", "a million rows are a clear error and little memory, whichever way they are asked for");
  test(titleOf(million), async () => {
    const { owner } = started.tokens;
    const before = await started.figures(true);
    const refusedMs: number[] = [];
    await underSeeds(million, [started], async (hub, _seed, random) => {
      const keys = oneOf(["{ field: CODE }", "{ field: CODE }, { field: ELEVATION }", "{ field: ELEVATION }, { field: CODE }"], random);
      const where = random() < 0.5 ? "" : `where: { elevation: { gte: "${between(0, 700, random)}" } }, `;
      const groups = await ask(hub, owner, `{ stationsAggregate(${where}groupBy: [${keys}]) { groups { count } } }`);
      expect(groups.status).toBe(200);
      expect(JSON.parse(groups.text)).toMatchObject({ data: { stationsAggregate: null }, errors: [{ path: ["stationsAggregate"], extensions: { code: "RESULT_TOO_LARGE" } }] });
      refusedMs.push(groups.ms);
      const size = between(1, 1000, random);
      const first = await ask(hub, owner, `{ stations(first: ${size}) { nodes { code } pageInfo { hasNextPage } } }`);
      expect(JSON.parse(first.text).data.stations).toMatchObject({ nodes: { length: size }, pageInfo: { hasNextPage: true } });
      const counted = await ask(hub, owner, "{ stationsAggregate { groups { count } } }");
      expect(JSON.parse(counted.text).data.stationsAggregate.groups).toEqual([{ count: 1_000_040 }]);
    });
    const after = await started.figures();
    print("F10", `RSS ${round(before.rssMb)} → ${round(after.rssMb)} MB (+${round(after.rssMb - before.rssMb)}, at most +${round(after.rssMaxMb - before.rssMb)}), held +${round(after.heldMb - before.heldMb)} MB; a million groups refused after ${Math.round(percentile(refusedMs, 0.5))} ms (half of the times), ${Math.round(Math.max(...refusedMs))} ms at most`);
    expect(after.rssMb - before.rssMb).toBeLessThan(160);
  });

  const wide = seeded("F10", "rows of a megabyte each are too large together, and a few of them are not");
  test(titleOf(wide), async () => {
    const network = await smallNetwork({ source: patient });
    await network.close(true);
    const database = new Database(join(network.dir, "hebei.db"));
    const hub = await openHub({ dir: network.dir });
    try {
      const owner = await hub.net.token("owner", ["enforcement"]);
      await underSeeds(wide, [hub], async (_hub, _seed, random) => {
        // A source holds 32 Mi characters of an answer, whatever bytes they are.
        const length = between(900_000, 1_500_000, random);
        database.prepare("UPDATE station SET name = ?").run(oneOf(["x", "站", "é"], random).repeat(length));
        const many = between(Math.ceil((33 * 1024 * 1024) / length), 40, random);
        const answer = await hub.query(owner, `{ stations(first: ${many}) { nodes { code name } } }`);
        expect(answer.json).toMatchObject({ data: { stations: { nodes: [] } }, extensions: { complete: false, sources: [{ status: "TOO_LARGE", rows: 0 }] } });
        const few = between(1, 5, random);
        const whole = await hub.query(owner, `{ stations(first: ${few}) { nodes { code name } } }`);
        expect(whole.json.extensions.complete).toBe(true);
        expect(whole.json.data.stations.nodes.map(({ name }: { name: string }) => name.length)).toEqual(Array.from({ length: few }, () => length));
      });
    } finally {
      database.close();
      await hub.close();
    }
  });

  const slowReaders = seeded("F11", "clients that hardly read, up to 500 of them, hold a bounded part of the hub, and others go on being answered");
  /** So many that ask for a big page and read so much of it now and then. */
  async function hardlyReading(hub: ChildHub, clients: number, bytes: number, everyMs: number): Promise<{ readonly opened: readonly Socket[]; readonly heads: readonly { readonly socket: Socket; readonly text: string }[] }> {
    const body = JSON.stringify({ query: bigPage });
    const heads: { socket: Socket; text: string }[] = [];
    const opened: Socket[] = [];
    for (let index = 0; index < clients; index += 1) {
      const socket = await dial(hub);
      opened.push(socket);
      socket.on("error", () => undefined);
      socket.once("readable", () => void heads.push({ socket, text: String(socket.read(15) ?? "") }));
      const timer = setInterval(() => void socket.read(bytes), everyMs);
      socket.once("close", () => clearInterval(timer));
      socket.write(head(hub.tokens.partner, body.length) + body);
    }
    return { opened, heads };
  }
  test(titleOf(slowReaders), { timeout: 240_000 }, async () => {
    const { owner } = started.tokens;
    const healthy = (await drive(started, owner, page, 2, 40)).map(({ ms }) => ms);
    const before = await started.figures(true);
    const during: number[] = [];
    const said = { clients: 0, answered: 0, refused: 0 };
    await underSeeds(slowReaders, [started], async (hub, seed, random) => {
      const clients = seed === 1 ? 500 : between(50, 300, random);
      // A kilobyte a second, in one way or another.
      const everyMs = between(100, 2000, random);
      const { opened, heads } = await hardlyReading(hub, clients, Math.ceil(everyMs * 1.024), everyMs);
      const beside = await drive(hub, owner, page, 2, 10);
      expect(count(beside, 200)).toBe(beside.length);
      during.push(...beside.map(({ ms }) => ms));
      said.clients += clients;
      said.answered += heads.filter(({ text }) => text.includes(" 200")).length;
      said.refused += heads.filter(({ text }) => text.includes(" 503")).length;
      for (const socket of opened) socket.destroy();
      // Collects what this burst left, as time would between bursts that do not come within a second.
      await hub.figures();
    });
    const figures = await started.figures();
    print("F11", `p90 of the others ${round(percentile(healthy, 0.9))} → ${round(percentile(during, 0.9))} ms; RSS +${round(figures.rssMb - before.rssMb)} MB, at most +${round(figures.rssMaxMb - before.rssMb)}, held +${round(figures.heldMb - before.heldMb)} MB; of ${said.clients} answers of twenty megabytes ${said.answered} begun and ${said.refused} refused while others were asked beside them`);
    // Half as much again for an agency beyond its half, as much for what the collector has not come to, and what threads hold of their own.
    expect(figures.rssMaxMb - before.rssMb).toBeLessThan((3 * capacityBytes) / 1e6 + 150);
    expect(figures.heldMb - before.heldMb).toBeLessThan(capacityBytes / 1e6 / 2);
    expect(said.refused).toBeGreaterThan(0);
  });

  test("F11: whoever hardly reads is cut off in the end, and then there is room again for their agency", async () => {
    const { partner } = started.tokens;
    const { heads } = await hardlyReading(started, 100, 1024, 1000);
    const begun = (): readonly Socket[] => heads.flatMap(({ socket, text }) => (text.includes(" 200") ? [socket] : []));
    for (let tries = 0; tries < 100 && begun().length === 0; tries += 1) await wait(100);
    const slow = begun();
    expect(slow.length).toBeGreaterThan(0);
    await wait(answerMs + 2_000);
    // Who now reads as fast as it can finds what had left the hub by then, and the connection's end.
    const rest = await Promise.all(
      slow.map(async (socket) => {
        let bytes = 0;
        const ended = new Promise<void>((resolve) => void socket.once("close", () => resolve()));
        socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
        socket.resume();
        await Promise.race([ended, wait(5_000)]);
        return { bytes, isOver: socket.destroyed };
      }),
    );
    expect(rest.filter(({ bytes, isOver }) => !isOver || bytes > 10_000_000)).toEqual([]);
    for (let tries = 0; tries < 200 && (await ask(started, partner, bigPage)).status !== 200; tries += 1) await wait(100);
    const whole = JSON.parse((await ask(started, partner, bigPage)).text);
    expect(whole.data.stations.nodes[999].name).toHaveLength(20_000);
    expect(whole.extensions.complete).toBe(true);
  });

  const trickle = seeded("F13", "heads and bodies that come byte by byte, and 2000 connections that say nothing, keep nobody out");
  test(titleOf(trickle), { timeout: 120_000 }, async () => {
    const { partner, owner } = started.tokens;
    const endedMs: number[] = [];
    const besideMs: number[] = [];
    // So many at once that their silent connections are 2000 together.
    const lanes = Array.from({ length: 4 }, () => started);
    await underSeeds(trickle, lanes, async (hub, _seed, random) => {
      const ends: Promise<string>[] = [];
      const everyMs = between(50, 400, random);
      const slow = async (text: string): Promise<void> => {
        const socket = await dial(hub);
        ends.push(
          new Promise((resolve) => {
            let said = "";
            socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
            socket.on("error", () => undefined);
            socket.on("close", () => resolve(said));
          }),
        );
        socket.write(text);
        const timer = setInterval(() => socket.write("x"), everyMs);
        socket.once("close", () => clearInterval(timer));
      };
      const whole = head(partner, 10_000);
      for (let index = between(5, 15, random); index > 0; index -= 1) {
        await slow(`POST /graphql HTTP/1.1\r\nhost: hub\r\nx-${"y".repeat(between(0, 200, random))}`);
        await slow(whole + "{".repeat(between(0, 5_000, random)));
      }
      for (let index = 0; index < 500; index += 1) (await dial(hub)).on("error", () => undefined);
      const from = performance.now();
      const beside = await drive(hub, owner, page, 2, 10);
      expect(count(beside, 200)).toBe(beside.length);
      besideMs.push(...beside.map(({ ms }) => ms));
      // Node says 408 or hangs up, to all of them.
      const said = await Promise.all(ends);
      endedMs.push(performance.now() - from);
      expect(said.filter((text) => text !== "" && !/^HTTP\/1\.1 40[08]/.test(text))).toEqual([]);
      expect(endedMs.at(-1)).toBeLessThan(15_000);
    });
    print("F13", `slow heads and bodies gone after ${Math.round(Math.max(...endedMs))} ms at most; p99 of the others ${round(percentile(besideMs, 0.99))} ms among them`);
  });

  const scans = seeded("F25", "SQLite statements that take seconds do not stop the event loop");
  test(titleOf(scans), { timeout: 120_000 }, async () => {
    const { owner } = started.tokens;
    const lags: number[] = [];
    let asked = 0;
    let tookMs = 0;
    await underSeeds(scans, [started], async (hub, _seed, random) => {
      await hub.figures(true);
      const from = performance.now();
      let isOver = false;
      const texts = Array.from({ length: between(1, 4, random) }, () => `${oneOf([..."甲乙丙丁"], random)}${between(0, 99, random)}`);
      const found = Promise.all(texts.map((text) => ask(hub, owner, `{ stations(where: { name: { contains: "${text}" } }) { nodes { code } } }`))).finally(() => (isOver = true));
      let beside = 0;
      do {
        expect((await ask(hub, owner, page)).status).toBe(200);
        beside += 1;
      } while (!isOver);
      for (const { text } of await found) expect(JSON.parse(text)).toMatchObject({ data: { stations: { nodes: [] } }, extensions: { complete: true } });
      const ownMs = performance.now() - from;
      const { lagP99Ms } = await hub.figures();
      // Run on the event loop, each would have stopped it for its own time.
      expect(lagP99Ms).toBeLessThan(Math.max(400, ownMs / 3));
      lags.push(lagP99Ms);
      asked += beside;
      tookMs += ownMs;
    });
    print("F25", `scans of a million rows took ${Math.round(tookMs)} ms together; event loop p99 ${round(percentile(lags, 0.5))} ms late (half of the times), ${round(Math.max(...lags))} ms at most; ${asked} short pages beside them`);
    // One page beside each, and more: they are not behind it.
    expect(asked).toBeGreaterThan(2 * seedsEach);
  });

  const hostility = seeded("F26", "an agency that asks far more than it may is refused at once, with the time to wait; others are answered beside it");
  test(titleOf(hostility), { timeout: 120_000 }, async () => {
    const { nobody, owner } = started.tokens;
    const refusedMs: number[] = [];
    const besideMs: number[] = [];
    let paid = 0;
    await underSeeds(hostility, [started], async (hub, _seed, random) => {
      // What is no query costs nothing, and is refused as what it is.
      const document = oneOf([page, page, bigPage, "{ stations(first: 100) { nodes { code", "{ moons { name } }"], random);
      const [hostile, beside] = await Promise.all([drive(hub, nobody, document, between(5, 15, random), between(5, 20, random)), drive(hub, owner, page, 2, 10)]);
      expect(count(beside, 200)).toBe(beside.length);
      besideMs.push(...beside.map(({ ms }) => ms));
      const refused = hostile.filter(({ status }) => status === 429);
      refusedMs.push(...refused.map(({ ms }) => ms));
      paid += count(hostile, 200);
      expect(count(hostile, 200) + count(hostile, 400) + refused.length).toBe(hostile.length);
      expect(refused.every((outcome) => Number(outcome.retryAfter) >= 1 && codeOf(outcome) === "BUDGET_SPENT")).toBe(true);
    });
    print("F26", `${refusedMs.length} refusals took ${round(percentile(refusedMs, 0.5))} ms (p50), ${round(percentile(refusedMs, 0.99))} ms (p99); the others' answers beside them ${round(percentile(besideMs, 0.5))} ms (p50)`);
    expect(refusedMs.length).toBeGreaterThan(100);
    // A minute's budget is twelve pages.
    expect(paid).toBeLessThan(60);
    expect(percentile(refusedMs, 0.5)).toBeLessThan(Math.max(50, 3 * percentile(besideMs, 0.5)));
  });
});
