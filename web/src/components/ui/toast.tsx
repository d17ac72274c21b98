import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect, useState, type RefObject } from "react";

import { IconButton } from "@/components/ui/button";
import styles from "@/components/ui/toast.module.css";
import { announce } from "@/lib/announce";
import { classNames } from "@/lib/class-names";
import { createStore } from "@/lib/store";

interface ToastAction {
  label: string;
  run: () => void;
}

interface Toast {
  id: number;
  kind: "done" | "failed";
  message: string;
  action?: ToastAction;
}

const toasts = createStore<Toast[]>([]);
let lastId = 0;

/** Says that something was done. Offers one way on or back. */
export const toastDone = (message: string, action?: ToastAction) => show("done", message, action);

/** Says that something failed, and stays until it is dismissed. */
export const toastFailed = (message: string, action?: ToastAction) => show("failed", message, action);

/** Says that something failed, whose place shows it too if it is still `here` (`useHere`). */
export function tellFailed(message: string, here: RefObject<boolean>): void {
  if (here.current) announce(message, "assertive");
  else toastFailed(message);
}

function show(kind: Toast["kind"], message: string, action?: ToastAction): void {
  announce(message, kind === "failed" ? "assertive" : "polite");
  lastId += 1;
  const toast = { id: lastId, kind, message, action };
  toasts.set((current) => [...current.filter((old) => old.message !== message && (old.kind === "failed" || old.id > lastId - 3)), toast]);
}

/** Takes back what is true no more. */
export const withdrawToast = (message: string) => toasts.set((current) => current.filter((toast) => toast.message !== message));

const dismiss = (id: number) => toasts.set((current) => current.filter((toast) => toast.id !== id));

export function Toasts() {
  useEffect(() => () => toasts.set([]), []); // the next to sign in may be somebody else
  return (
    // What opens over the page, a dialog or a menu, takes the rest of it out of reach, but not this.
    <section className={styles.region} aria-label="Notifications" data-react-aria-top-layer="true">
      {toasts.useValue().map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const stays = toast.kind === "failed" || hovered || focused;
  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(() => dismiss(toast.id), toast.action ? 9_000 : 5_000);
    return () => clearTimeout(timer);
  }, [toast, stays]);
  const { action } = toast;
  return (
    <div
      className={classNames(styles.toast, styles[toast.kind])}
      data-toast={toast.kind}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      {toast.kind === "done" ? <CircleCheck aria-hidden="true" /> : <CircleAlert aria-hidden="true" />}
      <span className={styles.message}>{toast.message}</span>
      {action && (
        <button
          type="button"
          className={styles.action}
          onClick={() => {
            dismiss(toast.id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton label="Dismiss" icon={<X />} onClick={() => dismiss(toast.id)} />
    </div>
  );
}
