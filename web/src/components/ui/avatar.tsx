import { Bot } from "lucide-react";

import styles from "@/components/ui/avatar.module.css";
import type { PersonRef } from "@/api/wire";
import { classNames } from "@/lib/class-names";
import { hueOf, initials } from "@/lib/person";

/** Initials in the person's own colour. Decoration: the name stands beside it or in `label`. */
export function Avatar({ person, size = "sm", label }: { person: PersonRef; size?: "sm" | "md"; label?: string }) {
  return (
    <span
      className={classNames(styles.avatar, styles[size], styles[`hue${hueOf(person)}`], person.deleted && styles.deleted)}
      // Drawn by the style sheet: not part of the text one copies, searches or hears.
      data-initials={person.role === "SERVICE" ? undefined : initials(person.displayName)}
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      title={label}
    >
      {person.role === "SERVICE" && <Bot />}
    </span>
  );
}

/** A name; greyed, and said to be gone, once the account is. */
export function PersonName({ person }: { person: PersonRef }) {
  if (!person.deleted) return <span className={styles.name}>{person.displayName}</span>;
  return (
    <span className={styles.gone} title="This account was deleted">
      {person.displayName} <span className={styles.note}>(deleted)</span>
    </span>
  );
}
