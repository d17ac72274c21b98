import { Check, Copy } from "lucide-react";
import { useState, type ReactNode } from "react";

import { IconButton } from "@/components/ui/button";
import { toastFailed } from "@/components/ui/toast";
import { announce } from "@/lib/announce";
import { copyText } from "@/lib/clipboard";

/** Copies `text`; the icon becomes a tick for a moment. `what` names it: "V325813929", "Link". */
export function CopyButton({ text, what, icon = <Copy /> }: { text: string; what: string; icon?: ReactNode }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return toastFailed("The browser refused to copy. Select the text and copy it by hand.");
    announce(`${what} copied`);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return <IconButton label={copied ? "Copied" : `Copy ${what}`} icon={copied ? <Check /> : icon} onClick={() => void copy()} />;
}
