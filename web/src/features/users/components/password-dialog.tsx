import { useRef, useState, type SyntheticEvent } from "react";

import { ApiProblem, whatFailed } from "@/api/client";
import type { Role, User, UserPatch, UserWithKey } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { toastFailed } from "@/components/ui/toast";
import { useUpdateUser } from "@/features/users/api/update-user";
import { fieldSentence } from "@/lib/field-sentence";
import { passwordMinimum } from "@/lib/limits";
import { roleLabel } from "@/lib/person";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

interface PasswordDialogProps {
  user: User;
  /** A service account that becomes a person's needs a password in the same step. */
  role?: Role;
  onClose: () => void;
  onSaved: (user: UserWithKey) => void;
}

/** Gives somebody a new password. */
export function PasswordDialog({ user, role, onClose, onSaved }: PasswordDialogProps) {
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string>();
  const update = useUpdateUser();
  const fly = useSingleFlight();
  const here = useHere();
  const box = useRef<HTMLInputElement>(null);
  const refuse = (why: string) => {
    setProblem(why);
    box.current?.focus();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (password.length < passwordMinimum) return refuse(`A password has at least ${passwordMinimum} characters.`);
    const patch: UserPatch = role ? { role, password } : { password };
    fly(
      () => update.mutateAsync({ id: user.id, patch }),
      onSaved,
      (error) => (here.current ? refuse(explain(error)) : toastFailed(whatFailed(`the password of ${user.displayName} was`, "changed", error))),
    );
  };
  return (
    <Dialog title={role ? `Make ${user.displayName} ${roleLabel(role)}` : `New password for ${user.displayName}`} onClose={onClose}>
      <p>{role ? "The account's API key stops now; from now on it signs in with this password." : "Every session of this account ends; tell the person the new password by a safe way."}</p>
      <form id="password-form" onSubmit={submit} noValidate>
        <TextField
          ref={box}
          label="New password"
          type="password"
          autoComplete="new-password"
          autoFocus
          value={password}
          error={problem}
          hint={`At least ${passwordMinimum} characters.`}
          onChange={(event) => {
            setPassword(event.target.value);
            setProblem(undefined);
          }}
        />
      </form>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" form="password-form" busy={update.isPending}>
          Save
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function explain(error: Error): string {
  const problem = error instanceof ApiProblem && error.fieldMessage("password");
  return problem ? fieldSentence("The password", problem) : whatFailed("the password was", "changed", error);
}
