import { Fragment } from "react";

import type { SessionUser } from "@/api/wire";
import styles from "@/app/shell/shortcut-help.module.css";
import { Dialog } from "@/components/ui/dialog";
import { mayAdministerCti, mayAdministerUsers, mayCreateTickets, mayEditTickets } from "@/lib/policies";
import { preferences, setPreference } from "@/lib/preferences";

interface Shortcut {
  keys: string;
  does: string;
}

const everywhere: Shortcut[] = [
  { keys: "Ctrl K", does: "Search and commands" },
  { keys: "/", does: "Search in the list" },
  { keys: "g d", does: "All tickets" },
  { keys: "g m", does: "My tickets" },
  { keys: "g p", does: "Profile" },
];

const always: Shortcut[] = [
  { keys: "?", does: "This sheet" },
  { keys: "Esc", does: "Close, cancel" },
];

const lists: Shortcut[] = [
  { keys: "j", does: "Next ticket" },
  { keys: "k", does: "Previous ticket" },
  { keys: "Enter", does: "Open the ticket" },
];

const edits: Shortcut[] = [
  { keys: "x", does: "Select in the list" },
  { keys: "a", does: "Assign" },
  { keys: "s", does: "Change status" },
  { keys: "m", does: "Reroute" },
  { keys: "1 – 5", does: "Set severity" },
];

const ticket: Shortcut[] = [
  { keys: "r", does: "Write a comment" },
  { keys: "h", does: "Comments or history" },
  { keys: "Ctrl Enter", does: "Send, save" },
];

export function ShortcutHelp({ me, onClose }: { me: SessionUser; onClose: () => void }) {
  const { singleKeys } = preferences.useValue();
  const general = [
    ...(mayCreateTickets(me) ? [{ keys: "c", does: "New ticket" }] : []),
    ...everywhere,
    ...(mayAdministerUsers(me) ? [{ keys: "g u", does: "Users" }] : []),
    ...(mayAdministerCti(me) ? [{ keys: "g c", does: "Categories" }] : []),
    ...always,
  ];
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} wide>
      <div className={styles.groups}>
        <Group title="Everywhere" shortcuts={general} />
        <Group title="Lists" shortcuts={mayEditTickets(me) ? [...lists, ...edits] : lists} />
        <Group title="On a ticket" shortcuts={mayEditTickets(me) ? [...edits.slice(1), ...ticket] : ticket} />
      </div>
      <label className={styles.switch}>
        <input type="checkbox" checked={singleKeys} onChange={(event) => setPreference("singleKeys", event.target.checked)} />
        Shortcuts of a single key work
      </label>
    </Dialog>
  );
}

function Group({ title, shortcuts }: { title: string; shortcuts: readonly Shortcut[] }) {
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      <dl className={styles.list}>
        {shortcuts.map(({ keys, does }) => (
          <div key={keys} className={styles.shortcut}>
            <dt>{does}</dt>
            <dd>
              {keys.split(" ").map((key, index) => (
                <Fragment key={index}>{key === "–" ? " – " : <kbd>{key}</kbd>} </Fragment>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
