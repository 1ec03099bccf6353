/** Who asks: in a demonstration any agency and one of its purposes, elsewhere whoever a pasted token names. */
import { useId, useState } from "react";
import type { SandboxConfig, SandboxPurpose } from "../../src/gateway/sandboxContract.ts";
import { readClaims } from "./session.ts";
import { type Language, words } from "./words.ts";

export interface Choice {
  readonly agency: string | null;
  readonly purpose: string | null;
  readonly token: string | null;
}

interface PickerProps {
  readonly config: SandboxConfig;
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
  readonly language: Language;
}

export const firstChoice = (config: SandboxConfig): Choice => {
  const agency = config.agencies[0];
  return { agency: agency?.id ?? null, purpose: agency?.purposes[0] ?? null, token: null };
};

export const PrincipalPicker = (props: PickerProps) => (props.config.demonstration ? <AgencyPicker {...props} /> : <TokenField {...props} />);

const AgencyPicker = ({ config, choice, onChoose, language }: PickerProps) => {
  const id = useId();
  const about = useId();
  const agency = config.agencies.find(({ id }) => id === choice.agency);
  const choose = (agencyId: string): void => {
    const purposes = config.agencies.find(({ id }) => id === agencyId)?.purposes ?? [];
    const kept = purposes.find((purpose) => purpose === choice.purpose);
    onChoose({ agency: agencyId, purpose: kept ?? purposes[0] ?? null, token: null });
  };
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{words.askAs[language]}</label>
        <select id={id} aria-describedby={about} value={choice.agency ?? ""} onChange={({ currentTarget }) => choose(currentTarget.value)}>
          {config.agencies.map(({ id, name }) => (
            <option key={id} value={id}>
              {name[language]}
            </option>
          ))}
        </select>
      </div>
      <PurposePicker ids={agency?.purposes ?? []} known={config.purposes} choice={choice} onChoose={onChoose} language={language} />
      <p id={about} className="about" aria-live="polite">
        {agency?.about?.[language]}
      </p>
    </>
  );
};

const TokenField = ({ config, choice, onChoose, language }: PickerProps) => {
  const id = useId();
  const about = useId();
  const [draft, setDraft] = useState("");
  const claims = choice.token === null ? null : readClaims(choice.token);
  const use = (): void => {
    const token = draft.trim() === "" ? null : draft.trim();
    onChoose({ agency: null, purpose: (token === null ? null : readClaims(token)?.purposes[0]) ?? null, token });
  };
  return (
    <>
      <form
        className="field"
        onSubmit={(event) => {
          event.preventDefault();
          use();
        }}
      >
        <label htmlFor={id}>{words.token[language]}</label>
        <input
          id={id}
          type="password"
          autoComplete="off"
          aria-describedby={about}
          placeholder={words.tokenHint[language]}
          value={draft}
          onChange={({ currentTarget }) => setDraft(currentTarget.value)}
        />
        <button type="submit">{words.use[language]}</button>
      </form>
      <PurposePicker ids={claims?.purposes ?? []} known={config.purposes} choice={choice} onChoose={onChoose} language={language} />
      <p id={about} className="about" aria-live="polite">
        {choice.token === null ? words.noToken[language] : `${words.tokenInUse[language]} ${claims?.subject ?? "?"}`}
      </p>
    </>
  );
};

interface PurposePickerProps extends Omit<PickerProps, "config"> {
  readonly ids: readonly string[];
  readonly known: readonly SandboxPurpose[];
}

const PurposePicker = ({ ids, known, choice, onChoose, language }: PurposePickerProps) => {
  const id = useId();
  const nameOf = (purpose: string): string => known.find(({ id }) => id === purpose)?.name[language] ?? purpose;
  return (
    <div className="field">
      <label htmlFor={id}>{words.purpose[language]}</label>
      <select id={id} disabled={ids.length === 0} value={choice.purpose ?? ""} onChange={({ currentTarget }) => onChoose({ ...choice, purpose: currentTarget.value })}>
        {ids.length === 0 && <option value="">{words.noPurpose[language]}</option>}
        {ids.map((purpose) => (
          <option key={purpose} value={purpose}>
            {nameOf(purpose)}
          </option>
        ))}
      </select>
    </div>
  );
};
