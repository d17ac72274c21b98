import { createContext, Suspense, useContext, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";

interface Opened {
  triggerRef: RefObject<HTMLButtonElement | null>;
  from: "first" | "last";
  onClose: () => void;
}

const OpenedContext = createContext<Opened | null>(null);

/** For what opens: the button it hangs on, at which end its focus begins, and how it closes. */
export const useOpened = (): Opened => useContext(OpenedContext)!;

interface OpenerProps {
  /** The button's name where its text is not enough. */
  label?: string;
  popup: "menu" | "dialog";
  trigger: ReactNode;
  triggerClass?: string;
  /** Fetches it. */
  preload: () => void;
  /** What opens. */
  children: ReactNode;
}

/** A button and what it opens, which is fetched once one is about to press: no page needs it in order to be shown. */
export function Opener({ label, popup, trigger, triggerClass, preload, children }: OpenerProps) {
  const triggerRef = useRef<HTMLButtonElement>(null);
  const [from, setFrom] = useState<Opened["from"] | null>(null);
  const press = (event: KeyboardEvent) => {
    if (popup !== "menu" || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    setFrom(event.key === "ArrowUp" ? "last" : "first");
  };
  return (
    <>
      <button
        ref={triggerRef}
        type="button"
        aria-label={label}
        aria-haspopup={popup}
        aria-expanded={from !== null}
        className={triggerClass}
        onPointerEnter={preload}
        onFocus={preload}
        onClick={() => setFrom("first")}
        onKeyDown={press}
      >
        {trigger}
      </button>
      <Suspense>{from && <OpenedContext value={{ triggerRef, from, onClose: () => setFrom(null) }}>{children}</OpenedContext>}</Suspense>
    </>
  );
}
