import { createContext, useContext, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { flushSync } from "react-dom";

import { offerReload, OverlayPending } from "@/components/ui/later";

interface Opened {
  triggerRef: RefObject<HTMLButtonElement | null>;
  from: "first" | "last";
  /** Not by a pointer: the focus is to be seen where it goes. */
  byKeys: boolean;
  onClose: () => void;
  /** Closes, gives the focus back to the button, and acts then: a dialog that opens gives it back to what has it at that moment, which a choice that goes cannot be. */
  leave: (act: () => void) => void;
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
  load: () => Promise<unknown>;
  /** What opens. */
  children: ReactNode;
}

/** A button and what it opens, which is fetched once one is about to press: no page needs it in order to be shown. */
export function Opener({ label, popup, trigger, triggerClass, load, children }: OpenerProps) {
  const triggerRef = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState<Pick<Opened, "from" | "byKeys"> | null>(null);
  const { coming, openFetched } = useOpening(load);
  const preload = () => void load().catch(() => undefined);
  const open = (from: Opened["from"], byKeys: boolean) => openFetched(() => setOpened({ from, byKeys }));
  const onClose = () => setOpened(null);
  const leave = (act: () => void) => {
    flushSync(onClose);
    triggerRef.current?.focus();
    act();
  };
  const press = (event: KeyboardEvent) => {
    if (popup !== "menu" || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    open(event.key === "ArrowUp" ? "last" : "first", true);
  };
  return (
    <>
      <button
        ref={triggerRef}
        type="button"
        aria-label={label}
        aria-haspopup={popup}
        aria-expanded={opened !== null}
        className={triggerClass}
        onPointerEnter={preload}
        onFocus={preload}
        onClick={({ detail }) => open("first", detail === 0)}
        onKeyDown={press}
      >
        {trigger}
      </button>
      {coming}
      {opened && <OpenedContext value={{ triggerRef, ...opened, onClose, leave }}>{children}</OpenedContext>}
    </>
  );
}

/** Fetches what a press opens, and opens it then, unless something else took the focus meanwhile: what one types by now is for that. */
export function useOpening(load: () => Promise<unknown>) {
  const [isComing, setComing] = useState(false);
  const openFetched = (open: () => void) => {
    const { activeElement } = document; // not the button: Safari does not focus what one clicks
    setComing(true);
    void load()
      .then(() => document.activeElement === activeElement && open(), offerReload)
      .finally(() => setComing(false));
  };
  return { coming: isComing && <OverlayPending />, openFetched };
}
