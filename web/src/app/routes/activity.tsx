import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { MessageSquareDashed } from "lucide-react";
import { useEffect, useRef } from "react";

import type { AuditEntry, Comment, SessionUser, TicketDetail } from "@/api/wire";
import styles from "@/app/routes/activity.module.css";
import { Count } from "@/components/ui/badge";
import { ErrorState, Skeleton, skeletonClass } from "@/components/ui/states";
import { Tabs } from "@/components/ui/tabs";
import { historyQuery } from "@/features/audit/api/get-history";
import { History } from "@/features/audit/components/history";
import { HistoryEntry } from "@/features/audit/components/history-entry";
import { CommentCard } from "@/features/comments/components/comment-card";
import { mayDeleteComment } from "@/lib/policies";
import { useKeptFocus } from "@/lib/use-kept-focus";

export type ActivityView = "comments" | "everything" | "history";

interface ActivityProps {
  ticket: TicketDetail;
  me: SessionUser;
  view: ActivityView;
  onView: (view: ActivityView) => void;
}

/** Comments, history, or both as one story. */
export function Activity({ ticket, me, view, onView }: ActivityProps) {
  useLinkedComment();
  const heading = useRef<HTMLHeadingElement>(null);
  useKeptFocus(ticket.comments.length, heading);
  return (
    <section aria-label="Activity">
      <h2 ref={heading} tabIndex={-1} className="visually-hidden">
        Activity
      </h2>
      <Tabs
        label="Activity"
        tabs={[
          {
            id: "comments",
            label: (
              <>
                Comments <Count value={ticket.comments.length} />
              </>
            ),
          },
          { id: "everything", label: "Everything" },
          { id: "history", label: "History" },
        ]}
        selected={view}
        onSelect={onView}
      >
        {view === "comments" && <Comments ticket={ticket} me={me} />}
        {view === "everything" && <Everything ticket={ticket} me={me} />}
        {view === "history" && <History displayId={ticket.displayId} />}
      </Tabs>
    </section>
  );
}

type StoryProps = Pick<ActivityProps, "ticket" | "me">;

function Comments({ ticket, me }: StoryProps) {
  if (ticket.comments.length === 0) {
    return (
      <p className={styles.none}>
        <MessageSquareDashed aria-hidden="true" /> No comments yet.
      </p>
    );
  }
  return (
    <div className={styles.story}>
      {ticket.comments.map((comment) => (
        <CommentCard key={comment.id} displayId={ticket.displayId} comment={comment} deletable={mayDeleteComment(me, comment)} />
      ))}
    </div>
  );
}

/** Oldest first, as a story is told; a comment stands as itself, not as "added a comment". */
function Everything({ ticket, me }: StoryProps) {
  const { data, error, refetch } = useQuery(historyQuery(ticket.displayId));
  if (!data && !error) return <Skeleton lines={5} />;
  return (
    <div className={styles.story}>
      {!data && <ErrorState what="The history" error={error} retry={() => void refetch()} />}
      {merge(ticket.comments, data ?? []).map((moment) =>
        "body" in moment ? (
          <CommentCard key={moment.id} displayId={ticket.displayId} comment={moment} deletable={mayDeleteComment(me, moment)} />
        ) : (
          <HistoryEntry key={moment.id} entry={moment} />
        ),
      )}
    </div>
  );
}

function merge(comments: readonly Comment[], entries: readonly AuditEntry[]): (Comment | AuditEntry)[] {
  const events = entries.filter(({ action }) => action !== "COMMENT_ADDED").toReversed();
  return [...events, ...comments].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
}

const movesOn = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

/**
 * The comment that the address names takes the focus and comes into view: the browser looks for it before it is there.
 * It stays in view while what stands before it grows to its height, unless the reader moves on.
 */
function useLinkedComment(): void {
  const hash = useLocation({ select: (location) => location.hash });
  useEffect(() => {
    const comment = hash.startsWith("comment-") ? document.getElementById(hash) : null;
    if (!comment) return;
    const ended = new AbortController();
    const growth = new ResizeObserver(() => {
      comment.scrollIntoView({ block: "start" });
      if (document.getElementsByClassName(skeletonClass).length === 0) ended.abort();
    });
    ended.signal.addEventListener("abort", () => growth.disconnect());
    for (const move of movesOn) addEventListener(move, () => ended.abort(), { signal: ended.signal, passive: true });
    comment.focus({ preventScroll: true });
    growth.observe(document.body);
    return () => ended.abort();
  }, [hash]);
}
