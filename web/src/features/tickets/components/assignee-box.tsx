import type { SessionUser, Ticket, User } from "@/api/wire";
import { nobody, personOptions } from "@/components/person-options";
import { Combobox } from "@/components/ui/combobox";
import type { Changes } from "@/features/tickets/changes";

interface AssigneeBoxProps {
  ticket: Ticket;
  me: SessionUser;
  people: readonly User[];
  onChange: (changes: Changes) => void;
  onClose: () => void;
}

/** Chooses who has the ticket; leaves when the focus does. */
export function AssigneeBox({ ticket, me, people, onChange, onClose }: AssigneeBoxProps) {
  return (
    <div
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && !event.relatedTarget?.closest("[role=listbox]") && onClose()}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <Combobox
        label="Assignee"
        labelHidden
        autoOpen
        options={personOptions(people, me.id)}
        value={ticket.assignee?.id ?? nobody}
        onChange={(id) => {
          const assignee = people.find((person) => person.id === id) ?? null;
          onClose();
          if ((assignee?.id ?? null) !== (ticket.assignee?.id ?? null)) onChange({ assignee });
        }}
      />
    </div>
  );
}
