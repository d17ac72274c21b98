import { X } from "lucide-react";
import { useRef, type ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { IconButton } from "@/components/ui/button";
import styles from "@/components/ui/dialog.module.css";
import { classNames } from "@/lib/class-names";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** "alert" for what destroys: it closes by a choice or Esc only. */
  kind?: "plain" | "alert";
  wide?: boolean;
  /** Esc and a press outside do nothing either: what it shows is shown once. */
  insistent?: boolean;
}

/** A modal dialog: keeps the focus, closes on Esc, gives the focus back to what opened it. A press outside closes it as long as nothing is typed in it. */
export function Dialog({ title, onClose, children, kind = "plain", wide = false, insistent = false }: DialogProps) {
  const typed = useRef(false);
  return (
    <ModalOverlay
      isOpen
      onOpenChange={(open) => !open && onClose()}
      isDismissable={kind === "plain" && !insistent}
      shouldCloseOnInteractOutside={() => !typed.current}
      isKeyboardDismissDisabled={insistent}
      className={styles.overlay}
    >
      <Modal className={classNames(styles.modal, wide && styles.wide)}>
        <AriaDialog role={kind === "alert" ? "alertdialog" : "dialog"} className={styles.dialog} render={(props) => <section {...props} onInput={() => (typed.current = true)} />}>
          <header className={styles.header}>
            <Heading slot="title" className={styles.title} level={2}>
              {title}
            </Heading>
            {!insistent && <IconButton label="Close" icon={<X />} onClick={onClose} />}
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The dialog's last row: what one can choose, the main thing last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
