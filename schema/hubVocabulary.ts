/** The hub's entities: the one list. An entity that is not in it does not exist. */
import { Observation } from "./air/observation.ts";
import { Station } from "./air/station.ts";
import { PollutionAlert } from "./alert/pollutionAlert.ts";
import { collect, type DeclaredVocabulary } from "./collect.ts";
import { Inspection } from "./enforcement/inspection.ts";
import { PenaltyDecision } from "./enforcement/penaltyDecision.ts";
import { Violation } from "./enforcement/violation.ts";
import { Enterprise } from "./pollution/enterprise.ts";
import { Outlet } from "./pollution/outlet.ts";
import { Section } from "./water/section.ts";
import { WaterQualityAssessment } from "./water/waterQualityAssessment.ts";

let built: DeclaredVocabulary | undefined;

/** The hub's vocabulary, built once per process. Never imported by worker files: the classes carry decorators. */
export const vocabulary = (): DeclaredVocabulary => {
  built ??= collect([
    Station,
    Observation,
    Section,
    WaterQualityAssessment,
    Enterprise,
    Outlet,
    Inspection,
    Violation,
    PenaltyDecision,
    PollutionAlert,
  ]);
  return built;
};
