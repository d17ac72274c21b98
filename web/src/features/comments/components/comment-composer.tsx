import { useRef, useState, type RefObject } from "react";

import type { SessionUser } from "@/api/wire";
import { MarkdownEditor } from "@/components/markdown/markdown-editor";
import { Avatar } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import { toastDone } from "@/components/ui/toast";
import { useAddComment } from "@/features/comments/api/add-comment";
import styles from "@/features/comments/components/comment-composer.module.css";
import { useDraft } from "@/lib/drafts";
import { IdempotencyKey } from "@/lib/idempotency";
import { useSingleFlight } from "@/lib/single-flight";

interface ComposerProps {
  displayId: string;
  me: SessionUser;
  area: RefObject<HTMLTextAreaElement | null>;
}

/** Where one writes a comment. What is written survives reload and the end of the session. */
export function CommentComposer({ displayId, me, area }: ComposerProps) {
  const draft = useDraft(me.id, `comment/${displayId}`, "");
  const addition = useAddComment(displayId);
  const flight = useSingleFlight();
  const key = useRef(new IdempotencyKey());
  const [blank, setBlank] = useState(false);

  const submit = () => {
    const body = draft.value;
    setBlank(!body.trim());
    if (!body.trim()) return area.current?.focus();
    if (!flight.take()) return;
    addition.mutate(
      { body, idempotencyKey: key.current.for(body) },
      {
        onSettled: flight.land,
        onSuccess: () => {
          key.current.spent();
          draft.clear();
          toastDone("Comment added");
        },
      },
    );
  };
  const problem = blank ? "A comment needs some text." : addition.isError ? `Not sent, your text is kept. ${addition.error.message}` : undefined;
  return (
    <section className={styles.composer} aria-label="Add a comment">
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
        onSubmit={submit}
        error={problem}
        footer={
          <>
            <span className={styles.hint}>
              {draft.restored ? "Your draft was kept. " : ""}Markdown. <kbd>Ctrl</kbd> <kbd>Enter</kbd> sends.
            </span>
            <Button kind="primary" busy={addition.isPending} onClick={submit}>
              {addition.isPending ? "Sending…" : "Comment"}
            </Button>
          </>
        }
      />
    </section>
  );
}
