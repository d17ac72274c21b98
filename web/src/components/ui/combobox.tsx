import { ChevronsUpDown } from "lucide-react";
import { useContext, useEffect, useEffectEvent, useRef, type ContextType, type ReactNode } from "react";
import { Button, ComboBox, ComboBoxStateContext, FieldError, Header, Input, Label, ListBox, ListBoxItem, ListBoxSection, Popover, Text } from "react-aria-components";

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
  onChange: (id: string) => void;
  placeholder?: string;
  hint?: string;
  error?: string;
  disabled?: boolean;
  autoFocus?: boolean;
  /** Takes the focus and shows the list: it was opened in order to choose. */
  autoOpen?: boolean;
  className?: string;
}

/** Type to narrow, arrows to move, Enter to choose (the ARIA combobox pattern); the choice is announced. */
export function Combobox({ label, labelHidden, options, value, onChange, placeholder, hint, error, disabled, autoFocus, autoOpen, className }: ComboboxProps) {
  const choose = (id: string) => {
    onChange(id);
    announce(`${label}: ${options.find((option) => option.id === id)?.text ?? "none"}`);
  };
  return (
    <ComboBox
      className={classNames(styles.combobox, className)}
      value={value}
      onChange={(key) => key !== null && choose(String(key))}
      defaultItems={[...Map.groupBy(options, (option) => option.section ?? "")].map(([title, members]) => ({ id: `section-${title}`, title, members }))}
      defaultFilter={hasAllWords}
      menuTrigger="input"
      allowsEmptyCollection={options.length > 0}
      isInvalid={Boolean(error)}
      isDisabled={disabled ?? false}
      validationBehavior="aria"
    >
      <Label className={labelHidden ? "visually-hidden" : styles.label!}>{label}</Label>
      <div className={styles.box}>
        <Box placeholder={placeholder} autoFocus={autoFocus} autoOpen={autoOpen} />
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

/** The text box; a press opens the list, the focus alone does not. */
function Box({ placeholder, autoFocus, autoOpen }: Pick<ComboboxProps, "placeholder" | "autoFocus" | "autoOpen">) {
  const state = useContext(ComboBoxStateContext);
  const input = useRef<HTMLInputElement>(null);
  const open = useEffectEvent(() => state?.open(null, "manual"));
  // Only when the options are known does the box show what is chosen; until then the focus would select nothing.
  const shows = state !== null && (state.value === null || state.inputValue !== "");
  const begins = (autoFocus || autoOpen) && shows;
  const begun = useRef(false);
  useEffect(() => {
    if (!begins || begun.current) return;
    const frame = requestAnimationFrame(() => {
      begun.current = true;
      input.current?.focus();
      if (autoOpen) open();
    });
    return () => cancelAnimationFrame(frame);
  }, [begins, autoOpen]);
  return (
    <Input
      ref={input}
      className={styles.input}
      placeholder={placeholder}
      // Not when React Aria says that the focus is back from an option: one has begun to type.
      onFocus={(event) => event.isTrusted && event.target.select()}
      onClick={() => {
        if (state?.isOpen !== false) return;
        state.open(null, "manual");
        input.current?.select(); // the press that brought the focus has undone it
      }}
      onKeyDownCapture={(event) => {
        if (event.key !== "Enter" || !state?.isOpen) return;
        if (state.collection.size > 0) return walkToFirst(state);
        // Nothing found: what is typed stays, and no form is sent.
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

type State = NonNullable<ContextType<typeof ComboBoxStateContext>>;

/** Enter takes what stands first where one has typed and walked nowhere: else what was typed would be thrown away. */
function walkToFirst({ collection, inputValue, value, selectionManager }: State): void {
  const chosen = typeof value === "string" ? collection.getItem(value)?.textValue : "";
  if (selectionManager.focusedKey !== null || inputValue === chosen) return;
  const first = [...collection.getKeys()].find((key) => collection.getItem(key)?.type === "item");
  if (first !== undefined) selectionManager.setFocusedKey(first);
}
