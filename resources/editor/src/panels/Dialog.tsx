/** A box over the rest that takes the keyboard until it is closed. */

import { useEffect, useRef, type ReactNode } from "react";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly isWide?: boolean;
}

export function Dialog({ title, children, onClose, isWide = false }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog ref={box} aria-label={title} className={isWide ? "is-wide" : ""} onClose={onClose} onKeyDown={(event) => event.stopPropagation()}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
