/**
 * A load of N keep-alive connections, each sending the next request when the last answer is whole. Raw sockets, so that the client
 * takes as little of the shared cores as it can; it counts only answers with status 200 and fails on any other.
 */
import { connect, type Socket } from "node:net";

export interface Load {
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly durationMs: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly bytes: number;
  /** Of each answer, from the request's last byte to its own. */
  readonly tookMs: readonly number[];
}

export async function load(options: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(options.url);
  const body = Buffer.from(options.body);
  const head = [`POST ${options.path} HTTP/1.1`, `host: ${hostname}:${port}`, "content-type: application/json", `content-length: ${body.length}`];
  for (const [name, value] of Object.entries(options.headers)) head.push(`${name}: ${value}`);
  const request = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
  const tookMs: number[] = [];
  let bytes = 0;
  const started = performance.now();
  const until = started + options.durationMs;
  await Promise.all(
    Array.from({ length: options.connections }, async () => {
      const socket = connect(Number(port), hostname);
      socket.setNoDelay(true);
      try {
        await new Promise<void>((resolve, reject) => {
          let askedAt = 0;
          const next = (): void => {
            askedAt = performance.now();
            if (askedAt >= until) resolve();
            else socket.write(request);
          };
          readAnswers(socket, (length) => {
            tookMs.push(performance.now() - askedAt);
            bytes = length;
            next();
          }, reject);
          socket.once("connect", next);
          socket.once("error", reject);
        });
      } finally {
        socket.destroy();
      }
    }),
  );
  return { perSecond: (tookMs.length * 1000) / (performance.now() - started), bytes, tookMs };
}

function readAnswers(socket: Socket, onAnswer: (bytes: number) => void, onFault: (error: Error) => void): void {
  let missing = 0;
  let length = 0;
  let pending: Buffer | null = null;
  socket.on("data", (chunk: Buffer) => {
    let data = pending === null ? chunk : Buffer.concat([pending, chunk]);
    pending = null;
    while (data.length > 0) {
      if (missing > 0) {
        const taken = Math.min(missing, data.length);
        missing -= taken;
        data = data.subarray(taken);
        if (missing === 0) onAnswer(length);
        continue;
      }
      const end = data.indexOf("\r\n\r\n");
      if (end < 0) {
        pending = data;
        return;
      }
      const head = data.subarray(0, end).toString("latin1");
      if (!head.startsWith("HTTP/1.1 200")) {
        onFault(new Error(`answered ${head.split("\r\n")[0]}: ${data.subarray(end + 4).toString().slice(0, 500)}`));
        return;
      }
      length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? "NaN");
      if (Number.isNaN(length)) {
        onFault(new Error("answered without a content-length"));
        return;
      }
      missing = length;
      data = data.subarray(end + 4);
    }
  });
}
