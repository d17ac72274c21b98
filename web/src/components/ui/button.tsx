import type { ComponentProps, ReactNode } from "react";

import styles from "@/components/ui/button.module.css";
import { classNames } from "@/lib/class-names";

type Kind = "primary" | "default" | "quiet" | "danger";

interface ButtonProps extends ComponentProps<"button"> {
  kind?: Kind;
  icon?: ReactNode;
  /** Something is under way: a second press does nothing. */
  busy?: boolean;
}

export function Button({ kind = "default", icon, busy = false, className, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={classNames(styles.button, styles[kind], className)}
      aria-disabled={busy || undefined}
      data-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  label: string;
  icon: ReactNode;
}

/** A button that is only a picture; the label is its name and its tooltip. */
export function IconButton({ label, icon, className, ...rest }: IconButtonProps) {
  return (
    <button type="button" className={classNames(styles.icon, className)} aria-label={label} title={label} {...rest}>
      {icon}
    </button>
  );
}

/** For links and menu buttons that look like a Button. */
export function buttonClass(kind: Kind = "default", extra?: string): string {
  return classNames(styles.button, styles[kind], extra);
}
export const iconButtonClass = styles.icon!;
