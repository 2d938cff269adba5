/** A text that is kept when its field is left. What others do meanwhile does not take away what is being typed. */

import { useRef, useState, type KeyboardEvent } from "react";

import { useSession } from "../context";
import { useMay } from "../store";
import { useDraft } from "./drafts";

interface Props {
  readonly value: string;
  readonly label: string;
  readonly onChange: (text: string) => void;
  readonly className?: string;
  readonly describedBy?: string;
  readonly placeholder?: string;
  /** More than one: Enter makes a new line. */
  readonly rows?: number;
}

export function Line({ value, label, onChange, className, describedBy, placeholder, rows = 1 }: Props) {
  const session = useSession();
  const mayEdit = useMay("edit");
  const [draft, setDraft] = useState<string | null>(null);
  /** The revision that was shown when the first letter was typed. */
  const base = useRef(0);
  /** What is typed and not sent: a field that goes away because of what it sent does not send it again. */
  const typed = useRef<string | null>(null);
  const leave = () => {
    const text = typed.current;
    typed.current = null;
    if (text !== null && text !== value) session.asOf(base.current, () => onChange(text));
    setDraft(null);
  };
  useDraft(leave);
  const common = {
    className,
    placeholder,
    value: draft ?? value,
    "aria-label": label,
    "aria-describedby": describedBy,
    spellCheck: className !== "is-code",
    readOnly: !mayEdit,
    onChange: (event: { target: { value: string } }) => {
      if (draft === null) base.current = session.revision;
      typed.current = event.target.value;
      setDraft(event.target.value);
    },
    onBlur: leave,
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.key === "Enter" && rows === 1) event.currentTarget.blur();
    },
  };
  return rows > 1 ? <textarea {...common} rows={rows} /> : <input {...common} />;
}
