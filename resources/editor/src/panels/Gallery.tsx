/** Examples and own flows as cards, each with a picture drawn from the flow. */

import { useEffect, useMemo, useState } from "react";

import { useSession } from "../context";
import { t } from "../i18n";
import { Icon } from "../icons";
import { CARD } from "../nodetypes";
import type { FlowCard, Replies } from "../protocol";
import { rank } from "../searching";
import { useMay, useStore } from "../store";
import { Dialog } from "./Dialog";
import { FileTools } from "./FlowsMenu";
import { quietly } from "../telling";

type Listing = Replies["gallery.list"];

/** The gallery in a box over the rest, where it was asked for. */
export function GalleryDialog() {
  const isShown = useStore((state) => state.isGalleryShown);
  const close = () => useStore.setState({ isGalleryShown: false });
  if (!isShown) return null;
  return (
    <Dialog title={t("Gallery")} onClose={close} isWide>
      <Gallery onOpen={close} />
      <footer>
        <button type="button" onClick={close}>{t("Close")}</button>
      </footer>
    </Dialog>
  );
}

/** What stands in the page while no flow is open. */
export function Welcome() {
  const session = useSession();
  const mayEdit = useMay("edit");
  if (!mayEdit) {
    return (
      <div className="nothing">
        <Icon name="workflow" size={48} />
        <p>{t("No flow is open.")}</p>
      </div>
    );
  }
  return (
    <div className="welcome">
      <h1>{t("What do you want to automate?")}</h1>
      <button type="button" className="is-primary" onClick={() => void session.open(null)}>
        <Icon name="file-plus" /> {t("New flow")}
      </button>
      <Gallery onOpen={() => undefined} />
    </div>
  );
}

function Gallery({ onOpen }: { readonly onOpen: () => void }) {
  const session = useSession();
  const files = useStore((state) => state.files);
  const [listing, setListing] = useState<Listing | null>(null);
  const [wanted, setWanted] = useState("");
  useEffect(() => {
    quietly(session.connection.request("gallery.list").then(setListing));
  }, [session, files]);
  const own = useFitting(listing?.flows, wanted);
  const translated = useMemo(() => listing?.examples.map((card) => ({ ...card, title: t(card.title), description: t(card.description), own: card.title })), [listing]);
  const examples = useFitting(translated, wanted);
  const take = async (card: FlowCard) => {
    onOpen();
    const { path } = await session.connection.request("gallery.take", { name: card.name });
    await session.open({ path });
  };
  const open = (card: FlowCard) => {
    onOpen();
    void session.open({ path: card.path });
  };
  return (
    <div className="gallery">
      <label className="search">
        <Icon name="search" />
        <input value={wanted} placeholder={t("Search flows…")} aria-label={t("Search flows…")} onChange={(event) => setWanted(event.target.value)} />
      </label>
      {own.length > 0 && (
        <section aria-label={t("Your flows")}>
          <h3>{t("Your flows")}</h3>
          <div className="cards">
            {own.map((card) => (
              <Card key={card.path} card={card} onOpen={() => open(card)}>
                <span className="card-tools">
                  <FileTools path={card.path} name={card.name} onAsk={(fileQuestion) => useStore.setState({ fileQuestion })} />
                </span>
              </Card>
            ))}
          </div>
        </section>
      )}
      {examples.length > 0 && (
        <section aria-label={t("Examples")}>
          <h3>{t("Examples")}</h3>
          <div className="cards">
            {examples.map((card) => (
              <Card key={card.name} card={card} onOpen={() => quietly(take(card))} />
            ))}
          </div>
        </section>
      )}
      {listing && !own.length && !examples.length && <p className="hint">{t("Nothing found.")}</p>}
    </div>
  );
}

function useFitting(cards: readonly FlowCard[] | undefined, wanted: string): readonly FlowCard[] {
  return useMemo(() => {
    const all = cards ?? [];
    const byKey = new Map(all.map((card, index) => [String(index), card]));
    const found = rank(wanted, all.map((card, index) => ({ key: String(index), titles: [card.title, card.name, ...("own" in card ? [String(card.own)] : [])], words: [], texts: [card.description, card.folder] })));
    return found.isNearest ? [] : found.keys.flatMap((key) => byKey.get(key) ?? []);
  }, [cards, wanted]);
}

function Card({ card, onOpen, children }: { readonly card: FlowCard; readonly onOpen: () => void; readonly children?: React.ReactNode }) {
  return (
    <div className="flow-card">
      <button type="button" onClick={onOpen} title={card.description}>
        <Picture card={card} />
        <b>
          {card.folder && <small>{card.folder}/</small>}
          {card.title || card.name}
        </b>
        <small>{card.description || t("{count} nodes", { count: card.count })}</small>
      </button>
      {children}
    </div>
  );
}

const HEIGHT = 110;
const WIDTH = 220;

/** The flow from afar: its nodes in the colours of their categories, and what leads to what. */
function Picture({ card }: { readonly card: FlowCard }) {
  const { nodes, edges } = card;
  if (!nodes.length) return <svg className="flow-picture" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" />;
  const left = Math.min(...nodes.map((node) => node.x)) - 30;
  const top = Math.min(...nodes.map((node) => node.y)) - 30;
  const width = Math.max(...nodes.map((node) => node.x)) + CARD.width + 30 - left;
  const height = Math.max(...nodes.map((node) => node.y)) + CARD.height + 30 - top;
  return (
    <svg className="flow-picture" viewBox={`${left} ${top} ${width} ${height}`} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
      {edges.map(([from = 0, to = 0], index) => {
        const [source, target] = [nodes[from], nodes[to]];
        return source && target && <line key={index} x1={source.x + CARD.width} y1={source.y + CARD.height / 2} x2={target.x} y2={target.y + CARD.height / 2} vectorEffect="non-scaling-stroke" />;
      })}
      {nodes.map((node, index) => (
        <rect key={index} className={`card-${node.category}`} x={node.x} y={node.y} width={CARD.width} height={CARD.height} rx={12} vectorEffect="non-scaling-stroke" />
      ))}
    </svg>
  );
}
