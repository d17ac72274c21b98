import type { ReactNode } from "react";

import type { Severity } from "@/api/wire";
import { SeverityBadge } from "@/components/ui/badge";
import type { Choice } from "@/components/ui/menu-list";
import { severities, severityName, severityText } from "@/lib/severity";

/** What a menu offers to choose severities from; `more` may follow each name. */
export function severityChoices(more?: (severity: Severity) => ReactNode): Choice[] {
  return severities.map((severity) => ({
    id: String(severity),
    text: severityText(severity),
    content: (
      <>
        <SeverityBadge severity={severity} />
        <span>
          {severityName(severity)} {more?.(severity)}
        </span>
      </>
    ),
  }));
}
