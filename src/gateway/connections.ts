/**
 * The connections of the hub's port: no more than so many, and those that ask nothing make room for those that come. A caller that opens
 * thousands and sends nothing, or a byte now and then, is not in anybody's way (F13).
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";

export interface ConnectionLimits {
  /** Open at once. */
  readonly connections: number;
  /** From a connection's or a request's beginning to the end of its head. */
  readonly headersMs: number;
  /** To the end of its body. */
  readonly requestMs: number;
  /** Between two requests. */
  readonly idleMs: number;
  /** From an answer's first byte to its last: a caller that reads drop by drop loses its connection (F11). */
  readonly answerMs: number;
}

export const defaultConnectionLimits: ConnectionLimits = { connections: 2_000, headersMs: 10_000, requestMs: 30_000, idleMs: 65_000, answerMs: 60_000 };

/** How often Node looks for heads and bodies that are late. */
export const lateLookEveryMs = 1_000;

/** Call before the server listens. */
export function limitConnections(server: Server, { connections }: Pick<ConnectionLimits, "connections">): void {
  // In the order in which they began to be idle.
  const idle = new Set<Socket>();
  let open = 0;
  server.on("connection", (socket: Socket) => {
    open += 1;
    idle.add(socket);
    socket.once("close", () => {
      open -= 1;
      idle.delete(socket);
    });
    if (open <= connections) return;
    const [longest = socket] = idle;
    longest.destroy();
  });
  server.on("request", ({ socket }, response) => {
    idle.delete(socket);
    response.once("close", () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });
}
