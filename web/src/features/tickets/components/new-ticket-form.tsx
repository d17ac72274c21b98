import { ApiProblem, whatFailed } from "@/api/client";
import type { SessionUser, TicketDetail, User } from "@/api/wire";
import { CtiPicker, noChoice, type CtiChoice } from "@/components/cti-picker";
import { MarkdownEditor } from "@/components/markdown/markdown-editor";
import { nobody, personOptions } from "@/components/person-options";
import { SeverityBadge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Combobox } from "@/components/ui/combobox";
import { errorClass, TextField } from "@/components/ui/field";
import { toastFailed } from "@/components/ui/toast";
import { useCreateTicket } from "@/features/tickets/api/create-ticket";
import styles from "@/features/tickets/components/new-ticket-form.module.css";
import type { CtiTree } from "@/lib/cti";
import { useDraft } from "@/lib/drafts";
import { fieldSentence } from "@/lib/field-sentence";
import { titleLimit } from "@/lib/limits";
import { useMistakes, type Mistakes } from "@/lib/mistakes";
import { useSingleFlight } from "@/lib/single-flight";
import { severities, severityMeaning, severityName } from "@/lib/severity";
import { useHere } from "@/lib/use-here";
import type { Severity } from "@/api/wire";

interface Form extends CtiChoice {
  title: string;
  overview: string;
  severity: Severity;
  assigneeId: string | null;
}

const blankForm: Form = { title: "", overview: "", severity: 3, assigneeId: null, ...noChoice };

type Errors = Mistakes<Form>;

interface NewTicketFormProps {
  draftName: string;
  me: SessionUser;
  people: readonly User[];
  tree: CtiTree;
  onCreated: (ticket: TicketDetail) => void;
}

export function NewTicketForm({ draftName, me, people, tree, onCreated }: NewTicketFormProps) {
  const draft = useDraft(me.id, draftName, blankForm);
  const { errors, setErrors, form, show } = useMistakes<Form>();
  const creation = useCreateTicket();
  const fly = useSingleFlight();
  const here = useHere();
  const values = draft.value;

  const change = (part: Partial<Form>) => {
    draft.set({ ...values, ...part });
    setErrors((found) => Object.fromEntries(Object.entries(found).filter(([name]) => !(name in part))));
  };
  const submit = () => {
    const found = check(values);
    if (Object.keys(found).length > 0) return show(found);
    const { title, severity, assigneeId } = values;
    const ticket = { title, overview: values.overview, severity, assigneeId, categoryId: values.categoryId!, typeId: values.typeId!, itemId: values.itemId! };
    fly(
      () => creation.mutateAsync({ ticket, draft }),
      (created) => here.current && onCreated(created),
      (error) => (here.current ? show(fromProblem(error)) : toastFailed(explain(error))),
    );
  };

  return (
    <form
      ref={form}
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      noValidate
    >
      {draft.restored && (
        <p className={styles.restored} role="status">
          Your unfinished ticket was kept.{" "}
          <button type="button" onClick={draft.clear}>
            Start afresh
          </button>
        </p>
      )}
      <TextField
        label="Title"
        value={values.title}
        maxLength={titleLimit}
        error={errors.title}
        required
        autoFocus
        placeholder="What is wrong, in one line"
        onChange={(event) => change({ title: event.target.value })}
      />
      <div className={styles.overview}>
        <span className={styles.label} aria-hidden="true">
          Overview
        </span>
        <MarkdownEditor
          label="Overview"
          rows={8}
          placeholder="What happened, since when, who is affected. Markdown works here."
          value={values.overview}
          error={errors.overview}
          onChange={(text) => change({ overview: text })}
          onSubmit={submit}
        />
      </div>
      <fieldset className={styles.group}>
        <legend>Severity</legend>
        <div className={styles.severities}>
          {severities.map((severity) => (
            <label key={severity} className={styles.severity}>
              <input type="radio" name="severity" value={severity} checked={values.severity === severity} onChange={() => change({ severity })} />
              <SeverityBadge severity={severity} />
              <span className={styles.words}>
                {severityName(severity)} <span className={styles.meaning}>{severityMeaning(severity)}</span>
              </span>
            </label>
          ))}
        </div>
        {errors.severity && <p className={errorClass}>{errors.severity}</p>}
      </fieldset>
      <fieldset className={styles.group}>
        <legend>Routing</legend>
        <CtiPicker
          tree={tree}
          value={values}
          onChange={({ categoryId, typeId, itemId }) => change({ categoryId, typeId, itemId })}
          errors={{ categoryId: errors.categoryId, typeId: errors.typeId, itemId: errors.itemId }}
        />
      </fieldset>
      <Combobox
        label="Assignee"
        className={styles.assignee}
        options={personOptions(people, me.id)}
        value={values.assigneeId ?? nobody}
        onChange={(id) => change({ assigneeId: id === nobody ? null : id })}
        error={errors.assigneeId}
      />
      {creation.error && (
        <p className={styles.failed} role="alert">
          {explain(creation.error)}
        </p>
      )}
      <div className={styles.actions}>
        <span className={styles.hint}>
          <kbd>Ctrl</kbd> <kbd>Enter</kbd> in the overview creates too.
        </span>
        <Button kind="primary" type="submit" busy={creation.isPending}>
          {creation.isPending ? "Creating…" : "Create ticket"}
        </Button>
      </div>
    </form>
  );
}

const explain = (error: Error) => whatFailed("the ticket was", "created; everything you wrote is kept", error);

const labels: Record<string, string> = { title: "The title", overview: "The overview", categoryId: "The category", typeId: "The type", itemId: "The item", assigneeId: "The assignee" };

function check(values: Form): Errors {
  return {
    ...(!values.title.trim() && { title: "Give the ticket a title." }),
    ...(!values.overview.trim() && { overview: "Say what happened." }),
    ...(!values.categoryId && { categoryId: "Choose a category." }),
    ...(!values.typeId && { typeId: "Choose a type." }),
    ...(!values.itemId && { itemId: "Choose an item." }),
  };
}

function fromProblem(problem: Error): Errors {
  if (!(problem instanceof ApiProblem)) return {};
  return Object.fromEntries(problem.fields.map(({ field, message }) => [field, fieldSentence(labels[field] ?? field, message)]));
}
