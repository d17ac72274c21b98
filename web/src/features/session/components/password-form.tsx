import { useState, type SyntheticEvent } from "react";

import { ApiProblem, whatFailed } from "@/api/client";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { toastDone, toastFailed } from "@/components/ui/toast";
import { useChangePassword } from "@/features/session/api/change-password";
import styles from "@/features/session/components/password-form.module.css";
import { whenAgain } from "@/features/session/components/when-again";
import { fieldSentence } from "@/lib/field-sentence";
import { passwordMinimum } from "@/lib/limits";
import { useMistakes } from "@/lib/mistakes";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

interface Form {
  currentPassword: string;
  newPassword: string;
  repeated: string;
}

const blank: Form = { currentPassword: "", newPassword: "", repeated: "" };

export function PasswordForm({ username }: { username: string }) {
  const [values, setValues] = useState(blank);
  const { errors, setErrors, form, show } = useMistakes<Form>();
  const change = useChangePassword();
  const fly = useSingleFlight();
  const here = useHere();

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const found = check(values);
    if (Object.keys(found).length > 0) return show(found);
    const { currentPassword, newPassword } = values;
    fly(
      () => change.mutateAsync({ currentPassword, newPassword }),
      () => {
        setValues((now) => (now === values ? blank : now));
        toastDone("Password changed. Other sessions of yours have ended.");
      },
      (error) => (here.current ? show(explain(error)) : toastFailed(whatFailed("your password was", "changed", error))),
    );
  };
  const box = (name: keyof Form, label: string, autoComplete: string, hint?: string) => (
    <TextField
      label={label}
      type="password"
      autoComplete={autoComplete}
      hint={hint}
      value={values[name]}
      error={errors[name]}
      onChange={(event) => {
        setValues({ ...values, [name]: event.target.value });
        setErrors({ ...errors, [name]: undefined });
      }}
    />
  );
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate aria-label="Change password">
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      {box("currentPassword", "Current password", "current-password")}
      {box("newPassword", "New password", "new-password", `At least ${passwordMinimum} characters.`)}
      {box("repeated", "New password again", "new-password")}
      <Button kind="primary" type="submit" busy={change.isPending}>
        Change password
      </Button>
    </form>
  );
}

function check({ currentPassword, newPassword, repeated }: Form): Partial<Form> {
  return {
    ...(!currentPassword && { currentPassword: "Type your current password." }),
    ...(newPassword.length < passwordMinimum && { newPassword: `A password has at least ${passwordMinimum} characters.` }),
    ...(newPassword !== repeated && { repeated: "The two do not agree." }),
  };
}

function explain(error: Error): Partial<Form> {
  if (!(error instanceof ApiProblem)) return { currentPassword: error.message };
  const newPassword = error.fieldMessage("newPassword");
  if (newPassword) return { newPassword: fieldSentence("The new password", newPassword) };
  return { currentPassword: error.fieldMessage("currentPassword") ? "This is not your current password." : whatFailed("the password was", "changed", error) + whenAgain(error) };
}
