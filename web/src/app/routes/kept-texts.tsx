import styles from "@/app/routes/kept-texts.module.css";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { useDraft } from "@/lib/drafts";
import { useKeptFocus } from "@/lib/use-kept-focus";

/** What one was writing on a ticket that is no more: there to be read and copied until one gives it up. */
export function KeptTexts({ displayId, userId }: { displayId: string; userId: string }) {
  const title = useDraft<Edit | null>(userId, `title/${displayId}`, null);
  const overview = useDraft<Edit | null>(userId, `overview/${displayId}`, null);
  const comment = useDraft(userId, `comment/${displayId}`, "");
  const kept = [
    { what: "title", text: title.value?.text, discard: title.clear },
    { what: "overview", text: overview.value?.text, discard: overview.clear },
    { what: "comment", text: comment.value || undefined, discard: comment.clear },
  ].filter(({ text }) => text !== undefined);
  useKeptFocus(kept.length);
  if (kept.length === 0) return null;
  return (
    <section className={styles.kept} aria-labelledby="kept">
      <h2 id="kept">What you were writing is kept</h2>
      {kept.map(({ what, text, discard }) => (
        <article key={what} className={styles.one} aria-label={`Your ${what}`}>
          <header className={styles.header}>
            <h3>Your {what}</h3>
            <CopyButton text={text!} what={what} />
            <Button aria-label={`Discard ${what}`} onClick={discard}>
              Discard
            </Button>
          </header>
          <div className={styles.text}>{text}</div>
        </article>
      ))}
    </section>
  );
}

/** As `useTextEdit` keeps it; what it started from is of no use any more. */
interface Edit {
  text: string;
}
