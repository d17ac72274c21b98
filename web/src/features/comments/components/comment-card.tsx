import { useLocation } from "@tanstack/react-router";
import { Link2, Trash2 } from "lucide-react";
import { useState } from "react";

import type { Comment } from "@/api/wire";
import { Markdown } from "@/components/markdown/lazy-markdown";
import { Avatar, PersonName } from "@/components/ui/avatar";
import { RoleTag } from "@/components/ui/badge";
import { IconButton } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { later } from "@/components/ui/later";
import { Time } from "@/components/ui/time";
import styles from "@/features/comments/components/comment-card.module.css";

const DeleteComment = later(() => import("@/features/comments/components/delete-comment").then((module) => module.DeleteComment));

interface CommentCardProps {
  displayId: string;
  comment: Comment;
  deletable: boolean;
}

export function CommentCard({ displayId, comment, deletable }: CommentCardProps) {
  const [deleting, setDeleting] = useState(false);
  const { author } = comment;
  const anchor = `comment-${comment.id}`;
  const linked = useLocation({ select: ({ hash }) => hash === anchor });
  return (
    <article id={anchor} tabIndex={-1} className={styles.comment} data-linked={linked || undefined} aria-label={`Comment by ${author.displayName}`}>
      <Avatar person={author} size="md" />
      <div className={styles.card}>
        <header className={styles.header}>
          <strong className={styles.author}>
            <PersonName person={author} />
          </strong>
          <RoleTag role={author.role} />
          <a href={`#${anchor}`} className={styles.time}>
            <Time value={comment.createdAt} />
          </a>
          <span className={styles.controls}>
            <CopyButton text={`${location.origin}/tickets/${displayId}#${anchor}`} what="link to this comment" icon={<Link2 />} />
            {deletable && <IconButton label="Delete comment" icon={<Trash2 />} onClick={() => setDeleting(true)} />}
          </span>
        </header>
        <Markdown text={comment.body} className={styles.body} />
      </div>
      {deleting && <DeleteComment displayId={displayId} comment={comment} onClose={() => setDeleting(false)} />}
    </article>
  );
}
