const format = new Intl.NumberFormat("en");

/** "1 ticket", "12,345 tickets" */
export function count(amount: number, one: string, many: string = `${one}s`): string {
  return `${format.format(amount)} ${amount === 1 ? one : many}`;
}

export const formatNumber = (amount: number) => format.format(amount);
