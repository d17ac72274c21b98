import { ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { Button, ComboBox, FieldError, Header, Input, Label, ListBox, ListBoxItem, ListBoxSection, Popover, Text } from "react-aria-components";

import styles from "@/components/ui/combobox.module.css";
import { announce } from "@/lib/announce";
import { classNames } from "@/lib/class-names";
import { hasAllWords } from "@/lib/match-words";

export interface Option {
  id: string;
  text: string;
  content?: ReactNode;
  section?: string;
}

interface ComboboxProps {
  label: string;
  labelHidden?: boolean;
  options: readonly Option[];
  value: string | null;
  onChange: (id: string | null) => void;
  placeholder?: string;
  hint?: string;
  error?: string;
  disabled?: boolean;
  autoFocus?: boolean;
  /** Without it the box must hold a choice; with it an emptied box means none. */
  clearable?: boolean;
  className?: string;
}

/** Type to narrow, arrows to move, Enter to choose (the ARIA combobox pattern); the choice is announced. */
export function Combobox({ label, labelHidden, options, value, onChange, placeholder, hint, error, disabled, autoFocus, clearable, className }: ComboboxProps) {
  const choose = (id: string | null) => {
    if (id === null && !clearable) return;
    onChange(id);
    announce(`${label}: ${options.find((option) => option.id === id)?.text ?? "none"}`);
  };
  return (
    <ComboBox
      className={classNames(styles.combobox, className)}
      value={value}
      onChange={(key) => choose(key === null ? null : String(key))}
      defaultItems={[...Map.groupBy(options, (option) => option.section ?? "")].map(([title, members]) => ({ id: `section-${title}`, title, members }))}
      defaultFilter={hasAllWords}
      menuTrigger="focus"
      isInvalid={Boolean(error)}
      isDisabled={disabled ?? false}
      validationBehavior="aria"
    >
      <Label className={labelHidden ? "visually-hidden" : styles.label!}>{label}</Label>
      <div className={styles.box}>
        <Input className={styles.input} placeholder={placeholder} autoFocus={autoFocus} onFocus={(event) => event.target.select()} />
        <Button className={styles.button}>
          <ChevronsUpDown aria-hidden="true" />
        </Button>
      </div>
      {hint && (
        <Text slot="description" className={styles.hint}>
          {hint}
        </Text>
      )}
      <FieldError className={styles.error}>{error}</FieldError>
      <Popover className={styles.popover}>
        <ListBox className={styles.list} renderEmptyState={() => <p className={styles.none}>Nothing found</p>}>
          {(section: { id: string; title: string; members: Option[] }) => (
            <ListBoxSection id={section.id}>
              {section.title && <Header className={styles.header}>{section.title}</Header>}
              {section.members.map((option) => (
                <ListBoxItem key={option.id} id={option.id} textValue={option.text} className={styles.item}>
                  {option.content ?? option.text}
                </ListBoxItem>
              ))}
            </ListBoxSection>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
