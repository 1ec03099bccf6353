/** One GET as a server sees it, and what a server may do to whoever waits for its head. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, createServer as createRawServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { sendGet } from "../../../adapters/http/sendGet.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that says some bytes to whoever connects, and perhaps hangs up. */
async function saying(text: string, hangsUp: boolean): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => (hangsUp ? socket.end(text) : socket.write(text)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const never = new AbortController().signal;

test("asks for the path with its query, says the headers given, and never an address's credentials", async () => {
  const asked: { url: string | undefined; method: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const server = createServer(({ url, method, headers }, response) => {
    asked.push({ url, method, headers });
    response.writeHead(302, { location: "/elsewhere", "content-encoding": "gzip" }).end("no gzip");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const body = await sendGet(new URL(`http://user:secret@127.0.0.1:${port}/a/b?c=%E7%AB%99&d=1`), { "x-key": "k" }, never);
  expect([body.statusCode, body.headers.location]).toEqual([302, "/elsewhere"]);
  expect(String(Buffer.concat(await body.toArray()))).toBe("no gzip");
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ url: "/a/b?c=%E7%AB%99&d=1", method: "GET", headers: { "x-key": "k" } });
  expect(asked[0]?.headers.authorization).toBeUndefined();
});

describe("ends with an error", () => {
  test.each<[string, string, boolean]>([
    ["where the connection ends before a head", "", true],
    ["where it ends within one", "HTTP/1.1 200 OK\r\ncontent-le", true],
    ["where the head is none", "SSH-2.0-OpenSSH_9.2\r\n", false],
    ["where it asks for another protocol", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n", false],
  ])("%s", async (_, text, hangsUp) => {
    await expect(sendGet(await saying(text, hangsUp), {}, never)).rejects.toThrow();
  });

  test("where nobody waits any more, before the head and within the body", async () => {
    const silent = await saying("", false);
    await expect(sendGet(silent, {}, AbortSignal.timeout(50))).rejects.toThrow();
    const leaving = new AbortController();
    const body = await sendGet(await saying("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345", false), {}, leaving.signal);
    setTimeout(() => leaving.abort(), 20);
    await expect(body.toArray()).rejects.toThrow();
  });

  test("where a body is shorter than it says", async () => {
    const body = await sendGet(await saying("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345", true), {}, never);
    await expect(body.toArray()).rejects.toThrow();
  });
});
