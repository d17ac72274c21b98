import { lazy, type ReactNode } from "react";

import { Opener } from "@/components/ui/opener";
import type { SearchChoices } from "@/components/ui/search-list";

const load = () => import("@/components/ui/search-list");
const SearchList = lazy(() => load().then((module) => ({ default: module.SearchList })));

/** A button that opens a list with a box above it: type to narrow, arrows to move, Enter to choose. */
export function SearchPick({ trigger, triggerClass, ...choices }: SearchChoices & { trigger: ReactNode; triggerClass?: string }) {
  return (
    <Opener popup="dialog" trigger={trigger} triggerClass={triggerClass} load={load}>
      <SearchList {...choices} />
    </Opener>
  );
}
