import { useLayoutEffect, useRef, useState, type RefObject } from "react";

import { whatFailed } from "@/api/client";
import type { SessionUser } from "@/api/wire";
import { MarkdownEditor, type EditorHandle } from "@/components/markdown/markdown-editor";
import { Avatar } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import { tellFailed } from "@/components/ui/toast";
import { useAddComment } from "@/features/comments/api/add-comment";
import styles from "@/features/comments/components/comment-composer.module.css";
import { useDraft } from "@/lib/drafts";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

interface ComposerProps {
  displayId: string;
  me: SessionUser;
  /** How many comments stand above it. */
  count: number;
  area: RefObject<EditorHandle | null>;
  /** Who may offers to do it with the comment. */
  reopen?: () => void;
  /** What becomes of the comment, where that is not plain. */
  note?: string;
}

/** Where one writes a comment. What is written survives reload and the end of the session. */
export function CommentComposer({ displayId, me, count, area, reopen, note }: ComposerProps) {
  const draft = useDraft(me.id, `comment/${displayId}`, "");
  const addition = useAddComment(displayId);
  const fly = useSingleFlight();
  const here = useHere();
  const [blank, setBlank] = useState(false);
  const section = useRef<HTMLElement>(null);
  const sent = useRef(false);
  useLayoutEffect(() => {
    // What was sent stands above it now, and has moved it down: who writes on does not look for it.
    if (sent.current && section.current?.contains(document.activeElement)) section.current.scrollIntoView({ block: "nearest" });
    sent.current = false;
  }, [count]);

  const explain = (error: Error) => whatFailed(`your comment on ${displayId} was`, "sent; your text is kept", error);
  const send = (andThen?: () => void) => {
    setBlank(!draft.value.trim());
    if (!draft.value.trim()) return area.current?.focus();
    fly(
      () => addition.mutateAsync(draft),
      () => {
        sent.current = true;
        andThen?.();
      },
      (error) => tellFailed(explain(error), here),
    );
  };
  const problem = blank ? "A comment needs some text." : addition.error ? explain(addition.error) : undefined;
  return (
    <section ref={section} className={styles.composer} aria-label="Add a comment">
      <Avatar person={me} size="md" />
      <MarkdownEditor
        ref={area}
        label="Comment"
        placeholder="Write a comment…"
        rows={3}
        value={draft.value}
        onChange={(value) => {
          setBlank(false);
          draft.set(value);
        }}
        onSubmit={() => send()}
        error={problem}
        footer={
          <>
            <span className={styles.hint}>
              {draft.restored && "Your draft was kept. "}
              {note && `${note} `}Markdown. <kbd>Ctrl</kbd> <kbd>Enter</kbd> sends.
            </span>
            {reopen && (
              <Button busy={addition.isPending} onClick={() => send(reopen)}>
                Comment and reopen
              </Button>
            )}
            <Button kind="primary" busy={addition.isPending} onClick={() => send()}>
              {addition.isPending ? "Sending…" : "Comment"}
            </Button>
          </>
        }
      />
    </section>
  );
}
