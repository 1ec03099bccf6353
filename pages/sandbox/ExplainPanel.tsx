/** Beside the answer: how the hub answers the query at hand for this agency. Follows every run and every change of session. */
import { useGraphiQL } from "@graphiql/react";
import { useEffect, useId, useState } from "react";
import { explain, type Question } from "./hubFetcher.ts";
import type { Session } from "./session.ts";
import { type Language, words } from "./words.ts";

export const ExplainPanel = ({ session, language, onClose }: { readonly session: Session; readonly language: Language; readonly onClose: () => void }) => {
  const { queryEditor, variableEditor, operationName, response } = useGraphiQL(({ queryEditor, variableEditor, operationName, tabs, activeTabIndex }) => ({
    queryEditor,
    variableEditor,
    operationName,
    response: tabs[activeTabIndex]?.response,
  }));
  const [text, setText] = useState("");
  const [round, setRound] = useState(0);
  const heading = useId();

  useEffect(() => {
    const stopped = new AbortController();
    const show = async () => {
      const question = questionOf(queryEditor?.getValue() ?? "", variableEditor?.getValue() ?? "", operationName);
      const said = typeof question === "string" ? words[question][language] : await explain(question, session, language, stopped.signal);
      if (!stopped.signal.aborted) setText(said);
    };
    // It rejects when it is stopped, and then nobody waits for it.
    show().catch(() => undefined);
    return () => stopped.abort();
  }, [queryEditor, variableEditor, operationName, response, session, language, round]);

  return (
    <aside className="explain" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{words.explain[language]}</h2>
        <button type="button" onClick={() => setRound(round + 1)}>
          {words.explainAgain[language]}
        </button>
        <button type="button" onClick={onClose}>
          {words.close[language]}
        </button>
      </header>
      {/* Scrolls, so the keyboard must reach it. */}
      <pre tabIndex={0} aria-live="polite">
        {text}
      </pre>
    </aside>
  );
};

/** The question in the editors, or the name of the text that says why there is none. */
const questionOf = (query: string, variables: string, operationName: string | undefined): Question | "explainEmpty" | "explainBadVariables" => {
  if (query.trim() === "") return "explainEmpty";
  if (variables.trim() === "") return { query, variables: undefined, operationName };
  try {
    return { query, variables: JSON.parse(variables) as Question["variables"], operationName };
  } catch {
    return "explainBadVariables";
  }
};
