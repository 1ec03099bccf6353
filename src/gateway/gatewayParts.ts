/** What the gateway is given by `main` and by tests. */
import type { RegionCode } from "../../schema/ids.ts";
import type { Permit } from "../access/permit.ts";
import type { Journal } from "../audit/disclosure.ts";
import type { OpenJournal } from "../audit/openJournal.ts";
import type { Log } from "../observe/logEvents.ts";
import type { Agency, Steward } from "../identity/network.ts";
import type { Suspensions } from "../identity/suspensions.ts";
import type { TokenCache } from "../identity/tokenCache.ts";
import type { TokenTrust } from "../identity/verifyToken.ts";
import type { OperationPlan } from "../plan/operationPlan.ts";
import type { Store } from "../store/openStore.ts";
import type { AnswerParts } from "./answerOperation.ts";
import type { ConnectionLimits } from "./connections.ts";
import type { SandboxExample } from "./sandboxContract.ts";

export interface PolicyReload {
  /** In force now. */
  readonly epoch: number;
  /** False: the files say what was in force already. */
  readonly changed: boolean;
}

export interface GatewayParts extends AnswerParts {
  readonly journal: Journal & Pick<OpenJournal, "healthy" | "appendSum">;
  readonly store: Store;
  readonly suspensions: Suspensions;
  readonly tokenCache: TokenCache;
  readonly trust: TokenTrust;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Opens the doors by which the sandbox gets a token for any agency. */
  readonly demonstration: boolean;
  /** Built pages; null: none. */
  readonly sandboxDir: string | null;
  /** What `readExamples` found in the network's folder; absent: none. */
  readonly sandboxExamples?: readonly SandboxExample[];
  /** Reads a region's policy file anew and brings it into force through the journal. Throws POLICY_INVALID. */
  reloadPolicy(region: RegionCode, by: Steward): Promise<PolicyReload>;
  /** What the agency may read of its plan: no source's own query. Null: the door is shut. */
  readonly explainText: ((plan: OperationPlan, permit: Permit, agency: Agency) => string) | null;
  /** Refusals of a kind that are recorded one by one in a minute; absent: twenty. Tests that look at every record raise it. */
  readonly recordedRefusals?: number;
  /** Where they differ from the hub's own: tests have less patience. */
  readonly connectionLimits?: Partial<ConnectionLimits>;
  /** Bytes that operations and waiting answers may hold together; absent: a share of the heap. */
  readonly capacityBytes?: number;
  readonly log: Log;
}
