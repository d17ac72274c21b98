import { useRef, useState } from "react";
import { flushSync } from "react-dom";

export type Mistakes<Form> = Partial<Record<keyof Form, string>>;

/** What is wrong with a form, by field. `show` puts the focus on the first of it. */
export function useMistakes<Form>() {
  const [errors, setErrors] = useState<Mistakes<Form>>({});
  const form = useRef<HTMLFormElement>(null);
  const show = (found: Mistakes<Form>) => {
    // Laid out at once: a frame later React may not have come round to it, and nothing would be marked yet.
    // Emptied before: also the same mistake again turns an editor from its preview to the box.
    flushSync(() => setErrors({}));
    flushSync(() => setErrors(found));
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  };
  return { errors, setErrors, form, show };
}
