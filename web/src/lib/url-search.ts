/** URL search as people write it: `?status=OPEN&status=RESOLVED&q=vpn`. All values are text; a name given twice is a list. */
export function parseUrlSearch(text: string): Record<string, string | string[]> {
  const search: Record<string, string | string[]> = {};
  for (const name of new Set(new URLSearchParams(text).keys())) {
    const values = new URLSearchParams(text).getAll(name);
    search[name] = values.length > 1 ? values : values[0]!;
  }
  return search;
}

export function stringifyUrlSearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

/** Where to go after signing in: a path of this site, or home. */
export function safeReturnPath(path: string | undefined): string {
  return path && /^\/(?![/\\])/.test(path) && !path.startsWith("/login") ? path : "/";
}
