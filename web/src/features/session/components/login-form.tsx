import { useId, useRef, useState, type SyntheticEvent } from "react";

import { ApiProblem } from "@/api/client";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { useLogIn } from "@/features/session/api/log-in";
import styles from "@/features/session/components/login-form.module.css";
import { whenAgain } from "@/features/session/components/when-again";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

export function LoginForm({ onSignedIn }: { onSignedIn: () => void }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const passwordBox = useRef<HTMLInputElement>(null);
  const login = useLogIn();
  const problem = useId();
  const fly = useSingleFlight();
  const here = useHere();

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    fly(
      () => login.mutateAsync({ username, password }),
      () => here.current && onSignedIn(),
      () => passwordBox.current?.select(),
    );
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField label="User name" name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus value={username} onChange={(event) => setUsername(event.target.value)} />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" required ref={passwordBox} aria-describedby={problem} value={password} onChange={(event) => setPassword(event.target.value)} />
      <p id={problem} className={styles.problem} role="alert">
        {login.error && explain(login.error)}
      </p>
      <Button kind="primary" type="submit" busy={login.isPending} className={styles.submit}>
        {login.isPending ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

function explain(error: Error): string {
  if (!(error instanceof ApiProblem)) return error.message;
  if (error.status === 401) return "The user name or the password is wrong.";
  return error.message + whenAgain(error);
}
