import { useEffect } from "react";

/** The document's title while this page shows: "V325813929 Mail is down · Tickets". */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Tickets`;
  }, [title]);
}
