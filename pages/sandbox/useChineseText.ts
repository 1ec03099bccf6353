import { useGraphiQL } from "@graphiql/react";
import { useEffect } from "react";

/** Chinese brackets, commas and spaces are no disguised Latin ones: the editors box none of them. */
export const useChineseText = (): void => {
  const { queryEditor, variableEditor, responseEditor } = useGraphiQL(({ queryEditor, variableEditor, responseEditor }) => ({ queryEditor, variableEditor, responseEditor }));
  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, responseEditor]) editor?.updateOptions({ unicodeHighlight: { ambiguousCharacters: false } });
  }, [queryEditor, variableEditor, responseEditor]);
};
