/** Lucide icons: the files that the window draws too. */

const FILES = import.meta.glob<string>("../../icons/lucide/*.svg", { query: "?raw", import: "default", eager: true });

const SHAPES = new Map(
  Object.entries(FILES).map(([path, text]) => [
    path.slice(path.lastIndexOf("/") + 1, -".svg".length),
    text.slice(text.indexOf(">", text.indexOf("<svg")) + 1, text.lastIndexOf("</svg>")),
  ]),
);

export type IconName = string;

/** From now on knows the icons that node types of installed packages bring; the server has reduced them to lines. */
export function addDrawings(types: Iterable<{ readonly icon: string; readonly drawing: string }>): void {
  for (const { icon, drawing } of types) if (drawing && !SHAPES.has(icon)) SHAPES.set(icon, drawing);
}

/** An icon, 16 pixels wide unless CSS says otherwise; hidden from screen readers. An unknown name is a square. */
export function Icon({ name, size = 16, className = "" }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      className={`icon ${className}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      dangerouslySetInnerHTML={{ __html: SHAPES.get(name) ?? SHAPES.get("square") ?? "" }}
    />
  );
}
