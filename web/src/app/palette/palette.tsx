import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { Autocomplete, Dialog, Header, Input, ListBox, ListBoxItem, ListBoxSection, Modal, ModalOverlay, SearchField, type Key } from "react-aria-components";

import type { SessionUser } from "@/api/wire";
import styles from "@/app/palette/palette.module.css";
import { begins, matches, type Command } from "@/app/palette/command";
import { useCommands } from "@/app/palette/use-commands";
import { useTicketCommands } from "@/app/palette/use-ticket-commands";
import type { PaletteMode } from "@/app/shell/overlays";
import { findTicketsQuery } from "@/features/tickets/api/list-tickets";
import { count } from "@/lib/count";
import { hasAllWords } from "@/lib/match-words";
import { useDebounced } from "@/lib/use-debounced";

interface PaletteProps {
  mode: PaletteMode;
  /** The tickets that "assign" and "status" act on. */
  targets: readonly string[];
  me: SessionUser;
  onClose: () => void;
}

/** One box for everything: tickets, people, pages and actions; or a choice for the tickets one is at. */
export function Palette({ mode, targets, me, onClose }: PaletteProps) {
  const [text, setText] = useState("");
  const [opener] = useState(() => document.activeElement);
  const shown = useShown(mode, targets, me, text.trim());
  const run = (key: Key) => {
    const command = shown.flatMap((section) => section.commands).find(({ id }) => id === key);
    // In this order: a dialog that opens gives the focus back to what has it then, and the palette is gone by that time.
    flushSync(onClose);
    if (opener instanceof HTMLElement) opener.focus();
    command?.run();
  };
  const title = titleOf(mode, targets);
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className={styles.overlay}>
      <Modal className={styles.modal}>
        <Dialog aria-label={title} className={styles.dialog}>
          <EscapeCloses onClose={onClose}>
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField aria-label={title} autoFocus className={styles.search}>
              {mode !== "everything" && <span className={styles.mode}>{title}</span>}
              <Input role="combobox" aria-expanded aria-haspopup="listbox" placeholder={placeholders[mode]} />
            </SearchField>
            <ListBox aria-label={title} shouldFocusWrap className={styles.menu} onAction={run} renderEmptyState={() => <p className={styles.none}>Nothing found</p>}>
              {shown.map(({ section, commands }) => (
                <ListBoxSection key={section} id={section}>
                  <Header className={styles.header}>{section}</Header>
                  {commands.map((command) => (
                    <ListBoxItem key={command.id} id={command.id} textValue={command.text} className={styles.item}>
                      <span className={styles.icon}>{command.icon}</span>
                      <span className={styles.text}>{command.text}</span>
                      {command.hint && <span className={styles.hint}>{command.hint}</span>}
                      {command.keys && <kbd>{command.keys}</kbd>}
                    </ListBoxItem>
                  ))}
                </ListBoxSection>
              ))}
            </ListBox>
          </Autocomplete>
          </EscapeCloses>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** At once, also when something is typed: the box by itself would only empty. */
function EscapeCloses({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const close = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  return <div onKeyDownCapture={close}>{children}</div>;
}

const placeholders: Record<PaletteMode, string> = {
  everything: "Search tickets, people, pages and actions",
  assign: "Type a name",
  status: "Type a status",
};

function titleOf(mode: PaletteMode, targets: readonly string[]): string {
  const what = targets.length === 1 ? targets[0]! : count(targets.length, "ticket");
  return { everything: "Search and commands", assign: `Assign ${what}`, status: `Status of ${what}` }[mode];
}

interface Section {
  section: string;
  commands: Command[];
}

function useShown(mode: PaletteMode, targets: readonly string[], me: SessionUser, text: string): Section[] {
  const { assign, status } = useTicketCommands(targets, me);
  const general = useCommands(me, targets, text !== "");
  const found = useFoundTickets(mode === "everything" ? text : "", general.openTicket);
  const fitting = { everything: general.commands, assign, status }[mode].filter((command) => matches(command, text));
  // Enter takes the first: "res" is Resolved, though it is in "In Progress" too; "log out" is no ticket about logs.
  const called = fitting.filter((command) => begins(command, text));
  const sections = Map.groupBy([...called, ...found, ...fitting.filter((command) => !called.includes(command))], (command) => command.section);
  return [...sections].map(([section, commands]) => ({ section, commands }));
}

function useFoundTickets(text: string, open: (displayId: string) => void): Command[] {
  const settled = useDebounced(text, 150);
  const { data, isPlaceholderData } = useQuery({ ...findTicketsQuery(settled), enabled: settled.length > 1, placeholderData: keepPreviousData });
  if (text.length < 2 || !data) return [];
  // Until these words are answered: of what was found for the last ones, what fits these too. Enter takes what stands here.
  const answered = settled === text && !isPlaceholderData;
  const fitting = answered ? data : data.filter(({ displayId, title, overview }) => hasAllWords(`${displayId} ${title} ${overview}`, text));
  return fitting.map((ticket) => ({
    id: `ticket-${ticket.id}`,
    section: "Tickets",
    text: ticket.title,
    hint: ticket.displayId,
    icon: <span className={styles.severity} data-severity={ticket.severity}>{ticket.severity}</span>,
    run: () => open(ticket.displayId),
  }));
}
