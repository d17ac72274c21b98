import { Check } from "lucide-react";
import { useLayoutEffect, useState, type KeyboardEvent, type ReactNode } from "react";
import { Menu, MenuItem, Popover, setInteractionModality, type Key, type Selection } from "react-aria-components";

import styles from "@/components/ui/menu.module.css";
import { useOpened } from "@/components/ui/opener";
import { classNames } from "@/lib/class-names";

export interface Choice {
  id: string;
  /** What one types to find it, and what is read. */
  text: string;
  content?: ReactNode;
  section?: string;
}

export interface Choices {
  /** What is chosen here: "Status". */
  label: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChoose: (chosen: string[]) => void;
  /** One choice closes the menu; several keep it open. */
  multiple?: boolean;
}

export interface Action {
  id: string;
  label: string;
  icon?: ReactNode;
  run: () => void;
  danger?: boolean;
  keys?: string;
}

export function ChoiceList({ label, choices, chosen, onChoose, multiple }: Choices) {
  const { triggerRef, from, onClose, leave } = useOpenedMenu();
  // Its own while it is open: the next tick counts from the ones before it, not from what the page made of them.
  const [ticked, setTicked] = useState<readonly string[]>(chosen);
  const choose = (ids: string[]) => {
    if (!multiple) return leave(() => onChoose(ids));
    setTicked(ids);
    onChoose(ids);
  };
  const press = (event: KeyboardEvent) => {
    const choice = choices.find(({ text }) => hasDigit(text, event.key));
    if (!choice || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    if (multiple && ticked.includes(choice.id)) choose(ticked.filter((id) => id !== choice.id));
    else choose(multiple ? [...ticked, choice.id] : [choice.id]);
  };
  return (
    <Popover isOpen onOpenChange={onClose} triggerRef={triggerRef} trigger="MenuTrigger" aria-label={label} className={styles.popover} placement="bottom start">
      <div className={styles.frame} onKeyDownCapture={press}>
        <Menu
          aria-label={label}
          className={styles.menu}
          autoFocus={from}
          onClose={onClose}
          items={choices}
          selectionMode={multiple ? "multiple" : "single"}
          disallowEmptySelection={!multiple}
          selectedKeys={ticked}
          onSelectionChange={(selection) => choose(toIds(selection, choices))}
        >
          {(choice) => (
            <MenuItem id={choice.id} textValue={choice.text} className={styles.item}>
              {({ isSelected }) => (
                <>
                  <span className={styles.tick}>{isSelected && <Check aria-hidden="true" />}</span>
                  <span className={styles.content}>{choice.content ?? choice.text}</span>
                </>
              )}
            </MenuItem>
          )}
        </Menu>
      </div>
    </Popover>
  );
}

/**
 * React Aria takes Enter and Space on a plain button for a screen reader's click, and moves the focus later then: what
 * had it is inert by that time, and none of the choices gets it.
 */
function useOpenedMenu() {
  const opened = useOpened();
  useLayoutEffect(() => {
    if (opened.byKeys) setInteractionModality("keyboard");
  }, [opened.byKeys]);
  return opened;
}

/** "3" takes "SEV 3 Medium": typing goes by how a name begins, and all of these begin alike. */
const hasDigit = (text: string, key: string) => /^\d$/u.test(key) && text.split(" ").includes(key);

function toIds(selection: Selection, choices: readonly Choice[]): string[] {
  return selection === "all" ? choices.map((choice) => choice.id) : [...selection].map(String);
}

export function ActionList({ label, actions }: { label: string; actions: readonly Action[] }) {
  const { triggerRef, from, onClose, leave } = useOpenedMenu();
  const act = (key: Key) => leave(() => actions.find(({ id }) => id === key)?.run());
  return (
    <Popover isOpen onOpenChange={onClose} triggerRef={triggerRef} trigger="MenuTrigger" aria-label={label} className={styles.popover} placement="bottom end">
      <Menu aria-label={label} className={styles.menu} autoFocus={from} onClose={onClose} onAction={act}>
        {actions.map((action) => (
          <MenuItem key={action.id} id={action.id} textValue={action.label} className={classNames(styles.item, action.danger && styles.danger)}>
            {action.icon && <span className={styles.icon}>{action.icon}</span>}
            <span className={styles.content}>{action.label}</span>
            {action.keys && <kbd>{action.keys}</kbd>}
          </MenuItem>
        ))}
      </Menu>
    </Popover>
  );
}
