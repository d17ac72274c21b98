import type { ReactNode } from "react";

import { later } from "@/components/ui/later";
import type { Action, Choices } from "@/components/ui/menu-list";
import { Opener } from "@/components/ui/opener";

const ChoiceList = later(() => import("@/components/ui/menu-list").then((module) => module.ChoiceList));
const ActionList = later(() => import("@/components/ui/menu-list").then((module) => module.ActionList));

interface PickMenuProps extends Choices {
  /** The button's name where its text is not enough: "Status: Open". */
  buttonLabel?: string;
  trigger: ReactNode;
  triggerClass?: string;
}

/** A button that opens a short list of choices. */
export function PickMenu({ buttonLabel, trigger, triggerClass, ...choices }: PickMenuProps) {
  return (
    <Opener label={buttonLabel} popup="menu" trigger={trigger} triggerClass={triggerClass} load={ChoiceList.load}>
      <ChoiceList {...choices} />
    </Opener>
  );
}

/** A button that opens a list of things to do. */
export function ActionMenu({ label, trigger, triggerClass, actions }: { label: string; trigger: ReactNode; triggerClass?: string; actions: readonly Action[] }) {
  return (
    <Opener label={label} popup="menu" trigger={trigger} triggerClass={triggerClass} load={ActionList.load}>
      <ActionList label={label} actions={actions} />
    </Opener>
  );
}
