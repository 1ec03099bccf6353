/** What a steward asks and does over `/steward/graphql`. Who may is said in `stewardShield.ts`, for every field. */
import "reflect-metadata";
import { Arg, Ctx, Field, Int, Mutation, ObjectType, Query, Resolver } from "type-graphql";
import { asRegionCode } from "../../schema/ids.ts";
import type { Lost } from "../mapping/lost.ts";
import type { Drift } from "../sources/drift.ts";
import type { SourceState } from "../sources/sourceState.ts";
import type { Principal } from "../identity/principal.ts";
import type { GatewayParts, PolicyReload } from "./gatewayParts.ts";
import { sourceStanding } from "./sourceStanding.ts";

export interface StewardContext {
  readonly principal: Principal;
  readonly parts: Pick<GatewayParts, "registry" | "state" | "reloadPolicy">;
  /** Names the request in the log. */
  readonly correlationId: string;
}

@ObjectType({ description: "中英文名称\nA name in both languages" })
export class StewardName {
  @Field(() => String)
  zh!: string;

  @Field(() => String)
  en!: string;
}

@ObjectType({ description: "可做之事\nWhat a steward may do now" })
export class StewardPermit {
  @Field(() => [String], { description: "所管区域\nRegions whose rules and sources are in this steward's care" })
  regions!: string[];

  @Field(() => Int, { description: "现行规则版本\nEpoch of the policies in force" })
  epoch!: number;
}

@ObjectType({ description: "当前管理员\nThe steward who asks" })
export class Me {
  @Field(() => String)
  person!: string;

  @Field(() => StewardName)
  name!: StewardName;

  @Field(() => StewardPermit)
  permit!: StewardPermit;
}

@ObjectType({ description: "结构漂移\nHow a source's table differs from the one its mapping was compiled on" })
export class SourceDrift {
  @Field(() => String)
  table!: string;

  @Field(() => String, { nullable: true })
  column!: string | null;

  @Field(() => String)
  change!: string;

  @Field(() => String, { nullable: true })
  before!: string | null;

  @Field(() => String, { nullable: true })
  now!: string | null;
}

@ObjectType({ description: "数据源\nA source of a region in this steward's care" })
export class StewardSource {
  @Field(() => String)
  id!: string;

  @Field(() => String)
  region!: string;

  @Field(() => String, { description: "READY、DRIFT（表结构已变化，部分内容停止提供）、REFUSED（文件有误）或 UNAVAILABLE（无法访问）\nREADY, DRIFT (its tables changed, and something is withheld for it), REFUSED (its files are at fault) or UNAVAILABLE (cannot be reached)" })
  status!: string;

  @Field(() => [SourceDrift])
  drift!: SourceDrift[];

  @Field(() => [String], { description: "因结构漂移停止提供的字段；无字段名即整个实体\nWhat is withheld for drift: attributes, or an entity wholly" })
  withheld!: string[];

  @Field(() => String, { nullable: true, description: "错在何处、如何修正\nWhat is wrong where, and how to mend it" })
  message!: string | null;
}

@ObjectType({ description: "规则重载结果\nWhat came of reading a policy anew" })
export class Reload {
  @Field(() => Int)
  epoch!: number;

  @Field(() => Boolean, { description: "否：文件内容即现行规则\nFalse: the file says what was in force already" })
  changed!: boolean;
}

/** Shield has let a steward through; anything else is the hub's own fault and fails closed. */
const stewardOf = ({ principal }: StewardContext): Extract<Principal, { kind: "steward" }>["steward"] => {
  if (principal.kind !== "steward") throw new TypeError("an agency reached a steward's resolver");
  return principal.steward;
};

@Resolver()
export class StewardResolver {
  @Query(() => Me)
  me(@Ctx() context: StewardContext): Me {
    const { person, name, regions } = stewardOf(context);
    return { person, name, permit: { regions: [...regions], epoch: context.parts.state.current().policySet.epoch } };
  }

  @Query(() => [StewardSource], { description: "所管区域的数据源\nSources of the steward's regions" })
  sources(@Ctx() context: StewardContext): StewardSource[] {
    const { regions } = stewardOf(context);
    return context.parts.registry.list().flatMap((state) => {
      const region = regionOf(state);
      return region !== null && regions.some((own) => own === region) ? [sourceOf(state, region)] : [];
    });
  }

  @Mutation(() => Reload, { description: "重新读取本区域的规则文件并生效\nReads the region's policy file anew and brings it into force" })
  reloadPolicy(@Arg("region", () => String) region: string, @Ctx() context: StewardContext): Promise<PolicyReload> {
    return context.parts.reloadPolicy(asRegionCode(region), stewardOf(context));
  }
}

const regionOf = (state: SourceState): string | null => (state.status === "ready" ? state.source.region : state.region);

const sourceOf = (state: SourceState, region: string): StewardSource => {
  const { source: id, status } = sourceStanding(state);
  switch (state.status) {
    case "ready":
      return { id, region, status, drift: state.drift.map(driftOf), withheld: withheldOf(state.source.lost), message: null };
    case "refused":
      return { id, region, status, drift: [], withheld: [], message: state.message };
    case "unavailable":
      // The driver's own words are for the operator's log.
      return { id, region, status, drift: [], withheld: [], message: state.reason };
  }
};

const withheldOf = (lost: Lost): string[] => [...lost].flatMap(([entity, { attributes, rows }]) => (rows ? [String(entity)] : [...attributes].sort().map((name) => `${entity}.${name}`)));

const driftOf = ({ table, column, change, before, now }: Drift): SourceDrift => ({ table, column, change, before, now });
