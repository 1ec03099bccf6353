/** The fault proxy before the server of a kind. */
import { type Fault, type FaultProxy, openFaultProxy } from "../../faults/faultProxy.ts";
import type { Harness, OpenKind, TableSpec } from "./harness.ts";

export interface Proxied {
  readonly open: OpenKind;
  readonly proxy: FaultProxy;
  close(): Promise<void>;
}

/** `fault` is there from the first byte: what a mirror reads, it reads while it is opened. */
export async function openBehindProxy(harness: Harness, tables: readonly TableSpec[], fault: Fault = { kind: "none" }): Promise<Proxied> {
  let proxy: FaultProxy | null = null;
  const open = await harness.open(tables, async (real) => {
    const url = new URL(real);
    proxy = await openFaultProxy({ host: url.hostname, port: Number(url.port) });
    await proxy.set(fault, 1);
    // The schemes of databases have no default port, and a URL keeps what it is given.
    url.hostname = "127.0.0.1";
    url.port = String(proxy.port);
    return url.href.replace(/\/$/, "");
  });
  // The assignment is in a callback, which the compiler does not follow.
  const before = proxy as FaultProxy | null;
  if (before === null) throw new Error(`the harness of ${harness.kind} opens its server without asking what stands before it`);
  return {
    open,
    proxy: before,
    close: async () => {
      await before.set({ kind: "none" });
      await open.close();
      await before.close();
    },
  };
}
