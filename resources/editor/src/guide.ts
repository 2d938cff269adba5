/** Addresses in the user guide, which the server carries (`resources/guide`). */

import { currentLanguage } from "./i18n";

/** The list of its pages. */
export function guideContents(): string {
  return `/guide/index.${currentLanguage()}.html`;
}

/** Where it tells about a node type. */
export function guideOfType(type: string): string {
  return `/guide/reference/nodes.html#type-${encodeURIComponent(type)}`;
}

/** Where it tells what to do about an error, by its code. */
export function guideOfError(code: string): string {
  const page = currentLanguage() === "zh_CN" ? "zh/troubleshooting" : "troubleshooting";
  return `/guide/${page}.html#${code.toLowerCase().replace(/[^a-z0-9_-]/g, "")}`;
}
