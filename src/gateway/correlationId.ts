/** The name of one request in answers, records and logs: the caller's own where it is a short harmless token, else a random one. */
import { randomUUID } from "node:crypto";

const harmless = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const correlationIdOf = (sent: readonly string[] | undefined): string => {
  const [id, ...more] = sent ?? [];
  return id !== undefined && more.length === 0 && harmless.test(id) ? id : randomUUID();
};
