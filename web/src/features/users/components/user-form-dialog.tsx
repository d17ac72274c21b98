import { useRef, useState, type SyntheticEvent } from "react";

import { ApiProblem, whatFailed } from "@/api/client";
import type { NewUser, Role, User, UserWithKey } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { SelectField, TextField } from "@/components/ui/field";
import { toastFailed } from "@/components/ui/toast";
import { useCreateUser } from "@/features/users/api/create-user";
import { useUpdateUser } from "@/features/users/api/update-user";
import styles from "@/features/users/components/user-form-dialog.module.css";
import { fieldSentence } from "@/lib/field-sentence";
import { IdempotencyKey } from "@/lib/idempotency";
import { emailLimit, nameLimit, passwordMinimum, usernameLimit } from "@/lib/limits";
import { useMistakes, type Mistakes } from "@/lib/mistakes";
import { roleLabel, roles } from "@/lib/person";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

interface UserFormDialogProps {
  /** Absent: a new account. */
  user?: User;
  onClose: () => void;
  onSaved: (user: UserWithKey) => void;
}

type Errors = Mistakes<NewUser>;

export function UserFormDialog({ user, onClose, onSaved }: UserFormDialogProps) {
  const [values, setValues] = useState<NewUser>({ username: user?.username ?? "", displayName: user?.displayName ?? "", email: user?.email ?? "", role: user?.role ?? "AGENT", password: "" });
  const { errors, setErrors, form, show } = useMistakes<NewUser>();
  const fly = useSingleFlight();
  const here = useHere();
  const key = useRef(new IdempotencyKey());
  const creation = useCreateUser();
  const update = useUpdateUser();
  const { isPending, error } = user ? update : creation;
  const needsPassword = !user && values.role !== "SERVICE";

  const change = (name: keyof NewUser) => (event: { target: { value: string } }) => {
    setValues({ ...values, [name]: event.target.value });
    setErrors({ ...errors, [name]: undefined });
  };
  const save = () => {
    if (user) return update.mutateAsync({ id: user.id, patch: changed(user, values) });
    const { password, ...rest } = values;
    const fresh = needsPassword ? { ...rest, password } : rest;
    return creation.mutateAsync({ user: fresh, idempotencyKey: key.current.for(fresh) });
  };
  const explain = (problem: Error) => whatFailed(`the account of ${user?.displayName ?? values.displayName} was`, user ? "saved" : "created", problem);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const found = check(values, needsPassword);
    if (Object.keys(found).length > 0) return show(found);
    fly(
      save,
      (saved) => {
        key.current.spent();
        onSaved(saved);
      },
      (problem) => (here.current ? show(fromProblem(problem)) : toastFailed(explain(problem))),
    );
  };
  const general = error && Object.values(errors).every((message) => !message) ? explain(error) : null;
  return (
    <Dialog title={user ? `Edit ${user.displayName}` : "New user"} onClose={onClose}>
      <form ref={form} id="user-form" className={styles.form} onSubmit={submit} noValidate>
        {!user && <TextField label="User name" value={values.username} maxLength={usernameLimit} error={errors.username} autoCapitalize="none" spellCheck={false} autoFocus required onChange={change("username")} hint="To sign in with. It cannot be changed later." />}
        <TextField label="Display name" value={values.displayName} maxLength={nameLimit} error={errors.displayName} autoFocus={Boolean(user)} required onChange={change("displayName")} />
        <TextField label="E-mail" type="email" value={values.email} maxLength={emailLimit} error={errors.email} required onChange={change("email")} />
        {!user && (
          <SelectField label="Role" value={values.role} error={errors.role} onChange={change("role")} hint={roleMeanings[values.role]}>
            {roles.map((role) => (
              <option key={role} value={role}>
                {roleLabel(role)}
              </option>
            ))}
          </SelectField>
        )}
        {needsPassword && (
          <TextField label="Password" type="password" autoComplete="new-password" value={values.password} error={errors.password} required onChange={change("password")} hint={`At least ${passwordMinimum} characters.`} />
        )}
        {general && (
          <p role="alert" className={styles.problem}>
            {general}
          </p>
        )}
      </form>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" form="user-form" busy={isPending}>
          {user ? "Save" : "Create user"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

export const roleMeanings: Record<Role, string> = {
  ADMIN: "Everything: users, categories, closing and deleting tickets.",
  AGENT: "Works on tickets: creates, edits, assigns, comments, resolves.",
  USER: "Reads tickets and comments on them.",
  SERVICE: "For automation. Has an API key instead of a password; the key is shown once.",
};

function check(values: NewUser, needsPassword: boolean): Errors {
  return {
    ...(!values.username.trim() && { username: "Give the account a user name." }),
    ...(!values.displayName.trim() && { displayName: "Say how the person is called." }),
    ...(!/^\S+@\S+$/.test(values.email) && { email: "This is not an e-mail address." }),
    ...(needsPassword && (values.password?.length ?? 0) < passwordMinimum && { password: `A password has at least ${passwordMinimum} characters.` }),
  };
}

function changed(user: User, values: NewUser) {
  return {
    ...(values.displayName !== user.displayName && { displayName: values.displayName }),
    ...(values.email !== user.email && { email: values.email }),
  };
}

const labels: Record<string, string> = { username: "This user name", displayName: "The display name", email: "This address", password: "The password", role: "The role" };

function fromProblem(problem: Error): Errors {
  if (!(problem instanceof ApiProblem)) return {};
  return Object.fromEntries(problem.fields.map(({ field, message }) => [field, fieldSentence(labels[field] ?? field, message)]));
}
