/** Under the answer: is it complete, what did each source say, and why may a value be missing. */
import { useGraphiQL } from "@graphiql/react";
import { useMemo } from "react";
import { type AnswerNotes, groupWithheld, readNotes, type SourceNote, type WithheldNote } from "./answer.ts";
import { errorHints, type Language, sourceStatus, words } from "./words.ts";

export const AnswerSummary = ({ language }: { readonly language: Language }) => {
  // The tab keeps its answer's text: what is summed up is always what is shown.
  const response = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.response);
  const notes = useMemo(() => readNotes(response), [response]);
  return (
    <section className="summary" aria-label={words.notes[language]} aria-live="polite">
      {notes !== null && <Notes notes={notes} language={language} />}
    </section>
  );
};

const Notes = ({ notes, language }: { readonly notes: AnswerNotes; readonly language: Language }) => {
  const { codes, complete, sources, withheld, receipt, correlationId } = notes;
  return (
    <>
      <p className="summary-head">
        <strong>{words.notes[language]}</strong>
        {complete !== null && <span className={complete ? "badge" : "badge badge-warning"}>{words[complete ? "complete" : "incomplete"][language]}</span>}
        {codes.map((code) => (
          <span key={code} className="badge badge-warning">
            {code}
          </span>
        ))}
      </p>
      {codes.map((code) => {
        const hint = errorHints[code];
        return hint !== undefined && <p key={code}>{hint[language]}</p>;
      })}
      {sources.length > 0 && <Sources sources={sources} language={language} />}
      {withheld !== null && sources.length > 0 && <WhyMissing withheld={withheld} language={language} />}
      <p className="summary-ids">
        {receipt !== null && (
          <span>
            {words.receipt[language]} <code>{receipt}</code>
          </span>
        )}
        {correlationId !== null && (
          <span>
            {words.correlationId[language]} <code>{correlationId}</code>
          </span>
        )}
      </p>
    </>
  );
};

const Sources = ({ sources, language }: { readonly sources: readonly SourceNote[]; readonly language: Language }) => (
  <table>
    <caption className="unseen">{words.sources[language]}</caption>
    <thead>
      <tr>
        <th scope="col">{words.source[language]}</th>
        <th scope="col">{words.status[language]}</th>
        <th scope="col" className="number">{words.rows[language]}</th>
        <th scope="col" className="number">{words.milliseconds[language]}</th>
        <th scope="col">{words.staleness[language]}</th>
      </tr>
    </thead>
    <tbody>
      {sources.map(({ source, status, rows, ms, staleness }) => (
        <tr key={source} className={status === "OK" ? "" : "failed"}>
          <th scope="row">{source}</th>
          <td>{sourceStatus[status]?.[language] ?? status}</td>
          <td className="number">{rows}</td>
          <td className="number">{ms}</td>
          <td>{staleness === null ? words.live[language] : duration(staleness, language)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const WhyMissing = ({ withheld, language }: { readonly withheld: readonly WithheldNote[]; readonly language: Language }) => (
  <>
    <p className="summary-why">
      <strong>{words.whyMissing[language]}</strong> {words[withheld.length === 0 ? "nothingWithheld" : "withheldSome"][language]}
    </p>
    {withheld.length > 0 && (
      <table>
        <caption className="unseen">{words.whyMissing[language]}</caption>
        <thead>
          <tr>
            <th scope="col">{words.field[language]}</th>
            <th scope="col">{words.source[language]}</th>
            <th scope="col">{words.because[language]}</th>
            <th scope="col">{words.rule[language]}</th>
          </tr>
        </thead>
        <tbody>
          {groupWithheld(withheld).map(({ source, coordinates, by, because, ask }) => (
            <tr key={`${source} ${by ?? ""} ${coordinates.join()}`}>
              <th scope="row">{coordinates.join(", ")}</th>
              <td>{source}</td>
              <td>
                {because[language]} {ask !== null && <a href={ask}>{words.ask[language]}</a>}
              </td>
              <td>{by === null ? "—" : <code>{by}</code>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </>
);

const units: readonly (readonly ["day" | "hour" | "minute" | "second", number])[] = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1000]];

const duration = (ms: number, language: Language): string => {
  const [unit, size] = units.find(([, size]) => ms >= size) ?? (["second", 1000] as const);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(ms / size);
};
