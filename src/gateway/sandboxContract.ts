/**
 * What the developer's page (`pages/sandbox`) and the gateway say to each other. Types only: the page is compiled for browsers.
 *
 * - `GET /sandbox/config.json` → `SandboxConfig`
 * - `POST /sandbox/token` `SandboxTokenRequest` → `SandboxToken`; in demonstration mode only
 * - `POST /explain` with body and headers of `/graphql` → `Explanation`, or `{ errors }` as of `/graphql`
 */
export interface SandboxWords {
  readonly zh: string;
  readonly en: string;
}

export interface SandboxAgency {
  readonly id: string;
  readonly name: SandboxWords;
  /** One line on what the agency may see. */
  readonly about: SandboxWords | null;
  readonly purposes: readonly string[];
}

export interface SandboxPurpose {
  readonly id: string;
  readonly name: SandboxWords;
}

export interface SandboxExample {
  readonly title: SandboxWords;
  readonly query: string;
}

export interface SandboxConfig {
  readonly demonstration: boolean;
  /** The agency that needs no token; null where a token is always needed. */
  readonly anonymous: string | null;
  /** Empty outside demonstration mode: there the page asks for a token. */
  readonly agencies: readonly SandboxAgency[];
  readonly purposes: readonly SandboxPurpose[];
  readonly examples: readonly SandboxExample[];
}

export interface SandboxTokenRequest {
  readonly agency: string;
  readonly purpose?: string;
}

export interface SandboxToken {
  readonly token: string;
  readonly expiresInS: number;
}

export interface Explanation {
  readonly explain: string;
}
