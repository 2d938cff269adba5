/** Random names, also where the page came by plain `http` from another machine, where browsers keep `randomUUID` back. */

export function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
