/**
 * A folder of built pages. The files are listed once, and only what is on the list can be asked for: no path is ever made of a request.
 * Nothing may come from outside (government networks have no internet), which the policy holds every page to.
 */
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { pipeline } from "node:stream";
import { sendNothing } from "./respond.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};

/** The editor writes its colours into style elements, and styles hold small pictures; everything else is this origin's alone. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const pageHeaders = {
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

export interface StaticPages {
  /** `path`: behind the door's own, percent-encoded as sent. False: there is no such file. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): boolean;
}

export const staticPages = (folder: string): StaticPages => {
  const files = new Map<string, string>();
  if (existsSync(folder)) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      // Links could lead out of the folder.
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      files.set(relative(folder, file).split(sep).join("/"), file);
    }
  }
  return {
    serve(path, request, response) {
      const name = path === "" ? "index.html" : decoded(path);
      const file = name === null ? undefined : files.get(name);
      if (file === undefined || name === null) return false;
      if (request.method !== "GET" && request.method !== "HEAD") {
        sendNothing(response, 405, { allow: "GET, HEAD" });
        return true;
      }
      response.writeHead(200, {
        ...pageHeaders,
        "content-type": types[extname(file)] ?? "application/octet-stream",
        "content-length": statSync(file).size,
        // The builder puts a hash into the names of what lies in assets/.
        "cache-control": name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      });
      if (request.method === "HEAD") response.end();
      else pipeline(createReadStream(file), response, () => undefined);
      return true;
    },
  };
};

const decoded = (path: string): string | null => {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
};
