/** A TCP proxy that spoils what a server says, as told, with a seed: what it does twice it does alike. Faults bind open connections too. */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { randomOf } from "../fixtures/random.ts";

export type Fault =
  | { readonly kind: "none" }
  /** Nobody listens, and open connections are cut. */
  | { readonly kind: "refuse" }
  /** Open connections are cut once; new ones are sound. */
  | { readonly kind: "cut" }
  | { readonly kind: "delay"; readonly ms: number; readonly jitterMs: number }
  /** Each chunk either way ends its connection with this probability. */
  | { readonly kind: "drop"; readonly probability: number }
  /** A connection ends after so many bytes of the server, counted from when the fault began. */
  | { readonly kind: "resetAfter"; readonly bytes: number }
  | { readonly kind: "drip"; readonly bytesPerSecond: number }
  /** What the server says comes whole, but cut where nobody meant it to be: pieces of at most so many bytes, each on its own. */
  | { readonly kind: "pieces"; readonly bytesMax: number }
  /** Connections are taken and nothing is said. */
  | { readonly kind: "blackHole" }
  /** As `resetAfter`, but the connection stays open and says no more. */
  | { readonly kind: "silentAfter"; readonly bytes: number }
  /** Each byte of the server is another one with this probability. */
  | { readonly kind: "corrupt"; readonly probability: number }
  /** The server says this in place of each of its chunks. */
  | { readonly kind: "say"; readonly text: string | Buffer };

export interface FaultProxy {
  readonly port: number;
  set(fault: Fault, seed?: number): Promise<void>;
  /** Chunks that clients sent since the proxy began. */
  asked(): number;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes of the server since the fault began. */
  passed: number;
  /** Chunks go on in order, whatever they wait for. */
  last: Promise<void>;
}

export async function openFaultProxy(target: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
  let fault: Fault = { kind: "none" };
  let random = randomOf(0);
  let asked = 0;
  const pairs = new Set<Pair>();

  const cut = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.destroy();
  };
  const mayDrop = (pair: Pair): boolean => {
    if (fault.kind !== "drop" || random() >= fault.probability) return false;
    cut(pair);
    return true;
  };

  async function forward(pair: Pair, chunk: Buffer): Promise<void> {
    const now = fault;
    switch (now.kind) {
      case "delay":
        await wait(now.ms + random() * now.jitterMs);
        break;
      case "resetAfter": {
        const left = now.bytes - pair.passed;
        pair.passed += chunk.length;
        if (chunk.length < left) break;
        pair.client.write(chunk.subarray(0, Math.max(0, left)), () => cut(pair));
        return;
      }
      case "silentAfter": {
        const left = now.bytes - pair.passed;
        pair.passed += chunk.length;
        if (left > 0) pair.client.write(chunk.subarray(0, left));
        return;
      }
      case "drip":
        for (const byte of chunk) {
          if (fault !== now || pair.client.destroyed) return;
          await wait(1000 / now.bytesPerSecond);
          pair.client.write(Buffer.of(byte));
        }
        return;
      case "pieces":
        for (let at = 0; at < chunk.length && !pair.client.destroyed; ) {
          const end = at + 1 + Math.floor(random() * now.bytesMax);
          pair.client.write(chunk.subarray(at, end));
          // A turn of the event loop, so that the next piece is another packet.
          await new Promise((resolve) => setImmediate(resolve));
          at = end;
        }
        return;
      case "blackHole":
        return;
      case "corrupt":
        for (let at = 0; at < chunk.length; at += 1) if (random() < now.probability) chunk[at] = Math.floor(random() * 256);
        break;
      case "say":
        pair.client.write(now.text);
        return;
      case "none":
      case "refuse":
      case "cut":
      case "drop":
        break;
    }
    if (!pair.client.destroyed) pair.client.write(chunk);
  }

  const server: Server = createServer((client) => {
    const upstream = connect(target);
    const pair: Pair = { client, server: upstream, passed: 0, last: Promise.resolve() };
    pairs.add(pair);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on("error", () => cut(pair));
      // A client that hung up is told to the server even into a black hole: the hub's own machine closes its half.
      socket.on("close", () => cut(pair));
    }
    client.on("data", (chunk: Buffer) => {
      asked += 1;
      if (mayDrop(pair) || fault.kind === "blackHole") return;
      upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      if (mayDrop(pair)) return;
      pair.last = pair.last.then(() => forward(pair, chunk));
    });
  });
  const listen = (port: number): Promise<void> => new Promise((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;

  return {
    port,
    async set(next, seed = 0) {
      const wasRefusing = fault.kind === "refuse";
      fault = next;
      random = randomOf(seed);
      for (const pair of pairs) pair.passed = 0;
      if (next.kind === "refuse" || next.kind === "cut") for (const pair of [...pairs]) cut(pair);
      if (next.kind === "refuse" && !wasRefusing) await new Promise<void>((resolve) => server.close(() => resolve()));
      if (next.kind !== "refuse" && wasRefusing) await listen(port);
    },
    asked: () => asked,
    async close() {
      for (const pair of [...pairs]) cut(pair);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
