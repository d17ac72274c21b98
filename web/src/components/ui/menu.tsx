import { lazy, type ReactNode } from "react";

import type { Action, Choices } from "@/components/ui/menu-list";
import { Opener } from "@/components/ui/opener";

const load = () => import("@/components/ui/menu-list");
const ChoiceList = lazy(() => load().then((module) => ({ default: module.ChoiceList })));
const ActionList = lazy(() => load().then((module) => ({ default: module.ActionList })));

interface PickMenuProps extends Choices {
  /** The button's name where its text is not enough: "Status: Open". */
  buttonLabel?: string;
  trigger: ReactNode;
  triggerClass?: string;
}

/** A button that opens a short list of choices. */
export function PickMenu({ buttonLabel, trigger, triggerClass, ...choices }: PickMenuProps) {
  return (
    <Opener label={buttonLabel} popup="menu" trigger={trigger} triggerClass={triggerClass} load={load}>
      <ChoiceList {...choices} />
    </Opener>
  );
}

/** A button that opens a list of things to do. */
export function ActionMenu({ label, trigger, triggerClass, actions }: { label: string; trigger: ReactNode; triggerClass?: string; actions: readonly Action[] }) {
  return (
    <Opener label={label} popup="menu" trigger={trigger} triggerClass={triggerClass} load={load}>
      <ActionList label={label} actions={actions} />
    </Opener>
  );
}
