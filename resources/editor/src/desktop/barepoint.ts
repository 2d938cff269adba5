/** What is said of selectors that were picked. Pure. */

/** What is asked about a place that nothing names. */
export const BARE_POINT = "This is only a place on the screen. If windows move, the run acts on something else there.";

/** Whether what is looked for first is a place of the whole screen. */
export function isBarePoint(selectors: readonly string[]): boolean {
  return /^\s*(point=)?\d+(\.\d+)?%?\s*,\s*\d+(\.\d+)?%?\s*$/.test(selectors[0] ?? "");
}
