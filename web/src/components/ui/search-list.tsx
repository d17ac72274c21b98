import { Check } from "lucide-react";
import { Autocomplete, Collection, Header, Input, ListBox, ListBoxItem, ListBoxSection, Popover, SearchField } from "react-aria-components";

import type { Choice } from "@/components/ui/menu-list";
import styles from "@/components/ui/menu.module.css";
import { useOpened } from "@/components/ui/opener";
import { hasAllWords } from "@/lib/match-words";

export interface SearchChoices {
  /** What is chosen here: "Queue". */
  label: string;
  choices: readonly Choice[];
  chosen: string;
  onChoose: (id: string) => void;
}

export function SearchList({ label, choices, chosen, onChoose }: SearchChoices) {
  const { triggerRef, onClose } = useOpened();
  const sections = [...Map.groupBy(choices, (choice) => choice.section ?? "")].map(([title, members]) => ({ id: `section-${title}`, title, members }));
  return (
    <Popover isOpen onOpenChange={onClose} triggerRef={triggerRef} aria-label={label} className={styles.popover} placement="bottom start">
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
          onSelectionChange={(selection) => {
            onClose();
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
