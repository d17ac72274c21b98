import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover, type Key, type Selection } from "react-aria-components";

import styles from "@/components/ui/menu.module.css";
import { classNames } from "@/lib/class-names";

export interface Choice {
  id: string;
  /** What one types to find it, and what is read. */
  text: string;
  content?: ReactNode;
  section?: string;
}

interface PickMenuProps {
  /** What is chosen here: "Status". */
  label: string;
  /** The button's name where its text is not enough: "Status: Open". */
  buttonLabel?: string;
  trigger: ReactNode;
  triggerClass?: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChoose: (chosen: string[]) => void;
  /** One choice closes the menu; several keep it open. */
  multiple?: boolean;
}

/** A button that opens a short list of choices. */
export function PickMenu({ label, buttonLabel, trigger, triggerClass, choices, chosen, onChoose, multiple }: PickMenuProps) {
  return (
    <MenuTrigger>
      <Button aria-label={buttonLabel} className={triggerClass ?? ""}>
        {trigger}
      </Button>
      <Popover className={styles.popover} placement="bottom start">
        <Menu
          aria-label={label}
          className={styles.menu}
          items={choices}
          selectionMode={multiple ? "multiple" : "single"}
          disallowEmptySelection={!multiple}
          // Its own while it is open: the next tick counts from the ones before it, not from what the page made of them.
          defaultSelectedKeys={chosen}
          onSelectionChange={(selection) => onChoose(toIds(selection, choices))}
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
      </Popover>
    </MenuTrigger>
  );
}

function toIds(selection: Selection, choices: readonly Choice[]): string[] {
  return selection === "all" ? choices.map((choice) => choice.id) : [...selection].map(String);
}

export interface Action {
  id: string;
  label: string;
  icon?: ReactNode;
  run: () => void;
  danger?: boolean;
  keys?: string;
}

/** A button that opens a list of things to do. */
export function ActionMenu({ label, trigger, triggerClass, actions }: { label: string; trigger: ReactNode; triggerClass?: string; actions: readonly Action[] }) {
  return (
    <MenuTrigger>
      <Button aria-label={label} className={triggerClass ?? ""}>
        {trigger}
      </Button>
      <Popover className={styles.popover} placement="bottom end">
        <Menu aria-label={label} className={styles.menu} onAction={(key: Key) => actions.find((action) => action.id === key)?.run()}>
          {actions.map((action) => (
            <MenuItem key={action.id} id={action.id} textValue={action.label} className={classNames(styles.item, action.danger && styles.danger)}>
              {action.icon && <span className={styles.icon}>{action.icon}</span>}
              <span className={styles.content}>{action.label}</span>
              {action.keys && <kbd>{action.keys}</kbd>}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
