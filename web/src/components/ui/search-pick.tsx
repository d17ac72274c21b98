import { Check } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Autocomplete, Button, Collection, DialogTrigger, Header, Input, ListBox, ListBoxItem, ListBoxSection, Popover, SearchField } from "react-aria-components";

import type { Choice } from "@/components/ui/menu";
import styles from "@/components/ui/menu.module.css";
import { hasAllWords } from "@/lib/match-words";

interface SearchPickProps {
  /** What is chosen here: "Queue". */
  label: string;
  trigger: ReactNode;
  triggerClass?: string;
  choices: readonly Choice[];
  chosen: string;
  onChoose: (id: string) => void;
}

/** A button that opens a list with a box above it: type to narrow, arrows to move, Enter to choose. */
export function SearchPick({ label, trigger, triggerClass, choices, chosen, onChoose }: SearchPickProps) {
  const [open, setOpen] = useState(false);
  const sections = [...Map.groupBy(choices, (choice) => choice.section ?? "")].map(([title, members]) => ({ id: `section-${title}`, title, members }));
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button className={triggerClass ?? ""}>{trigger}</Button>
      <Popover aria-label={label} className={styles.popover} placement="bottom start">
          <Autocomplete filter={hasAllWords}>
            <SearchField aria-label={`Find: ${label}`} autoFocus className={styles.search}>
              <Input role="combobox" aria-expanded aria-haspopup="listbox" placeholder="Type to find…" />
            </SearchField>
            <ListBox
              aria-label={label}
              className={styles.menu}
              items={sections}
              selectionMode="single"
              selectedKeys={[chosen]}
              onAction={() => setOpen(false)}
              onSelectionChange={(selection) => {
                setOpen(false);
                // Choosing what is chosen already takes nothing away.
                onChoose(selection === "all" ? chosen : String([...selection][0] ?? chosen));
              }}
              renderEmptyState={() => <p className={styles.none}>Nothing found</p>}
            >
              {(section) => (
                <ListBoxSection id={section.id}>
                  {section.title && <Header className={styles.header}>{section.title}</Header>}
                  <Collection items={section.members}>{(choice) => <ChoiceOption choice={choice} />}</Collection>
                </ListBoxSection>
              )}
            </ListBox>
          </Autocomplete>
      </Popover>
    </DialogTrigger>
  );
}

function ChoiceOption({ choice }: { choice: Choice }) {
  return (
    <ListBoxItem id={choice.id} textValue={choice.text} className={styles.item}>
      {({ isSelected }) => (
        <>
          <span className={styles.tick}>{isSelected && <Check aria-hidden="true" />}</span>
          <span className={styles.content}>{choice.content ?? choice.text}</span>
        </>
      )}
    </ListBoxItem>
  );
}
