/** False when the browser refused. The asynchronous clipboard is missing on plain http:// addresses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyThroughSelection(text);
  }
}

function copyThroughSelection(text: string): boolean {
  const opener = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  // Inside a modal dialog, focus may not leave it.
  (opener?.closest("[role=dialog]") ?? document.body).append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way where there is no asynchronous clipboard
  const copied = document.execCommand("copy");
  area.remove();
  if (opener instanceof HTMLElement) opener.focus();
  return copied;
}
