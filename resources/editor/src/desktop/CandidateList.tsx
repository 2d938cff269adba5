/** The selectors that find what was picked, the best first, and the elements around it. */

import { useState, useSyncExternalStore } from "react";

import { Icon, type IconName } from "../icons";
import { t } from "../i18n";
import { useStore } from "../store";
import { BARE_POINT, isBarePoint } from "./barepoint";
import type { Candidate, CandidateKind, Tested } from "./protocol";
import type { DesktopStore, Picked } from "./store";

/** The icon and the name of a way to find something: as the server declares the engine, or a relation. */
function useKind(kind: CandidateKind): { icon: IconName; name: string } {
  const engine = useStore((state) => state.engines).find((one) => one.name === kind);
  return engine ? { icon: engine.icon, name: t(engine.title) } : { icon: "waypoints", name: t("Beside a label") };
}

/** Elements that only arrange others: without a name they are left out of the path. */
const LAYOUT = new Set(["group", "unknown", "split_group"]);

export function CandidateList({ store }: { store: DesktopStore }) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const [withFallbacks, setWithFallbacks] = useState(true);
  const { picked } = state;
  if (state.isLooking) {
    return (
      <p className="desktop-note" role="status">
        {t("Trying ways to find it again…")}
      </p>
    );
  }
  if (!picked) return null;
  return (
    <div className="desktop-candidates" data-testid="desktop-candidates">
      <Path store={store} picked={picked} />
      {picked.candidates.length === 0 && (
        <p className="desktop-note">{t("No reliable selector found. Drag a box around text or a distinct outline.")}</p>
      )}
      <ol aria-label={t("Ways to find it, best first")}>
        {picked.candidates.map((candidate, index) => (
          <Row
            key={candidate.selector}
            candidate={candidate}
            isBest={index === 0}
            tested={state.tested.get(candidate.selector)}
            onTest={() => void store.testCandidate(candidate)}
            onUse={() => void store.take(candidate, withFallbacks)}
            onCopy={() => store.copy(candidate)}
            canUse={store.hasUse}
          />
        ))}
      </ol>
      {store.hasUse && (
        <label className="desktop-check">
          <input type="checkbox" checked={withFallbacks} onChange={(event) => setWithFallbacks(event.target.checked)} />
          {t("Keep other reliable ways as fallbacks")}
        </label>
      )}
    </div>
  );
}

function Path({ store, picked }: { store: DesktopStore; picked: Picked }) {
  const element = picked.element;
  const level = picked.path.findIndex((one) => one.role === element?.role && `${one.box}` === `${element?.box}`);
  const said = picked.path
    .map((one, index) => ({ one, index }))
    .filter(({ one, index }) => one.name || index === level || index === 0 || !LAYOUT.has(one.role))
    .reverse();
  if (!picked.path.length) {
    return (
      <p className="desktop-about">
        {picked.window
          ? t("{title} publishes no elements here.", { title: picked.window.title || picked.window.app })
          : t("There is no window here.")}
      </p>
    );
  }
  return (
    <nav className="desktop-path" aria-label={t("Surrounding elements")}>
      {said.map(({ one, index }) => (
        <button
          key={index}
          type="button"
          aria-current={index === level ? "true" : undefined}
          title={one.name || one.role}
          onClick={() => void store.choose(index)}
        >
          {one.name || one.role.replaceAll("_", " ")}
        </button>
      ))}
    </nav>
  );
}

interface RowProps {
  readonly candidate: Candidate;
  readonly isBest: boolean;
  readonly tested: Tested | undefined;
  readonly onTest: () => void;
  readonly onUse: () => void;
  readonly onCopy: () => Promise<boolean>;
  readonly canUse: boolean;
}

function Row({ candidate, isBest, tested, onTest, onUse, onCopy, canUse }: RowProps) {
  const [isCopied, setIsCopied] = useState(false);
  const kind = useKind(candidate.kind);
  return (
    <li className={isBest ? "is-best" : undefined} data-kind={candidate.kind}>
      <span className="desktop-kind">
        <Icon name={kind.icon} /> {kind.name}
      </span>
      <Count candidate={candidate} tested={tested} />
      <code title={candidate.selector}>{candidate.selector}</code>
      {isBarePoint([candidate.selector]) && <span className="is-bad">{t(BARE_POINT)}</span>}
      {candidate.picture && <img alt={t("The image to find")} src={`data:image/png;base64,${candidate.picture}`} />}
      <span className="desktop-actions">
        <button type="button" onClick={onTest}>
          {t("Test")}
        </button>
        {canUse ? (
          <button type="button" className={isBest ? "is-primary" : undefined} onClick={onUse}>
            {t("Use")}
          </button>
        ) : (
          <button type="button" onClick={() => void onCopy().then(setIsCopied)}>
            {isCopied ? t("Copied") : t("Copy")}
          </button>
        )}
      </span>
    </li>
  );
}

function Count({ candidate, tested }: { candidate: Candidate; tested: Tested | undefined }) {
  const count = tested ? tested.spots.length : candidate.count;
  const ms = Math.round(tested ? tested.ms : candidate.ms);
  if (count === 1) {
    return <span className="desktop-count is-sure">{t("unique, {ms} ms", { ms })}</span>;
  }
  if (count === 0) return <span className="desktop-count is-gone">{t("not found")}</span>;
  return (
    <span className="desktop-count is-doubtful">
      {t("first of {count}, {ms} ms", { count, ms })}
    </span>
  );
}
