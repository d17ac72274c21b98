import type { User } from "@/api/wire";
import { Avatar } from "@/components/ui/avatar";
import type { Option } from "@/components/ui/combobox";
import { assignable } from "@/lib/person";

export const nobody = "nobody";

/** Who a ticket can be given to: nobody, oneself, staff, others (A4). */
export function personOptions(people: readonly User[], myId: string): Option[] {
  const { staff, others } = assignable(people);
  const mine = staff.filter((person) => person.id === myId);
  const toOption = (section: string) => (person: User): Option => ({
    id: person.id,
    text: person.id === myId ? `${person.displayName} (me)` : person.displayName,
    section,
    content: (
      <>
        <Avatar person={person} /> {person.displayName} {person.id === myId && "(me)"}
      </>
    ),
  });
  return [
    { id: nobody, text: "Unassigned" },
    ...mine.map(toOption("")),
    ...staff.filter((person) => person.id !== myId).map(toOption("Staff")),
    ...others.filter((person) => person.id !== myId).map(toOption("Others")),
  ];
}
