import { useId, type ComponentProps, type ReactNode, type Ref } from "react";

import styles from "@/components/ui/field.module.css";
import { classNames } from "@/lib/class-names";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string;
  /** The label is read but not seen. */
  labelHidden?: boolean;
}

/** Ties a label, a hint and an error to one control: `<Field label="Title">{(ids) => <input {...ids} />}</Field>`. */
export function Field({
  label,
  hint,
  error,
  labelHidden,
  children,
}: FieldProps & { children: (ids: ControlIds) => ReactNode }) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={labelHidden ? "visually-hidden" : styles.label}>
        {label}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </div>
  );
}

export interface ControlIds {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

type TextFieldProps = FieldProps & Omit<ComponentProps<"input">, "id" | "ref"> & { ref?: Ref<HTMLInputElement> };

export function TextField({ label, hint, error, labelHidden, className, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} labelHidden={labelHidden}>
      {(ids) => <input {...ids} autoComplete="off" {...input} className={classNames(styles.input, className)} />}
    </Field>
  );
}

export function SelectField({ label, hint, error, labelHidden, children, ...select }: FieldProps & Omit<ComponentProps<"select">, "id">) {
  return (
    <Field label={label} hint={hint} error={error} labelHidden={labelHidden}>
      {(ids) => (
        <select {...ids} {...select} className={styles.input}>
          {children}
        </select>
      )}
    </Field>
  );
}

export const inputClass = styles.input!;
export const errorClass = styles.error!;
