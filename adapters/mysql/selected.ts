/** Columns of an answer: of one shape with what stands in their place in the other parts. */
import type { Placed } from "../sql/dialect.ts";
import type { SqlFragment } from "../sql/drizzle.ts";
import { type Shape, TEXT, unify } from "./shape.ts";
import { holdsSteps, renderSteps } from "./stepsKey.ts";
import { bareColumn, factsOf, isFine, renderTyped, shapeOf, type Typed } from "./typedExpr.ts";

/** What stands in a place of the answer, as its cells are decoded. */
export type OutputKind = Shape["kind"] | "steps";

export function outputKind(peers: readonly Placed[], typed: Typed): OutputKind {
  if (peers.some(({ expr }) => holdsSteps(expr))) return "steps";
  return peerShape(peers, typed).kind;
}

const peerShape = (peers: readonly Placed[], typed: Typed): Shape => unify(peers.map(({ expr, scope }) => shapeOf(expr, scope, typed))) ?? TEXT;

/** A column of a SELECT, of one shape with those in its place in the other parts. */
export function renderSelected({ expr, scope }: Placed, peers: readonly Placed[], isFilled: boolean, typed: Typed): SqlFragment {
  if (peers.some((peer) => holdsSteps(peer.expr))) return renderSteps(expr, scope, typed);
  const shape = peerShape(peers, typed);
  const facts = factsOf(expr, scope, typed);
  // Where the condition has seen to it that the time is one, the column's own index gives the order.
  if (isFilled && expr.kind === "column" && facts?.reading === "time" && facts.shape.kind === shape.kind && !isFine(facts.shape)) return bareColumn(expr);
  return renderTyped(expr, scope, typed, shape);
}
