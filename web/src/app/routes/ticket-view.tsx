import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronDown, Link2, MoreHorizontal, Printer, Trash2 } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";

import type { SessionUser, Ticket, TicketDetail, User } from "@/api/wire";
import { Activity, type ActivityView } from "@/app/routes/activity";
import styles from "@/app/routes/ticket-view.module.css";
import { openReroute } from "@/app/shell/overlays";
import { useTicketActions } from "@/app/use-ticket-actions";
import type { EditorHandle } from "@/components/markdown/markdown-editor";
import { SeverityBadge, StatusBadge } from "@/components/ui/badge";
import { Button, iconButtonClass } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { later } from "@/components/ui/later";
import { ActionMenu } from "@/components/ui/menu";
import { historyQueryUpTo } from "@/features/audit/api/get-history";
import { CommentComposer } from "@/features/comments/components/comment-composer";
import type { TicketSnapshot } from "@/features/tickets/api/get-ticket";
import { Overview } from "@/features/tickets/components/overview";
import { TicketFacts } from "@/features/tickets/components/ticket-facts";
import { TitleEditor } from "@/features/tickets/components/title-editor";
import { focusedTicket } from "@/features/tickets/selection";
import { mayBecome, mayDeleteTickets, mayEditTickets } from "@/lib/policies";
import { useShortcuts } from "@/lib/shortcuts";
import { isDone } from "@/lib/status";

const DeleteTicketDialog = later(() => import("@/features/tickets/components/delete-ticket-dialog").then((module) => module.DeleteTicketDialog));

interface TicketViewProps {
  snapshot: TicketSnapshot;
  me: SessionUser;
  people: readonly User[];
  onDeleted: () => void;
}

export function TicketView({ snapshot, me, people, onDeleted }: TicketViewProps) {
  const { ticket } = snapshot;
  const { apply } = useTicketActions();
  const [deleting, setDeleting] = useState(false);
  const [view, setView] = useState<ActivityView>("comments");
  const composer = useRef<EditorHandle>(null);
  useQuery(historyQueryUpTo(ticket.displayId, snapshot.etag)); // there when its tab is opened
  useCurrentTicket(ticket.displayId);
  useShortcuts({
    r: () => {
      setView("comments");
      requestAnimationFrame(() => composer.current?.focus());
    },
    h: () => setView(view === "history" ? "comments" : "history"),
  });

  const mayReopen = isDone(ticket.status) && mayBecome(me, "OPEN");
  const reopen = () => void apply([ticket.displayId], { status: "OPEN" });
  const more = [
    { id: "print", label: "Print", icon: <Printer />, run: () => window.print() },
    ...(mayDeleteTickets(me) ? [{ id: "delete", label: "Delete ticket…", icon: <Trash2 />, danger: true, run: () => setDeleting(true) }] : []),
  ];
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <nav aria-label="Breadcrumb" className={styles.crumbs}>
          <Link to="/" search={{ queue: ticket.category.id }}>
            {ticket.category.name}
          </Link>
          <span aria-hidden="true">›</span>
          <span className={styles.id}>{ticket.displayId}</span>
        </nav>
        <CopyButton text={ticket.displayId} what={ticket.displayId} />
        <CopyButton text={`${location.origin}/tickets/${ticket.displayId}`} what="link" icon={<Link2 />} />
        <span className={styles.badges}>
          <SeverityBadge severity={ticket.severity} />
          <StatusBadge status={ticket.status} />
        </span>
        <ActionMenu label="More actions" triggerClass={iconButtonClass} trigger={<MoreHorizontal aria-hidden="true" />} actions={more} />
      </div>
      <div className={styles.columns}>
        <div className={styles.title}>
          <TitleEditor snapshot={snapshot} userId={me.id} editable={mayEditTickets(me)} />
        </div>
        <Rail ticket={ticket}>
          <TicketFacts ticket={ticket} me={me} people={people} onChange={(changes) => void apply([ticket.displayId], changes)} onReroute={() => openReroute([snapshot])} />
        </Rail>
        <div className={styles.body}>
          {mayReopen && <Unanswered ticket={ticket} reopen={reopen} />}
          <Overview snapshot={snapshot} userId={me.id} editable={mayEditTickets(me)} />
          <Activity ticket={ticket} me={me} view={view} onView={setView} />
          {view !== "history" && <CommentComposer displayId={ticket.displayId} me={me} count={ticket.comments.length} area={composer} reopen={mayReopen ? reopen : undefined} note={noteOf(ticket, me)} />}
        </div>
      </div>
      {deleting && <DeleteTicketDialog ticket={ticket} onClose={() => setDeleting(false)} onDeleted={onDeleted} />}
    </div>
  );
}

/** Somebody who cannot reopen it wrote after it was resolved, and nobody has answered. */
function Unanswered({ ticket, reopen }: { ticket: TicketDetail; reopen: () => void }) {
  const last = ticket.comments.at(-1);
  if (ticket.status !== "RESOLVED" || last?.author.role !== "USER" || last.createdAt <= ticket.resolvedAt!) return null;
  return (
    <div role="note" className={styles.unanswered}>
      <span>
        {last.author.displayName} <Link to="." hash={`comment-${last.id}`}>commented</Link> after this was resolved.
      </span>
      <Button onClick={reopen}>Reopen</Button>
    </div>
  );
}

/** What becomes of a comment on what nobody is at work on any more. */
function noteOf({ status, assignee }: Ticket, me: SessionUser): string | undefined {
  if (mayEditTickets(me) || !isDone(status)) return undefined;
  if (status === "CLOSED") return "This ticket is closed: nobody is told of a comment.";
  return assignee ? `Resolved: ${assignee.displayName} is shown that you commented.` : "Resolved: agents are shown that you commented.";
}

/** The facts beside the text; on narrow screens folded away under a line that sums them up. */
function Rail({ ticket, children }: { ticket: Ticket; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <aside className={styles.rail} aria-label="Facts">
      <button type="button" className={styles.fold} aria-expanded={open} aria-controls="facts" onClick={() => setOpen(!open)}>
        <SeverityBadge severity={ticket.severity} />
        <StatusBadge status={ticket.status} />
        <span className={styles.who}>{ticket.assignee?.displayName ?? "Unassigned"}</span>
        <ChevronDown aria-hidden="true" />
      </button>
      <div id="facts" className={styles.facts} data-open={open || undefined}>
        {children}
      </div>
    </aside>
  );
}

/** Keys and the palette act on the open ticket. */
function useCurrentTicket(displayId: string): void {
  useEffect(() => {
    focusedTicket.set(displayId);
    return () => focusedTicket.set(null);
  }, [displayId]);
}
