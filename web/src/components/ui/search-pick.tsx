import type { ReactNode } from "react";

import { later } from "@/components/ui/later";
import { Opener } from "@/components/ui/opener";
import type { SearchChoices } from "@/components/ui/search-list";

const SearchList = later(() => import("@/components/ui/search-list").then((module) => module.SearchList));

/** A button that opens a list with a box above it: type to narrow, arrows to move, Enter to choose. */
export function SearchPick({ trigger, triggerClass, ...choices }: SearchChoices & { trigger: ReactNode; triggerClass?: string }) {
  return (
    <Opener popup="dialog" trigger={trigger} triggerClass={triggerClass} load={SearchList.load}>
      <SearchList {...choices} />
    </Opener>
  );
}
