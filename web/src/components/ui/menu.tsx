import type { ReactNode } from "react";
import {
  Autocomplete,
  Button,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  SearchField,
  type Key,
  type Selection,
} from "react-aria-components";
import { useFilter } from "react-aria/useFilter";
import { Check } from "lucide-react";

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
  /** The button's accessible name: "Status: Open". */
  label: string;
  trigger: ReactNode;
  triggerClass?: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChoose: (chosen: string[]) => void;
  /** One choice closes the menu; several keep it open. */
  multiple?: boolean;
  /** A box to type in; worth it from eight choices or so. */
  searchable?: boolean;
  disabled?: boolean;
}

/** A button that opens a list of choices. */
export function PickMenu({ label, trigger, triggerClass, choices, chosen, onChoose, multiple, searchable, disabled }: PickMenuProps) {
  const { contains } = useFilter({ sensitivity: "base" });
  const menu = (
    <Menu
      aria-label={label}
      className={styles.menu}
      items={sections(choices)}
      selectionMode={multiple ? "multiple" : "single"}
      disallowEmptySelection={!multiple}
      selectedKeys={chosen}
      onSelectionChange={(selection) => onChoose(toIds(selection, choices))}
      renderEmptyState={() => <p className={styles.none}>Nothing found</p>}
    >
      {(section) => (
        <MenuSection id={section.id} items={section.choices}>
          {section.title && <Header className={styles.header}>{section.title}</Header>}
          {section.choices.map((choice) => (
            <ChoiceItem key={choice.id} choice={choice} />
          ))}
        </MenuSection>
      )}
    </Menu>
  );
  return (
    <MenuTrigger>
      <Button aria-label={label} className={triggerClass ?? ""} isDisabled={disabled ?? false}>
        {trigger}
      </Button>
      <Popover className={styles.popover} placement="bottom start">
        {searchable ? (
          <Autocomplete filter={contains}>
            <SearchField aria-label={`Find in ${label}`} autoFocus className={styles.search}>
              <Input placeholder="Type to find…" />
            </SearchField>
            {menu}
          </Autocomplete>
        ) : (
          menu
        )}
      </Popover>
    </MenuTrigger>
  );
}

function ChoiceItem({ choice }: { choice: Choice }) {
  return (
    <MenuItem id={choice.id} textValue={choice.text} className={styles.item}>
      {({ isSelected }) => (
        <>
          <span className={styles.tick}>{isSelected && <Check aria-hidden="true" />}</span>
          <span className={styles.content}>{choice.content ?? choice.text}</span>
        </>
      )}
    </MenuItem>
  );
}

function sections(choices: readonly Choice[]) {
  const groups = Map.groupBy(choices, (choice) => choice.section ?? "");
  return [...groups].map(([title, members]) => ({ id: `section-${title}`, title, choices: members }));
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
